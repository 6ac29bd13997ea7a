// Calls of operators without boxing, for the shapes that most operators have.
#pragma once

#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/stack.h>

#include <memory>

namespace lenet_torch {

class Unboxed {
 public:
  Unboxed() = default;
  virtual ~Unboxed() = default;
  Unboxed(const Unboxed&) = delete;
  Unboxed& operator=(const Unboxed&) = delete;

  // Of arguments that fit the schema.
  virtual at::Tensor call(const torch::jit::Stack& arguments) const = 0;
};

// Null for an operator of another shape: one that gives no tensor of its own, or takes what is
// rarely taken.
std::unique_ptr<Unboxed> makeUnboxed(const c10::OperatorHandle& handle);

}  // namespace lenet_torch
