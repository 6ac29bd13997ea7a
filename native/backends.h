// Switches of libtorch's context: cuDNN, TF32, deterministic algorithms, the default dtype. They
// are there without CUDA.
#pragma once

#include <napi.h>

namespace lenet_torch {

class Environment;

void exportBackends(Environment& environment, Napi::Object exports);

}  // namespace lenet_torch
