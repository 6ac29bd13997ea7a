#include "error.h"

#include <c10/util/Exception.h>

#include <new>
#include <optional>

#include "environment.h"
#include "libtorchError.h"

namespace lenet_torch {
namespace {

napi_value makeError(napi_env env, ErrorClass errorClass, const char* code,
                     const std::string& message) {
  napi_value text = Napi::String::New(env, message);
  napi_value codeText = Napi::String::New(env, code);
  napi_value error = nullptr;
  if (errorClass == ErrorClass::kTypeError) {
    napi_create_type_error(env, codeText, text, &error);
  } else if (errorClass == ErrorClass::kRangeError) {
    napi_create_range_error(env, codeText, text, &error);
  } else {
    auto& classes = Environment::of(env).errorClasses();
    const auto& constructor =
        errorClass == ErrorClass::kOutOfMemory ? classes.outOfMemory : classes.torchError;
    if (constructor.IsEmpty()) {
      napi_create_error(env, codeText, text, &error);
    } else {
      error = constructor.New({codeText, text});
    }
  }
  return error;
}

void throwCoded(napi_env env, ErrorClass errorClass, const char* code, const std::string& message) {
  napi_throw(env, makeError(env, errorClass, code, message));
}

void throwLibtorch(napi_env env, const std::string& text) {
  const auto verdict = judge(text, describeCudaDevice);
  napi_value error = makeError(env, verdict.errorClass, verdict.code, verdict.message);
  const auto set = [&](const char* name, std::optional<double> bytes) {
    if (bytes) Napi::Object(env, error).Set(name, *bytes);
  };
  set("asked", verdict.asked);
  set("free", verdict.free);
  set("total", verdict.total);
  napi_throw(env, error);
}

void translate(napi_env env, const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const PendingException&) {
    // It goes on where JavaScript does.
  } catch (const Napi::Error& e) {
    napi_throw(env, e.Value());
  } catch (const CodedError& e) {
    throwCoded(env, e.errorClass(), e.code(), e.what());
  } catch (const c10::Error& e) {
    throwLibtorch(env, e.what_without_backtrace());
  } catch (const std::bad_alloc&) {
    throwCoded(env, ErrorClass::kOutOfMemory, "ERR_OUT_OF_MEMORY", "out of memory");
  } catch (const std::exception& e) {
    throwLibtorch(env, e.what());
  } catch (...) {
    throwLibtorch(env, "unknown C++ exception");
  }
}

}  // namespace

void throwInvalidArgument(std::string message) {
  throw CodedError(ErrorClass::kTypeError, "ERR_INVALID_ARG", std::move(message));
}

void check(napi_env env, napi_status status) {
  if (status == napi_ok) return;
  bool isPending = false;
  napi_is_exception_pending(env, &isPending);
  if (isPending) throw PendingException();
  throw Napi::Error::New(env);
}

void throwToJavaScript(napi_env env, std::exception_ptr error) noexcept {
  try {
    translate(env, error);
  } catch (...) {
    // A worker that is being terminated runs no JavaScript any more: there is nobody to tell.
  }
}

napi_value toJavaScriptError(napi_env env, std::exception_ptr error) noexcept {
  throwToJavaScript(env, std::move(error));
  napi_value value = nullptr;
  napi_get_and_clear_last_exception(env, &value);
  return value;
}

}  // namespace lenet_torch
