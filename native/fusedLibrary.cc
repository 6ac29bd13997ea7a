#include "fusedLibrary.h"

#include <dlfcn.h>

#include <map>
#include <mutex>

#include "error.h"

namespace lenet_torch {
namespace {

constexpr const char* kUnsupported = "ERR_ENGINE_UNSUPPORTED";

[[noreturn]] void refuse(const std::string& path, const std::string& why) {
  throw CodedError(ErrorClass::kTorchError, kUnsupported,
                   "the fused engine's library " + path + " " + why);
}

FusedLibrary load(const std::string& path) {
  void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) refuse(path, std::string("does not load: ") + dlerror());
  FusedLibrary library;
#define LENET_FUSED_LOOK_UP(name)                                                               \
  library.name = reinterpret_cast<decltype(library.name)>(dlsym(handle, "lenet_fused_" #name)); \
  if (library.name == nullptr) refuse(path, "has no lenet_fused_" #name);
  LENET_FUSED_FUNCTIONS(LENET_FUSED_LOOK_UP)
#undef LENET_FUSED_LOOK_UP
  if (library.abi() != LENET_FUSED_ABI) refuse(path, "belongs to another version of the package");
  if (!library.supported()) refuse(path, "needs instructions that this processor does not have");
  return library;
}

}  // namespace

const FusedLibrary& openFusedLibrary(const std::string& path) {
  static std::mutex mutex;
  static auto& libraries = *new std::map<std::string, FusedLibrary>;
  const std::lock_guard<std::mutex> lock(mutex);
  const auto found = libraries.find(path);
  return found != libraries.end() ? found->second
                                  : libraries.emplace(path, load(path)).first->second;
}

void checkFused(const FusedLibrary& library, lenet_fused_status status) {
  if (status == LENET_FUSED_OK) return;
  const std::string message = library.message();
  switch (status) {
    case LENET_FUSED_INVALID:
      throwInvalidArgument(message);
    case LENET_FUSED_BUSY:
      throw CodedError(ErrorClass::kTorchError, "ERR_MODEL_BUSY", message);
    case LENET_FUSED_NO_MEMORY:
      throw CodedError(ErrorClass::kOutOfMemory, "ERR_OUT_OF_MEMORY", message);
    case LENET_FUSED_LABEL_RANGE:
      throw CodedError(ErrorClass::kTorchError, "ERR_LABEL_RANGE", message);
    default:
      throw CodedError(ErrorClass::kTorchError, kUnsupported, message);
  }
}

}  // namespace lenet_torch
