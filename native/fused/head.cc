#include "head.h"

#include "wide_linear.h"

namespace lenet {

Head::Head(const Model& model, bool training, int most) : model_(model) {
  int tensor = 0;
  for (const Layer& layer : model.layers) {
    const bool is_linear = layer.kind == LENET_FUSED_LINEAR;
    if (is_linear) {
      const Linear sizes = make_linear(layer.in.values(), layer.outputs);
      LinearLayer next{sizes, tensor, {}, {}, {}, {}, {}};
      next.features = Buffer<Vec>(static_cast<size_t>(kPieceGroups) * sizes.in_padded);
      if (training) {
        next.rows = Buffer<float>(static_cast<size_t>(kPieceImages) * sizes.stride);
        next.gradient = Buffer<Vec>(static_cast<size_t>(most) * sizes.in_padded);
      }
      layers_.push_back(std::move(next));
    } else if (!layers_.empty()) {
      LinearLayer& last = layers_.back();
      last.gate = gate_of(layer);
      if (last.gate.needs_input()) {
        last.before = Buffer<Vec>(static_cast<size_t>(most) * last.sizes.stride);
      }
    }
    if (is_linear || layer.kind == LENET_FUSED_CONVOLUTION) tensor += 2;
  }
  const size_t logits = static_cast<size_t>(most) * layers_.back().sizes.stride;
  logits_ = Buffer<Vec>(logits);
  if (training) logit_gradient_ = Buffer<Vec>(logits);
}

void Head::layer_forward(int i, int group, int groups) {
  LinearLayer& layer = layers_[i];
  const Linear& sizes = layer.sizes;
  const auto out = [&](int p) {
    return i + 1 < count() ? layers_[i + 1].input(group + p) : logits_.data() + p * sizes.stride;
  };
  const auto sums = [&](int p) { return layer.gate.needs_input() ? layer.before_at(p) : out(p); };
  wide_forward(
      sizes, model_.tensor(layer.tensor), model_.tensor(layer.tensor + 1), groups,
      [&](int p) { return layer.input(group + p); }, sums);
  for (int p = 0; p < groups; ++p) layer.gate.apply(sums(p), out(p), sizes.out);
}

void Head::forward(int group, int groups) {
  for (int i = 0; i < count(); ++i) layer_forward(i, group, groups);
}

void Head::backward(int group, int groups, bool features_too) {
  for (int i = count() - 1; i >= 0; --i) {
    LinearLayer& layer = layers_[i];
    const Linear& sizes = layer.sizes;
    for (int p = 0; p < groups; ++p) {
      gradient_rows(sizes, upper(i, p), layer.rows.data() + (group + p) * kLanes * sizes.stride);
    }
    if (i == 0 && !features_too) return;
    const float* weight = model_.tensor(layer.tensor);
    for (int p = 0; p < groups; p += 2) {
      if (p + 1 < groups) {
        linear_backward<2>(sizes, weight, {upper(i, p), upper(i, p + 1)},
                           {layer.gradient_at(p), layer.gradient_at(p + 1)});
      } else {
        linear_backward<1>(sizes, weight, {upper(i, p)}, {layer.gradient_at(p)});
      }
    }
    if (i == 0) return;
    LinearLayer& before = layers_[i - 1];
    for (int p = 0; p < groups; ++p) {
      before.gate.apply_backward(before.gate.needs_input() ? before.before_at(p) : nullptr,
                                 layer.input(group + p), layer.gradient_at(p), sizes.in);
    }
  }
}

void Head::weights(int images, float* gradient) {
  for (const LinearLayer& layer : layers_) {
    const auto& sections = model_.layout.sections;
    wide_weights(layer.sizes, layer.features.data(), layer.sizes.in_padded, layer.rows.data(),
                 images, gradient + sections[layer.tensor].begin,
                 gradient + sections[layer.tensor + 1].begin);
  }
}

}  // namespace lenet
