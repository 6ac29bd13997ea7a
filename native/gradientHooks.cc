#include "gradientHooks.h"

#include <torch/csrc/autograd/custom_function.h>
#include <torch/csrc/autograd/function_hook.h>
#include <torch/csrc/autograd/variable.h>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "backward.h"
#include "environment.h"
#include "function.h"
#include "held.h"
#include "tensor.h"
#include "wrapped.h"

namespace lenet_torch {
namespace {

using Held = std::shared_ptr<HeldFunction>;

constexpr napi_type_tag kHookTag = {0x6c656e65742d746f, 0x7263682d686f6f6b};

// What stands in the gradient's place; undefined where it stays.
at::Tensor askHook(const Held& hook, const at::Tensor& gradient) {
  if (hook->isRemoved()) return {};
  auto& environment = hook->enter();
  Napi::HandleScope scope(environment.raw());
  const auto node = torch::autograd::get_current_node();
  RunningNode running(environment, node.get());
  const Napi::Value result(environment.raw(),
                           hook->call({wrapTensor(environment, gradient, kNoScope)}));
  if (result.IsUndefined() || result.IsNull()) return {};
  return unwrapTensor(environment, result, "registerHook: what the hook returns").tensor;
}

// Removed hooks go when the next one comes: none is taken away while the list is read.
class HookList {
 public:
  void add(Held hook) {
    std::erase_if(hooks_, [](const Held& each) { return each->isRemoved(); });
    hooks_.push_back(std::move(hook));
  }
  std::vector<Held> now() const { return hooks_; }
  bool isEmpty() const {
    return std::all_of(hooks_.begin(), hooks_.end(),
                       [](const Held& each) { return each->isRemoved(); });
  }

 private:
  std::vector<Held> hooks_;
};

// Those of a leaf. libtorch's own list for hooks in C++ never gets shorter, and a parameter lives
// long.
struct LeafHooks : torch::autograd::FunctionPreHook, HookList {
  torch::autograd::variable_list operator()(const torch::autograd::variable_list& given) override {
    auto gradients = given;
    for (const auto& hook : now()) {
      auto changed = askHook(hook, gradients.at(0));
      if (!changed.defined()) continue;
      torch::autograd::check_variable_result(gradients[0], changed, "hook");
      gradients[0] = std::move(changed);
    }
    return gradients;
  }
};

struct AccumulatedHooks : torch::autograd::PostAccumulateGradHook, HookList {
  void operator()(const at::Tensor& tensor) override {
    for (const auto& hook : now()) {
      if (hook->isRemoved()) continue;
      auto& environment = hook->enter();
      Napi::HandleScope scope(environment.raw());
      const auto node = torch::autograd::get_current_node();
      RunningNode running(environment, node.get());
      hook->call({wrapTensor(environment, tensor, kNoScope)});
    }
  }
};

LeafHooks* leafHooks(const at::Tensor& tensor) {
  for (const auto& each : torch::autograd::impl::hooks(tensor)) {
    if (auto* hooks = dynamic_cast<LeafHooks*>(each.get())) return hooks;
  }
  return nullptr;
}

AccumulatedHooks* accumulatedHooks(const at::Tensor& tensor) {
  return dynamic_cast<AccumulatedHooks*>(torch::autograd::impl::post_acc_grad_hooks(tensor).get());
}

Napi::Value handleOf(napi_env env, const Held& hook) {
  return wrapOwned(env, kHookTag, std::make_unique<std::weak_ptr<HeldFunction>>(hook));
}

struct Registration {
  Environment& environment;
  const at::Tensor tensor;
  const Held hook;

  explicit Registration(const Napi::CallbackInfo& info, const char* name)
      : environment(Environment::of(info.Env())),
        tensor(unwrapTensor(environment, info[0], name).tensor),
        hook(std::make_shared<HeldFunction>(environment, info[1].As<Napi::Function>())) {
    // A forward pass that is seen and never run itself would not call it.
    environment.noteRead(name);
  }
};

// registerHook(tensor, hook): hook(gradient) → what takes its place, or nothing.
Napi::Value registerHook(const Napi::CallbackInfo& info) {
  const Registration given(info, "registerHook");
  TORCH_CHECK(given.tensor.requires_grad(),
              "cannot register a hook on a tensor that doesn't require gradient");
  const auto& hook = given.hook;
  if (!given.tensor.is_leaf()) {
    given.tensor.register_hook([hook](const at::Tensor& gradient) -> at::Tensor {
      const Held kept = hook;
      return askHook(kept, gradient);
    });
  } else if (auto* hooks = leafHooks(given.tensor)) {
    hooks->add(hook);
  } else {
    auto first = std::make_unique<LeafHooks>();
    first->add(hook);
    torch::autograd::impl::add_hook(given.tensor, std::move(first));
  }
  return handleOf(info.Env(), hook);
}

// registerAccumulatedHook(tensor, hook): hook(tensor), once its gradient has been added up.
Napi::Value registerAccumulatedHook(const Napi::CallbackInfo& info) {
  const Registration given(info, "registerPostAccumulateGradHook");
  TORCH_CHECK(given.tensor.requires_grad(),
              "cannot register a hook on a tensor that doesn't require gradient");
  TORCH_CHECK(given.tensor.is_leaf(),
              "post accumulate grad hooks cannot be registered on non-leaf tensors");
  if (auto* hooks = accumulatedHooks(given.tensor)) {
    hooks->add(given.hook);
  } else {
    auto first = std::make_unique<AccumulatedHooks>();
    first->add(given.hook);
    torch::autograd::impl::set_post_acc_grad_hooks(given.tensor, std::move(first));
  }
  return handleOf(info.Env(), given.hook);
}

// removeGradientHook(handle): a second time does nothing.
Napi::Value removeGradientHook(const Napi::CallbackInfo& info) {
  const auto hook =
      requireOwned<std::weak_ptr<HeldFunction>>(info, 0, kHookTag, "a hook's handle").lock();
  if (hook != nullptr) hook->remove();
  return info.Env().Undefined();
}

// hasGradientHooks(leaf)
Napi::Value hasGradientHooks(const Napi::CallbackInfo& info) {
  const auto& tensor = unwrapTensor(Environment::of(info.Env()), info[0], "tensor").tensor;
  const auto* hooks = leafHooks(tensor);
  const auto* accumulated = accumulatedHooks(tensor);
  return Napi::Boolean::New(info.Env(), (hooks != nullptr && !hooks->isEmpty()) ||
                                            (accumulated != nullptr && !accumulated->isEmpty()));
}

}  // namespace

void exportGradientHooks(Environment&, Napi::Object exports) {
  exportFunction<registerHook>(exports, "registerHook");
  exportFunction<registerAccumulatedHook>(exports, "registerAccumulatedHook");
  exportFunction<removeGradientHook>(exports, "removeGradientHook");
  exportFunction<hasGradientHooks>(exports, "hasGradientHooks");
}

}  // namespace lenet_torch
