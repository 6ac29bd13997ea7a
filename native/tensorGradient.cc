#include "tensorGradient.h"

#include <ATen/ATen.h>

#include "error.h"

namespace lenet_torch {
namespace {

// A gradient's handle is outside every scope while it is the gradient. Once replaced, it goes the
// way of a temporary: with the ambient scope, or with the garbage collector.
void retireGradient(TensorHandle& handle) {
  auto* old = handle.grad;
  if (old == nullptr) return;
  handle.grad = nullptr;
  old->gradOf = nullptr;
  auto& scopes = handle.environment->scopes();
  if (old->scope == kNoScope) scopes.add(*old, scopes.forResult(kNoScope));
}

// From here on the two know each other, and the gradient's handle is outside every scope.
void linkGradient(TensorHandle& handle, TensorHandle& gradient) {
  handle.environment->moveTo(gradient, kNoScope);
  handle.grad = &gradient;
  gradient.gradOf = &handle;
}

}  // namespace

napi_value gradientOf(TensorHandle& handle) {
  const auto& grad = handle.tensor.grad();
  if (!grad.defined()) {
    retireGradient(handle);
    napi_value null = nullptr;
    check(handle.environment->raw(), napi_get_null(handle.environment->raw(), &null));
    return null;
  }
  if (handle.grad != nullptr && handle.grad->tensor.is_same(grad)) {
    napi_value known = objectOf(*handle.grad);
    if (known != nullptr) return known;
  }
  retireGradient(handle);
  napi_value object = nullptr;
  linkGradient(handle, makeHandle(*handle.environment, grad, kNoScope, object));
  return object;
}

void setGradient(TensorHandle& handle, napi_value given) {
  napi_valuetype type;
  check(handle.environment->raw(), napi_typeof(handle.environment->raw(), given, &type));
  if (type == napi_null || type == napi_undefined) {
    retireGradient(handle);
    handle.tensor.mutable_grad().reset();
    return;
  }
  auto& gradient = unwrapTensor(*handle.environment, given, "grad");
  TORCH_CHECK(gradient.tensor.sizes() == handle.tensor.sizes(), "grad: expected shape ",
              handle.tensor.sizes(), ", got ", gradient.tensor.sizes());
  TORCH_CHECK(gradient.tensor.scalar_type() == handle.tensor.scalar_type() &&
                  gradient.tensor.device() == handle.tensor.device(),
              "grad: expected the dtype and device of the tensor");
  if (handle.grad == &gradient) return;
  retireGradient(handle);
  handle.tensor.mutable_grad() = gradient.tensor;
  if (gradient.gradOf == nullptr && &gradient != &handle) linkGradient(handle, gradient);
}

void unlinkGradient(TensorHandle& handle) {
  if (handle.grad != nullptr) handle.grad->gradOf = nullptr;
  if (handle.gradOf != nullptr) handle.gradOf->grad = nullptr;
  handle.grad = handle.gradOf = nullptr;
}

}  // namespace lenet_torch
