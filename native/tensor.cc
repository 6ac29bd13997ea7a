#include "tensor.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "convert.h"
#include "error.h"
#include "following.h"
#include "tensorGradient.h"

namespace lenet_torch {
namespace {

// Tensors whose objects forget them in one call.
constexpr size_t kForgotten = 32;

// Deleting the reference also takes back the finalizer that Node has not run yet (another runtime
// may run it all the same: finalize).
void destroyHandle(TensorHandle* handle, bool isForgotten = true) {
  auto& environment = *handle->environment;
  unlinkGradient(*handle);
  environment.scopes().remove(*handle);
  napi_delete_reference(environment.raw(), handle->self);
  environment.removeHandle(*handle);
  environment.handles().give(*handle, isForgotten);
  environment.deleteWhenDone();
}

// Where the handle may have been destroyed before, its memory may be a new handle's by now, whose
// object lives.
void finalize(napi_env, void* data, void* hint) {
  auto& environment = *static_cast<Environment*>(hint);
  auto* handle = static_cast<TensorHandle*>(data);
  if (environment.finalizesDeleted() &&
      !(environment.handles().knows(handle) && handle->self != nullptr &&
        objectOf(*handle) == nullptr)) {
    return;
  }
  if (handle->isLive) {
    destroyHandle(handle);
  } else {
    environment.handles().dropBlank(*handle);
    environment.deleteWhenDone();
  }
}

}  // namespace

void TensorHandle::reset() {
  TensorHandle fresh;
  fresh.environment = environment;
  fresh.external = external;
  *this = std::move(fresh);
}

napi_status wrapReference(TensorHandle& handle, napi_value object) {
  auto& environment = *handle.environment;
  return napi_add_finalizer(environment.raw(), object, &handle, finalize, &environment,
                            &handle.self);
}

napi_value objectOf(const TensorHandle& handle) {
  napi_value value = nullptr;
  napi_get_reference_value(handle.environment->raw(), handle.self, &value);
  return value;
}

TensorHandle& makeHandle(Environment& environment, at::Tensor tensor, ScopeId lineage,
                         napi_value& object) {
  environment.collector().lookWhenDue();
  auto& handle = environment.handles().take(object);
  handle.tensor = std::move(tensor);
  environment.scopes().add(handle, environment.scopes().forResult(lineage));
  environment.addHandle(handle);
  return handle;
}

napi_value wrapTensor(Environment& environment, at::Tensor tensor, ScopeId lineage) {
  napi_env env = environment.raw();
  napi_value result = nullptr;
  if (!tensor.defined()) {
    check(env, napi_get_null(env, &result));
    return result;
  }
  makeHandle(environment, std::move(tensor), lineage, result);
  return result;
}

TensorHandle* tryUnwrapTensor(Environment& environment, napi_value value) {
  auto* handle = environment.handles().find(value);
  return handle != nullptr && handle->isLive ? handle : nullptr;
}

bool isReleasedTensor(Environment& environment, napi_value value) {
  napi_env env = environment.raw();
  napi_valuetype type;
  if (napi_typeof(env, value, &type) != napi_ok) return false;
  // One that went while the arguments after it were read.
  if (type == napi_external) return environment.handles().find(value) != nullptr;
  if (type != napi_object) return false;
  bool isTensor = false;
  check(env, napi_instanceof(env, value, environment.tensorClass().Value(), &isTensor));
  if (!isTensor) return false;
  const auto* handle = tryUnwrapTensor(environment, value);
  return handle == nullptr || (handle->isHollow && !environment.isFollowing());
}

void throwReleased(const std::string& what) {
  throw CodedError(ErrorClass::kTorchError, "ERR_TENSOR_RELEASED",
                   what +
                       ": this tensor was released by its scope or by dispose(); call keep() on a "
                       "tensor that must outlive the scope it was made in");
}

TensorHandle& unwrapTensor(Environment& environment, napi_value value, const char* what) {
  auto* handle = tryUnwrapTensor(environment, value);
  if (handle != nullptr && handle->isHollow) throwHollow(environment, what);
  if (handle != nullptr) return *handle;
  if (isReleasedTensor(environment, value)) throwReleased(what);
  throwInvalidArgument(std::string(what) + ": expected Tensor, got " +
                       describe(environment.raw(), value));
}

void releaseTensor(TensorHandle& handle) {
  napi_value object = objectOf(handle);
  destroyHandle(&handle, object == nullptr || handle.environment->handles().forget(&object, 1));
}

void releaseTensors(Environment& environment, const std::vector<TensorHandle*>& handles) {
  std::array<napi_value, kForgotten> objects;
  // Newest first: objects made last are the ones still in the processor's caches.
  for (size_t end = handles.size(); end > 0;) {
    Napi::HandleScope scope(environment.raw());
    const size_t begin = end - std::min(end, kForgotten);
    size_t count = 0;
    for (size_t i = end; i-- > begin;) {
      napi_value object = objectOf(*handles[i]);
      if (object != nullptr) objects[count++] = object;
    }
    const bool areForgotten = environment.handles().forget(objects.data(), count);
    for (size_t i = end; i-- > begin;) destroyHandle(handles[i], areForgotten);
    end = begin;
  }
}

void dropHandle(TensorHandle& handle) { destroyHandle(&handle); }

bool hasOwnElements(const at::Tensor& tensor) {
  if (tensor.layout() != c10::kStrided || tensor.is_conj() || tensor.is_neg() ||
      tensor._is_zerotensor() || !tensor.has_storage()) {
    return false;
  }
  return tensor.numel() == 0 || tensor.storage().data() != nullptr;
}

}  // namespace lenet_torch
