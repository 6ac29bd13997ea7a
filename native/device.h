// Devices, through the hooks that libtorch_cpu has for CUDA: nothing here links CUDA.
#pragma once

#include <napi.h>

namespace lenet_torch {

class Environment;

void exportDevice(Environment& environment, Napi::Object exports);

}  // namespace lenet_torch
