// The fused engine (native/fused) for JavaScript: its library opened at run time, its calls on
// threads of their own.
#pragma once

#include <napi.h>

namespace lenet_torch {

class Environment;

// openFused, fmaPeak, createFused, loadFused, storeFused, isFusedCurrent, configureFused,
// trainFused, evaluateFused, predictFused, predictFusedNow
void exportFused(Environment& environment, Napi::Object exports);

}  // namespace lenet_torch
