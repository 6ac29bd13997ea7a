#include "parameters.h"

#include <algorithm>

namespace lenet {

namespace {

// Linear weights are the only tensors that change their order: (out, in) ↔ [in][out padded].
template <class Copy>
void for_linear(const Linear& layer, Copy copy) {
  for (int o = 0; o < layer.out; ++o) {
    for (int i = 0; i < layer.in; ++i) {
      copy(static_cast<size_t>(o) * layer.in + i, static_cast<size_t>(i) * layer.stride + o);
    }
  }
}

// Number of values of a tensor that is packed in PyTorch's own order, 0 for linear weights.
int plain_size(const Shape& shape, int tensor) {
  const int i = tensor / 2;
  if (tensor % 2) return i < 2 ? shape.conv[i].out_channels : shape.linear[i - 2].out;
  return i < 2 ? shape.conv[i].out_channels * shape.conv[i].in_channels * kTaps : 0;
}

}  // namespace

void pack(const Shape& shape, const float* const* tensors, float* packed) {
  std::fill(packed, packed + shape.size(), 0.0f);
  for (int t = 0; t < LENET_FUSED_TENSORS; ++t) {
    const float* from = tensors[t];
    float* to = packed + shape.offset[t];
    if (!from) continue;
    if (const int n = plain_size(shape, t)) {
      std::copy(from, from + n, to);
    } else {
      for_linear(shape.linear[t / 2 - 2], [&](size_t torch, size_t own) { to[own] = from[torch]; });
    }
  }
}

void unpack(const Shape& shape, const float* packed, float* const* tensors) {
  for (int t = 0; t < LENET_FUSED_TENSORS; ++t) {
    const float* from = packed + shape.offset[t];
    float* to = tensors[t];
    if (!to) continue;
    if (const int n = plain_size(shape, t)) {
      std::copy(from, from + n, to);
    } else {
      for_linear(shape.linear[t / 2 - 2], [&](size_t torch, size_t own) { to[torch] = from[own]; });
    }
  }
}

void pack_filters(const Conv& conv, const float* weight, float* filters) {
  for (int o = 0; o < conv.out_channels; ++o) {
    for (int c = 0; c < conv.in_channels; ++c) {
      for (int tap = 0; tap < kTaps; ++tap) {
        const int row = 1 + tap / kKernel, column = 1 + tap % kKernel;
        float* to = filters + o * conv.filter() + row * conv.filter_row() + c;
        const float value = weight[(o * conv.in_channels + c) * kTaps + tap];
        to[column * conv.in_stride] = value;
        if (kTwoPixels) to[conv.filter_copy() + (column - 1) * conv.in_stride] = value;
      }
    }
  }
}

void pack_taps(const Conv& conv, const float* weight, float* taps) {
  for (int o = 0; o < conv.out_channels; ++o) {
    for (int c = 0; c < conv.in_channels; ++c) {
      for (int tap = 0; tap < kTaps; ++tap) {
        taps[(tap * conv.in_channels + c) * conv.out_stride + o] =
            weight[(o * conv.in_channels + c) * kTaps + tap];
      }
    }
  }
}

void add_windows(const Conv& conv, const float* windows, float* gradient) {
  for (int o = 0; o < conv.out_channels; ++o) {
    for (int c = 0; c < conv.in_channels; ++c) {
      for (int y = 0; y < kKernel; ++y) {
        for (int x = 0; x < kKernel; ++x) {
          gradient[(o * conv.in_channels + c) * kTaps + y * kKernel + x] +=
              windows[o * conv.window() + y * conv.row_padded() + x * conv.in_stride + c];
        }
      }
    }
  }
}

}  // namespace lenet
