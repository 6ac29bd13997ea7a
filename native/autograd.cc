#include "autograd.h"

#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/function.h>

#include "environment.h"
#include "function.h"

namespace lenet_torch {
namespace {

Napi::Value isGradEnabled(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), c10::GradMode::is_enabled());
}

Napi::Value setGradEnabled(const Napi::CallbackInfo& info) {
  const bool before = c10::GradMode::is_enabled();
  c10::GradMode::set_enabled(info[0].ToBoolean());
  return Napi::Boolean::New(info.Env(), before);
}

}  // namespace

std::string gradFunctionName(const at::Tensor& tensor) { return tensor.grad_fn()->name(); }

void exportAutograd(Environment&, Napi::Object exports) {
  exportFunction<isGradEnabled>(exports, "isGradEnabled");
  exportFunction<setGradEnabled>(exports, "setGradEnabled");
}

}  // namespace lenet_torch
