#include "tensor.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "autograd.h"
#include "convert.h"
#include "error.h"
#include "following.h"

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

// Tensors whose objects forget them in one call.
constexpr size_t kForgotten = 32;

// Cuts the ties between a handle and its gradient's handle, in both directions.
void unlinkGradient(TensorHandle& handle) {
  if (handle.grad != nullptr) handle.grad->gradOf = nullptr;
  if (handle.gradOf != nullptr) handle.gradOf->grad = nullptr;
  handle.grad = handle.gradOf = nullptr;
}

// Deleting the reference also takes back the finalizer that Node has not run yet (another runtime
// may run it all the same: finalize).
void destroyHandle(TensorHandle* handle, bool isForgotten = true) {
  auto& environment = *handle->environment;
  unlinkGradient(*handle);
  environment.scopes().remove(*handle);
  napi_delete_reference(environment.raw(), handle->self);
  environment.removeHandle(*handle);
  environment.handles().give(*handle, isForgotten);
  environment.deleteWhenDone();
}

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

// Where the handle may have been destroyed before, its memory may be a new handle's by now, whose
// object lives.
void finalize(napi_env, void* data, void* hint) {
  auto& environment = *static_cast<Environment*>(hint);
  auto* handle = static_cast<TensorHandle*>(data);
  if (environment.finalizesDeleted() &&
      !(environment.handles().knows(handle) && handle->self != nullptr &&
        objectOf(*handle) == nullptr)) {
    return;
  }
  if (handle->isLive) {
    destroyHandle(handle);
  } else {
    environment.handles().dropBlank(*handle);
    environment.deleteWhenDone();
  }
}

