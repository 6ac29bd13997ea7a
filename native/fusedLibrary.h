// The fused engine's functions, in a library opened at run time.
#pragma once

#include "fused/engine.h"
#include "library.h"

namespace lenet_torch {

#define LENET_FUSED_FUNCTIONS(each)                                                           \
  each(isa) each(supported) each(message) each(create) each(destroy) each(tensors) each(load) \
      each(store) each(set_optimizer) each(train) each(evaluate) each(predict) each(work)     \
          each(fma_peak)

struct FusedLibrary : Library {
  // Refuses one that needs instructions which this processor lacks, too.
  explicit FusedLibrary(const std::string& path);

#define LENET_FUSED(name) decltype(&lenet_fused_##name) name = function("lenet_fused_" #name);
  LENET_FUSED_FUNCTIONS(LENET_FUSED)
#undef LENET_FUSED
};

// Throws the library's own sentence about this thread's last call unless `status` is
// LENET_FUSED_OK.
void checkFused(const FusedLibrary& library, lenet_fused_status status);

}  // namespace lenet_torch
