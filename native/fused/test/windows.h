// The windows of convolutions and pooling, as loops over all of their pixels.
#pragma once

#include "network.h"

// Calls at(output, input) for each pixel of each pooling window, in PyTorch's order.
template <class At>
void for_pixels(const lenet_fused_layer& l, const Sizes& s, At at) {
  for (int o = 0; o < s.out(); ++o) {
    const int channel = o / (s.out_height * s.out_width);
    const int y = o / s.out_width % s.out_height * l.stride, x = o % s.out_width * l.stride;
    for (int k = 0; k < l.kernel * l.kernel; ++k) {
      at(o, (channel * s.in_height + y + k / l.kernel) * s.in_width + x + k % l.kernel);
    }
  }
}

// Calls at(output, input, weight) for each product of a convolution.
template <class At>
void for_taps(const lenet_fused_layer& l, const Sizes& s, At at) {
  for (int o = 0; o < s.out(); ++o) {
    const int channel = o / (s.out_height * s.out_width);
    const int y0 = o / s.out_width % s.out_height * l.stride - l.padding;
    const int x0 = o % s.out_width * l.stride - l.padding;
    for (int c = 0; c < s.in_channels; ++c) {
      for (int ky = 0; ky < l.kernel; ++ky) {
        const int y = y0 + ky;
        if (y < 0 || y >= s.in_height) continue;
        for (int kx = 0; kx < l.kernel; ++kx) {
          const int x = x0 + kx;
          if (x < 0 || x >= s.in_width) continue;
          at(o, (c * s.in_height + y) * s.in_width + x,
             ((channel * s.in_channels + c) * l.kernel + ky) * l.kernel + kx);
        }
      }
    }
  }
}
