#include "dispatch.h"

#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/csrc/jit/runtime/operator.h>

#include <memory>
#include <vector>

#include "call.h"
#include "convert.h"
#include "environment.h"
#include "error.h"
#include "function.h"

namespace lenet_torch {
namespace {

// A set of overloads under one name; bound operators have just one.
struct OverloadSet {
  Environment& environment;
  std::string name;
  std::vector<std::unique_ptr<Operator>> operators;
};

// Reads the arguments of a native function, and what it was made with.
template <typename Data>
Data& readArguments(napi_env env, napi_callback_info info, Values& arguments) {
  void* data = nullptr;
  size_t count = 8;
  arguments.resize(count);
  check(env, napi_get_cb_info(env, info, &count, arguments.data(), nullptr, &data));
  if (count > arguments.size()) {
    arguments.resize(count);
    check(env, napi_get_cb_info(env, info, &count, arguments.data(), nullptr, nullptr));
  }
  arguments.resize(count);
  return *static_cast<Data*>(data);
}

napi_value callBound(napi_env env, napi_callback_info info) {
  return guarded(env, [&]() -> napi_value {
    Values arguments;
    const auto& op = readArguments<Operator>(env, info, arguments);
    Call call{Conversion{op.environment}, KeywordOnly::kAllowedByPosition, std::move(arguments)};
    Values values;
    torch::jit::Stack stack;
    auto mismatch = bindArguments(op, call, values, stack);
    if (!mismatch.empty()) throwInvalidArgument(std::move(mismatch));
    return run(op, call, values, stack);
  });
}

[[noreturn]] void throwNoOverload(const OverloadSet& set, const std::string& lastMismatch) {
  if (set.operators.size() == 1) throwInvalidArgument(lastMismatch);
  std::string message = set.name + ": no overload accepts these arguments:";
  for (const auto& op : set.operators) {
    message += "\n  " + c10::toString(op->handle.schema());
  }
  throwInvalidArgument(std::move(message));
}

// Takes the first overload whose schema accepts the arguments: without, then with numbers standing
// for tensors.
napi_value callResolved(napi_env env, napi_callback_info info) {
  return guarded(env, [&]() -> napi_value {
    Values arguments;
    const auto& set = readArguments<OverloadSet>(env, info, arguments);
    Mismatch mismatch;
    for (const auto numbers : {Numbers::kRefuse, Numbers::kAsTensor}) {
      for (const auto& op : set.operators) {
        Call call{Conversion{set.environment, numbers}, KeywordOnly::kRefusedByPosition, arguments};
        Values values;
        torch::jit::Stack stack;
        mismatch = bindArguments(*op, call, values, stack);
        if (mismatch.empty()) return run(*op, call, values, stack);
      }
    }
    throwNoOverload(set, mismatch);
  });
}

struct OperatorName {
  std::string name;  // with the namespace
  std::string overload;
};

// "add.Tensor", "add", "aten::add.out"
OperatorName parseName(const Napi::CallbackInfo& info) {
  if (!info[0].IsString()) {
    throwInvalidArgument("operator name: expected string, got " + describe(info.Env(), info[0]));
  }
  std::string text = info[0].As<Napi::String>();
  if (text.find("::") == std::string::npos) text = "aten::" + text;
  const auto dot = text.find('.');
  if (dot == std::string::npos) return {text, ""};
  return {text.substr(0, dot), text.substr(dot + 1)};
}

[[noreturn]] void throwUnknown(const std::string& name) {
  throw CodedError(ErrorClass::kTorchError, "ERR_UNKNOWN_OPERATOR",
                   "libtorch has no operator '" + name + "'");
}

std::vector<c10::OperatorHandle> overloadsOf(const std::string& name) {
  std::vector<c10::OperatorHandle> found;
  // The dispatcher's own table is unordered; this one keeps the order of registration.
  for (const auto& known : torch::jit::getAllOperatorsFor(c10::Symbol::fromQualString(name))) {
    auto handle = c10::Dispatcher::singleton().findSchema(known->schema().operator_name());
    if (handle) found.push_back(*handle);
  }
  if (found.empty()) {
    auto handle = c10::Dispatcher::singleton().findSchema({name, ""});
    if (handle) found.push_back(*handle);
  }
  return found;
}

template <typename Data>
Napi::Value functionOf(napi_env env, const std::string& name, napi_callback call, Data* data) {
  napi_value function = nullptr;
  check(env, napi_create_function(env, name.data(), name.size(), call, data, &function));
  return {env, function};
}

Napi::Value bind(const Napi::CallbackInfo& info) {
  const auto name = parseName(info);
  const auto handle = c10::Dispatcher::singleton().findSchema({name.name, name.overload});
  if (!handle) throwUnknown(info[0].As<Napi::String>());
  auto& environment = Environment::of(info.Env());
  auto* op = environment.retain(std::make_shared<Operator>(environment, *handle));
  return functionOf(info.Env(), op->name, callBound, op);
}

Napi::Value resolve(const Napi::CallbackInfo& info) {
  const auto name = parseName(info);
  auto& environment = Environment::of(info.Env());
  auto set = std::make_shared<OverloadSet>(
      OverloadSet{environment, name.name.substr(name.name.find("::") + 2), {}});
  for (auto& handle : overloadsOf(name.name)) {
    if (!name.overload.empty() && handle.operator_name().overload_name != name.overload) continue;
    set->operators.push_back(std::make_unique<Operator>(environment, std::move(handle)));
  }
  if (set->operators.empty()) throwUnknown(info[0].As<Napi::String>());
  auto* kept = environment.retain(std::move(set));
  return functionOf(info.Env(), kept->name, callResolved, kept);
}

Napi::Value overloads(const Napi::CallbackInfo& info) {
  const auto found = overloadsOf(parseName(info).name);
  auto names = Napi::Array::New(info.Env(), found.size());
  for (uint32_t i = 0; i < found.size(); i++) {
    const auto& overload = found[i].operator_name().overload_name;
    names.Set(i, overload.empty() ? "default" : overload);
  }
  return names;
}

Napi::Value schema(const Napi::CallbackInfo& info) {
  const auto name = parseName(info);
  const auto handle = c10::Dispatcher::singleton().findSchema({name.name, name.overload});
  if (!handle) throwUnknown(info[0].As<Napi::String>());
  return Napi::String::New(info.Env(), c10::toString(handle->schema()));
}

}  // namespace

void exportDispatch(Environment&, Napi::Object exports) {
  exportFunction<bind>(exports, "bind");
  exportFunction<resolve>(exports, "resolve");
  exportFunction<overloads>(exports, "overloads");
  exportFunction<schema>(exports, "schema");
}

}  // namespace lenet_torch
