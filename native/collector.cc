#include "collector.h"

#include <algorithm>
#include <chrono>

#include "environment.h"
#include "system/memory.h"
#include "tensor.h"

namespace lenet_torch {
namespace {

// Handles walked in one handle scope of JavaScript's.
constexpr size_t kChunk = 256;

// What an object and its handle take beside the elements.
constexpr int64_t kBytesPerHandle = 512;

// A full collection takes 5 ms with a small heap, and seconds with a large one: the longer it took,
// the more may be made before the next.
constexpr int64_t kLeastBetween = 64 << 20;
constexpr double kBytesPerSecond = 1e9;

}  // namespace

void Collector::add(TensorHandle& handle, int64_t bytes) {
  handle.generation = 0;
  handle.place = young_[0].size();
  handle.youngBytes = bytes;
  young_[0].push_back(&handle);
  youngBytes_ += bytes;
  madeSinceFullWalk_++;
}

void Collector::remove(TensorHandle& handle, bool isFreed) {
  if (handle.generation == 0 && isFreed) youngBytes_ -= handle.youngBytes;
  if (handle.generation >= young_.size()) return;
  auto& list = young_[handle.generation];
  list[handle.place] = list.back();
  list[handle.place]->place = handle.place;
  list.pop_back();
}

void Collector::hide(c10::weak_intrusive_ptr<c10::StorageImpl> storage, int64_t bytes) {
  hidden_.emplace_back(std::move(storage), bytes);
  hiddenBytes_ += bytes;
  if (hidden_.size() >= mostHidden_) forgetFreed();
}

void Collector::forgetFreed() {
  const auto isFreed = [&](const HiddenStorage& storage) {
    if (!storage.first.expired()) return false;
    hiddenBytes_ -= storage.second;
    return true;
  };
  hidden_.erase(std::remove_if(hidden_.begin(), hidden_.end(), isFreed), hidden_.end());
  mostHidden_ = 2 * hidden_.size() + kMostHandles;
}

int64_t Collector::knownBytes() const {
  return environment_.liveBytes() + hiddenBytes_ +
         static_cast<int64_t>(environment_.liveTensors()) * kBytesPerHandle;
}

void Collector::look() {
  if (collect_.IsEmpty()) return;
  environment_.handles().discardBlanks();
  if (mostResident_ == 0) {
    mostKnown_ = kLeastBetween;
    mostResident_ = residentBytes() + kLeastBetween;
  }
  tellToCollect(false);
  releaseDropped(young_[1]);
  releaseDropped(young_[0]);
  if (knownBytes() > mostKnown_) forgetFreed();
  const bool isLarge = residentBytes() > mostResident_;
  if (isLarge || knownBytes() > mostKnown_) {
    lookAtAll(isLarge);
  } else if (madeSinceFullWalk_ > environment_.liveTensors() / 2 + kMostHandles) {
    // V8 collects fully when it sees fit too.
    madeSinceFullWalk_ = 0;
    releaseDropped(environment_.handles().live());
  }
  for (auto* handle : young_[1]) handle->generation = young_.size();
  for (auto* handle : young_[0]) handle->generation = 1;
  young_[1] = std::move(young_[0]);
  young_[0].clear();
  youngBytes_ = 0;
  nurseryBytes_ = std::clamp(environment_.liveBytes() / 2, kLeastNurseryBytes, kMostNurseryBytes);
}

void Collector::lookAtAll(bool isLarge) {
  const auto begin = std::chrono::steady_clock::now();
  const int64_t before = knownBytes();
  tellToCollect(true);
  madeSinceFullWalk_ = 0;
  releaseDropped(environment_.handles().live());
  forgetFreed();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  // What is free but resident would raise the bound without an end. Where little was found to be
  // free, it is what a training's step takes, and will be taken again.
  if (isLarge && before - knownBytes() > before / 8) returnFreedMemory();
  const int64_t resident = residentBytes();
  const auto worthIt = static_cast<int64_t>(took.count() * kBytesPerSecond);
  const int64_t between =
      std::max(kLeastBetween, std::min(std::max(resident / 4, worthIt), resident));
  mostKnown_ = knownBytes() + between;
  mostResident_ = resident + between;
}

// Does nothing where JavaScript cannot run, as in a worker that is being terminated.
void Collector::tellToCollect(bool isFull) {
  napi_env env = environment_.raw();
  Napi::HandleScope scope(env);
  napi_value argument = nullptr;
  napi_value undefined = nullptr;
  napi_get_undefined(env, &undefined);
  napi_get_boolean(env, isFull, &argument);
  napi_call_function(env, undefined, collect_.Value(), 1, &argument, nullptr);
}

void Collector::releaseDropped(const std::vector<TensorHandle*>& handles) {
  napi_env env = environment_.raw();
  std::vector<TensorHandle*> dropped;
  for (size_t i = 0; i < handles.size(); i += kChunk) {
    Napi::HandleScope scope(env);
    for (size_t k = i; k < std::min(i + kChunk, handles.size()); k++) {
      napi_value object = nullptr;
      napi_get_reference_value(env, handles[k]->self, &object);
      if (object == nullptr) dropped.push_back(handles[k]);
    }
  }
  for (auto* handle : dropped) dropHandle(*handle);
}

}  // namespace lenet_torch
