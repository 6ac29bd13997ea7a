#include "autograd.h"

#include <c10/core/GradMode.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/functions/accumulate_grad.h>
#include <torch/csrc/autograd/variable.h>

#include <algorithm>
#include <type_traits>
#include <unordered_set>
#include <vector>

#include "environment.h"
#include "error.h"
#include "function.h"
#include "javascriptFunction.h"
#include "tensor.h"

namespace lenet_torch {
namespace {

Napi::Value isGradEnabled(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), c10::GradMode::is_enabled());
}

Napi::Value setGradEnabled(const Napi::CallbackInfo& info) {
  const bool before = c10::GradMode::is_enabled();
  c10::GradMode::set_enabled(info[0].ToBoolean());
  return Napi::Boolean::New(info.Env(), before);
}

Napi::Value isInferenceMode(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), c10::InferenceMode::is_enabled());
}

// inferenceMode(enabled, work) → what work() gives: libtorch sets and restores several things.
Napi::Value inferenceMode(const Napi::CallbackInfo& info) {
  const c10::InferenceMode guard(info[0].ToBoolean());
  napi_value result = nullptr;
  check(info.Env(),
        napi_call_function(info.Env(), info.Env().Undefined(), info[1], 0, nullptr, &result));
  return {info.Env(), result};
}

// incrementVersions(tensors): what an operator that does not do so has changed.
Napi::Value incrementVersions(const Napi::CallbackInfo& info) {
  auto& environment = Environment::of(info.Env());
  const auto tensors = info[0].As<Napi::Array>();
  for (uint32_t i = 0; i < tensors.Length(); i++) {
    const auto& tensor = unwrapTensor(environment, tensors.Get(i), "tensor").tensor;
    tensor.unsafeGetTensorImpl()->bump_version();
  }
  return info.Env().Undefined();
}

// Nodes are held by weak pointers of the standard library, and in newer libtorch of its own, which
// are made from a pointer alone.
template <typename Weak>
void forgetAccumulator(void (*set)(const at::Tensor&, Weak), const at::Tensor& tensor) {
  if constexpr (std::is_default_constructible_v<Weak>) {
    set(tensor, Weak());
  } else {
    set(tensor, Weak(c10::intrusive_ptr<torch::autograd::Node>()));
  }
}

// renewAccumulators(parameters): the next forward pass makes the nodes that add up their gradients,
// on the stream that is current then. One that an older result keeps alive belongs to the stream of
// that time, for which a backward pass would wait: no capture can.
Napi::Value renewAccumulators(const Napi::CallbackInfo& info) {
  auto& environment = Environment::of(info.Env());
  const auto tensors = info[0].As<Napi::Array>();
  for (uint32_t i = 0; i < tensors.Length(); i++) {
    const auto& tensor = unwrapTensor(environment, tensors.Get(i), "tensor").tensor;
    if (tensor.is_leaf()) {
      forgetAccumulator(&torch::autograd::impl::set_grad_accumulator, tensor);
    }
  }
  return info.Env().Undefined();
}

// unknownLeaves(result, known): the shapes of the leaves that a backward pass from `result` would
// give a gradient, and that are not among the known ones.
Napi::Value unknownLeaves(const Napi::CallbackInfo& info) {
  auto& environment = Environment::of(info.Env());
  std::unordered_set<const at::TensorImpl*> known;
  const auto tensors = info[1].As<Napi::Array>();
  for (uint32_t i = 0; i < tensors.Length(); i++) {
    known.insert(unwrapTensor(environment, tensors.Get(i), "tensor").tensor.unsafeGetTensorImpl());
  }
  auto shapes = Napi::Array::New(info.Env());
  std::unordered_set<torch::autograd::Node*> seen;
  std::vector<torch::autograd::Node*> left;
  left.push_back(unwrapTensor(environment, info[0], "result").tensor.grad_fn().get());
  while (!left.empty()) {
    auto* node = left.back();
    left.pop_back();
    if (node == nullptr || !seen.insert(node).second) continue;
    for (const auto& edge : node->next_edges()) left.push_back(edge.function.get());
    const auto* leaf = dynamic_cast<torch::autograd::AccumulateGrad*>(node);
    if (leaf == nullptr || known.count(leaf->variable.unsafeGetTensorImpl()) != 0) continue;
    auto shape = Napi::Array::New(info.Env());
    for (const auto size : leaf->variable.sizes()) {
      shape.Set(shape.Length(), static_cast<double>(size));
    }
    shapes.Set(shapes.Length(), shape);
  }
  return shapes;
}

// Results that a loss may leave out: what they come from is told so by an undefined gradient, where
// else nothing would be. Copies: what is a view of an input must not stand in two places.
struct Sink : torch::autograd::Function<Sink> {
  static torch::autograd::variable_list forward(torch::autograd::AutogradContext* context,
                                                at::TensorList results) {
    context->set_materialize_grads(false);
    torch::autograd::variable_list copies;
    for (const auto& result : results) copies.push_back(result.clone());
    return copies;
  }
  static torch::autograd::variable_list backward(torch::autograd::AutogradContext*,
                                                 const torch::autograd::variable_list& gradients) {
    return gradients;
  }
};

// sinkResults(results) → their copies: a backward pass that reaches one of them reaches all.
Napi::Value sinkResults(const Napi::CallbackInfo& info) {
  auto& environment = Environment::of(info.Env());
  const auto given = info[0].As<Napi::Array>();
  ScopeId lineage = kNoScope;
  torch::autograd::variable_list results;
  for (uint32_t i = 0; i < given.Length(); i++) {
    const auto& handle = unwrapTensor(environment, given.Get(i), "result");
    lineage = std::max(lineage, handle.scope);
    results.push_back(handle.tensor);
  }
  const auto copies = Sink::apply(at::TensorList(results));
  auto array = Napi::Array::New(info.Env(), copies.size());
  for (uint32_t i = 0; i < copies.size(); i++) {
    array.Set(i, Napi::Value(info.Env(), wrapTensor(environment, copies[i], lineage)));
  }
  return array;
}

}  // namespace

std::string gradFunctionName(const at::Tensor& tensor) {
  auto given = javascriptName(*tensor.grad_fn());
  if (!given.empty()) return given;
  const std::string name = tensor.grad_fn()->name();
  const auto colons = name.rfind("::");
  return colons == std::string::npos ? name : name.substr(colons + 2);
}

void exportAutograd(Environment&, Napi::Object exports) {
  exportFunction<isGradEnabled>(exports, "isGradEnabled");
  exportFunction<setGradEnabled>(exports, "setGradEnabled");
  exportFunction<isInferenceMode>(exports, "isInferenceMode");
  exportFunction<inferenceMode>(exports, "inferenceMode");
  exportFunction<incrementVersions>(exports, "incrementVersions");
  exportFunction<sinkResults>(exports, "sinkResults");
  exportFunction<unknownLeaves>(exports, "unknownLeaves");
  exportFunction<renewAccumulators>(exports, "renewAccumulators");
}

}  // namespace lenet_torch
