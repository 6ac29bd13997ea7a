// From any thread to JavaScript's: promises that whoever has the answer settles, when the
// environment may have ended meanwhile. Work that can be stopped and waited for has background.h
// instead.
#pragma once

#include <napi.h>

#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace lenet_torch {

class Environment;

// One per environment. What is posted after its end is dropped.
class Mailbox {
 public:
  using Letter = std::function<void(napi_env)>;

  static std::shared_ptr<Mailbox> of(Environment& environment);
  explicit Mailbox(napi_env env);
  Mailbox(const Mailbox&) = delete;

  // On JavaScript's thread: a letter will come, and until then the event loop stays alive.
  void expect();
  // From any thread; the letter is read on JavaScript's. One for each expect().
  void post(Letter letter);
  // The same for one that nobody expects.
  void postUnexpected(Letter letter);
  // On JavaScript's thread.
  void close();
  bool isOpen();

 private:
  struct Posted {
    Letter letter;
    bool wasExpected;
  };
  void add(Posted posted);
  void deliver(napi_env env);

  std::mutex mutex_;  // over the two below, and over every use of wake_ from other threads
  bool closed_ = false;
  std::vector<Posted> letters_;
  napi_threadsafe_function wake_ = nullptr;
  napi_env env_;
  int expected_ = 0;  // JavaScript's thread only
};

// What a promise resolves to, made on JavaScript's thread.
using Result = std::function<napi_value(napi_env)>;

inline Result nothing() {
  return [](napi_env env) { return Napi::Env(env).Undefined(); };
}

// Settles a promise, once, from any thread.
class Answer {
 public:
  // `holds`: whether the event loop stays alive until then.
  static std::pair<std::shared_ptr<Answer>, Napi::Promise> expectedBy(Environment& environment,
                                                                      bool holds = true);
  void resolve(Result result);
  void reject(std::exception_ptr error);

 private:
  Answer(std::shared_ptr<Mailbox> mailbox, napi_deferred deferred, bool holds)
      : mailbox_(std::move(mailbox)), deferred_(deferred), holds_(holds) {}
  void post(Mailbox::Letter letter);
  const std::shared_ptr<Mailbox> mailbox_;
  const napi_deferred deferred_;
  const bool holds_;
};

// Work that may block for minutes and that nothing can end, on a thread of its own that nobody
// waits for.
Napi::Promise runDetached(Environment& environment, std::function<Result()> work,
                          bool holds = true);

}  // namespace lenet_torch
