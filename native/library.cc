#include "library.h"

#include <dlfcn.h>

#include "error.h"

namespace lenet_torch {

Library::Library(About about, const std::string& path)
    : about_(about), path_(path), handle_(dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL)) {
  if (handle_ == nullptr) refuse(std::string("does not load: ") + dlerror());
  if (about_.abi == nullptr) return;
  int (*const version)() = function(about_.abi);
  if (version() != about_.version) refuse("belongs to another version of the package");
}

Library::Function Library::function(const char* name) const {
  void* address = dlsym(handle_, name);
  if (address == nullptr) refuse(std::string("has no ") + name);
  return {address};
}

void Library::refuse(const std::string& why) const {
  throw CodedError(ErrorClass::kTorchError, about_.code,
                   std::string(about_.what) + " " + path_ + " " + why);
}

}  // namespace lenet_torch
