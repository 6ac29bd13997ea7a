#include "environment.h"

#include <cstdlib>

#include "tensor.h"

namespace lenet_torch {
namespace {
// V8 hears of tensor memory in steps of this size: telling it of every tensor costs more than a
// small operator.
constexpr int64_t kReportStep = 1 << 20;
}  // namespace

Environment& Environment::create(napi_env env) {
  auto* environment = new Environment(env);
  napi_set_instance_data(
      env, environment,
      [](napi_env, void* data, void*) {
        auto* self = static_cast<Environment*>(data);
        self->closing_ = true;
        self->deleteWhenDone();
      },
      nullptr);
  return *environment;
}

Environment& Environment::of(napi_env env) {
  void* data = nullptr;
  napi_get_instance_data(env, &data);
  return *static_cast<Environment*>(data);
}

void Environment::addHandle(TensorHandle& handle) {
  handles_.insert(&handle);
  countStorage(handle);
}

void Environment::countStorage(TensorHandle& handle) {
  if (!handle.tensor.defined() || !handle.tensor.has_storage()) return;
  handle.storage = handle.tensor.storage().unsafeGetStorageImpl();
  auto& use = storages_[handle.storage];
  const auto bytes = static_cast<int64_t>(handle.storage->nbytes());
  if (use.handles++ == 0) use.bytes = 0;
  reportBytes(bytes - use.bytes);
  use.bytes = bytes;
}

void Environment::uncountStorage(TensorHandle& handle) {
  if (handle.storage == nullptr) return;
  const auto found = storages_.find(handle.storage);
  handle.storage = nullptr;
  if (found == storages_.end() || --found->second.handles > 0) return;
  reportBytes(-found->second.bytes);
  storages_.erase(found);
}

void Environment::recount(TensorHandle& handle) {
  uncountStorage(handle);
  countStorage(handle);
}

void Environment::removeHandle(TensorHandle& handle) {
  if (handle.retired) {
    retired_--;
  } else {
    forget(handle);
  }
  deleteWhenDone();
}

void Environment::retire(TensorHandle& handle) {
  forget(handle);
  handle.retired = true;
  retired_++;
}

void Environment::forget(TensorHandle& handle) {
  handles_.erase(&handle);
  uncountStorage(handle);
}

// Handles may be finalized after the instance data: the last one turns off the light.
void Environment::deleteWhenDone() {
  if (closing_ && handles_.empty() && retired_ == 0) delete this;
}

void Environment::reportBytes(int64_t change) {
  liveBytes_ += change;
  unreportedBytes_ += change;
  if (closing_ || std::llabs(unreportedBytes_) < kReportStep) return;
  int64_t total = 0;
  napi_adjust_external_memory(env_, unreportedBytes_, &total);
  unreportedBytes_ = 0;
}

}  // namespace lenet_torch
