// Releases tensors that JavaScript has dropped while a synchronous loop is still running.
//
// Node runs finalizers only between macrotasks, but V8 empties weak references during the
// collection itself. When enough has been made since the last look, the collector has V8 collect,
// walks the handles, and releases those whose reference is empty.
//
// Like V8's own, it works by generations. A collection of the young objects costs some 50 µs, and
// finds what was dropped soon after it was made. Objects that outlive two of them are V8's old
// ones, which only a full collection finds; that waits until the memory in use has grown by a part
// of itself.
#pragma once

#include <c10/core/StorageImpl.h>
#include <napi.h>

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

namespace lenet_torch {

class Environment;
struct TensorHandle;

class Collector {
 public:
  explicit Collector(Environment& environment) : environment_(environment) {}
  Collector(const Collector&) = delete;
  Collector& operator=(const Collector&) = delete;

  // What has V8 collect: `collect(isFull)`.
  Napi::FunctionReference& collect() { return collect_; }

  // A handle has been made, and took so many bytes that were not counted before.
  void add(TensorHandle& handle, int64_t bytes);
  // A handle goes; `isFreed`: its memory goes with it.
  void remove(TensorHandle& handle, bool isFreed);
  // A storage has lost its last handle, but something holds it on: a graph, most of the time.
  void hide(c10::weak_intrusive_ptr<c10::StorageImpl> storage, int64_t bytes);
  // Called before a handle is made, when whatever is in use is referenced by JavaScript values.
  void lookWhenDue() {
    if (young_[0].size() >= kMostHandles || youngBytes_ >= nurseryBytes_) look();
  }

 private:
  static constexpr size_t kMostHandles = 1024;
  static constexpr int64_t kLeastNurseryBytes = 512 << 10;
  static constexpr int64_t kMostNurseryBytes = 32 << 20;

  void look();
  void lookAtAll(bool isLarge);
  void tellToCollect(bool isFull);
  void releaseDropped(const std::vector<TensorHandle*>& handles);
  void forgetFreed();
  int64_t knownBytes() const;

  Environment& environment_;
  Napi::FunctionReference collect_;
  // Handles made since the last look, and between the last two.
  std::array<std::vector<TensorHandle*>, 2> young_;
  int64_t youngBytes_ = 0;
  int64_t nurseryBytes_ = kLeastNurseryBytes;
  size_t madeSinceFullWalk_ = 0;

  using HiddenStorage = std::pair<c10::weak_intrusive_ptr<c10::StorageImpl>, int64_t>;
  std::vector<HiddenStorage> hidden_;
  int64_t hiddenBytes_ = 0;
  size_t mostHidden_ = kMostHandles;  // more of them, and those that were freed are sought

  // Beyond either a full collection is due: bytes that are known of, and all that is resident.
  // 0: not known yet.
  int64_t mostKnown_ = 0;
  int64_t mostResident_ = 0;
};

}  // namespace lenet_torch
