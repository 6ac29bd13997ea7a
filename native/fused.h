// Passes of the fused engine (native/fused) over data, on threads of their own, and predictions.
#pragma once

#include <napi.h>

namespace lenet_torch {

class Environment;

// trainFused, evaluateFused, predictFused, predictFusedNow
void exportFused(Environment& environment, Napi::Object exports);

}  // namespace lenet_torch
