// State of the addon, one per JavaScript environment (main thread or worker), never static.
#pragma once

#include <ATen/core/ivalue.h>
#include <c10/core/StorageImpl.h>
#include <c10/util/flat_hash_map.h>
#include <napi.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "collector.h"
#include "handles.h"
#include "keywords.h"
#include "recorder.h"
#include "scope.h"

namespace lenet_torch {

class Mailbox;
struct TensorHandle;

class Environment {
 public:
  struct ErrorClasses {
    Napi::FunctionReference torchError;
    Napi::FunctionReference outOfMemory;
  };

  static Environment& create(napi_env env);
  static Environment& of(napi_env env);
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

  napi_env raw() const { return env_; }
  Scopes& scopes() { return scopes_; }
  Collector& collector() { return collector_; }
  ErrorClasses& errorClasses() { return errorClasses_; }
  Napi::FunctionReference& tensorClass() { return tensorClass_; }
  Handles& handles() { return handles_; }
  ArgumentNames& argumentNames() { return argumentNames_; }
  // Null until somebody needs it.
  std::shared_ptr<Mailbox>& mailbox() { return mailbox_; }

  void addHandle(TensorHandle& handle);
  void removeHandle(TensorHandle& handle);
  // Gives a handle to another scope, or to none.
  void moveTo(TensorHandle& handle, ScopeId id);
  // Counts anew a handle whose tensor may have been given another storage, or a larger one.
  void recount(TensorHandle& handle);
  // Whether it is a handle of ours that has an object.
  bool owns(TensorHandle* handle) const;
  // Whether a finalizer runs although its reference was deleted before. Node's does not.
  bool finalizesDeleted() const { return finalizesDeleted_; }
  void setFinalizesDeleted(bool does) { finalizesDeleted_ = does; }
  // Handles may be finalized after the instance data: the last one turns off the light.
  void deleteWhenDone();
  size_t liveTensors() const { return handles_.liveCount() - hollow_; }
  int64_t liveBytes() const { return liveBytes_; }

  // Whether a backward pass may call JavaScript: once something was held for that.
  bool callsBack() const { return callsBack_; }
  void setCallsBack() { callsBack_ = true; }
  // Nodes whose JavaScript is running, the innermost last. Each is locked meanwhile.
  std::vector<const void*>& runningNodes() { return runningNodes_; }

  // Empty, with room for a call's arguments.
  std::vector<c10::IValue>& spareStack() { return spareStack_; }

  // Where operator calls are recorded; nullptr most of the time.
  Recorder* recorder() const { return recorder_.get(); }
  void startRecorder();
  std::unique_ptr<Recorder> takeRecorder() { return std::move(recorder_); }

  // JavaScript reads a tensor's elements, and may do one thing or another for them.
  void noteRead(const char* what);

  // Whether a forward pass is followed without being computed (following.h).
  bool isFollowing() const { return isFollowing_; }
  void beginFollowing();
  bool endFollowing();
  // The pass cannot be followed any further.
  [[noreturn]] void leave();
  void makeHollow(TensorHandle& handle);

  // Keeps what a native function's data pointer refers to as long as the environment lives.
  template <typename Data>
  Data* retain(std::shared_ptr<Data> data) {
    retained_.push_back(data);
    return data.get();
  }

 private:
  // Bytes are counted once per storage, however many views there are.
  struct StorageUse {
    int64_t handles;
    int64_t bytes;
    int64_t loose;  // of the handles: in no scope
  };

  explicit Environment(napi_env env) : env_(env), handles_(*this), collector_(*this) {}
  int64_t countStorage(TensorHandle& handle);
  bool uncountStorage(TensorHandle& handle);
  // Tells V8 of memory that only its collector releases. What belongs to a scope goes with it: for
  // that V8 would collect in vain, on a thread beside libtorch's.
  void tell(int64_t change);
  void setLoose(TensorHandle& handle, StorageUse& use, bool isLoose);
  void refuseSecondPass();

  napi_env env_;
  bool closing_ = false;
  bool finalizesDeleted_ = false;
  bool callsBack_ = false;
  std::vector<const void*> runningNodes_;
  std::unique_ptr<Recorder> recorder_;
  bool isFollowing_ = false, hasLeft_ = false;
  Scopes scopes_;
  Handles handles_;
  Collector collector_;
  ErrorClasses errorClasses_;
  Napi::FunctionReference tensorClass_;
  ArgumentNames argumentNames_;
  std::shared_ptr<Mailbox> mailbox_;
  size_t hollow_ = 0;  // of the live handles
  std::vector<c10::IValue> spareStack_;
  ska::flat_hash_map<c10::StorageImpl*, StorageUse> storages_;
  std::vector<std::shared_ptr<void>> retained_;
  int64_t liveBytes_ = 0;
  int64_t unreportedBytes_ = 0;
};

}  // namespace lenet_torch
