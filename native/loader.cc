// A tiny addon without libtorch: opens shared libraries globally, so that the main addon's needs
// resolve by soname without LD_LIBRARY_PATH. Plain C interface: it must load where nothing else
// does.
#define NAPI_VERSION 8
#include <dlfcn.h>
#include <node_api.h>

#include <string>

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

}  // namespace

NAPI_MODULE_INIT() {
  napi_value function = nullptr;
  napi_create_function(env, "open", NAPI_AUTO_LENGTH, open, nullptr, &function);
  napi_set_named_property(env, exports, "open", function);
  return exports;
}
