#include "following.h"

#include <ATen/ATen.h>

#include "convert.h"
#include "environment.h"
#include "error.h"
#include "function.h"
#include "tensor.h"

namespace lenet_torch {

void throwHollow(Environment& environment, const char* what) {
  if (environment.isFollowing()) environment.leave();
  throwReleased(what);
}

namespace {

// newHollow(dtype, device): outside every scope, and not counted among the live tensors.
Napi::Value newHollow(const Napi::CallbackInfo& info) {
  auto& environment = Environment::of(info.Env());
  const auto dtype = requireDtype(info.Env(), info[0], "dtype");
  const auto device = parseDevice(info.Env(), info[1]);
  if (!device) throwInvalidArgument("device");
  const auto options = at::TensorOptions().dtype(dtype).device(*device);
  napi_value object = wrapTensor(environment, at::empty({0}, options), kNoScope);
  auto& handle = *tryUnwrapTensor(environment, object);
  environment.moveTo(handle, kNoScope);
  environment.makeHollow(handle);
  return {info.Env(), object};
}

// resizeHollow(tensor, shape)
Napi::Value resizeHollow(const Napi::CallbackInfo& info) {
  auto* handle = tryUnwrapTensor(Environment::of(info.Env()), info[0]);
  if (handle == nullptr || !handle->isHollow) throwInvalidArgument("resizeHollow: tensor");
  handle->tensor.unsafeGetTensorImpl()->set_sizes_contiguous(
      requireSizes(info.Env(), info[1], "shape"));
  return info.Env().Undefined();
}

Napi::Value beginFollowing(const Napi::CallbackInfo& info) {
  Environment::of(info.Env()).beginFollowing();
  return info.Env().Undefined();
}

// endFollowing(): whether nothing but operators was asked of tensors since it began.
Napi::Value endFollowing(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), Environment::of(info.Env()).endFollowing());
}

}  // namespace

void exportFollowing(Environment&, Napi::Object exports) {
  exportFunction<newHollow>(exports, "newHollow");
  exportFunction<resizeHollow>(exports, "resizeHollow");
  exportFunction<beginFollowing>(exports, "beginFollowing");
  exportFunction<endFollowing>(exports, "endFollowing");
}

}  // namespace lenet_torch
