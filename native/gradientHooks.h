// Hooks in JavaScript on tensors' gradients.
#pragma once

#include <napi.h>

namespace lenet_torch {

class Environment;

void exportGradientHooks(Environment& environment, Napi::Object exports);

}  // namespace lenet_torch
