#include "library.h"

#include <dlfcn.h>

#include <stdexcept>

Library::Library(const std::string& path) {
  void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle) throw std::runtime_error(dlerror());
  const auto bind = [&](auto& function, const char* name) {
    void* found = dlsym(handle, name);
    if (!found) throw std::runtime_error(dlerror());
    function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(found);
  };
  bind(abi, "lenet_fused_abi");
  bind(isa, "lenet_fused_isa");
  bind(supported, "lenet_fused_supported");
  bind(message, "lenet_fused_message");
  bind(create, "lenet_fused_create");
  bind(destroy, "lenet_fused_destroy");
  bind(tensors, "lenet_fused_tensors");
  bind(load, "lenet_fused_load");
  bind(store, "lenet_fused_store");
  bind(set_optimizer, "lenet_fused_set_optimizer");
  bind(steps, "lenet_fused_steps");
  bind(train, "lenet_fused_train");
  bind(evaluate, "lenet_fused_evaluate");
  bind(predict, "lenet_fused_predict");
  bind(gradients, "lenet_fused_gradients");
  bind(convolve_directly, "lenet_fused_convolve_directly");
  bind(fma_peak, "lenet_fused_fma_peak");
  bind(profile, "lenet_fused_profile");
  bind(stage_name, "lenet_fused_stage_name");
}
