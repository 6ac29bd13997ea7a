#include "dispatch.h"

#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/csrc/jit/runtime/operator.h>

#include <algorithm>
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

  // Whether each takes a tensor first, or a list of them.
  bool beginsWithTensor() const {
    return std::all_of(operators.begin(), operators.end(), [](const auto& op) {
      const auto kind = op->arguments.empty() ? Kind::kUnsupported : op->arguments[0].kind;
      return kind == Kind::kTensor || kind == Kind::kTensorList;
    });
  }
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

// The same of a method: its receiver is the first argument.
template <typename Data>
Data& readMethodArguments(napi_env env, napi_callback_info info, Values& arguments) {
  void* data = nullptr;
  size_t count = 7;
  arguments.resize(count + 1);
  check(env, napi_get_cb_info(env, info, &count, &arguments[1], &arguments[0], &data));
  if (count + 1 > arguments.size()) {
    arguments.resize(count + 1);
    check(env, napi_get_cb_info(env, info, &count, &arguments[1], nullptr, nullptr));
  }
  arguments.resize(count + 1);
  return *static_cast<Data*>(data);
}

napi_value callOnly(const Operator& op, const Values& arguments, KeywordOnly keywordOnly,
                    size_t receivers = 0) {
  CallFrame frame(op.environment);
  Keywords keywords;
  Call call{Conversion{op.environment}, keywordOnly, arguments, keywords, receivers};
  Values values;
  auto& stack = frame.stack();
  auto mismatch = bindArguments(op, call, values, stack);
  if (!mismatch.empty()) throwInvalidArgument(std::move(mismatch));
  return run(op, call, values, stack);
}

napi_value callBound(napi_env env, napi_callback_info info) {
  return guarded(env, [&]() -> napi_value {
    Values arguments;
    const auto& op = readArguments<Operator>(env, info, arguments);
    return callOnly(op, arguments, KeywordOnly::kAllowedByPosition);
  });
}

[[noreturn]] void throwNoOverload(const OverloadSet& set, const Keywords& keywords,
                                  const std::string& lastMismatch, size_t given, size_t receivers) {
  if (set.operators.size() == 1) throwInvalidArgument(lastMismatch);
  std::vector<const Operator*> operators;
  for (const auto& op : set.operators) operators.push_back(op.get());
  auto unknown = unknownKeyword(operators, keywords);
  if (!unknown.empty()) throwInvalidArgument(std::move(unknown));
  size_t most = 0;
  for (const auto* op : operators) most = std::max(most, op->arguments.size());
  if (given > most) throwInvalidArgument(tooMany(set.name, most, given, receivers));
  std::string message = set.name + ": no overload accepts these arguments:";
  for (const auto& op : set.operators) {
    message += "\n  " + c10::toString(op->handle.schema());
  }
  throwInvalidArgument(std::move(message));
}

napi_value callFirstFit(const OverloadSet& set, const Values& arguments,
                        std::initializer_list<Numbers> ways, size_t receivers = 0) {
  CallFrame frame(set.environment);
  Keywords keywords;
  Values values;
  auto& stack = frame.stack();
  const auto attempt = [&](const Operator& op, Numbers numbers, bool explains, Mismatch& mismatch) {
    Call call{Conversion{set.environment, numbers},
              KeywordOnly::kRefusedByPosition,
              arguments,
              keywords,
              receivers,
              explains};
    for (auto& keyword : keywords.list) keyword.taken = false;
    values.clear();
    stack.clear();
    mismatch = bindArguments(op, call, values, stack);
    if (mismatch.empty()) return run(op, call, values, stack);
    return napi_value(nullptr);
  };
  Mismatch mismatch;
  for (const auto numbers : ways) {
    for (const auto& op : set.operators) {
      napi_value result = attempt(*op, numbers, false, mismatch);
      if (mismatch.empty()) return result;
    }
  }
  attempt(*set.operators.back(), *(ways.end() - 1), true, mismatch);
  throwNoOverload(set, keywords, mismatch, arguments.size(), receivers);
}

// Takes the first overload whose schema accepts the arguments: without, then with numbers standing
// for tensors.
napi_value callResolved(napi_env env, napi_callback_info info) {
  return guarded(env, [&]() -> napi_value {
    Values arguments;
    const auto& set = readArguments<OverloadSet>(env, info, arguments);
    return callFirstFit(set, arguments, {Numbers::kRefuse, Numbers::kAsTensor});
  });
}

// Overloads of a method were chosen so that the first that fits is the right one, numbers standing
// for tensors but for the first.
napi_value callChosen(const OverloadSet& set, const Values& arguments, size_t receivers) {
  napi_env env = set.environment.raw();
  napi_valuetype type = napi_undefined;
  if (!arguments.empty()) napi_typeof(env, arguments[0], &type);
  if (type != napi_object && type != napi_external) {
    throwInvalidArgument(set.name + ": expected a Tensor, got " +
                         (arguments.empty() ? "nothing" : describe(env, arguments[0])));
  }
  if (set.operators.size() > 1) {
    return callFirstFit(set, arguments, {Numbers::kAsTensor}, receivers);
  }
  return callOnly(*set.operators[0], arguments, KeywordOnly::kRefusedByPosition, receivers);
}

