// GPU memory as libtorch's caching allocator and the device see it.
#pragma once

#include <napi.h>

namespace lenet_torch {

class Environment;

void exportDeviceMemory(Environment& environment, Napi::Object exports);

}  // namespace lenet_torch
