#include "backward.h"

#include <torch/csrc/autograd/anomaly_mode.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/variable.h>

#include <algorithm>
#include <optional>
#include <unordered_set>

#include "environment.h"
#include "error.h"
#include "function.h"
#include "held.h"
#include "tensor.h"

namespace lenet_torch {

std::vector<at::Tensor> tensorList(Environment& environment, napi_value value, const char* what) {
  std::vector<at::Tensor> tensors;
  const Napi::Value given(environment.raw(), value);
  if (given.IsUndefined() || given.IsNull()) return tensors;
  const auto array = given.As<Napi::Array>();
  for (uint32_t i = 0; i < array.Length(); i++) {
    const Napi::Value each = array.Get(i);
    if (each.IsUndefined() || each.IsNull()) {
      tensors.emplace_back();
    } else {
      tensors.push_back(unwrapTensor(environment, each, what).tensor);
    }
  }
  return tensors;
}

napi_value tensorArray(Environment& environment, const std::vector<at::Tensor>& tensors,
                       ScopeId lineage) {
  auto array = Napi::Array::New(environment.raw(), tensors.size());
  for (uint32_t i = 0; i < tensors.size(); i++) {
    array.Set(i, Napi::Value(environment.raw(), wrapTensor(environment, tensors[i], lineage)));
  }
  return array;
}

RunningNode::RunningNode(Environment& environment, const void* node) : environment_(environment) {
  environment.runningNodes().push_back(node);
}

RunningNode::~RunningNode() { environment_.runningNodes().pop_back(); }

namespace {

// A node is locked while its JavaScript runs: a pass through it from there would wait for itself.
void refuseRunning(const std::vector<const void*>& running, const std::vector<at::Tensor>& roots) {
  if (running.empty()) return;
  std::unordered_set<const torch::autograd::Node*> seen;
  std::vector<const torch::autograd::Node*> left;
  for (const auto& root : roots) {
    if (root.defined()) left.push_back(torch::autograd::impl::gradient_edge(root).function.get());
  }
  while (!left.empty()) {
    const auto* node = left.back();
    left.pop_back();
    if (node == nullptr || !seen.insert(node).second) continue;
    if (std::find(running.begin(), running.end(), node) != running.end()) {
      throw CodedError(
          ErrorClass::kTorchError, "ERR_LIBTORCH",
          "backward: called from a hook, or from the backward of an autograd.Function, "
          "for a graph that this one is a part of");
    }
    for (const auto& edge : node->next_edges()) left.push_back(edge.function.get());
  }
}

struct Pass {
  Environment& environment;
  std::vector<at::Tensor> roots, gradients;
  std::optional<bool> retainGraph;
  bool createGraph;
  std::optional<OnThisThread> onThisThread;

  // (tensors, gradients, retainGraph?, createGraph, …)
  explicit Pass(const Napi::CallbackInfo& info)
      : environment(Environment::of(info.Env())),
        roots(tensorList(environment, info[0], "backward: tensors")),
        gradients(tensorList(environment, info[1], "backward: gradients")),
        createGraph(info[3].ToBoolean()) {
    if (!info[2].IsUndefined()) retainGraph = info[2].ToBoolean();
    if (!environment.callsBack()) return;
    refuseRunning(environment.runningNodes(), roots);
    onThisThread.emplace();
  }
};

// backward(tensors, gradients, retainGraph?, createGraph, inputs): `inputs` empty: all leaves.
Napi::Value backward(const Napi::CallbackInfo& info) {
  Pass pass(info);
  const auto inputs = tensorList(pass.environment, info[4], "backward: inputs");
  torch::autograd::backward(pass.roots, pass.gradients, pass.retainGraph, pass.createGraph, inputs);
  return info.Env().Undefined();
}

// gradients(outputs, gradients, retainGraph?, createGraph, inputs, allowUnused) → gradients or null
Napi::Value gradients(const Napi::CallbackInfo& info) {
  Pass pass(info);
  const auto inputs = tensorList(pass.environment, info[4], "grad: inputs");
  const auto found = torch::autograd::grad(pass.roots, inputs, pass.gradients, pass.retainGraph,
                                           pass.createGraph, info[5].ToBoolean());
  return {info.Env(), tensorArray(pass.environment, found)};
}

// setAnomaly(enabled, checkNan) → what it was: [enabled, checkNan]. All threads share it.
Napi::Value setAnomaly(const Napi::CallbackInfo& info) {
  using torch::autograd::AnomalyMode;
  auto before = Napi::Array::New(info.Env(), 2);
  before.Set(0U, Napi::Boolean::New(info.Env(), AnomalyMode::is_enabled()));
  before.Set(1U, Napi::Boolean::New(info.Env(), AnomalyMode::should_check_nan()));
  if (info.Length() > 0) AnomalyMode::set_enabled(info[0].ToBoolean(), info[1].ToBoolean());
  return before;
}

}  // namespace

void exportBackward(Environment&, Napi::Object exports) {
  exportFunction<backward>(exports, "backward");
  exportFunction<gradients>(exports, "gradients");
  exportFunction<setAnomaly>(exports, "setAnomaly");
}

}  // namespace lenet_torch
