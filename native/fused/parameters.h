// The packed parameter buffer, see Layout, and the way from and to PyTorch's layouts. Gradients and
// optimizer state use the same layout, so that the optimizer is one loop over floats. Padding has
// zero gradients.
#pragma once

#include "model.h"

namespace lenet {

void pack(const Layout& layout, const float* const* tensors, float* packed);
void unpack(const Layout& layout, const float* packed, float* const* tensors);

// Only what lies at begin … end − 1 of the packed buffer; padding is left as it is.
void pack_range(const Layout& layout, const float* const* tensors, float* packed, int begin,
                int end);
void unpack_range(const Layout& layout, const float* packed, float* const* tensors, int begin,
                  int end);

// conv 2's weights as [out][7][7][channel], for the gradient of its input: a border of zeros, which
// is never written, around 5 × 5 taps. Or, see Conv::filter_from(), as [out][x][7][6][channel].
void pack_filters(const Conv& conv, const float* weight, float* filters);
// The same in the form that slides, see sliding_filters.h.
void pack_sliding_filters(const Conv& conv, const float* weight, float* filters);

// What the kernels read in place of the convolutions' weights while training.
void pack_for_training(Model& model);
// How many floats Model::filters has.
int filters_size(const Conv& conv, Pooling pooling);

// A convolution's weights as [ky][kx][channel][out], for one image by itself.
void pack_taps(const Conv& conv, const float* weight, float* taps);

// Adds window gradients [out][ky][kx, channel] to [out][channel][ky][kx].
void add_windows(const Conv& conv, const float* windows, float* gradient);

}  // namespace lenet
