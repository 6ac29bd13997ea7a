// The one place where C++ errors become JavaScript errors.
#pragma once

#include <napi.h>

#include <exception>
#include <string>
#include <utility>

namespace lenet_torch {

// Which JavaScript class an error becomes.
enum class ErrorClass { kTypeError, kRangeError, kTorchError, kOutOfMemory };

// An error with a stable code, thrown by this addon's own checks.
class CodedError : public std::exception {
 public:
  CodedError(ErrorClass errorClass, const char* code, std::string message)
      : errorClass_(errorClass), code_(code), message_(std::move(message)) {}

  ErrorClass errorClass() const { return errorClass_; }
  const char* code() const { return code_; }
  const char* what() const noexcept override { return message_.c_str(); }

 private:
  ErrorClass errorClass_;
  const char* code_;
  std::string message_;
};

// Unwinds to where JavaScript goes on with what is pending there. That may be the end of a script
// whose time is over (vm's timeout), which is no value that node-addon-api could hold. An exception
// of the standard library, since libtorch's engine hands on no others.
class PendingException : public std::exception {};

// A value of the wrong type or outside its range: a TypeError with ERR_INVALID_ARG.
[[noreturn]] void throwInvalidArgument(std::string message);

// Throws what is pending in N-API as a C++ exception, so that unwinding reaches the catch site.
void check(napi_env env, napi_status status);

// The JavaScript error that an exception becomes; null where no JavaScript can run any more.
napi_value toJavaScriptError(napi_env env, std::exception_ptr error) noexcept;

// Turns the exception in flight into a pending JavaScript exception.
void throwToJavaScript(napi_env env, std::exception_ptr error) noexcept;

// Runs a callback's body; whatever it throws becomes a JavaScript exception.
template <typename Body>
napi_value guarded(napi_env env, Body&& body) noexcept {
  try {
    return body();
  } catch (...) {
    throwToJavaScript(env, std::current_exception());
    return nullptr;
  }
}

// A native callback made of a function on Napi::CallbackInfo.
template <Napi::Value (*function)(const Napi::CallbackInfo&)>
napi_value callback(napi_env env, napi_callback_info info) {
  return guarded(env, [&]() -> napi_value { return function(Napi::CallbackInfo(env, info)); });
}

}  // namespace lenet_torch
