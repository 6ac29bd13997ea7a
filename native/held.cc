#include "held.h"

#include <c10/core/AutogradState.h>

#include <utility>

#include "environment.h"
#include "error.h"
#include "mailbox.h"

namespace lenet_torch {

HeldFunction::HeldFunction(Environment& environment, Napi::Function function)
    : environment_(environment), mailbox_(Mailbox::of(environment)) {
  environment.setCallsBack();
  check(environment.raw(), napi_create_reference(environment.raw(), function, 1, &function_));
}

HeldFunction::~HeldFunction() {
  if (function_ == nullptr) return;
  if (std::this_thread::get_id() == thread_) {
    remove();
  } else {
    mailbox_->postUnexpected(
        [function = function_](napi_env env) { napi_delete_reference(env, function); });
  }
}

// Threads' numbers are used again, but not while the environment is there.
bool HeldFunction::isAtHome() const {
  return std::this_thread::get_id() == thread_ && mailbox_->isOpen();
}

Environment& HeldFunction::enter() const {
  if (isAtHome()) return environment_;
  throw CodedError(
      ErrorClass::kTorchError, "ERR_BACKWARD_THREAD",
      "backward: this graph calls JavaScript (a hook, or the backward of an "
      "autograd.Function), which only the thread can that recorded it; this part of the "
      "pass runs on another one: passes within passes more than 60 deep do, and those "
      "that train() runs beside the event loop");
}

napi_value HeldFunction::call(std::initializer_list<napi_value> arguments) const {
  napi_env env = environment_.raw();
  napi_value function = nullptr;
  napi_value undefined = nullptr;
  napi_value result = nullptr;
  check(env, napi_get_reference_value(env, function_, &function));
  check(env, napi_get_undefined(env, &undefined));
  check(env,
        napi_call_function(env, undefined, function, arguments.size(), arguments.begin(), &result));
  return result;
}

void HeldFunction::remove() {
  auto* function = std::exchange(function_, nullptr);
  if (function != nullptr && isAtHome()) napi_delete_reference(environment_.raw(), function);
}

OnThisThread::OnThisThread()
    : before_(c10::AutogradState::get_tls_state().get_multithreading_enabled()) {
  c10::AutogradState::get_tls_state().set_multithreading_enabled(false);
}

OnThisThread::~OnThisThread() {
  c10::AutogradState::get_tls_state().set_multithreading_enabled(before_);
}

}  // namespace lenet_torch
