#include "call.h"

#include <algorithm>

#include "error.h"
#include "hint.h"
#include "tensor.h"

namespace lenet_torch {
namespace {

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

// In place of words.
const Mismatch kMismatch = "?";

bool isNamed(const ArgumentSpec& spec, const std::string& name) {
  return spec.name == name || spec.camelName == name;
}

// Takes the value for argument `index`: by position, else by name; null when it is given neither
// way.
napi_value valueOf(const Operator& op, Call& call, size_t index) {
  napi_value value = index < call.positional.size() ? call.positional[index] : nullptr;
  if (!call.hasKeywords || !isMissing(op.environment.raw(), value)) return value;
  for (auto& keyword : call.keywords) {
    if (!isNamed(op.arguments[index], keyword.name)) continue;
    keyword.taken = true;
    return keyword.value;
  }
  return value;
}

void readKeywords(napi_env env, napi_value given, std::vector<Keyword>& keywords) {
  napi_value names = nullptr;
  uint32_t count = 0;
  check(env,
        napi_get_all_property_names(env, given, napi_key_own_only,
                                    napi_key_filter(napi_key_enumerable | napi_key_skip_symbols),
                                    napi_key_numbers_to_strings, &names));
  check(env, napi_get_array_length(env, names, &count));
  keywords.reserve(count);
  for (uint32_t i = 0; i < count; i++) {
    napi_value name = nullptr;
    napi_value value = nullptr;
    check(env, napi_get_element(env, names, i, &name));
    check(env, napi_get_property(env, given, name, &value));
    if (isMissing(env, value)) continue;
    // Longer than any argument's name: cut, it is as unknown as whole.
    char text[64];
    size_t length = 0;
    check(env, napi_get_value_string_utf8(env, name, text, sizeof text, &length));
    keywords.push_back({std::string(text, length), value});
  }
}

// Recognises a trailing plain object as keyword arguments, once it has not fitted by position.
bool takeKeywords(const Operator& op, Call& call) {
  if (call.hasKeywords || call.positional.empty() ||
      !isKeywordObject(op.environment, call.positional.back())) {
    return false;
  }
  // An overload before this one may have read them.
  if (call.keywords.empty()) {
    readKeywords(op.environment.raw(), call.positional.back(), call.keywords);
  }
  call.hasKeywords = true;
  call.positional.pop_back();
  return true;
}

// What was given by name and not taken: by position too, or under no name of the operator's.
Mismatch leftKeyword(const Operator& op, const Call& call) {
  for (const auto& keyword : call.keywords) {
    if (keyword.taken) continue;
    if (!call.explains) return kMismatch;
    for (const auto& spec : op.arguments) {
      if (isNamed(spec, keyword.name)) {
        return op.name + ": argument '" + keyword.name + "' is given twice";
      }
    }
    return unknownKeyword({&op}, call.keywords);
  }
  return {};
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

}  // namespace

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

Mismatch bindArguments(const Operator& op, Call& call, Values& values, torch::jit::Stack& stack) {
  napi_env env = op.environment.raw();
  const size_t count = op.arguments.size();
  stack.reserve(std::max(count, op.results.size()));
  if (call.positional.size() > count && !takeKeywords(op, call)) {
    if (!call.explains) return kMismatch;
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
    // An optional argument takes undefined for none, though its default may be another.
    if ((!fits || stack.back().isNone()) && isMissing(env, value)) {
      if (spec.defaultValue) {
        stack.back() = *spec.defaultValue;
      } else if (!spec.optional) {
        return call.explains ? op.name + ": argument '" + spec.name + "' is missing" : kMismatch;
      }
      continue;
    }
    if (!fits) {
      if (!call.explains) return kMismatch;
      return op.name + ": argument '" + spec.name + "': expected " + spec.type + ", got " +
             describe(env, value);
    }
    if (spec.keywordOnly && i < call.positional.size() &&
        call.keywordOnly == KeywordOnly::kRefusedByPosition && !isMissing(env, value)) {
      return call.explains ? op.name + ": argument '" + spec.name + "' is given by name only"
                           : kMismatch;
    }
  }
  return call.hasKeywords ? leftKeyword(op, call) : Mismatch();
}

Mismatch unknownKeyword(const std::vector<const Operator*>& operators,
                        const std::vector<Keyword>& keywords) {
  std::vector<std::string> names;
  for (const auto* op : operators) {
    for (const auto& spec : op->arguments) {
      if (spec.name != "self") names.push_back(spec.camelName);
    }
  }
  for (const auto& keyword : keywords) {
    bool known = false;
    for (const auto* op : operators) {
      for (const auto& spec : op->arguments) known = known || isNamed(spec, keyword.name);
    }
    if (!known) {
      return operators.front()->name + ": unexpected keyword argument '" + keyword.name + "'" +
             hintFor(keyword.name, names);
    }
  }
  return {};
}

napi_value run(const Operator& op, const Call& call, const Values& values,
               torch::jit::Stack& stack) {
  napi_env env = op.environment.raw();
  if (op.environment.isFollowing()) op.environment.leave();
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

}  // namespace lenet_torch
