// CUDA streams and events, through the interface that libtorch_cpu has for them.
#pragma once

#include <napi.h>

namespace lenet_torch {

class Environment;

void exportStream(Environment& environment, Napi::Object exports);

}  // namespace lenet_torch
