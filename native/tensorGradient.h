// A tensor's gradient: one handle for as long as it is the gradient, so that `p.grad === p.grad`.
#pragma once

#include "tensor.h"

namespace lenet_torch {

// The object of the gradient; null where there is none.
napi_value gradientOf(TensorHandle& handle);

// Puts a tensor, or nothing (null, undefined), in the gradient's place.
void setGradient(TensorHandle& handle, napi_value given);

// Cuts the ties between a handle and its gradient's handle, in both directions.
void unlinkGradient(TensorHandle& handle);

}  // namespace lenet_torch
