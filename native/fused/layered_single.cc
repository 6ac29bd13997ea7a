#include "layered_single.h"

#include <algorithm>

#include "single.h"

namespace lenet {

namespace {

constexpr int kPixels = 4;  // side by side, enough sums to hide the latency of a multiply-add

bool is_linear(const Layer& layer) { return layer.kind == LENET_FUSED_LINEAR; }
bool is_convolution(const Layer& layer) { return layer.kind == LENET_FUSED_CONVOLUTION; }

}  // namespace

std::vector<Buffer<float>> empty_taps(const std::vector<Layer>& layers) {
  std::vector<Buffer<float>> taps;
  for (const Layer& layer : layers) {
    if (!is_convolution(layer)) continue;
    taps.emplace_back(static_cast<size_t>(layer.kernel) * layer.kernel * layer.in.channels *
                      round_up(layer.outputs, kLanes));
  }
  return taps;
}

void pack_layer_taps(Model& model) {
  int convolution = 0;
  for (const Layer& layer : model.layers) {
    if (!is_convolution(layer)) continue;
    const float *weight = model.tensor(2 * convolution), *from = weight;
    float* taps = model.taps[convolution++].data();
    const int stride = round_up(layer.outputs, kLanes), all = layer.kernel * layer.kernel;
    for (int o = 0; o < layer.outputs; ++o) {
      for (int c = 0; c < layer.in.channels; ++c) {
        for (int t = 0; t < all; ++t) taps[(t * layer.in.channels + c) * stride + o] = *from++;
      }
    }
  }
}

LayeredSingle::Plane::Plane(Size size, int border)
    : size(size),
      border(border),
      channels(round_up(size.channels, kLanes)),
      row((size.width + 2 * border) * channels),
      values(static_cast<size_t>(size.height + 2 * border) * row) {}

LayeredSingle::LayeredSingle(const Model& model) : model_(model) {
  Size size = model.layers[0].in;
  for (const Layer& layer : model.layers) {
    if (is_linear(layer)) {
      const Linear linear = make_linear(layer.in.values(), layer.outputs);
      if (features_.empty()) features_.emplace_back(linear.in_padded);
      features_.emplace_back(linear.stride);
    } else if (features_.empty()) {
      planes_.emplace_back(size, is_convolution(layer) ? layer.padding : 0);
      size = layer.out;
    }
  }
  planes_.emplace_back(size, 0);
}

void LayeredSingle::read(const Batch& batch, int64_t index) {
  Plane& plane = planes_[0];
  const Size size = plane.size;
  const int64_t first = index * size.values();
  const auto write = [&](auto value) LENET_LAMBDA {
    int64_t from = first;
    if (planes_.size() == 1) {  // nothing but linear layers
      for (int i = 0; i < size.values(); ++i) features_[0][i] = value(from++);
      return;
    }
    for (int c = 0; c < size.channels; ++c) {
      for (int y = 0; y < size.height; ++y) {
        float* to = plane.at(y, 0) + c;
        for (int x = 0; x < size.width; ++x) to[x * plane.channels] = value(from++);
      }
    }
  };
  const void* images = batch.data->images;
  if (batch.data->image_dtype == LENET_FUSED_FLOAT32) {
    write([=](int64_t i) LENET_LAMBDA { return static_cast<const float*>(images)[i]; });
  } else if (const float* table = batch.table) {
    write([=](int64_t i) LENET_LAMBDA { return table[static_cast<const uint8_t*>(images)[i]]; });
  } else {
    write([=](int64_t i)
              LENET_LAMBDA { return fraction_of_255(static_cast<const uint8_t*>(images)[i]); });
  }
}

void LayeredSingle::convolve(const Layer& layer, int convolution, Plane& in, Plane& out) {
  const float *taps = model_.taps[convolution].data(), *bias = model_.tensor(2 * convolution + 1);
  const int width = layer.out.width;
  for (int y = 0; y < layer.out.height; ++y) {
    for (int o = 0; o < out.channels; o += kLanes) {
      Vec start = {};
      for (int l = 0; l < kLanes && o + l < layer.outputs; ++l) start[l] = bias[o + l];
      for (int x = 0; x < width; x += kPixels) {
        // Beyond the last pixel, the last one is computed again.
        const float* from[kPixels];
        Vec acc[kPixels];
        for (int p = 0; p < kPixels; ++p) {
          from[p] = in.values.data() + y * layer.stride * in.row +
                    std::min(x + p, width - 1) * layer.stride * in.channels;
          acc[p] = start;
        }
        const float* weight = taps + o;
        for (int ky = 0; ky < layer.kernel; ++ky) {
          for (int kx = 0; kx < layer.kernel; ++kx) {
            const int at = ky * in.row + kx * in.channels;
            for (int c = 0; c < layer.in.channels; ++c, weight += out.channels) {
              const Vec w = load<Vec>(weight);
#pragma GCC unroll 4
              for (int p = 0; p < kPixels; ++p) acc[p] += broadcast(from[p][at + c]) * w;
            }
          }
        }
        for (int p = 0; p < kPixels && x + p < width; ++p) store(out.at(y, x + p) + o, acc[p]);
      }
    }
  }
}

void LayeredSingle::pool(const Layer& layer, Plane& in, Plane& out) {
  const int kernel = layer.kernel, count = kernel * kernel;
  const bool is_max = layer.kind == LENET_FUSED_MAX_POOL;
  for (int y = 0; y < layer.out.height; ++y) {
    for (int x = 0; x < layer.out.width; ++x) {
      const float* from = in.at(y * layer.stride, x * layer.stride);
      for (int c = 0; c < in.channels; c += kLanes) {
        Vec all = load<Vec>(from + c);
        for (int i = 1; i < count; ++i) {
          const Vec v = load<Vec>(from + i / kernel * in.row + i % kernel * in.channels + c);
          all = is_max ? (((v > all) | (v != v)) ? v : all) : all + v;
        }
        store(out.at(y, x) + c, is_max ? all : all / static_cast<float>(count));
      }
    }
  }
}

void LayeredSingle::activate(Gate gate, Plane& in, Plane& out) {
  const int vectors = in.size.width * in.channels / kLanes;
  for (int y = 0; y < in.size.height; ++y) {
    gate.apply(reinterpret_cast<const Vec*>(in.at(y, 0)), reinterpret_cast<Vec*>(out.at(y, 0)),
               vectors);
  }
}

void LayeredSingle::run(const Batch& batch, int64_t index, float* logits) {
  read(batch, batch.index(index));
  int i = 0, convolution = 0, linear = 0;
  for (; !is_linear(model_.layers[i]); ++i) {
    const Layer& layer = model_.layers[i];
    Plane &in = planes_[i], &out = planes_[i + 1];
    if (is_convolution(layer)) {
      convolve(layer, convolution++, in, out);
    } else if (layer.kind == LENET_FUSED_ACTIVATE) {
      activate(gate_of(layer), in, out);
    } else {
      pool(layer, in, out);
    }
  }
  if (i > 0) {
    Plane& last = planes_[i];
    float* to = features_[0].data();  // channel by channel, as in PyTorch
    for (int c = 0; c < last.size.channels; ++c) {
      for (int y = 0; y < last.size.height; ++y) {
        for (int x = 0; x < last.size.width; ++x) *to++ = last.at(y, x)[c];
      }
    }
  }
  for (; i < static_cast<int>(model_.layers.size()); ++i) {
    const Layer& layer = model_.layers[i];
    float* out = features_[linear + is_linear(layer)].data();
    if (is_linear(layer)) {
      const int tensor = 2 * (convolution + linear);
      single_sums(make_linear(layer.in.values(), layer.outputs), model_.tensor(tensor),
                  model_.tensor(tensor + 1), features_[linear].data(), out);
      ++linear;
    } else {
      Vec* values = reinterpret_cast<Vec*>(out);
      gate_of(layer).apply(values, values, round_up(layer.in.channels, kLanes) / kLanes);
    }
  }
  std::copy_n(features_[linear].data(), model_.classes(), logits);
}

}  // namespace lenet
