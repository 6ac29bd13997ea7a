// Data in and out of tensors: typed arrays, and batches gathered from resident images.
#pragma once

#include <c10/core/ScalarType.h>
#include <napi.h>

namespace lenet_torch {

class Environment;

// The elements of a typed array: until JavaScript runs again.
struct Elements {
  void* data;
  size_t length;
  c10::ScalarType type;
};
Elements requireTypedArray(napi_env env, napi_value value, const char* what);

void exportData(Environment& environment, Napi::Object exports);

}  // namespace lenet_torch
