// Backward pass: a pair through the linear layers, one group through the convolutions.
#pragma once

#include "activation.h"
#include "convolution_backward.h"
#include "dense_weights.h"
#include "images.h"
#include "linear.h"
#include "profile.h"
#include "sliding_filters.h"
#include "workspace.h"

namespace lenet {

// From the logits' gradient to the gradient of conv 2's activated output, and the image-major rows
// that the weight gradients are summed from later.
template <int kGroups>
LENET_INLINE void linear_layers_backward(const Model& model, const Shape& shape, int group,
                                         Workspace& w) {
  for (int i = 2; i >= 0; --i) {
    const Linear layer = shape.linear[i];
    for (int g = 0; g < kGroups; ++g) {
      gradient_rows(layer, w.gradient[g][i + 1].data(),
                    w.rows[i].data() + (group + g) * kLanes * layer.stride);
    }
    const float* weight = model.tensor(4 + 2 * i);
    if constexpr (kGroups == 2) {
      linear_backward<2>(layer, weight, {w.gradient[0][i + 1].data(), w.gradient[1][i + 1].data()},
                         {w.gradient[0][i].data(), w.gradient[1][i].data()});
    } else {
      linear_backward<1>(layer, weight, {w.gradient[0][i + 1].data()}, {w.gradient[0][i].data()});
    }
    if (i == 0) break;
    for (int g = 0; g < kGroups; ++g) {
      activation_backward(model.network.linear[i - 1].activation,
                          w.features[i].data() + (group + g) * layer.in_padded, 1.0f,
                          w.gradient[g][i].data(), layer.in);
    }
  }
}

// Through conv 2's activation and pooling: lanes [out][pooled pixel] → image-major entries.
LENET_INLINE void block2_entries(const Model& model, const Conv conv, const Vec* output, Vec* grad,
                                 const Vec* four, Workspace& w) {
  const int activation = model.network.conv[1].activation;
  const Pooling pooling = model.pooling(1);
  const int outputs = conv.out_channels * conv.pooled(), entries = entries_of(conv, pooling);
  const Vec* source = grad;
  if (pooling != Pooling::kAverageOfFour) {
    const float share = pooling == Pooling::kMax ? 1.0f : 0.25f;
    activation_backward(activation, output, share, grad, outputs);
  }
  if (pooling != Pooling::kMax) {
    Vec* spread = w.expanded[1].data();
    for (int i = 0; i < 4 * outputs; ++i) spread[i] = grad[i / 4];
    if (pooling == Pooling::kAverageOfFour) {
      activation_backward(activation, four, 0.25f, spread, 4 * outputs);
    }
    source = spread;
  }
  to_images(source, conv.out_channels, entries, conv.out_stride, w.output_gradient[1].data(),
            round_up(entries * conv.out_stride, kLanes));
}

// The winners of max pooling, image-major: calls find(winners, where they begin) for each image.
template <class Find>
LENET_INLINE void gather_winners(const Conv conv, const Int* winner, int live, int32_t* images,
                                 Find find) {
  const int size = round_up(conv.pooled() * conv.out_stride, kLanes);
  to_images(reinterpret_cast<const Vec*>(winner), conv.out_channels, conv.pooled(), conv.out_stride,
            reinterpret_cast<float*>(images), size);
  for (int l = 0; l < live; ++l) find(images + l * size, l * size);
}

// Through conv 1's pooling and activation, one image: the gradient of conv 2's padded input
// → entries. `middle` is that input, `four` the activated values before averaging.
LENET_INLINE void block1_entries(const Model& model, const Conv conv, const Conv next,
                                 const float* middle_gradient, const float* middle,
                                 const float* four, float* entries) {
  const int activation = model.network.conv[0].activation;
  const Pooling pooling = model.pooling(0);
  const int vecs = conv.out_stride / kChannelLanes, row = conv.pool_width * vecs;
  const auto channels = [](auto* p) LENET_LAMBDA {
    return reinterpret_cast<std::conditional_t<std::is_const_v<std::remove_pointer_t<decltype(p)>>,
                                               const Channels, Channels>*>(p);
  };
  const Channels* output = channels(middle);
  const Channels* in = channels(middle_gradient);
  Channels* to = channels(entries);
  for (int y = 0; y < conv.pool_height; ++y) {
    const int from = ((y + next.padding) * next.width + next.padding) * vecs;
    if (pooling == Pooling::kMax) {
      Channels* line = to + y * row;
      std::memcpy(line, in + from, sizeof(Channels) * row);
      activation_backward(activation, output + from, 1.0f, line, row);
      continue;
    }
    Channels* line = to + 4 * y * row;
    for (int x = 0; x < conv.pool_width; ++x) {
      for (int i = 0; i < 4 * vecs; ++i) line[4 * x * vecs + i] = in[from + x * vecs + i % vecs];
      if (pooling == Pooling::kAverageOfFour) continue;
      for (int i = 0; i < 4; ++i) {
        activation_backward(activation, output + from + x * vecs, 0.25f, line + (4 * x + i) * vecs,
                            vecs);
      }
    }
  }
  if (pooling == Pooling::kAverageOfFour) {
    activation_backward(activation, channels(four), 0.25f, to, 4 * conv.pool_height * row);
  }
}

// Adds up entries per channel, four at a time: an addition takes as long as four that do not
// wait for each other.
LENET_INLINE void add_bias(const Conv conv, const float* entries, int count, float* bias) {
  for (int o = 0; o < conv.out_stride; o += kChannelLanes) {
    Channels acc[4] = {};
    int e = 0;
    for (; e + 4 <= count; e += 4) {
#pragma GCC unroll 4
      for (int i = 0; i < 4; ++i) {
        acc[i] += load<Channels>(entries + (e + i) * conv.out_stride + o);
      }
    }
    for (; e < count; ++e) acc[0] += load<Channels>(entries + e * conv.out_stride + o);
    const Channels sum = (acc[0] + acc[1]) + (acc[2] + acc[3]);
    for (int i = 0; i < kChannelLanes && o + i < conv.out_channels; ++i) bias[o + i] += sum[i];
  }
}

// Both convolutions for group `p` of the pair: adds to w.windows or w.dense, and to the bias
// gradients.
template <class Sizes>
LENET_INLINE void convolutions_backward(const Model& model, const Sizes& sizes, int p, int live,
                                        const Vec* output, Workspace& w, float* gradient,
                                        Profile& profile) {
  const Conv first = sizes.shape.conv[0], second = sizes.shape.conv[1];
  const bool max1 = model.pooling(0) == Pooling::kMax, max2 = model.pooling(1) == Pooling::kMax;
  const int entries1 = entries_of(first, model.pooling(0));
  const int entries2 = entries_of(second, model.pooling(1));
  const int size1 = round_up(entries1 * first.out_stride, kLanes);
  const int size2 = round_up(entries2 * second.out_stride, kLanes);
  float* gradients1 = w.output_gradient[0].data();
  float* gradients2 = w.output_gradient[1].data();

  block2_entries(model, second, output, w.gradient[p][0].data(), w.four[p][1].data(), w);
  if (max2) {
    const auto find = [&](int32_t* winner, int at) LENET_LAMBDA {
      corners_of(second, winner, w.corner[1].data() + at);
      if (slides(second)) {
        for (int i = 0; i < size2; ++i) w.offset[at + i] = sliding_offset(winner[i]);
      } else {
        filter_offsets(second, winner);
      }
    };
    gather_winners(second, w.winner[p][1].data(), live, w.winner_images[1].data(), find);
  }
  if (max1) {
    const auto find = [&](const int32_t* winner, int at) LENET_LAMBDA {
      if (has_lines(first)) {
        w.line_corners.find(winner, w.line_corner.data() + at);
      } else {
        corners_of(first, winner, w.corner[0].data() + at);
      }
    };
    gather_winners(first, w.winner[p][0].data(), live, w.winner_images[0].data(), find);
  } else if (model.pooling(0) == Pooling::kAverageOfFour) {
    to_images(w.four[p][0].data(), first.out_channels, first.out_plane(), first.out_stride,
              w.four_images.data(), size1);
  }
  to_images(w.middle[p].data(), second.in_channels, second.plane(), second.in_stride,
            w.middle_images.data(), second.image_size());
  profile.mark(kRearrange);

  const bool sliding = max2 && slides(second);
  if (sliding) {
    const auto half = [&](auto from) LENET_LAMBDA {
      for (int l = 0; l < live; ++l) {
        slide<from()>(second, gradients2 + l * size2, w.offset.data() + l * size2,
                      model.filters.data(), w.middle_gradient.data() + l * second.image_size());
      }
    };
    half(Constant<0>{});
    half(Constant<kHalfRows>{});
  }
  for (int l = 0; l < live; ++l) {
    float* entries = gradients1 + l * size1;
    float* middle_gradient = w.middle_gradient.data();
    if (sliding) {
      middle_gradient += l * second.image_size();
    } else {
      w.middle_gradient.clear();
      if (max2) {
        convolution_input_max(second, gradients2 + l * size2, w.winner_images[1].data() + l * size2,
                              model.filters.data(), middle_gradient);
      } else {
        convolution_input_all(second, gradients2 + l * size2, model.filters.data(),
                              middle_gradient);
      }
    }
    block1_entries(model, first, second, middle_gradient,
                   w.middle_images.data() + l * second.image_size(),
                   w.four_images.data() + l * size1, entries);
    add_bias(first, entries, entries1, gradient + sizes.shape.offset[1]);
    add_bias(second, gradients2 + l * size2, entries2, gradient + sizes.shape.offset[3]);
  }
  profile.mark(kConv2Input);
  if (max2) {
    convolution_weights(second, w.middle_images.data(), second.image_size(), gradients2,
                        w.corner[1].data(), size2, entries2, live, w.windows[1].data());
  } else {
    dense_weights(second, w.middle[p].data(), w.expanded[1].data(), w.dense[1].data());
  }
  profile.mark(kConv2Weights);
  const float* images = w.images.data() + p * kLanes * first.image_size();
  if (max1 && has_lines(first)) {
    line_weights(first, images, first.image_size(), gradients1, w.line_corner.data(), size1, live,
                 w.lines.data(), w.windows[0].data());
  } else if (max1) {
    convolution_weights(first, images, first.image_size(), gradients1, w.corner[0].data(), size1,
                        entries1, live, w.windows[0].data());
  } else {
    std::fill(gradients1 + live * size1, gradients1 + kLanes * size1, 0.0f);
    to_lanes(gradients1, size1, first.out_channels, entries1, first.out_stride,
             w.expanded[0].data());
    dense_weights(first, w.lanes[p].data(), w.expanded[0].data(), w.dense[0].data());
  }
  profile.mark(kConv1Weights);
}

}  // namespace lenet
