#include "recorder.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "convert.h"
#include "environment.h"
#include "error.h"
#include "function.h"
#include "tensor.h"

namespace lenet_torch {

void Recorder::begin(const c10::FunctionSchema& schema, const torch::jit::Stack& stack) {
  Call call{schema.name().substr(schema.name().find("::") + 2),
            schema.overload_name(),
            {},
            {stack.begin(), stack.end()},
            {},
            at::GradMode::is_enabled(),
            false};
  for (size_t i = 0; i < call.arguments.size(); i++) {
    const auto& argument = schema.arguments()[i];
    call.names.push_back(argument.name());
    call.mutates |= argument.alias_info() != nullptr && argument.alias_info()->isWrite();
    // dtypes are numbers inside libtorch, and names in JavaScript.
    if (call.arguments[i].isInt() && ArgumentSpec(argument).kind == Kind::kScalarType) {
      call.arguments[i] =
          std::string(dtypeName(static_cast<c10::ScalarType>(call.arguments[i].toInt())));
    }
  }
  calls_.push_back(std::move(call));
}

void Recorder::end(const torch::jit::Stack& stack) {
  calls_.back().results.assign(stack.begin(), stack.end());
}

void Recorder::read(const char* name) {
  calls_.push_back({name, "", {}, {}, {}, at::GradMode::is_enabled(), false});
}

namespace {

// Writes a recording as JavaScript objects; one tensor is one object wherever it occurs.
class Writer {
 public:
  explicit Writer(Napi::Env env) : env_(env) {}

  Napi::Value tensor(const at::Tensor& tensor) {
    if (!tensor.defined()) return env_.Null();
    const auto found = known_.find(tensor.unsafeGetTensorImpl());
    if (found != known_.end()) return found->second;
    auto object = Napi::Object::New(env_);
    auto shape = Napi::Array::New(env_, tensor.dim());
    for (uint32_t i = 0; i < shape.Length(); i++) {
      shape.Set(i, static_cast<double>(tensor.size(i)));
    }
    object.Set("shape", shape);
    object.Set("dtype", dtypeName(tensor.scalar_type()));
    const bool isNumber = tensor.unsafeGetTensorImpl()->is_wrapped_number();
    if (isNumber) {
      object.Set("number", Napi::Value(env_, scalarToJavaScript(env_, tensor.item())));
    }
    object.Set("storage", storage(tensor));
    known_.emplace(tensor.unsafeGetTensorImpl(), object);
    if (isOutside_ && !isNumber) outside_.emplace_back(object, tensor);
    return object;
  }

  // Tensors, numbers, booleans, strings and lists of them; null for anything else.
  Napi::Value value(const c10::IValue& value) {
    if (value.isTensor()) return tensor(value.toTensor());
    if (value.isScalar()) return {env_, scalarToJavaScript(env_, value.toScalar())};
    if (value.isString()) return Napi::String::New(env_, value.toStringRef());
    if (value.isDevice()) return Napi::String::New(env_, value.toDevice().str());
    if (!value.isList()) return env_.Null();
    const auto list = value.toListRef();
    auto array = Napi::Array::New(env_, list.size());
    for (uint32_t i = 0; i < list.size(); i++) array.Set(i, this->value(list[i]));
    return array;
  }

  Napi::Value call(const Recorder::Call& call) {
    auto arguments = Napi::Object::New(env_);
    isOutside_ = true;
    for (size_t i = 0; i < call.arguments.size(); i++) {
      arguments.Set(call.names[i], value(call.arguments[i]));
    }
    // A call without tensors, zeros(2, 3), gives what no other call explains.
    isOutside_ = std::none_of(call.arguments.begin(), call.arguments.end(), [](const auto& each) {
      return each.isTensor() || each.isTensorList() || each.isOptionalTensorList();
    });
    auto results = Napi::Array::New(env_, call.results.size());
    for (uint32_t i = 0; i < call.results.size(); i++) results.Set(i, value(call.results[i]));
    isOutside_ = false;
    auto object = Napi::Object::New(env_);
    object.Set("name", call.name);
    object.Set("overload", call.overload);
    object.Set("arguments", arguments);
    object.Set("results", results);
    object.Set("withGrad", call.withGrad);
    object.Set("mutates", call.mutates);
    return object;
  }

  const std::vector<std::pair<Napi::Object, at::Tensor>>& outside() const { return outside_; }

 private:
  // One number per storage: which tensors share their elements.
  size_t storage(const at::Tensor& tensor) {
    auto* impl = tensor.has_storage() ? tensor.storage().unsafeGetStorageImpl() : nullptr;
    return storages_.emplace(impl, storages_.size()).first->second;
  }

  Napi::Env env_;
  std::unordered_map<c10::TensorImpl*, Napi::Object> known_;
  std::unordered_map<c10::StorageImpl*, size_t> storages_;
  // Tensors that are neither known nor made from others by a recorded call.
  std::vector<std::pair<Napi::Object, at::Tensor>> outside_;
  bool isOutside_ = false;
};

// isRecording(): or held against what was recorded.
Napi::Value isRecording(const Napi::CallbackInfo& info) {
  const auto& environment = Environment::of(info.Env());
  return Napi::Boolean::New(info.Env(),
                            environment.recorder() != nullptr || environment.isFollowing());
}

Napi::Value startRecording(const Napi::CallbackInfo& info) {
  Environment::of(info.Env()).startRecorder();
  return info.Env().Undefined();
}

// stopRecording(known: Tensor[]) → { calls, known, outside }: `known` as the objects that stand for
// them in the calls, `outside` as pairs of such objects and tensors.
Napi::Value stopRecording(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  auto& environment = Environment::of(env);
  const auto recorder = environment.takeRecorder();
  if (!recorder) throwInvalidArgument("stopRecording: nothing is being recorded");
  Writer writer(env);
  const auto tensors = info[0].As<Napi::Array>();
  auto known = Napi::Array::New(env, tensors.Length());
  for (uint32_t i = 0; i < tensors.Length(); i++) {
    const Napi::Value value = tensors.Get(i);
    known.Set(i, writer.tensor(unwrapTensor(environment, value, "tensor").tensor));
  }
  auto calls = Napi::Array::New(env, recorder->calls().size());
  uint32_t count = 0;
  for (const auto& call : recorder->calls()) calls.Set(count++, writer.call(call));
  auto result = Napi::Object::New(env);
  result.Set("calls", calls);
  result.Set("known", known);
  auto outside = Napi::Array::New(env, writer.outside().size());
  count = 0;
  for (const auto& [object, tensor] : writer.outside()) {
    auto pair = Napi::Array::New(env, 2);
    pair.Set(0U, object);
    pair.Set(1U, Napi::Value(env, wrapTensor(environment, tensor, kNoScope)));
    outside.Set(count++, pair);
  }
  result.Set("outside", outside);
  return result;
}

}  // namespace

void exportRecorder(Environment&, Napi::Object exports) {
  exportFunction<isRecording>(exports, "isRecording");
  exportFunction<startRecording>(exports, "startRecording");
  exportFunction<stopRecording>(exports, "stopRecording");
}

}  // namespace lenet_torch
