#include "handles.h"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "environment.h"
#include "error.h"
#include "tensor.h"

namespace lenet_torch {

Handles::~Handles() {
  for (auto* handle : all_) delete handle;
}

void Handles::prepare(Napi::Function make, Napi::Function handleOf, Napi::Function forget) {
  make_ = Napi::Persistent(make);
  handleOf_ = Napi::Persistent(handleOf);
  forget_ = Napi::Persistent(forget);
}

TensorHandle* Handles::allocate() {
  if (!free_.empty()) {
    auto* handle = free_.back();
    free_.pop_back();
    return handle;
  }
  napi_env env = environment_.raw();
  auto handle = std::make_unique<TensorHandle>();
  handle->environment = &environment_;
  napi_value external = nullptr;
  check(env, napi_create_external(env, handle.get(), nullptr, nullptr, &external));
  check(env, napi_create_reference(env, external, 1, &handle->external));
  all_.insert(handle.get());
  return handle.release();
}

void Handles::makeBlanks() {
  napi_env env = environment_.raw();
  Napi::HandleScope scope(env);
  std::array<napi_value, kMostBlanks> externals;
  for (size_t i = 0; i < batch_; i++) {
    asked_.push_back(allocate());
    check(env, napi_get_reference_value(env, asked_.back()->external, &externals[i]));
  }
  napi_value undefined = nullptr;
  check(env, napi_get_undefined(env, &undefined));
  const auto status =
      napi_call_function(env, undefined, make_.Value(), batch_, externals.data(), nullptr);
  for (auto* handle : asked_) free_.push_back(handle);
  asked_.clear();
  check(env, status);
  batch_ = std::min(2 * batch_, kMostBlanks);
}

void Handles::adopt(napi_env env, napi_callback_info info) {
  std::array<napi_value, kMostBlanks> objects;
  size_t count = objects.size();
  check(env, napi_get_cb_info(env, info, &count, objects.data(), nullptr, nullptr));
  if (count != asked_.size()) throwInvalidArgument("adopt");
  for (size_t i = count; i-- > 0;) {
    auto* handle = asked_.back();
    check(env, wrapReference(*handle, objects[i]));
    check(env, napi_reference_ref(env, handle->self, nullptr));
    asked_.pop_back();
    blanks_.push_back(handle);
  }
}

TensorHandle& Handles::take(napi_value& object) {
  if (blanks_.empty()) makeBlanks();
  napi_env env = environment_.raw();
  auto& handle = *blanks_.back();
  check(env, napi_get_reference_value(env, handle.self, &object));
  check(env, napi_reference_unref(env, handle.self, nullptr));
  blanks_.pop_back();
  handle.isLive = true;
  live_++;
  return handle;
}

void Handles::give(TensorHandle& handle, bool isForgotten) {
  live_--;
  // Elements may be an object's, which is told when they go: when all else is done.
  const at::Tensor tensor = std::move(handle.tensor);
  handle.reset();
  if (!isForgotten) return;
  if (pauses_ > 0) {
    paused_.push_back(&handle);
  } else {
    release(handle);
  }
}

void Handles::release(TensorHandle& handle) {
  if (!isClosing_ && free_.size() < kMostFree) {
    free_.push_back(&handle);
    return;
  }
  napi_delete_reference(environment_.raw(), handle.external);
  all_.erase(&handle);
  delete &handle;
}

void Handles::resume() {
  for (auto* handle : paused_) release(*handle);
  paused_.clear();
}

bool Handles::forget(const napi_value* objects, size_t count) {
  napi_env env = environment_.raw();
  napi_value undefined = nullptr;
  napi_get_undefined(env, &undefined);
  if (napi_call_function(env, undefined, forget_.Value(), count, objects, nullptr) == napi_ok) {
    return true;
  }
  // The tensors go all the same: there is nothing to tell.
  napi_value error = nullptr;
  napi_get_and_clear_last_exception(env, &error);
  return false;
}

TensorHandle* Handles::find(napi_value value) const {
  napi_env env = environment_.raw();
  void* pointer = nullptr;
  if (napi_get_value_external(env, value, &pointer) != napi_ok) {
    napi_valuetype type = napi_undefined;
    if (napi_typeof(env, value, &type) != napi_ok || type != napi_object) return nullptr;
    napi_value undefined = nullptr;
    napi_value external = nullptr;
    napi_get_undefined(env, &undefined);
    check(env, napi_call_function(env, undefined, handleOf_.Value(), 1, &value, &external));
    if (napi_get_value_external(env, external, &pointer) != napi_ok) return nullptr;
  }
  auto* handle = static_cast<TensorHandle*>(pointer);
  return knows(handle) ? handle : nullptr;
}

std::vector<TensorHandle*> Handles::live() const {
  std::vector<TensorHandle*> handles;
  handles.reserve(live_);
  for (auto* handle : all_) {
    if (handle->isLive) handles.push_back(handle);
  }
  return handles;
}

void Handles::discardBlanks() {
  batch_ = kLeastBlanks;
  for (auto* handle : blanks_) {
    napi_delete_reference(environment_.raw(), handle->self);
    handle->self = nullptr;
    release(*handle);
  }
  blanks_.clear();
}

void Handles::dropBlank(TensorHandle& handle) {
  blanks_.erase(std::remove(blanks_.begin(), blanks_.end(), &handle), blanks_.end());
  napi_delete_reference(environment_.raw(), handle.self);
  release(handle);
}

void Handles::close() {
  isClosing_ = true;
  discardBlanks();
  for (auto* handle : std::exchange(free_, {})) release(*handle);
}

}  // namespace lenet_torch
