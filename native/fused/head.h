// The linear layers of a network, with their activations, for the groups of a piece (workspace.h).
#pragma once

#include <vector>

#include "gate.h"
#include "model.h"
#include "workspace.h"

namespace lenet {

class Head {
 public:
  // `most`: how many groups are computed together.
  Head(const Model& model, bool training, int most);

  // The input of group `group` of a piece.
  Vec* features(int group) { return layers_[0].input(group); }

  // Logits of `groups` groups from `group` on; of the p-th of them.
  void forward(int group, int groups);
  const Vec* logits(int p) const { return logits_.data() + p * layers_.back().sizes.stride; }

  // From the gradient of the logits to that of the features, which is left out if nobody needs it.
  Vec* logit_gradient(int p) { return upper(count() - 1, p); }
  void backward(int group, int groups, bool features_too);
  const Vec* feature_gradient(int p) { return layers_[0].gradient_at(p); }

  // Adds the gradients of the piece's `images` images.
  void weights(int images, float* gradient);

 private:
  struct LinearLayer {
    Linear sizes;
    int tensor;            // its weight
    Gate gate;             // applied to its output
    Buffer<Vec> features;  // its inputs, of a piece
    Buffer<float> rows;    // image-major, its output's gradient, of a piece
    // Of the groups that are computed together.
    Buffer<Vec> before;    // its output, if the gate's way back needs it
    Buffer<Vec> gradient;  // of its inputs

    Vec* input(int group) { return features.data() + group * sizes.in_padded; }
    Vec* gradient_at(int p) { return gradient.data() + p * sizes.in_padded; }
    Vec* before_at(int p) { return before.data() + p * sizes.stride; }
  };

  int count() const { return static_cast<int>(layers_.size()); }
  // The gradient of a layer's output.
  Vec* upper(int i, int p) {
    if (i + 1 < count()) return layers_[i + 1].gradient_at(p);
    return logit_gradient_.data() + p * layers_[i].sizes.stride;
  }
  void layer_forward(int i, int group, int groups);

  const Model& model_;
  std::vector<LinearLayer> layers_;
  Buffer<Vec> logits_, logit_gradient_;
};

}  // namespace lenet
