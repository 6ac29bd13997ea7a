#include "dispatch.h"

#include <ATen/core/dispatch/Dispatcher.h>
#include <c10/util/SmallVector.h>
#include <torch/csrc/jit/runtime/operator.h>

#include <memory>
#include <vector>

#include "convert.h"
#include "environment.h"
#include "error.h"
#include "function.h"
#include "tensor.h"

namespace lenet_torch {
namespace {

using Values = c10::SmallVector<napi_value, 8>;

// An operator with its schema worked out, kept for the life of the environment.
struct Operator {
  Operator(Environment& environment, c10::OperatorHandle handle);

  Environment& environment;
  c10::OperatorHandle handle;
  std::string name;  // without the namespace, for messages
  std::vector<ArgumentSpec> arguments;
  std::vector<ResultSpec> results;
  std::vector<size_t> mutated;  // arguments that the operator changes
};

// The index of the argument that a result is, or is a view of; -1 for a result of its own.
int aliasedArgument(const c10::FunctionSchema& schema, const c10::Argument& result) {
  const auto* alias = result.alias_info();
  if (alias == nullptr) return -1;
  for (size_t i = 0; i < schema.arguments().size(); i++) {
    const auto* candidate = schema.arguments()[i].alias_info();
    if (candidate != nullptr && candidate->beforeSets() == alias->beforeSets()) {
      return static_cast<int>(i);
    }
  }
  return -1;
}

Operator::Operator(Environment& environment, c10::OperatorHandle operatorHandle)
    : environment(environment), handle(std::move(operatorHandle)) {
  const auto& schema = handle.schema();
  name = schema.name().substr(schema.name().find("::") + 2);
  for (const auto& argument : schema.arguments()) arguments.emplace_back(argument);
  for (const auto& result : schema.returns()) {
    results.emplace_back(result);
    results.back().aliasOf = aliasedArgument(schema, result);
    results.back().mutates = result.alias_info() != nullptr && result.alias_info()->isWrite();
  }
  for (size_t i = 0; i < schema.arguments().size(); i++) {
    const auto* alias = schema.arguments()[i].alias_info();
    if (alias != nullptr && alias->isWrite()) mutated.push_back(i);
  }
}

// A set of overloads under one name; bound operators have just one.
struct OverloadSet {
  Environment& environment;
  std::string name;
  std::vector<std::unique_ptr<Operator>> operators;
};

enum class KeywordOnly : bool { kRefusedByPosition, kAllowedByPosition };

struct Call {
  Conversion conversion;
  KeywordOnly keywordOnly;
  Values positional;
  napi_value keywords = nullptr;  // a trailing plain object, as `**kwargs` in Python
};

// A trailing plain object holds keyword arguments, as `**kwargs` in Python. Test runners load
// packages into contexts of their own, with another Object.prototype: what counts is that nothing
// stands above the prototype.
bool isKeywordObject(Environment& environment, napi_value value) {
  napi_env env = environment.raw();
  napi_valuetype type = napi_undefined;
  napi_typeof(env, value, &type);
  if (type != napi_object || tryUnwrapTensor(environment, value) != nullptr) return false;
  napi_value prototype = nullptr;
  bool same = false;
  check(env, napi_get_prototype(env, value, &prototype));
  check(env, napi_strict_equals(env, prototype, environment.objectPrototype().Value(), &same));
  if (same) return true;
  napi_typeof(env, prototype, &type);
  if (type == napi_null) return true;
  check(env, napi_get_prototype(env, prototype, &prototype));
  napi_typeof(env, prototype, &type);
  return type == napi_null;
}

bool isMissing(napi_env env, napi_value value) {
  if (value == nullptr) return true;
  napi_valuetype type = napi_undefined;
  napi_typeof(env, value, &type);
  return type == napi_undefined;
}

// A mismatch in words; empty when the arguments fit.
using Mismatch = std::string;

Mismatch unknownKeyword(const Operator& op, napi_env env, const Call& call) {
  const auto names = Napi::Object(env, call.keywords).GetPropertyNames();
  for (uint32_t i = 0; i < names.Length(); i++) {
    const std::string name = names.Get(i).ToString();
    bool known = false;
    for (size_t k = 0; k < op.arguments.size(); k++) {
      if (op.arguments[k].name != name) continue;
      known = true;
      if (k < call.positional.size() && !isMissing(env, call.positional[k])) {
        return op.name + ": argument '" + name + "' is given twice, by position and by name";
      }
    }
    if (!known) return op.name + ": unexpected keyword argument '" + name + "'";
  }
  return {};
}

// Takes the value for argument `index`: by position, else by name; null when it is given neither
// way.
napi_value valueOf(const Operator& op, const Call& call, size_t index) {
  napi_env env = op.environment.raw();
  napi_value value = index < call.positional.size() ? call.positional[index] : nullptr;
  if (call.keywords != nullptr && isMissing(env, value)) {
    check(env,
          napi_get_named_property(env, call.keywords, op.arguments[index].name.c_str(), &value));
  }
  return value;
}

// Recognises a trailing plain object as keyword arguments, once it has not fitted by position.
bool takeKeywords(const Operator& op, Call& call) {
  if (call.keywords != nullptr || call.positional.empty() ||
      !isKeywordObject(op.environment, call.positional.back())) {
    return false;
  }
  call.keywords = call.positional.back();
  call.positional.pop_back();
  return true;
}

// Puts the arguments on the stack in the schema's order, defaults where nothing is given.
Mismatch bindArguments(const Operator& op, Call& call, Values& values, torch::jit::Stack& stack) {
  napi_env env = op.environment.raw();
  const size_t count = op.arguments.size();
  stack.reserve(std::max(count, op.results.size()));
  if (call.positional.size() > count && !takeKeywords(op, call)) {
    return op.name + ": takes at most " + std::to_string(count) + " arguments, got " +
           std::to_string(call.positional.size());
  }
  for (size_t i = 0; i < count; i++) {
    const auto& spec = op.arguments[i];
    napi_value value = valueOf(op, call, i);
    stack.emplace_back();
    // Converted first and questioned afterwards: most arguments are tensors, and fit.
    bool fits = value != nullptr && convert(call.conversion, spec, value, stack.back());
    if (!fits && i + 1 == call.positional.size() && takeKeywords(op, call)) {
      value = valueOf(op, call, i);
      fits = value != nullptr && convert(call.conversion, spec, value, stack.back());
    }
    values.push_back(value);
    if (!fits && isMissing(env, value)) {
      if (spec.defaultValue) {
        stack.back() = *spec.defaultValue;
      } else if (!spec.optional) {
        return op.name + ": argument '" + spec.name + "' is missing";
      }
      continue;
    }
    if (!fits) {
      return op.name + ": argument '" + spec.name + "': expected " + spec.type + ", got " +
             describe(env, value);
    }
    if (spec.keywordOnly && i < call.positional.size() &&
        call.keywordOnly == KeywordOnly::kRefusedByPosition && !isMissing(env, value)) {
      return op.name + ": argument '" + spec.name + "' is given by name only";
    }
  }
  return call.keywords == nullptr ? Mismatch() : unknownKeyword(op, env, call);
}

napi_value resultToJavaScript(const Operator& op, size_t index, const Values& values,
                              const torch::jit::Stack& stack, ScopeId lineage) {
  const auto& spec = op.results[index];
  if (spec.aliasOf >= 0 && !isMissing(op.environment.raw(), values[spec.aliasOf])) {
    napi_value argument = values[spec.aliasOf];
    if (spec.mutates) return argument;
    // x.to('float32') of a float32 tensor is that tensor, and so is the object.
    const auto* handle = tryUnwrapTensor(op.environment, argument);
    if (handle != nullptr && stack[index].isTensor() &&
        handle->tensor.is_same(stack[index].toTensor())) {
      return argument;
    }
  }
  return toJavaScript(op.environment, stack[index], spec.kind, lineage);
}

// The one place through which every operator call goes; a recording listens here.
napi_value run(const Operator& op, const Call& call, const Values& values,
               torch::jit::Stack& stack) {
  napi_env env = op.environment.raw();
  auto* recorder = op.environment.recorder();
  if (recorder != nullptr) recorder->begin(op.handle.schema(), stack);
  op.handle.callBoxed(stack);
  if (recorder != nullptr) recorder->end(stack);
  for (const size_t index : op.mutated) {
    auto* handle = tryUnwrapTensor(op.environment, values[index]);
    if (handle != nullptr) op.environment.recount(*handle);
  }
  const ScopeId lineage = call.conversion.lineage;
  if (op.results.empty()) return Napi::Env(env).Undefined();
  if (op.results.size() == 1) return resultToJavaScript(op, 0, values, stack, lineage);
  auto array = Napi::Array::New(env, op.results.size());
  for (uint32_t i = 0; i < op.results.size(); i++) {
    array.Set(i, Napi::Value(env, resultToJavaScript(op, i, values, stack, lineage)));
  }
  return array;
}

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
