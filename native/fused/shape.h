// The sizes of a network like the chapter's, [5×5 convolution → 2×2 pooling] × 2 → linear × 3, and
// where each tensor lies in a packed parameter buffer.
//
// One struct serves both ways of compiling the kernels: as a constexpr object (the chapter's
// LeNet, every loop bound known to the compiler) and as a run-time value (all other sizes).
#pragma once

#include "engine.h"
#include "vector.h"

namespace lenet {

constexpr int round_up(int n, int multiple) { return (n + multiple - 1) / multiple * multiple; }

inline constexpr int kKernel = 5;
inline constexpr int kTaps = kKernel * kKernel;

// Outputs of a linear layer that are computed together, for two groups of images: accumulators
// take 2 × 12 of 32 registers or 2 × 6 of 16. Sizes are padded to 12 so that no block has a tail.
inline constexpr int kLinearBlock = kManyRegisters ? 12 : 6;
inline constexpr int kLinearPadding = 12;

// Whether a vector is wider than a pixel's eight channels.
inline constexpr bool kTwoPixels = kLanes > kChannelLanes;

// One convolution with the pooling behind it. Heights and widths include the padding.
struct Conv {
  int in_channels, height, width, padding;
  int out_channels;
  int pool_height, pool_width;
  int in_stride;   // channels of one input pixel in image-major order, padded
  int out_stride;  // the same of one output pixel

  constexpr int plane() const { return height * width; }
  constexpr int pooled() const { return pool_height * pool_width; }
  constexpr int out_plane() const { return 4 * pooled(); }
  constexpr int image_size() const { return round_up(plane() * in_stride, 16); }
  constexpr int row() const { return kKernel * in_stride; }  // floats of one window row
  constexpr int row_padded() const { return round_up(row(), kChannelLanes); }
  constexpr int window() const { return kKernel * row_padded(); }

  // A filter for the input's gradient has zeros around it, 7 × 7, and is read as 6 × 6 from (y, x),
  // each 0 or 1. Where a vector holds two pixels there is a copy for each x, so that both are
  // aligned.
  constexpr int filter_row() const { return (kTwoPixels ? kKernel + 1 : kKernel + 2) * in_stride; }
  constexpr int filter_copy() const { return (kKernel + 2) * filter_row(); }
  constexpr int filter() const { return (kTwoPixels ? 2 : 1) * filter_copy(); }
  constexpr int filter_from(int y, int x) const {
    return y * filter_row() + x * (kTwoPixels ? filter_copy() : in_stride);
  }
};

// Weights are kept as [in][out]: a run of outputs is contiguous.
struct Linear {
  int in, out;
  int in_padded;  // rows
  int stride;     // columns
};

inline constexpr int kTensors = 10;  // weights and biases of five layers

struct Shape {
  Conv conv[2];
  Linear linear[3];
  int offset[kTensors + 1];  // floats, as in Layout; the last one is the size of the buffer

  constexpr int size() const { return offset[kTensors]; }
  constexpr int classes() const { return linear[2].out; }
};

constexpr Conv make_conv(int in_channels, int height, int width, int padding, int out_channels,
                         bool is_first) {
  Conv c{};
  c.in_channels = in_channels;
  c.padding = padding;
  c.height = height + 2 * padding;
  c.width = width + 2 * padding;
  c.out_channels = out_channels;
  c.pool_height = (c.height - kKernel + 1) / 2;
  c.pool_width = (c.width - kKernel + 1) / 2;
  // A grey image needs no padding: five pixels of a window row lie side by side.
  c.in_stride = is_first && in_channels == 1 ? 1 : round_up(in_channels, 8);
  c.out_stride = round_up(out_channels, 8);
  return c;
}

constexpr Linear make_linear(int in, int out) {
  return {in, out, round_up(in, kLinearPadding), round_up(round_up(out, kLinearPadding), kLanes)};
}

constexpr Shape make_shape(int in_channels, int height, int width, int channels1, int padding1,
                           int channels2, int padding2, int features1, int features2, int classes) {
  Shape s{};
  s.conv[0] = make_conv(in_channels, height, width, padding1, channels1, true);
  s.conv[1] =
      make_conv(channels1, s.conv[0].pool_height, s.conv[0].pool_width, padding2, channels2, false);
  s.linear[0] = make_linear(channels2 * s.conv[1].pooled(), features1);
  s.linear[1] = make_linear(features1, features2);
  s.linear[2] = make_linear(features2, classes);
  int at = 0;
  for (int i = 0; i < 2; ++i) {
    s.offset[2 * i] = at;
    at += round_up(s.conv[i].out_channels * s.conv[i].in_channels * kTaps, 16);
    s.offset[2 * i + 1] = at;
    at += round_up(s.conv[i].out_channels, 16);
  }
  for (int i = 0; i < 3; ++i) {
    s.offset[4 + 2 * i] = at;
    at += round_up(s.linear[i].in_padded * s.linear[i].stride, 16);
    s.offset[5 + 2 * i] = at;
    at += round_up(s.linear[i].stride, 16);
  }
  s.offset[kTensors] = at;
  return s;
}

struct ChapterSizes {
  static constexpr Shape shape = make_shape(1, 28, 28, 6, 0, 16, 0, 120, 84, 10);
};

struct RuntimeSizes {
  Shape shape;
};

// What else there is to know of such a network.
struct Blocks {
  struct {
    int padding;      // 0 or 2
    int activation;   // lenet_fused_activation
    bool average;     // pooling by averages, otherwise by maxima
    bool pool_first;  // convolution → pooling → activation; otherwise the activation comes first
  } conv[2];
  struct {
    int activation;
  } linear[3];
};

// What pooling has to leave behind for the way back.
enum class Pooling {
  kMax,           // the position of the maximum; the activation comes later, in either order
  kAverage,       // nothing: average, then activation
  kAverageOfFour  // the four activated values: activation, then average
};

inline Pooling pooling_of(const Blocks& blocks, int block) {
  const auto& conv = blocks.conv[block];
  if (!conv.average) return Pooling::kMax;
  return conv.pool_first || conv.activation == LENET_FUSED_IDENTITY ? Pooling::kAverage
                                                                    : Pooling::kAverageOfFour;
}

// Gradients that reach one output channel: one per pooled pixel where a maximum was taken, since
// only the winner gets any, otherwise one per pixel.
constexpr int entries_of(const Conv& conv, Pooling pooling) {
  return pooling == Pooling::kMax ? conv.pooled() : conv.out_plane();
}

}  // namespace lenet
