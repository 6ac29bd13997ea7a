// The Tensor class as JavaScript sees it: how its objects are made, and what they have.
#include <ATen/ATen.h>

#include <string>

#include "autograd.h"
#include "convert.h"
#include "error.h"
#include "tensor.h"
#include "tensorGradient.h"

namespace lenet_torch {
namespace {

// The class, and a function that makes its objects, several times faster than N-API's constructors
// do. An own number tells tensors apart where values are compared deeply, and a symbol, which
// cannot be cloned, has structuredClone() and postMessage() refuse with what it says.
constexpr const char* kTensorClass = R"(((refuse, adopt) => {
  const key = {};
  const cloning = Symbol('a Tensor: clone() copies it here, data() gives what can be sent; a Tensor');
  let made = 0;
  let handleOf;
  let forget;
  class Tensor {
    #handle;
    identity = ++made;
    cloning = cloning;
    constructor(given, handle) {
      if (given !== key) refuse();
      this.#handle = handle;
    }
    static {
      handleOf = value => #handle in value ? value.#handle ?? value : value;
      forget = (...tensors) => {
        for (let i = 0; i < tensors.length; i++) tensors[i].#handle = undefined;
      };
    }
  }
  const make = (...handles) => {
    for (let i = 0; i < handles.length; i++) handles[i] = new Tensor(key, handles[i]);
    adopt(...handles);
  };
  return [Tensor, make, handleOf, forget];
}))";

napi_value refuseConstruction(napi_env env, napi_callback_info) {
  return guarded(env, []() -> napi_value {
    throwInvalidArgument("Tensor is not constructible: use torch.tensor(), torch.zeros(), …");
  });
}

napi_value adopt(napi_env env, napi_callback_info info) {
  return guarded(env, [&]() -> napi_value {
    Environment::of(env).handles().adopt(env, info);
    return nullptr;
  });
}

TensorHandle& thisTensor(const Napi::CallbackInfo& info) {
  return unwrapTensor(Environment::of(info.Env()), info.This(), "this");
}

// The same for what needs no elements.
TensorHandle& thisOutline(const Napi::CallbackInfo& info) {
  auto& environment = Environment::of(info.Env());
  auto* handle = environment.isFollowing() ? tryUnwrapTensor(environment, info.This()) : nullptr;
  return handle != nullptr ? *handle : thisTensor(info);
}

Napi::Value shape(const Napi::CallbackInfo& info) {
  const auto& tensor = thisOutline(info).tensor;
  const auto sizes = tensor.sizes();
  auto result = Napi::Array::New(info.Env(), sizes.size());
  for (uint32_t i = 0; i < sizes.size(); i++) result.Set(i, static_cast<double>(sizes[i]));
  return result;
}

Napi::Value strides(const Napi::CallbackInfo& info) {
  const auto& tensor = thisOutline(info).tensor;
  const auto values = tensor.strides();
  auto result = Napi::Array::New(info.Env(), values.size());
  for (uint32_t i = 0; i < values.size(); i++) result.Set(i, static_cast<double>(values[i]));
  return result;
}

Napi::Value dim(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(thisOutline(info).tensor.dim()));
}

Napi::Value numel(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(thisOutline(info).tensor.numel()));
}

Napi::Value dtype(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), dtypeName(thisOutline(info).tensor.scalar_type()));
}

Napi::Value deviceName(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), thisOutline(info).tensor.device().str());
}

Napi::Value layout(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), layoutName(thisOutline(info).tensor.layout()));
}

Napi::Value isNested(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), thisOutline(info).tensor.is_nested());
}

Napi::Value isLeaf(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), thisOutline(info).tensor.is_leaf());
}

Napi::Value isContiguous(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), thisOutline(info).tensor.is_contiguous());
}

Napi::Value gradFunction(const Napi::CallbackInfo& info) {
  const auto& node = thisOutline(info).tensor.grad_fn();
  if (node == nullptr) return info.Env().Null();
  return Napi::String::New(info.Env(), gradFunctionName(thisOutline(info).tensor));
}

Napi::Value getRequiresGrad(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), thisOutline(info).tensor.requires_grad());
}

Napi::Value setRequiresGrad(const Napi::CallbackInfo& info) {
  auto& handle = thisTensor(info);
  if (!info[0].IsBoolean()) {
    throwInvalidArgument("requiresGrad: expected boolean, got " + describe(info.Env(), info[0]));
  }
  handle.tensor.set_requires_grad(info[0].As<Napi::Boolean>().Value());
  return info.Env().Undefined();
}

Napi::Value getGrad(const Napi::CallbackInfo& info) {
  return {info.Env(), gradientOf(thisTensor(info))};
}

Napi::Value setGrad(const Napi::CallbackInfo& info) {
  setGradient(thisTensor(info), info[0]);
  return info.Env().Undefined();
}

