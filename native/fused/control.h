// The struct that a running call shares with other threads; they only meet through atomics.
#pragma once

#include "engine.h"

namespace lenet {

inline bool should_stop(const lenet_fused_control* control) {
  return control && __atomic_load_n(&control->stop, __ATOMIC_RELAXED) != 0;
}

inline void publish(lenet_fused_control* control, const lenet_fused_result& result) {
  if (!control) return;
  double loss = result.loss;
  __atomic_store(&control->loss, &loss, __ATOMIC_RELAXED);
  __atomic_store_n(&control->correct, result.correct, __ATOMIC_RELAXED);
  __atomic_store_n(&control->batches, result.batches, __ATOMIC_RELAXED);
  __atomic_store_n(&control->samples, result.samples, __ATOMIC_RELEASE);
}

}  // namespace lenet
