#include "warnings.h"

#include <c10/util/Exception.h>

#include <memory>
#include <string>
#include <unordered_set>

#include "environment.h"
#include "error.h"
#include "function.h"

namespace lenet_torch {
namespace {

// Installed per thread by libtorch, and used only on the thread of its environment.
class WarningsToNode : public c10::WarningHandler {
 public:
  explicit WarningsToNode(Napi::Function emit) : emit_(Napi::Persistent(emit)) {}
  ~WarningsToNode() override { c10::WarningUtils::set_warning_handler(nullptr); }

  void process(const c10::Warning& warning) override {
    if (!seen_.insert(warning.msg()).second) return;
    napi_env env = emit_.Env();
    Napi::HandleScope scope(env);
    emit_.Call({Napi::String::New(env, warning.msg())});
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