// The handle of a tensor, which is made now, and its object.
TensorHandle& makeHandle(Environment& environment, at::Tensor tensor, ScopeId lineage,
                         napi_value& object) {
  environment.collector().lookWhenDue();
  auto& handle = environment.handles().take(object);
  handle.tensor = std::move(tensor);
  environment.scopes().add(handle, environment.scopes().forResult(lineage));
  environment.addHandle(handle);
  return handle;
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

// A gradient's handle is outside every scope while it is the gradient. Once replaced, it goes the
// way of a temporary: with the ambient scope, or with the garbage collector.
void retireGradient(TensorHandle& handle) {
  auto* old = handle.grad;
  if (old == nullptr) return;
  handle.grad = nullptr;
  old->gradOf = nullptr;
  auto& scopes = handle.environment->scopes();
  if (old->scope == kNoScope) scopes.add(*old, scopes.forResult(kNoScope));
}

Napi::Value getGrad(const Napi::CallbackInfo& info) {
  auto& handle = thisTensor(info);
  auto& environment = *handle.environment;
  const auto& grad = handle.tensor.grad();
  if (!grad.defined()) {
    retireGradient(handle);
    return info.Env().Null();
  }
  if (handle.grad != nullptr && handle.grad->tensor.is_same(grad)) {
    napi_value known = objectOf(*handle.grad);
    if (known != nullptr) return {info.Env(), known};
  }
  retireGradient(handle);
  napi_value value = nullptr;
  auto& gradHandle = makeHandle(environment, grad, kNoScope, value);
  environment.moveTo(gradHandle, kNoScope);
  handle.grad = &gradHandle;
  gradHandle.gradOf = &handle;
  return {info.Env(), value};
}

Napi::Value setGrad(const Napi::CallbackInfo& info) {
  auto& handle = thisTensor(info);
  if (info[0].IsNull() || info[0].IsUndefined()) {
    retireGradient(handle);
    handle.tensor.mutable_grad().reset();
    return info.Env().Undefined();
  }
  auto& given = unwrapTensor(*handle.environment, info[0], "grad");
  TORCH_CHECK(given.tensor.sizes() == handle.tensor.sizes(), "grad: expected shape ",
              handle.tensor.sizes(), ", got ", given.tensor.sizes());
  TORCH_CHECK(given.tensor.scalar_type() == handle.tensor.scalar_type() &&
                  given.tensor.device() == handle.tensor.device(),
              "grad: expected the dtype and device of the tensor");
  if (handle.grad == &given) return info.Env().Undefined();
  retireGradient(handle);
  handle.tensor.mutable_grad() = given.tensor;
  if (given.gradOf == nullptr && &given != &handle) {
    handle.environment->moveTo(given, kNoScope);
    handle.grad = &given;
    given.gradOf = &handle;
  }
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

void TensorHandle::reset() {
  TensorHandle fresh;
  fresh.environment = environment;
  fresh.external = external;
  *this = std::move(fresh);
}

napi_status wrapReference(TensorHandle& handle, napi_value object) {
  auto& environment = *handle.environment;
  return napi_add_finalizer(environment.raw(), object, &handle, finalize, &environment,
                            &handle.self);
}

napi_value objectOf(const TensorHandle& handle) {
  napi_value value = nullptr;
  napi_get_reference_value(handle.environment->raw(), handle.self, &value);
  return value;
}

napi_value wrapTensor(Environment& environment, at::Tensor tensor, ScopeId lineage) {
  napi_env env = environment.raw();
  napi_value result = nullptr;
  if (!tensor.defined()) {
    check(env, napi_get_null(env, &result));
    return result;
  }
  makeHandle(environment, std::move(tensor), lineage, result);
  return result;
}

TensorHandle* tryUnwrapTensor(Environment& environment, napi_value value) {
  auto* handle = environment.handles().find(value);
  return handle != nullptr && handle->isLive ? handle : nullptr;
}

bool isReleasedTensor(Environment& environment, napi_value value) {
  napi_env env = environment.raw();
  napi_valuetype type;
  if (napi_typeof(env, value, &type) != napi_ok) return false;
  // One that went while the arguments after it were read.
  if (type == napi_external) return environment.handles().find(value) != nullptr;
  if (type != napi_object) return false;
  bool isTensor = false;
  check(env, napi_instanceof(env, value, environment.tensorClass().Value(), &isTensor));
  if (!isTensor) return false;
  const auto* handle = tryUnwrapTensor(environment, value);
  return handle == nullptr || (handle->isHollow && !environment.isFollowing());
}

void throwReleased(const std::string& what) {
  throw CodedError(ErrorClass::kTorchError, "ERR_TENSOR_RELEASED",
                   what +
                       ": this tensor was released by its scope or by dispose(); call keep() on a "
                       "tensor that must outlive the scope it was made in");
}

TensorHandle& unwrapTensor(Environment& environment, napi_value value, const char* what) {
  auto* handle = tryUnwrapTensor(environment, value);
  if (handle != nullptr && handle->isHollow) throwHollow(environment, what);
  if (handle != nullptr) return *handle;
  if (isReleasedTensor(environment, value)) throwReleased(what);
  throwInvalidArgument(std::string(what) + ": expected Tensor, got " +
                       describe(environment.raw(), value));
}

void releaseTensor(TensorHandle& handle) {
  napi_value object = objectOf(handle);
  destroyHandle(&handle, object == nullptr || handle.environment->handles().forget(&object, 1));
}

void releaseTensors(Environment& environment, const std::vector<TensorHandle*>& handles) {
  std::array<napi_value, kForgotten> objects;
  // Newest first: objects made last are the ones still in the processor's caches.
  for (size_t end = handles.size(); end > 0;) {
    Napi::HandleScope scope(environment.raw());
    const size_t begin = end - std::min(end, kForgotten);
    size_t count = 0;
    for (size_t i = end; i-- > begin;) {
      napi_value object = objectOf(*handles[i]);
      if (object != nullptr) objects[count++] = object;
    }
    const bool areForgotten = environment.handles().forget(objects.data(), count);
    for (size_t i = end; i-- > begin;) destroyHandle(handles[i], areForgotten);
    end = begin;
  }
}

void dropHandle(TensorHandle& handle) { destroyHandle(&handle); }

bool hasOwnElements(const at::Tensor& tensor) {
  if (tensor.layout() != c10::kStrided || tensor.is_conj() || tensor.is_neg() ||
      tensor._is_zerotensor() || !tensor.has_storage()) {
    return false;
  }
  return tensor.numel() == 0 || tensor.storage().data() != nullptr;
}

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
