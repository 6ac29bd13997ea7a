#include "parameters.h"

#include <algorithm>

#include "convolution_rows.h"
#include "convolution_tiles.h"
#include "sliding_filters.h"

namespace lenet {

namespace {

// Linear weights are the only tensors that change their order: (out, in) ↔ [in][out padded]. Calls
// square(output, input) for squares of kLanes, and copy(place in the tensor, place in its section)
// for what is left of begin … end − 1 of the section.
template <class Square, class Copy>
void for_linear(const Linear& layer, int begin, int end, Square square, Copy copy) {
  const int whole = std::min(layer.in, end / layer.stride);  // rows that end within the range
  const int last = std::min(layer.in, (end + layer.stride - 1) / layer.stride);
  for (int column = 0; column < layer.out; column += kLanes) {
    const int columns = std::min(column + kLanes, layer.out);
    for (int i = begin / layer.stride; i < last;) {
      const int row = i * layer.stride;
      if (row >= begin && i + kLanes <= whole && columns - column == kLanes) {
        square(column, i);
        i += kLanes;
        continue;
      }
      const int from = std::max(column, begin - row), to = std::min(columns, end - row);
      for (int o = from; o < to; ++o) copy(o * layer.in + i, row + o);
      ++i;
    }
  }
}

// The same for begin … end − 1 of the packed buffer, as far as it is that tensor's; square(layer,
// output, input).
template <class Square, class Copy>
void for_section(const Section& section, int begin, int end, Square square, Copy copy) {
  begin = std::max(begin, section.begin) - section.begin;
  end = std::min(end, section.end) - section.begin;
  if (begin >= end) return;
  if (const Linear& layer = section.linear; layer.in > 0) {
    for_linear(layer, begin, end, [&](int o, int i) { square(layer, o, i); }, copy);
  } else {
    for (int i = begin; i < std::min(section.values, end); ++i) copy(i, i);
  }
}

// Transposes a square of values `stride` apart into one `to_stride` apart.
void copy_square(const float* from, int stride, float* to, int to_stride) {
  Vec rows[kLanes];
  for (int i = 0; i < kLanes; ++i) rows[i] = load<Vec>(from + i * stride);
  transpose(rows);
  for (int i = 0; i < kLanes; ++i) store(to + i * to_stride, rows[i]);
}

}  // namespace

void pack(const Layout& layout, const float* const* tensors, float* packed) {
  std::fill(packed, packed + layout.size, 0.0f);
  pack_range(layout, tensors, packed, 0, layout.size);
}

void unpack(const Layout& layout, const float* packed, float* const* tensors) {
  unpack_range(layout, packed, tensors, 0, layout.size);
}

void pack_range(const Layout& layout, const float* const* tensors, float* packed, int begin,
                int end) {
  for (size_t t = 0; t < layout.sections.size(); ++t) {
    const Section& section = layout.sections[t];
    const float* from = tensors[t];
    float* to = packed + section.begin;
    if (!from) continue;
    const auto square = [=](const Linear& layer, int o, int i) {
      copy_square(from + o * layer.in + i, layer.in, to + i * layer.stride + o, layer.stride);
    };
    for_section(section, begin, end, square, [=](int torch, int own) { to[own] = from[torch]; });
  }
}

void unpack_range(const Layout& layout, const float* packed, float* const* tensors, int begin,
                  int end) {
  for (size_t t = 0; t < layout.sections.size(); ++t) {
    const Section& section = layout.sections[t];
    const float* from = packed + section.begin;
    float* to = tensors[t];
    if (!to) continue;
    const auto square = [=](const Linear& layer, int o, int i) {
      copy_square(from + i * layer.stride + o, layer.stride, to + o * layer.in + i, layer.in);
    };
    for_section(section, begin, end, square, [=](int torch, int own) { to[torch] = from[own]; });
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

void pack_sliding_filters(const Conv& conv, const float* weight, float* filters) {
  for (int o = 0; o < conv.out_channels; ++o) {
    for (int c = 0; c < conv.in_channels; ++c) {
      for (int tap = 0; tap < kTaps; ++tap, ++weight) {
        // A filter has a row and a column of zeros before it; from x on there are six columns.
        const int y = tap / kKernel + 1;
        for (int half = 0; half < 2; ++half) {
          const int row = y - half * kHalfRows;
          if (row < 0 || row > kHalfRows) continue;
          for (int x = 0; x < 2; ++x) {
            const int column = tap % kKernel + 1 - x;
            filters[half * sliding_half(conv) + o * kSlidingFilter +
                    (x * (kHalfRows + 1) + row) * kSlidingRow + column * conv.in_stride + c] =
                *weight;
          }
        }
      }
    }
  }
}

int filters_size(const Conv& conv, Pooling pooling) {
  if (slides(conv) && pooling == Pooling::kMax) return 2 * sliding_half(conv);
  return conv.out_channels * conv.filter();
}

void pack_for_training(Model& model) {
  if (!model.is_lenet()) return;
  const Conv &first = model.shape.conv[0], &second = model.shape.conv[1];
  if (slides(second) && model.pooling(1) == Pooling::kMax) {
    pack_sliding_filters(second, model.tensor(2), model.filters.data());
  } else {
    pack_filters(second, model.tensor(2), model.filters.data());
  }
  row_filters(first, model.tensor(0), model.points[0].data());
  tile_filters(second, model.tensor(2), model.points[1].data());
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