napi_value callMethod(napi_env env, napi_callback_info info) {
  return guarded(env, [&]() -> napi_value {
    Values arguments;
    const auto& set = readMethodArguments<OverloadSet>(env, info, arguments);
    return callChosen(set, arguments, 1);
  });
}

// A method that takes a list, given its integers one by one. What does not fit is put into an array
// and read as one, for what is then said of it.
napi_value callSeveral(napi_env env, napi_callback_info info) {
  return guarded(env, [&]() -> napi_value {
    Values arguments;
    const auto& set = readMethodArguments<OverloadSet>(env, info, arguments);
    const auto& op = *set.operators[0];
    const c10::ArrayRef<napi_value> all(arguments);
    // To the end: what reads the array could run a caller's code.
    CallFrame frame(set.environment);
    Keywords keywords;
    Call call{Conversion{set.environment, Numbers::kRefuse},
              KeywordOnly::kRefusedByPosition,
              all.slice(0, 1),
              keywords,
              1,
              false,
              false,
              all.slice(1)};
    Values values;
    if (bindArguments(op, call, values, frame.stack()).empty()) {
      return run(op, call, values, frame.stack());
    }
    napi_value list = nullptr;
    check(env, napi_create_array_with_length(env, all.size() - 1, &list));
    for (uint32_t i = 1; i < all.size(); i++)
      check(env, napi_set_element(env, list, i - 1, all[i]));
    return callChosen(set, {arguments[0], list}, 1);
  });
}

// The same method as a function of the tensor and its arguments. Some operators take something else
// first, or a number in the tensor's place: then numbers stand for tensors only where no overload
// takes them as they are.
napi_value callFunction(napi_env env, napi_callback_info info) {
  return guarded(env, [&]() -> napi_value {
    Values arguments;
    const auto& set = readArguments<OverloadSet>(env, info, arguments);
    if (set.beginsWithTensor()) return callChosen(set, arguments, 0);
    if (set.operators.size() == 1) {
      return callOnly(*set.operators[0], arguments, KeywordOnly::kRefusedByPosition);
    }
    return callFirstFit(set, arguments, {Numbers::kRefuse, Numbers::kAsTensor});
  });
}

struct OperatorName {
  std::string name;  // with the namespace
  std::string overload;
};

// "add.Tensor", "add", "aten::add.out"
OperatorName parseName(const Napi::Value& value) {
  if (!value.IsString()) {
    throwInvalidArgument("operator name: expected string, got " + describe(value.Env(), value));
  }
  std::string text = value.As<Napi::String>();
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
  const auto name = parseName(info[0]);
  const auto handle = c10::Dispatcher::singleton().findSchema({name.name, name.overload});
  if (!handle) throwUnknown(info[0].As<Napi::String>());
  auto& environment = Environment::of(info.Env());
  auto* op = environment.retain(std::make_shared<Operator>(environment, *handle));
  return functionOf(info.Env(), op->name, callBound, op);
}

// Several overloads, in the order in which they are tried.
template <napi_callback call>
Napi::Value bindOverloads(const Napi::CallbackInfo& info) {
  auto& environment = Environment::of(info.Env());
  auto set = std::make_shared<OverloadSet>(OverloadSet{environment, "", {}});
  const auto names = info[0].As<Napi::Array>();
  for (uint32_t i = 0; i < names.Length(); i++) {
    const Napi::Value text = names.Get(i);
    const auto name = parseName(text);
    auto handle = c10::Dispatcher::singleton().findSchema({name.name, name.overload});
    if (!handle) throwUnknown(text.As<Napi::String>());
    set->operators.push_back(std::make_unique<Operator>(environment, std::move(*handle)));
  }
  auto* kept = environment.retain(std::move(set));
  kept->name = kept->operators.at(0)->name;
  return functionOf(info.Env(), kept->name, call, kept);
}

Napi::Value resolve(const Napi::CallbackInfo& info) {
  const auto name = parseName(info[0]);
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
  const auto found = overloadsOf(parseName(info[0]).name);
  auto names = Napi::Array::New(info.Env(), found.size());
  for (uint32_t i = 0; i < found.size(); i++) {
    const auto& overload = found[i].operator_name().overload_name;
    names.Set(i, overload.empty() ? "default" : overload);
  }
  return names;
}

Napi::Value schema(const Napi::CallbackInfo& info) {
  const auto name = parseName(info[0]);
  const auto handle = c10::Dispatcher::singleton().findSchema({name.name, name.overload});
  if (!handle) throwUnknown(info[0].As<Napi::String>());
  return Napi::String::New(info.Env(), c10::toString(handle->schema()));
}

}  // namespace

void exportDispatch(Environment& environment, Napi::Object exports) {
  environment.argumentNames().prepare(exports.Env());
  exportFunction<bind>(exports, "bind");
  exportFunction<bindOverloads<callMethod>>(exports, "bindMethod");
  exportFunction<bindOverloads<callSeveral>>(exports, "bindSeveral");
  exportFunction<bindOverloads<callFunction>>(exports, "bindFunction");
  exportFunction<resolve>(exports, "resolve");
  exportFunction<overloads>(exports, "overloads");
  exportFunction<schema>(exports, "schema");
}

}  // namespace lenet_torch
