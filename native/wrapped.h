// JavaScript objects that own a C++ object of one kind, known by a tag.
#pragma once

#include <napi.h>

#include <memory>
#include <string>
#include <utility>

#include "convert.h"
#include "error.h"

namespace lenet_torch {

// An object that deletes `owned` when it is collected.
template <typename T>
Napi::Object wrapOwned(Napi::Env env, const napi_type_tag& tag, std::unique_ptr<T> owned) {
  auto object = Napi::Object::New(env);
  check(env, napi_type_tag_object(env, object, &tag));
  check(env,
        napi_wrap(
            env, object, owned.get(),
            [](napi_env, void* data, void*) { delete static_cast<T*>(data); }, nullptr, nullptr));
  owned.release();
  return object;
}

// What an object of this tag owns; null for any other value.
template <typename T>
T* tryUnwrapOwned(napi_env env, napi_value value, const napi_type_tag& tag) {
  napi_valuetype type = napi_undefined;
  napi_typeof(env, value, &type);
  bool tagged = false;
  if (type != napi_object || napi_check_object_type_tag(env, value, &tag, &tagged) != napi_ok ||
      !tagged) {
    return nullptr;
  }
  void* data = nullptr;
  check(env, napi_unwrap(env, value, &data));
  return static_cast<T*>(data);
}

// The same for an argument that has to be one: `what` says what it is.
template <typename T>
T& requireOwned(const Napi::CallbackInfo& info, size_t argument, const napi_type_tag& tag,
                const char* what) {
  auto* owned = tryUnwrapOwned<T>(info.Env(), info[argument], tag);
  if (owned != nullptr) return *owned;
  throwInvalidArgument(std::string("expected ") + what + ", got " +
                       describe(info.Env(), info[argument]));
}

}  // namespace lenet_torch
