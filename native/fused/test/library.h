// One of the engine's shared libraries, opened at run time as a host would.
#pragma once

#include <string>

#include "engine.h"

struct Library {
  // Throws std::runtime_error if the file cannot be opened or lacks a function.
  explicit Library(const std::string& path);

  decltype(&lenet_fused_abi) abi;
  decltype(&lenet_fused_isa) isa;
  decltype(&lenet_fused_supported) supported;
  decltype(&lenet_fused_message) message;
  decltype(&lenet_fused_create) create;
  decltype(&lenet_fused_destroy) destroy;
  decltype(&lenet_fused_tensors) tensors;
  decltype(&lenet_fused_load) load;
  decltype(&lenet_fused_store) store;
  decltype(&lenet_fused_set_optimizer) set_optimizer;
  decltype(&lenet_fused_steps) steps;
  decltype(&lenet_fused_train) train;
  decltype(&lenet_fused_evaluate) evaluate;
  decltype(&lenet_fused_predict) predict;
  decltype(&lenet_fused_gradients) gradients;
  decltype(&lenet_fused_convolve_directly) convolve_directly;
  decltype(&lenet_fused_fma_peak) fma_peak;
  decltype(&lenet_fused_profile) profile;
  decltype(&lenet_fused_stage_name) stage_name;
};
