// JavaScript functions that libtorch holds: what a graph calls in a backward pass.
#pragma once

#include <napi.h>

#include <initializer_list>
#include <memory>
#include <thread>

namespace lenet_torch {

class Environment;
class Mailbox;

// Held strongly, until the graph goes or remove() is called. A graph may go on any thread, and
// after its environment.
class HeldFunction {
 public:
  HeldFunction(Environment& environment, Napi::Function function);
  ~HeldFunction();
  HeldFunction(const HeldFunction&) = delete;
  HeldFunction& operator=(const HeldFunction&) = delete;

  // Where JavaScript may be called now. @throws ERR_BACKWARD_THREAD on any other thread than its
  // own.
  Environment& enter() const;
  // What it throws stays pending, and unwinds the engine (PendingException).
  napi_value call(std::initializer_list<napi_value> arguments) const;
  // It is not called any more.
  void remove();
  bool isRemoved() const { return function_ == nullptr; }

 private:
  bool isAtHome() const;

  Environment& environment_;
  const std::thread::id thread_ = std::this_thread::get_id();
  const std::shared_ptr<Mailbox> mailbox_;  // knows whether the environment is there
  napi_ref function_ = nullptr;
};

// As long as it lives, all that a backward pass calls is called on this thread: the engine has
// threads of its own for GPUs, which no JavaScript runs on.
class OnThisThread {
 public:
  OnThisThread();
  ~OnThisThread();
  OnThisThread(const OnThisThread&) = delete;
  OnThisThread& operator=(const OnThisThread&) = delete;

 private:
  const bool before_;
};

}  // namespace lenet_torch
