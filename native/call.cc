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

// In place of words.
const Mismatch kMismatch = "?";

bool isNamed(const ArgumentSpec& spec, const Keyword& keyword) {
  return keyword.number != kNoName &&
         (spec.number == keyword.number || spec.camelNumber == keyword.number);
}

// Takes the value for argument `index`: by position, else by name; null when it is given neither
// way.
napi_value valueOf(const Operator& op, Call& call, size_t index) {
  napi_value value = index < call.positional.size() ? call.positional[index] : nullptr;
  if (!call.hasKeywords || !isMissing(op.environment.raw(), value)) return value;
  for (auto& keyword : call.keywords.list) {
    if (!isNamed(op.arguments[index], keyword)) continue;
    keyword.taken = true;
    return keyword.value;
  }
  return value;
}

// Recognises a trailing plain object as keyword arguments, once it has not fitted by position.
bool takeKeywords(const Operator& op, Call& call) {
  if (call.hasKeywords || call.positional.empty()) return false;
  // An overload before this one may have read them.
  if (!call.keywords.isRead) {
    auto& environment = op.environment;
    call.keywords = environment.argumentNames().read(environment.raw(), call.positional.back());
  }
  if (!call.keywords.isPlainObject) return false;
  call.hasKeywords = true;
  call.positional = call.positional.slice(0, call.positional.size() - 1);
  return true;
}

// What was given by name and not taken: by position too, or under no name of the operator's.
Mismatch leftKeyword(const Operator& op, const Call& call) {
  for (const auto& keyword : call.keywords.list) {
    if (keyword.taken) continue;
    if (!call.explains) return kMismatch;
    for (const auto& spec : op.arguments) {
      if (isNamed(spec, keyword)) {
        const auto& name = op.environment.argumentNames().textOf(keyword);
        return op.name + ": argument '" + name + "' is given twice";
      }
    }
    return unknownKeyword({&op}, call.keywords);
  }
  return {};
}

// The tensor that stands at a place of the stack, to compare with: nobody owns it.
const void* tensorAt(const torch::jit::Stack& stack, int place) {
  if (place < 0 || !stack[place].isTensor()) return nullptr;
  return stack[place].toTensor().unsafeGetTensorImpl();
}

// A list of integers, given one by one.
bool convertElements(napi_env env, c10::ArrayRef<napi_value> elements, c10::IValue& out) {
  c10::List<int64_t> list;
  list.reserve(elements.size());
  for (napi_value element : elements) {
    const auto integer = parseInteger(env, element);
    if (!integer) return false;
    list.push_back(*integer);
  }
  out = std::move(list);
  return true;
}

// `aliased`: the tensor that was given where the first result may be the same one.
napi_value resultToJavaScript(const Operator& op, size_t index, const Values& values,
                              const torch::jit::Stack& stack, ScopeId lineage,
                              const void* aliased) {
  const auto& spec = op.results[index];
  const bool isAnother = index == 0 && tensorAt(stack, 0) != aliased;
  if (spec.aliasOf >= 0 && !isAnother && !isMissing(op.environment.raw(), values[spec.aliasOf])) {
    const auto* handle = tryUnwrapTensor(op.environment, values[spec.aliasOf]);
    // x.to('float32') of a float32 tensor is that tensor, and so is the object.
    const bool isArgument = handle != nullptr && stack[index].isTensor() &&
                            handle->tensor.is_same(stack[index].toTensor());
    // Without one, JavaScript has dropped it meanwhile, and takes another for the same.
    napi_value object = isArgument ? objectOf(*handle) : nullptr;
    if (object != nullptr) return object;
  }
  return toJavaScript(op.environment, stack[index], spec.kind, lineage);
}

}  // namespace

