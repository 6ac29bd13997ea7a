#include "trunk.h"

#include "pooling.h"

namespace lenet {

namespace {

bool is_activation(const Layer& layer) { return layer.kind == LENET_FUSED_ACTIVATE; }
bool is_convolution(const Layer& layer) { return layer.kind == LENET_FUSED_CONVOLUTION; }

std::vector<Layer> before_linear(const std::vector<Layer>& layers) {
  std::vector<Layer> before;
  for (const Layer& layer : layers) {
    if (layer.kind == LENET_FUSED_LINEAR) break;
    before.push_back(layer);
  }
  return before;
}

int first_convolution(const std::vector<Layer>& layers) {
  int i = 0;
  while (i < static_cast<int>(layers.size()) && !is_convolution(layers[i])) ++i;
  return i;
}

// Whether an activation may write over what goes in: not where the way back needs that.
bool is_in_place(const std::vector<Layer>& layers, int i) {
  return is_activation(layers[i]) && !gate_of(layers[i]).needs_input() &&
         (i == 0 || !is_activation(layers[i - 1]));
}

// Where each value of an image goes.
std::vector<int> places(Size size, Grid grid) {
  std::vector<int> all;
  for (int c = 0; c < size.channels; ++c) {
    for (int y = 0; y < size.height; ++y) {
      for (int x = 0; x < size.width; ++x) {
        all.push_back(grid.first + c * grid.plane + y * grid.row + x * grid.step);
      }
    }
  }
  return all;
}

// Calls run(place in a, place in b, count) for runs of pixels that are contiguous in both.
template <class Run>
void for_runs(Size size, Grid a, Grid b, Run run) {
  const bool rows = a.step == 1 && b.step == 1;
  for (int c = 0; c < size.channels; ++c) {
    for (int y = 0; y < size.height; ++y) {
      const int from = a.first + c * a.plane + y * a.row, to = b.first + c * b.plane + y * b.row;
      if (rows) {
        run(from, to, size.width);
      } else {
        for (int x = 0; x < size.width; ++x) run(from + x * a.step, to + x * b.step, 1);
      }
    }
  }
}

// What lies between the layers, their values' places and buffers.
std::vector<Trunk::Boundary> boundaries_of(const std::vector<Layer>& layers, Size image) {
  const int count = static_cast<int>(layers.size());
  std::vector<Trunk::Boundary> boundaries(count + 1);
  for (int i = count; i >= 0; --i) {
    Trunk::Boundary& at = boundaries[i];
    at.size = i == 0 ? image : layers[i - 1].out;
    if (i < count && is_in_place(layers, i)) {
      at.grid = boundaries[i + 1].grid;
      at.values = boundaries[i + 1].values;
    } else {
      at.grid = dense_grid(at.size, i < count && is_convolution(layers[i]) ? layers[i].padding : 0);
      at.values = i < count ? i : Trunk::kFeatures;
    }
  }
  const int first = first_convolution(layers);
  for (int i = first + 1; i <= count; ++i) {
    const Layer& layer = layers[i - 1];
    Trunk::Boundary& at = boundaries[i];
    at.gradients = is_activation(layer) ? boundaries[i - 1].gradients : i;
    at.gradient_grid = is_activation(layer)                     ? boundaries[i - 1].gradient_grid
                       : is_convolution(layer) && i - 1 > first ? Convolution(layer).gradient
                                                                : dense_grid(at.size, 0);
  }
  return boundaries;
}

std::unique_ptr<Tiles> tiles_of(const Convolution& convolution) {
  const Layer& layer = convolution.layer;
  const int ins = layer.in.channels, outs = layer.outputs;
  if (layer.stride != 1 || !Tiles::suit(layer.kernel, ins, outs)) return nullptr;
  const Grid& in = convolution.in;
  return std::make_unique<Tiles>(ins, layer.out, in.plane, in.row,
                                 Taps{int64_t{ins} * 9, 9, false});
}

// The input's gradient is a convolution of the output's, spread out where the stride is 2.
std::unique_ptr<Tiles> tiles_back_of(const Convolution& convolution) {
  const Layer& layer = convolution.layer;
  const int ins = layer.in.channels, outs = layer.outputs;
  if (!Tiles::suit(layer.kernel, outs, ins)) return nullptr;
  return std::make_unique<Tiles>(outs, layer.in, convolution.gradient.plane, layer.in.width + 2,
                                 Taps{9, int64_t{ins} * 9, true});
}

}  // namespace

Trunk::Trunk(const Model& model, bool training)
    : model_(model),
      layers_(before_linear(model.layers)),
      first_learning_(first_convolution(layers_)),
      boundaries_(boundaries_of(layers_, model.layers[0].in)),
      values_(layers_.size()),
      gradients_(layers_.size() + 1),
      winners_(layers_.size()),
      reader_(boundaries_[0].size.values(), places(boundaries_[0].size, boundaries_[0].grid)) {
  for (int i = 0; i <= size(); ++i) {
    const Boundary& at = boundaries_[i];
    if (at.values == i) values_[i] = Buffer<Vec>(at.grid.size(at.size.channels));
    if (training && i > first_learning_ && at.gradients == i) {
      gradients_[i] = Buffer<Vec>(at.gradient_grid.size(at.size.channels));
    }
  }
  for (int i = 0; i < size(); ++i) {
    if (training && i > first_learning_ && layers_[i].kind == LENET_FUSED_MAX_POOL) {
      winners_[i] = Buffer<Int>(layers_[i].out.values());
    }
    if (is_convolution(layers_[i])) {
      tensor_.push_back(2 * static_cast<int>(convolutions_.size()));
      convolutions_.emplace_back(layers_[i]);
      tiles_.push_back(tiles_of(convolutions_.back()));
      const bool is_needed = training && i > first_learning_;
      tiles_back_.push_back(is_needed ? tiles_back_of(convolutions_.back()) : nullptr);
    } else {
      tensor_.push_back(-1);
    }
  }
}

Vec* Trunk::values(const Boundary& boundary) {
  return boundary.values == kFeatures ? features_ : values_[boundary.values].data();
}

void Trunk::prepare() {
  for (size_t i = 0; i < tiles_.size(); ++i) {
    const float* weight = model_.tensor(2 * static_cast<int>(i));
    if (tiles_[i]) tiles_[i]->prepare(weight);
    if (tiles_back_[i]) tiles_back_[i]->prepare(weight);
  }
}

void Trunk::forward(const Batch& batch, int64_t first, int live, int ahead, Vec* features,
                    Profile& profile) {
  features_ = features;
  reader_.prefetch(batch, first + live, ahead);
  reader_.read(batch, first, live, values(boundaries_[0]));
  profile.mark(kReadImages);
  for (int i = 0; i < size(); ++i) layer_forward(i);
  if (size() > 0) profile.mark(kConv1);
}

void Trunk::layer_forward(int i) {
  const Layer& layer = layers_[i];
  const Boundary &from = boundaries_[i], &to = boundaries_[i + 1];
  const Vec* in = values(from);
  Vec* out = values(to);
  if (is_convolution(layer)) {
    const float *weight = model_.tensor(tensor_[i]), *bias = model_.tensor(tensor_[i] + 1);
    Tiles* tiles = model_.direct ? nullptr : tiles_[tensor_[i] / 2].get();
    if (tiles) {
      tiles->run(in, weight, bias, out, to.grid);
    } else {
      convolutions_[tensor_[i] / 2].forward(in, weight, bias, out, to.grid);
    }
  } else if (is_activation(layer)) {
    for_runs(from.size, from.grid, to.grid,
             [&](int a, int b, int count) { gate_of(layer).apply(in + a, out + b, count); });
  } else if (layer.kind == LENET_FUSED_MAX_POOL) {
    max_pool(layer, in, from.grid, out, to.grid, winners_[i].data());
  } else {
    average_pool(layer, in, from.grid, out, to.grid);
  }
}

void Trunk::backward(const Vec* feature_gradient, float* gradient, Profile& profile) {
  const Boundary& end = boundaries_.back();
  Vec* last = gradients_[end.gradients].data();
  for_runs(end.size, dense_grid(end.size, 0), end.gradient_grid,
           [&](int a, int b, int count) { std::copy_n(feature_gradient + a, count, last + b); });
  for (int i = size() - 1; i >= first_learning_; --i) layer_backward(i, gradient, profile);
}

void Trunk::layer_backward(int i, float* gradient, Profile& profile) {
  const Layer& layer = layers_[i];
  const Boundary &from = boundaries_[i], &to = boundaries_[i + 1];
  Vec* upper = gradients_[to.gradients].data();
  const bool is_needed = i > first_learning_;
  Vec* lower = is_needed ? gradients_[from.gradients].data() : nullptr;
  if (is_convolution(layer)) {
    const Convolution& convolution = convolutions_[tensor_[i] / 2];
    const auto& sections = model_.layout.sections;
    convolution.weight_gradient(values(from), upper, to.gradient_grid,
                                gradient + sections[tensor_[i]].begin,
                                gradient + sections[tensor_[i] + 1].begin);
    profile.mark(kConv2Weights);
    if (!is_needed) return;
    const float* weight = model_.tensor(tensor_[i]);
    Tiles* tiles = model_.direct ? nullptr : tiles_back_[tensor_[i] / 2].get();
    if (tiles) {
      tiles->run(upper, weight, nullptr, lower, from.gradient_grid);
    } else {
      convolution.input_gradient(upper, weight, lower, from.gradient_grid);
    }
    profile.mark(kConv2Input);
  } else if (is_activation(layer)) {
    const Vec *in = values(from), *out = values(to);
    const bool by_input = gate_of(layer).needs_input();
    const Grid grid = by_input ? from.grid : to.grid;
    for_runs(from.size, grid, from.gradient_grid, [&](int a, int b, int count) {
      gate_of(layer).apply_backward(in + a, out + a, upper + b, count);
    });
    profile.mark(kRearrange);
  } else {
    gradients_[from.gradients].clear();
    pool_backward(layer, upper, to.gradient_grid, winners_[i].data(), lower, from.gradient_grid);
    profile.mark(kRearrange);
  }
}

}  // namespace lenet
