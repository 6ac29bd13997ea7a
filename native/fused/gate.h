// An activation of any kind, over a run of vectors. Those of activation.h have a derivative that is
// written in terms of what comes out; of the others it takes what went in.
#pragma once

#include "network.h"
#include "vector.h"

namespace lenet {

struct Gate {
  int which = LENET_FUSED_IDENTITY;
  float slope = 0;  // of LEAKY_RELU

  // Whether the way back needs what went in.
  bool needs_input() const { return which >= LENET_FUSED_GELU; }

  // out[i] = activation(in[i]); `in` may be `out`.
  void apply(const Vec* in, Vec* out, int count) const;
  // gradient[i] *= activation'(in[i]); whichever needs_input() does not ask for may be null.
  void apply_backward(const Vec* in, const Vec* out, Vec* gradient, int count) const;
};

inline Gate gate_of(const Layer& layer) { return {layer.activation, layer.slope}; }

}  // namespace lenet
