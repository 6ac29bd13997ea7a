#include "fusedLibrary.h"

#include "error.h"

namespace lenet_torch {
FusedLibrary::FusedLibrary(const std::string& path)
    : Library({"the fused engine's library", kUnsupported, "lenet_fused_abi", LENET_FUSED_ABI},
              path) {
  if (!supported()) refuse("needs instructions that this processor does not have");
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
