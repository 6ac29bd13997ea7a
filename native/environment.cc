#include "environment.h"

#include <cstdlib>

#include "error.h"
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
        self->handles_.close();
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

bool Environment::owns(TensorHandle* handle) const {
  return handles_.knows(handle) && handle->isLive;
}

void Environment::addHandle(TensorHandle& handle) { collector_.add(handle, countStorage(handle)); }

// Returns the bytes that were not counted before.
int64_t Environment::countStorage(TensorHandle& handle) {
  if (!handle.tensor.defined() || !handle.tensor.has_storage()) return 0;
  handle.storage = handle.tensor.storage().unsafeGetStorageImpl();
  auto& use = storages_[handle.storage];
  const auto bytes = static_cast<int64_t>(handle.storage->nbytes());
  if (use.handles++ == 0) use.bytes = use.loose = 0;
  const int64_t more = bytes - use.bytes;
  liveBytes_ += more;
  if (use.loose > 0) tell(more);
  use.bytes = bytes;
  setLoose(handle, use, handle.scope == kNoScope);
  return more;
}

void Environment::setLoose(TensorHandle& handle, StorageUse& use, bool isLoose) {
  if (handle.isLoose == isLoose) return;
  handle.isLoose = isLoose;
  if (isLoose && use.loose++ == 0) tell(use.bytes);
  if (!isLoose && --use.loose == 0) tell(-use.bytes);
}

void Environment::moveTo(TensorHandle& handle, ScopeId id) {
  scopes_.remove(handle);
  scopes_.add(handle, id);
  const auto found = storages_.find(handle.storage);
  if (found != storages_.end()) setLoose(handle, found->second, handle.scope == kNoScope);
}

// Returns whether no handle of the storage is left.
bool Environment::uncountStorage(TensorHandle& handle) {
  if (handle.storage == nullptr) return false;
  const auto found = storages_.find(handle.storage);
  handle.storage = nullptr;
  if (found == storages_.end()) return false;
  setLoose(handle, found->second, false);
  if (--found->second.handles > 0) return false;
  liveBytes_ -= found->second.bytes;
  storages_.erase(found);
  return true;
}

void Environment::recount(TensorHandle& handle) {
  uncountStorage(handle);
  countStorage(handle);
}

void Environment::removeHandle(TensorHandle& handle) {
  const auto& tensor = handle.tensor;
  if (handle.isHollow) hollow_--;
  const bool isFreed =
      tensor.use_count() == 1 && tensor.has_storage() && tensor.storage().use_count() == 1;
  collector_.remove(handle, isFreed);
  const bool isLast = uncountStorage(handle);
  if (!isLast || isFreed) return;
  const auto& storage = tensor.storage();
  collector_.hide(storage.getWeakStorageImpl(), static_cast<int64_t>(storage.nbytes()));
}

void Environment::refuseSecondPass() {
  if (recorder_ == nullptr && !isFollowing_) return;
  hasLeft_ = true;
  throw CodedError(ErrorClass::kTorchError, "ERR_MODEL_BUSY",
                   "a forward pass is being recorded; a model's forward() cannot record another");
}

void Environment::startRecorder() {
  refuseSecondPass();
  recorder_ = std::make_unique<Recorder>();
}

void Environment::noteRead(const char* what) {
  if (recorder_ != nullptr) recorder_->read(what);
  if (isFollowing_) leave();
}

void Environment::beginFollowing() {
  refuseSecondPass();
  isFollowing_ = true;
  hasLeft_ = false;
}

bool Environment::endFollowing() {
  isFollowing_ = false;
  return !hasLeft_;
}

void Environment::leave() {
  hasLeft_ = true;
  throw CodedError(ErrorClass::kTorchError, "ERR_ENGINE_UNSUPPORTED",
                   "the forward pass reads, changes or releases a tensor");
}

void Environment::makeHollow(TensorHandle& handle) {
  handle.isHollow = true;
  hollow_++;
}

void Environment::deleteWhenDone() {
  if (closing_ && handles_.isEmpty()) delete this;
}

void Environment::tell(int64_t change) {
  unreportedBytes_ += change;
  if (closing_ || std::llabs(unreportedBytes_) < kReportStep) return;
  int64_t total = 0;
  napi_adjust_external_memory(env_, unreportedBytes_, &total);
  unreportedBytes_ = 0;
}

}  // namespace lenet_torch
