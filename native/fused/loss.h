// Mean cross-entropy of one group: losses, correct predictions and the gradient of the logits.
#pragma once

#include "shape.h"

namespace lenet {

struct Tally {
  double loss = 0;  // summed over samples
  int64_t correct = 0;
};

LENET_INLINE int64_t label_at(const lenet_fused_data& data, int64_t index) {
  return data.label_dtype == LENET_FUSED_UINT8 ? static_cast<const uint8_t*>(data.labels)[index]
                                               : static_cast<const int64_t*>(data.labels)[index];
}

// logits [class] of Vec; labels of the `live` first lanes. `gradient` may be null; otherwise it
// becomes (softmax − one-hot) · scale, and zero in the lanes without an image.
LENET_INLINE void cross_entropy(int classes, const Vec* logits, const int64_t* labels, int live,
                                float scale, Vec* gradient, Vec* exponentials, Tally* tally) {
  Vec best = logits[0];
  for (int k = 1; k < classes; ++k) best = max(logits[k], best);
  Vec total = {};
  for (int k = 0; k < classes; ++k) total += exponentials[k] = exp(logits[k] - best);

  const float* value = reinterpret_cast<const float*>(logits);
  for (int l = 0; l < live; ++l) {
    const double logit = value[labels[l] * kLanes + l];
    tally->loss += std::log(static_cast<double>(total[l])) - (logit - best[l]);
    // The first largest wins, and NaN is larger than any number, as in torch.argmax.
    int winner = 0;
    for (int k = 1; k < classes; ++k) {
      const float x = value[k * kLanes + l], y = value[winner * kLanes + l];
      if (x > y || (x != x && y == y)) winner = k;
    }
    tally->correct += winner == labels[l];
  }
  if (!gradient) return;

  Vec weight = broadcast(scale) / total;
  for (int l = live; l < kLanes; ++l) weight[l] = 0;
  for (int k = 0; k < classes; ++k) gradient[k] = exponentials[k] * weight;
  float* g = reinterpret_cast<float*>(gradient);
  for (int l = 0; l < live; ++l) g[labels[l] * kLanes + l] -= scale;
}

}  // namespace lenet
