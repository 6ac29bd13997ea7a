#include "warnings.h"

#include <c10/util/Exception.h>

#include <memory>
#include <string>
#include <unordered_set>

#include "environment.h"
#include "error.h"
#include "function.h"
#include "libtorchError.h"

namespace lenet_torch {
namespace {

// Installed per thread by libtorch, and used only on the thread of its environment.
class WarningsToNode : public c10::WarningHandler {
 public:
  explicit WarningsToNode(Napi::Function emit) : emit_(Napi::Persistent(emit)) {}
  ~WarningsToNode() override { c10::WarningUtils::set_warning_handler(nullptr); }

  // Destructors warn too, which must not throw, and at the end of an environment, where JavaScript
  // runs no more: what cannot be said then is left unsaid.
  void process(const c10::Warning& warning) override {
    if (!seen_.insert(warning.msg()).second) return;
    napi_env env = emit_.Env();
    bool isFailing = false;
    napi_handle_scope scope = nullptr;
    if (napi_is_exception_pending(env, &isFailing) != napi_ok || isFailing ||
        napi_open_handle_scope(env, &scope) != napi_ok) {
      return;
    }
    napi_value text = nullptr;
    napi_value emit = emit_.Value();
    napi_value receiver = nullptr;
    const std::string message = inJavaScript(warning.msg());
    if (emit != nullptr && napi_get_undefined(env, &receiver) == napi_ok &&
        napi_create_string_utf8(env, message.data(), message.size(), &text) == napi_ok &&
        napi_call_function(env, receiver, emit, 1, &text, nullptr) == napi_pending_exception) {
      napi_value dropped = nullptr;
      napi_get_and_clear_last_exception(env, &dropped);
    }
    napi_close_handle_scope(env, scope);
  }

 private:
  Napi::FunctionReference emit_;
  std::unordered_set<std::string> seen_;
};

// setWarningHandler(emit): emit(message) is called on the first occurrence of a warning.
Napi::Value setWarningHandler(const Napi::CallbackInfo& info) {
  auto* handler = Environment::of(info.Env())
                      .retain(std::make_shared<WarningsToNode>(info[0].As<Napi::Function>()));
  c10::WarningUtils::set_warning_handler(handler);
  return info.Env().Undefined();
}

}  // namespace

void exportWarnings(Environment&, Napi::Object exports) {
  exportFunction<setWarningHandler>(exports, "setWarningHandler");
}

}  // namespace lenet_torch