Napi::Value keep(const Napi::CallbackInfo& info) {
  auto& handle = thisOutline(info);
  handle.environment->moveTo(handle, kNoScope);
  return info.This();
}

// Gives the handle to another scope, for results that leave the scope they were made in.
Napi::Value moveTo(const Napi::CallbackInfo& info) {
  auto& handle = thisTensor(info);
  handle.environment->moveTo(handle, info[0].ToNumber().Uint32Value());
  return info.This();
}

Napi::Value dispose(const Napi::CallbackInfo& info) {
  auto& environment = Environment::of(info.Env());
  auto* handle = tryUnwrapTensor(environment, info.This());
  if (handle == nullptr || handle->isHollow) return info.Env().Undefined();
  if (environment.isFollowing()) environment.leave();
  releaseTensor(*handle);
  return info.Env().Undefined();
}

Napi::Value isDisposed(const Napi::CallbackInfo& info) {
  auto& environment = Environment::of(info.Env());
  return Napi::Boolean::New(info.Env(), isReleasedTensor(environment, info.This()));
}

Napi::Value scopeOf(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), thisOutline(info).scope);
}

Napi::Value item(const Napi::CallbackInfo& info) {
  const auto& tensor = thisTensor(info).tensor;
  Environment::of(info.Env()).noteRead("item");
  return {info.Env(), scalarToJavaScript(info.Env(), tensor.item())};
}

template <Napi::Value (*function)(const Napi::CallbackInfo&)>
napi_property_descriptor method(const char* name) {
  return {name, nullptr, callback<function>, nullptr, nullptr, nullptr, napi_configurable, nullptr};
}

template <Napi::Value (*function)(const Napi::CallbackInfo&)>
Napi::Value withoutArguments(const Napi::CallbackInfo& info) {
  if (info.Length() > 0) {
    throwInvalidArgument(static_cast<const char*>(info.Data()) +
                         (": takes no arguments, got " + std::to_string(info.Length())));
  }
  return function(info);
}

// A method that refuses arguments, as lib/argument/atMost.ts does.
template <Napi::Value (*function)(const Napi::CallbackInfo&)>
napi_property_descriptor bareMethod(const char* name) {
  auto descriptor = method<withoutArguments<function>>(name);
  descriptor.data = const_cast<char*>(name);
  return descriptor;
}

Napi::Value refuseSetting(const Napi::CallbackInfo&) {
  throwInvalidArgument("this property of a Tensor is read only");
}

template <Napi::Value (*getter)(const Napi::CallbackInfo&)>
napi_property_descriptor property(const char* name,
                                  napi_callback setter = callback<refuseSetting>) {
  return {name, nullptr, nullptr, callback<getter>, setter, nullptr, napi_configurable, nullptr};
}

}  // namespace

void exportTensor(Environment& environment, Napi::Object exports) {
  napi_env env = environment.raw();
  const napi_property_descriptor properties[] = {
      property<shape>("shape"),
      property<strides>("strides"),
      property<dim>("ndim"),
      property<dtype>("dtype"),
      property<deviceName>("deviceName"),
      property<layout>("layout"),
      property<isNested>("isNested"),
      property<isLeaf>("isLeaf"),
      property<gradFunction>("gradFn"),
      property<getRequiresGrad>("requiresGrad", callback<setRequiresGrad>),
      property<getGrad>("grad", callback<setGrad>),
      property<isDisposed>("isDisposed"),
      property<scopeOf>("scopeId"),
      bareMethod<numel>("numel"),
      bareMethod<isContiguous>("isContiguous"),
      bareMethod<item>("item"),
      bareMethod<keep>("keep"),
      method<moveTo>("moveToScope"),
      bareMethod<dispose>("dispose"),
  };
  napi_value tensorClass = nullptr;
  napi_value prototype = nullptr;
  napi_value refuse = nullptr;
  check(env, napi_create_function(env, "refuse", NAPI_AUTO_LENGTH, refuseConstruction, nullptr,
                                  &refuse));
  const auto makeClass = Napi::Env(env).RunScript(kTensorClass).As<Napi::Function>();
  napi_value adopts = nullptr;
  check(env, napi_create_function(env, "adopt", NAPI_AUTO_LENGTH, adopt, nullptr, &adopts));
  const auto made = makeClass.Call({refuse, adopts}).As<Napi::Array>();
  tensorClass = made.Get(0U);
  check(env, napi_get_named_property(env, tensorClass, "prototype", &prototype));
  check(env, napi_define_properties(env, prototype, std::size(properties), properties));
  environment.tensorClass() = Napi::Persistent(Napi::Function(env, tensorClass));
  const auto function = [&](uint32_t i) { return made.Get(i).As<Napi::Function>(); };
  environment.handles().prepare(function(1), function(2), function(3));
  exports.Set("Tensor", Napi::Value(env, tensorClass));
  exports.Set("handleOf", function(2));
}

}  // namespace lenet_torch
