#include "autograd.h"

#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/functions/accumulate_grad.h>
#include <torch/csrc/autograd/variable.h>

#include <type_traits>
#include <unordered_set>
#include <vector>

#include "environment.h"
#include "function.h"
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

}  // namespace

std::string gradFunctionName(const at::Tensor& tensor) {
  const std::string name = tensor.grad_fn()->name();
  const auto colons = name.rfind("::");
  return colons == std::string::npos ? name : name.substr(colons + 2);
}

void exportAutograd(Environment&, Napi::Object exports) {
  exportFunction<isGradEnabled>(exports, "isGradEnabled");
  exportFunction<setGradEnabled>(exports, "setGradEnabled");
  exportFunction<incrementVersions>(exports, "incrementVersions");
  exportFunction<unknownLeaves>(exports, "unknownLeaves");
  exportFunction<renewAccumulators>(exports, "renewAccumulators");
}

}  // namespace lenet_torch
