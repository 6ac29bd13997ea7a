// The handles of an environment, and the JavaScript objects that stand for them.
//
// A Tensor object has its handle in a private field, as an External: JavaScript reads it in
// compiled code before it calls an operator, where N-API takes some fifty times as long to find
// what an object wraps. Handle and External are used again and again. An object that is still there
// forgets its handle before the handle is used again (forget), so that no object ever has
// another's.
#pragma once

#include <c10/util/flat_hash_map.h>
#include <napi.h>

#include <cstddef>
#include <vector>

namespace lenet_torch {

class Environment;
struct TensorHandle;

class Handles {
 public:
  explicit Handles(Environment& environment) : environment_(environment) {}
  ~Handles();
  Handles(const Handles&) = delete;
  Handles& operator=(const Handles&) = delete;

  // make(...externals): makes an object of each and gives them to adopt(), in their order.
  // handleOf(value): a Tensor object's External, any other value as it is. forget(...objects).
  void prepare(Napi::Function make, Napi::Function handleOf, Napi::Function forget);
  void adopt(napi_env env, napi_callback_info info);

  // A handle with its object, for a tensor that is made now.
  TensorHandle& take(napi_value& object);
  // Whether the objects have forgotten their handles: close to the end of the stack they cannot.
  bool forget(const napi_value* objects, size_t count);
  // The handle of a tensor that has gone. Where its object has not forgotten it, it is never used
  // again, and stays known, so that it is never taken for another one.
  void give(TensorHandle& handle, bool isForgotten);

  // The handle that an External or a Tensor object stands for, which may be a free one by now; null
  // for any other value. Another addon's External is never dereferenced.
  TensorHandle* find(napi_value value) const;
  bool knows(TensorHandle* handle) const { return all_.find(handle) != all_.end(); }
  size_t liveCount() const { return live_; }
  std::vector<TensorHandle*> live() const;

  // Objects that wait long grow old: then only a full collection would find them.
  void discardBlanks();
  // Node has finalized the object of a blank: the environment ends.
  void dropBlank(TensorHandle& handle);
  void close();
  bool isEmpty() const { return live_ == 0 && blanks_.empty(); }

  // While an operator reads its arguments, a handle that goes is not used again: an argument read
  // before may be its External.
  class Pause {
   public:
    explicit Pause(Handles& handles) : handles_(handles) { handles_.pauses_++; }
    ~Pause() {
      if (--handles_.pauses_ == 0 && !handles_.paused_.empty()) handles_.resume();
    }
    Pause(const Pause&) = delete;
    Pause& operator=(const Pause&) = delete;

   private:
    Handles& handles_;
  };

 private:
  static constexpr size_t kLeastBlanks = 2;
  static constexpr size_t kMostBlanks = 32;
  static constexpr size_t kMostFree = 4096;

  void makeBlanks();
  TensorHandle* allocate();
  void release(TensorHandle& handle);
  void resume();

  Environment& environment_;
  Napi::FunctionReference make_, handleOf_, forget_;
  ska::flat_hash_set<TensorHandle*> all_;
  std::vector<TensorHandle*> free_;
  // With objects that nobody has yet, the next one last. N-API's references hold them strongly.
  std::vector<TensorHandle*> blanks_;
  std::vector<TensorHandle*> asked_;  // handles whose objects are being made
  std::vector<TensorHandle*> paused_;
  size_t batch_ = kLeastBlanks;
  size_t live_ = 0;
  size_t pauses_ = 0;
  bool isClosing_ = false;
};

}  // namespace lenet_torch
