// The Tensor handle: what a JavaScript Tensor object wraps.
#pragma once

#include <ATen/core/Tensor.h>
#include <napi.h>

#include <vector>

#include "environment.h"
#include "scope.h"

namespace lenet_torch {

struct TensorHandle {
  at::Tensor tensor;
  Environment* environment = nullptr;
  napi_ref external = nullptr;  // what JavaScript has in place of a pointer, kept with the handle
  napi_ref self = nullptr;      // the object, weak
  bool isLive = false;
  ScopeId scope = kNoScope;
  size_t slot = 0;                      // position in the scope's list
  c10::StorageImpl* storage = nullptr;  // as counted; the tensor may have been given another since
  bool isLoose = false;                 // counted as in no scope
  // For the collector: how many of its looks this handle has outlived, where it stands in the list
  // of its generation, and the bytes that came with it.
  size_t generation = 0;
  size_t place = 0;
  int64_t youngBytes = 0;
  bool isHollow = false;  // sizes without elements (following.h)
  // A parameter and the handle of its gradient know each other, so that `p.grad === p.grad`.
  TensorHandle* grad = nullptr;
  TensorHandle* gradOf = nullptr;

  // As new, for the next tensor.
  void reset();
};

// Makes the handle's weak reference to an object.
napi_status wrapReference(TensorHandle& handle, napi_value object);

// A handle for a tensor, and in `object` the JavaScript object that stands for it.
TensorHandle& makeHandle(Environment& environment, at::Tensor tensor, ScopeId lineage,
                         napi_value& object);

// Wraps a tensor in a new JavaScript object. `lineage` is the newest scope among the inputs.
// An undefined tensor becomes null.
napi_value wrapTensor(Environment& environment, at::Tensor tensor, ScopeId lineage);

// The object of a handle; null where it has been collected.
napi_value objectOf(const TensorHandle& handle);

// The handle behind a value; nullptr when the value is not a live Tensor of this environment.
TensorHandle* tryUnwrapTensor(Environment& environment, napi_value value);

// The handle behind `this` or an argument; throws when it was released or is no Tensor.
TensorHandle& unwrapTensor(Environment& environment, napi_value value, const char* what);

// True for a Tensor object whose handle has gone.
bool isReleasedTensor(Environment& environment, napi_value value);
[[noreturn]] void throwReleased(const std::string& what);

// Lets go of the tensor; the JavaScript object stays and says so when it is used.
void releaseTensor(TensorHandle& handle);
// Of all that were in a scope.
void releaseTensors(Environment& environment, const std::vector<TensorHandle*>& handles);

// Deletes a handle whose JavaScript object has been collected.
void dropHandle(TensorHandle& handle);

// Whether the elements lie in memory as they are: not computed when they are read, and not absent.
bool hasOwnElements(const at::Tensor& tensor);

// Defines the Tensor class and the functions that make tensors from JavaScript data.
void exportTensor(Environment& environment, Napi::Object exports);

}  // namespace lenet_torch
