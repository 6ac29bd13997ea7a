// Grad mode, and what a tensor says of its history.
#pragma once

#include <ATen/core/Tensor.h>
#include <napi.h>

#include <string>

namespace lenet_torch {

class Environment;

// The name Python prints, "AddBackward0".
std::string gradFunctionName(const at::Tensor& tensor);

void exportAutograd(Environment& environment, Napi::Object exports);

}  // namespace lenet_torch