Operator::Operator(Environment& environment, c10::OperatorHandle operatorHandle)
    : environment(environment), handle(std::move(operatorHandle)) {
  const auto& schema = handle.schema();
  name = schema.name().substr(schema.name().find("::") + 2);
  for (const auto& argument : schema.arguments()) {
    auto& spec = arguments.emplace_back(argument);
    spec.number = environment.argumentNames().add(spec.name);
    spec.camelNumber = environment.argumentNames().add(spec.camelName);
  }
  for (const auto& result : schema.returns()) {
    results.emplace_back(result);
    results.back().aliasOf = aliasedArgument(schema, result);
  }
  for (size_t i = 0; i < schema.arguments().size(); i++) {
    const auto* alias = schema.arguments()[i].alias_info();
    if (alias != nullptr && alias->isWrite()) mutated.push_back(i);
  }
  unboxed = makeUnboxed(handle);
}

Mismatch tooMany(const std::string& name, size_t most, size_t given, size_t receivers) {
  const size_t count = most - receivers;
  const std::string takes =
      count == 0 ? "no arguments"
                 : "at most " + std::to_string(count) + (count == 1 ? " argument" : " arguments");
  return name + ": takes " + takes + ", got " + std::to_string(given - receivers);
}

Mismatch bindArguments(const Operator& op, Call& call, Values& values, torch::jit::Stack& stack) {
  napi_env env = op.environment.raw();
  const size_t count = op.arguments.size();
  stack.reserve(std::max(count, op.results.size()));
  if (call.positional.size() > count && !takeKeywords(op, call)) {
    if (!call.explains) return kMismatch;
    return tooMany(op.name, count, call.positional.size(), call.receivers);
  }
  for (size_t i = 0; i < count; i++) {
    const auto& spec = op.arguments[i];
    napi_value value = valueOf(op, call, i);
    stack.emplace_back();
    if (i == call.receivers && !call.elements.empty()) {
      values.push_back(nullptr);
      if (spec.kind != Kind::kIntList || !convertElements(env, call.elements, stack.back())) {
        return kMismatch;
      }
      continue;
    }
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

Mismatch unknownKeyword(const std::vector<const Operator*>& operators, const Keywords& keywords) {
  std::vector<std::string> names;
  for (const auto* op : operators) {
    for (const auto& spec : op->arguments) {
      if (spec.name != "self") names.push_back(spec.camelName);
    }
  }
  for (const auto& keyword : keywords.list) {
    bool known = false;
    for (const auto* op : operators) {
      for (const auto& spec : op->arguments) known = known || isNamed(spec, keyword);
    }
    if (!known) {
      const auto& front = *operators.front();
      const auto& name = front.environment.argumentNames().textOf(keyword);
      return front.name + ": unexpected keyword argument '" + name + "'" + hintFor(name, names);
    }
  }
  return {};
}

napi_value run(const Operator& op, const Call& call, const Values& values,
               torch::jit::Stack& stack) {
  napi_env env = op.environment.raw();
  if (op.environment.isFollowing()) op.environment.leave();
  const void* aliased = op.results.empty() ? nullptr : tensorAt(stack, op.results[0].aliasOf);
  auto* recorder = op.environment.recorder();
  if (recorder != nullptr) {
    recorder->begin(op.handle.schema(), stack);
    op.handle.callBoxed(stack);
    recorder->end(stack);
  } else if (op.unboxed != nullptr) {
    at::Tensor result = op.unboxed->call(stack);
    stack.clear();
    stack.emplace_back(std::move(result));
  } else {
    op.handle.callBoxed(stack);
  }
  for (const size_t index : op.mutated) {
    auto* handle = tryUnwrapTensor(op.environment, values[index]);
    if (handle != nullptr) op.environment.recount(*handle);
  }
  const ScopeId lineage = call.conversion.lineage;
  if (op.results.empty()) return Napi::Env(env).Undefined();
  if (op.results.size() == 1) return resultToJavaScript(op, 0, values, stack, lineage, aliased);
  auto array = Napi::Array::New(env, op.results.size());
  for (uint32_t i = 0; i < op.results.size(); i++) {
    napi_value result = resultToJavaScript(op, i, values, stack, lineage, aliased);
    array.Set(i, Napi::Value(env, result));
  }
  return array;
}

}  // namespace lenet_torch
