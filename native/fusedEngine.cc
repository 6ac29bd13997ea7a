#include "fusedEngine.h"

#include <ATen/ATen.h>

#include <cstring>
#include <utility>

#include "convert.h"
#include "environment.h"
#include "error.h"
#include "function.h"
#include "tensor.h"
#include "wrapped.h"

namespace lenet_torch {
namespace {

constexpr napi_type_tag kEngineTag = {0x6c656e65742d6675ULL, 0x7365642d656e6769ULL};

using Handles = std::array<TensorHandle*, LENET_FUSED_TENSORS>;

// An array of the network's ten tensors, null for an absent bias.
Handles requireTensors(const Napi::CallbackInfo& info, size_t index, const Engine& engine) {
  const auto array = info[index].As<Napi::Array>();
  Handles handles = {};
  for (uint32_t i = 0; i < LENET_FUSED_TENSORS; i++) {
    const Napi::Value value = array.Get(i);
    if (value.IsNull() || value.IsUndefined()) continue;
    handles[i] = &unwrapTensor(Environment::of(info.Env()), value, "tensor");
    const auto& tensor = handles[i]->tensor;
    requirePlain(tensor, "engine");
    TORCH_CHECK(tensor.scalar_type() == c10::kFloat && tensor.numel() == engine.sizes[i],
                "engine: tensor ", i, ": expected float32 with ", engine.sizes[i], " elements");
  }
  return handles;
}

void markParameters(Engine& engine, const Handles& handles) {
  for (size_t i = 0; i < handles.size(); i++) {
    if (handles[i] == nullptr) continue;
    const auto& tensor = handles[i]->tensor;
    engine.marks[i] = {handles[i], tensor, tensor.storage(), tensor.const_data_ptr(),
                       static_cast<int64_t>(tensor._version())};
  }
}

// isFusedCurrent(engine)
Napi::Value isFusedCurrent(const Napi::CallbackInfo& info) {
  const auto engine = requireEngine(info);
  return Napi::Boolean::New(info.Env(), engine->isCurrent(Environment::of(info.Env())));
}

// loadFused(engine, state, tensors)
Napi::Value loadFused(const Napi::CallbackInfo& info) {
  const auto engine = requireEngine(info);
  const auto state = info[1].As<Napi::Number>().Int32Value();
  const auto handles = requireTensors(info, 2, *engine);
  const float* pointers[LENET_FUSED_TENSORS] = {};
  for (size_t i = 0; i < handles.size(); i++) {
    if (handles[i] != nullptr) pointers[i] = handles[i]->tensor.const_data_ptr<float>();
  }
  checkFused(engine->library, engine->library.load(engine->engine, state, pointers));
  if (state == LENET_FUSED_PARAMETERS) markParameters(*engine, handles);
  return info.Env().Undefined();
}

// storeFused(engine, state, tensors): autograd learns that the tensors have changed.
Napi::Value storeFused(const Napi::CallbackInfo& info) {
  const auto engine = requireEngine(info);
  const auto state = info[1].As<Napi::Number>().Int32Value();
  const auto handles = requireTensors(info, 2, *engine);
  float* pointers[LENET_FUSED_TENSORS] = {};
  for (size_t i = 0; i < handles.size(); i++) {
    if (handles[i] != nullptr) pointers[i] = handles[i]->tensor.mutable_data_ptr<float>();
  }
  checkFused(engine->library, engine->library.store(engine->engine, state, pointers));
  for (const auto* handle : handles) {
    if (handle != nullptr) handle->tensor.unsafeGetTensorImpl()->bump_version();
  }
  if (state == LENET_FUSED_PARAMETERS) markParameters(*engine, handles);
  return info.Env().Undefined();
}

// createFused(path, network, threads): `network` is an Int32Array in the order of the C struct.
Napi::Value createFused(const Napi::CallbackInfo& info) {
  const auto& library = opened<FusedLibrary>(info[0].As<Napi::String>());
  const auto numbers = info[1].As<Napi::Int32Array>();
  lenet_fused_network network;
  if (numbers.ByteLength() != sizeof network) throwInvalidArgument("createFused: network");
  std::memcpy(&network, numbers.Data(), sizeof network);
  auto engine = std::make_shared<Engine>(library, network, info[2].As<Napi::Number>().Int32Value());
  return wrapOwned(info.Env(), kEngineTag, std::make_unique<EnginePointer>(std::move(engine)));
}

// configureFused(engine, options, steps)
Napi::Value configureFused(const Napi::CallbackInfo& info) {
  const auto engine = requireEngine(info);
  const auto options = info[1].As<Napi::Object>();
  const auto number = [&](const char* name) {
    return options.Has(name) ? options.Get(name).ToNumber().DoubleValue() : 0.0;
  };
  const lenet_fused_optimizer optimizer = {static_cast<int32_t>(number("algorithm")),
                                           static_cast<int32_t>(number("nesterov")),
                                           number("lr"),
                                           number("weightDecay"),
                                           number("beta1"),
                                           number("beta2"),
                                           number("eps"),
                                           number("momentum"),
                                           number("dampening")};
  checkFused(engine->library,
             engine->library.set_optimizer(engine->engine, &optimizer,
                                           info[2].As<Napi::Number>().Int64Value()));
  return info.Env().Undefined();
}

// openFused(path) → the instruction set's name
Napi::Value openFused(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), opened<FusedLibrary>(info[0].As<Napi::String>()).isa());
}

// fmaPeak(path, threads, seconds) → GFLOP/s
Napi::Value fmaPeak(const Napi::CallbackInfo& info) {
  const auto& library = opened<FusedLibrary>(info[0].As<Napi::String>());
  return Napi::Number::New(info.Env(), library.fma_peak(info[1].As<Napi::Number>().Int32Value(),
                                                        info[2].As<Napi::Number>().DoubleValue()));
}

}  // namespace

EnginePointer requireEngine(const Napi::CallbackInfo& info) {
  return requireOwned<EnginePointer>(info, 0, kEngineTag, "a fused engine");
}

at::Tensor tensorAt(const Napi::CallbackInfo& info, size_t index, const char* what) {
  if (info[index].IsNull() || info[index].IsUndefined()) return {};
  return unwrapTensor(Environment::of(info.Env()), info[index], what).tensor.resolve_neg();
}

bool Engine::isCurrent(const Environment& environment) const {
  for (const auto& mark : marks) {
    if (mark.handle != nullptr && !mark.isCurrent(environment)) return false;
  }
  return true;
}

bool Mark::isCurrent(const Environment& environment) const {
  return environment.owns(handle) && handle->tensor.is_same(tensor) &&
         tensor.storage().is_alias_of(storage) && tensor.const_data_ptr() == data &&
         tensor._version() == version && tensor.scalar_type() == c10::kFloat &&
         tensor.is_contiguous();
}

void requirePlain(const at::Tensor& tensor, const char* what) {
  TORCH_CHECK(tensor.is_cpu() && tensor.is_contiguous() && hasOwnElements(tensor), what,
              ": expected a contiguous tensor on the CPU, with elements of its own");
}

void exportFusedEngine(Environment&, Napi::Object exports) {
  exportFunction<openFused>(exports, "openFused");
  exportFunction<fmaPeak>(exports, "fmaPeak");
  exportFunction<createFused>(exports, "createFused");
  exportFunction<loadFused>(exports, "loadFused");
  exportFunction<storeFused>(exports, "storeFused");
  exportFunction<isFusedCurrent>(exports, "isFusedCurrent");
  exportFunction<configureFused>(exports, "configureFused");
}

}  // namespace lenet_torch
