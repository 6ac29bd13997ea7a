// One opened library of the fused engine: its functions, looked up by name.
#pragma once

#include <string>

#include "fused/engine.h"

namespace lenet_torch {

#define LENET_FUSED_FUNCTIONS(each)                                                       \
  each(abi) each(isa) each(supported) each(message) each(create) each(destroy) each(load) \
      each(store) each(set_optimizer) each(train) each(evaluate) each(predict) each(fma_peak)

struct FusedLibrary {
#define LENET_FUSED_FIELD(name) decltype(&lenet_fused_##name) name = nullptr;
  LENET_FUSED_FUNCTIONS(LENET_FUSED_FIELD)
#undef LENET_FUSED_FIELD
};

// Opens a library, once per process; it stays open. Throws a CodedError when it does not load, is
// of another version, or needs instructions that this processor lacks.
const FusedLibrary& openFusedLibrary(const std::string& path);

// Throws the library's own sentence about this thread's last call unless `status` is
// LENET_FUSED_OK.
void checkFused(const FusedLibrary& library, lenet_fused_status status);

}  // namespace lenet_torch
