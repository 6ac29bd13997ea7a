// A tiny addon without libtorch: opens shared libraries globally, so that the main addon's needs
// resolve by soname without LD_LIBRARY_PATH. Plain C interface: it must load where nothing else
// does.
#define NAPI_VERSION 8
#include <dlfcn.h>
#include <node_api.h>

#include <mutex>
#include <string>

#include "system/images.h"

namespace {

std::string textArgument(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value argument = nullptr;
  size_t length = 0;
  if (napi_get_cb_info(env, info, &count, &argument, nullptr, nullptr) != napi_ok || count < 1 ||
      napi_get_value_string_utf8(env, argument, nullptr, 0, &length) != napi_ok) {
    napi_throw_type_error(env, "ERR_INVALID_ARG", "path: expected string");
    return {};
  }
  std::string text(length, '\0');
  napi_get_value_string_utf8(env, argument, text.data(), length + 1, &length);
  return text;
}

// open(path): null, or what the dynamic linker says.
napi_value open(napi_env env, napi_callback_info info) {
  const std::string path = textArgument(env, info);
  napi_value result = nullptr;
  if (path.empty()) return nullptr;
  if (dlopen(path.c_str(), RTLD_NOW | RTLD_GLOBAL) == nullptr) {
    napi_create_string_utf8(env, dlerror(), NAPI_AUTO_LENGTH, &result);
  } else {
    napi_get_null(env, &result);
  }
  return result;
}

// openOnly(path): null, or the path of another library of that file name, which this process has
// loaded for another thread or another package. Without one the library is opened at once, before
// another thread looks: two copies of libtorch abort the process.
napi_value openOnly(napi_env env, napi_callback_info info) {
  static std::mutex mutex;
  const std::lock_guard<std::mutex> lock(mutex);
  const std::string path = textArgument(env, info);
  if (path.empty()) return nullptr;
  const auto found = lenet_torch::loadedLibrary(path.substr(path.rfind('/') + 1));
  napi_value result = nullptr;
  if (!found.empty() && !lenet_torch::isSameFile(found, path)) {
    napi_create_string_utf8(env, found.c_str(), NAPI_AUTO_LENGTH, &result);
    return result;
  }
  // A failure is told by the next call of open.
  dlopen(path.c_str(), RTLD_NOW | RTLD_GLOBAL);
  napi_get_null(env, &result);
  return result;
}

// leave(path): gives back the pages of a library's code and constants.
napi_value leave(napi_env env, napi_callback_info info) {
  const std::string path = textArgument(env, info);
  if (!path.empty()) lenet_torch::leaveLibrary(path);
  return nullptr;
}

void define(napi_env env, napi_value exports, const char* name, napi_callback callback) {
  napi_value function = nullptr;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, nullptr, &function);
  napi_set_named_property(env, exports, name, function);
}

}  // namespace

NAPI_MODULE_INIT() {
  define(env, exports, "open", open);
  define(env, exports, "openOnly", openOnly);
  define(env, exports, "leave", leave);
  return exports;
}
