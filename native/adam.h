// Adam's step in libtorch's fused kernel, after the checks that the kernel leaves out.
#pragma once

#include <napi.h>

namespace lenet_torch {

class Environment;

// stepAdam
void exportAdam(Environment& environment, Napi::Object exports);

}  // namespace lenet_torch
