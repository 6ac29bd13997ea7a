// Exporting plain functions: the shape of every file's table of exports.
#pragma once

#include <napi.h>

#include "error.h"

namespace lenet_torch {

template <Napi::Value (*function)(const Napi::CallbackInfo&)>
void exportFunction(Napi::Object exports, const char* name) {
  napi_value value = nullptr;
  check(exports.Env(), napi_create_function(exports.Env(), name, NAPI_AUTO_LENGTH,
                                            callback<function>, nullptr, &value));
  exports.Set(name, Napi::Value(exports.Env(), value));
}

}  // namespace lenet_torch
