#include "javascriptFunction.h"

#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "backward.h"
#include "environment.h"
#include "error.h"
#include "function.h"
#include "held.h"
#include "tensor.h"

namespace lenet_torch {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// A list by its name in what forward() gives.
variable_list tensorsOf(Environment& environment, const Napi::Object& given, const char* name) {
  return tensorList(environment, given.Get(name), name);
}

// What one application is made with, and what its forward() gave.
struct Application {
  Environment& environment;
  const Napi::Function forward;
  const std::shared_ptr<HeldFunction> backward;
  const std::string name;
  Napi::Array outputs;
};

// In the node's context, where libtorch keeps values of its own kinds.
struct Kept : torch::CustomClassHolder {
  Kept(std::shared_ptr<HeldFunction> function, std::string text, size_t count)
      : backward(std::move(function)), name(std::move(text)), inputs(count) {}
  const std::shared_ptr<HeldFunction> backward;
  const std::string name;
  const size_t inputs;
};

constexpr const char* kKept = "javascript";

// Null where forward() has failed.
const Kept* keptOf(const AutogradContext& context) {
  const auto found = context.saved_data.find(kKept);
  if (found == context.saved_data.end()) return nullptr;
  return static_cast<const Kept*>(found->second.toCapsule().get());
}

napi_value savedOrError(Environment& environment, const AutogradContext& context) {
  variable_list saved;
  try {
    saved = context.get_saved_variables();
  } catch (const c10::Error&) {
    return toJavaScriptError(environment.raw(), std::current_exception());
  }
  return tensorArray(environment, saved);
}

struct JavascriptFunction : torch::autograd::Function<JavascriptFunction> {
  // forward() → { outputs, saved, dirty, nonDifferentiable, materializeGrads }
  static variable_list forward(AutogradContext* context, at::TensorList inputs,
                               Application* application) {
    auto& environment = application->environment;
    napi_env env = environment.raw();
    napi_value result = nullptr;
    check(env, napi_call_function(env, Napi::Env(env).Undefined(), application->forward, 0, nullptr,
                                  &result));
    const Napi::Object given(env, result);
    application->outputs = given.Get("outputs").As<Napi::Array>();
    context->save_for_backward(tensorsOf(environment, given, "saved"));
    context->mark_dirty(tensorsOf(environment, given, "dirty"));
    context->mark_non_differentiable(tensorsOf(environment, given, "nonDifferentiable"));
    context->set_materialize_grads(given.Get("materializeGrads").ToBoolean());
    context->saved_data[kKept] = c10::IValue::make_capsule(
        c10::make_intrusive<Kept>(application->backward, application->name, inputs.size()));
    return tensorsOf(environment, given, "outputs");
  }

  // backward(gradients, saved, needed) → gradients of the inputs. `saved` is an error where a saved
  // tensor was changed, or freed: only who asks for it is told.
  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const auto& kept = *keptOf(*context);
    auto& environment = kept.backward->enter();
    napi_env env = environment.raw();
    Napi::HandleScope scope(env);
    const auto node = torch::autograd::get_current_node();
    RunningNode running(environment, node.get());
    auto needed = Napi::Array::New(env, kept.inputs);
    for (uint32_t i = 0; i < kept.inputs; i++) needed.Set(i, context->needs_input_grad(i));
    const Napi::Value result(env,
                             kept.backward->call({tensorArray(environment, gradients),
                                                  savedOrError(environment, *context), needed}));
    auto list = tensorList(environment, result, "backward: what the Function returns");
    // The application itself was an argument of forward().
    list.emplace_back();
    return list;
  }
};

// applyFunction(name, inputs, forward, backward) → outputs
Napi::Value applyFunction(const Napi::CallbackInfo& info) {
  auto& environment = Environment::of(info.Env());
  const auto name = info[0].ToString().Utf8Value();
  environment.noteRead("autograd.Function");
  ScopeId lineage = kNoScope;
  const auto given = info[1].As<Napi::Array>();
  for (uint32_t i = 0; i < given.Length(); i++) {
    lineage = std::max(lineage, unwrapTensor(environment, given.Get(i), "apply").scope);
  }
  const auto inputs = tensorList(environment, given, "apply");
  Application application{environment,
                          info[2].As<Napi::Function>(),
                          std::make_shared<HeldFunction>(environment, info[3].As<Napi::Function>()),
                          name,
                          {}};
  const auto outputs = JavascriptFunction::apply(at::TensorList(inputs), &application);
  auto result = Napi::Array::New(info.Env(), outputs.size());
  for (uint32_t i = 0; i < outputs.size(); i++) {
    const Napi::Value own = application.outputs.Get(i);
    const bool isOwn = unwrapTensor(environment, own, "forward").tensor.is_same(outputs[i]);
    result.Set(i,
               isOwn ? own : Napi::Value(info.Env(), wrapTensor(environment, outputs[i], lineage)));
  }
  return result;
}

}  // namespace

std::string javascriptName(const torch::autograd::Node& node) {
  using Applied = torch::autograd::CppNode<JavascriptFunction>;
  const auto* applied = dynamic_cast<const Applied*>(&node);
  const auto* kept = applied == nullptr ? nullptr : keptOf(applied->ctx_);
  return kept == nullptr ? std::string() : kept->name;
}

void exportJavascriptFunction(Environment&, Napi::Object exports) {
  exportFunction<applyFunction>(exports, "applyFunction");
}

}  // namespace lenet_torch
