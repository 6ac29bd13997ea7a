// A convolution's weights at the points of Toom and Cook. Vectors run along the output channels.
#include <algorithm>

#include "convolution_rows.h"
#include "convolution_tiles.h"

namespace lenet {

namespace {

// The taps of kLanes output channels from `first`, zeros beyond the last.
void gather_taps(const Conv& conv, const float* weight, int first, int channel, Vec (&tap)[kTaps]) {
  const int count = std::min(kLanes, conv.out_channels - first);
  for (int t = 0; t < kTaps; ++t) tap[t] = Vec{};
  float* to = reinterpret_cast<float*>(tap);
  for (int o = 0; o < count; ++o) {
    const float* from = weight + ((first + o) * conv.in_channels + channel) * kTaps;
    for (int t = 0; t < kTaps; ++t) to[t * kLanes + o] = from[t];
  }
}

}  // namespace

void row_filters(const Conv& conv, const float* weight, float* to) {
  const int outs = row_outs(conv), block = conv.in_channels * kKernel * kPoints * kRowOuts;
  for (int first = 0; first < outs; first += kLanes) {
    for (int c = 0; c < conv.in_channels; ++c) {
      Vec tap[kTaps], points[kPoints];
      gather_taps(conv, weight, first, c, tap);
      for (int y = 0; y < kKernel; ++y) {
        taps_at_points(tap + y * kKernel, 1, points, 1);
        for (int j = 0; j < kPoints; ++j) {
          const int place = ((c * kKernel + y) * kPoints + j) * kRowOuts;
          for (int o = first; o < std::min(outs, first + kLanes); ++o) {
            to[o / kRowOuts * block + place + o % kRowOuts] = points[j][o - first];
          }
        }
      }
    }
  }
}

void tile_filters(const Conv& conv, const float* weight, float* to) {
  const int outs = tile_outs(conv), block = conv.in_channels * kPoints * kTileOuts;
  for (int first = 0; first < outs; first += kLanes) {
    for (int c = 0; c < conv.in_channels; ++c) {
      Vec tap[kTaps], rows[kKernel][kPoints], points[kPoints][kPoints];
      gather_taps(conv, weight, first, c, tap);
      for (int y = 0; y < kKernel; ++y) taps_at_points(tap + y * kKernel, 1, rows[y], 1);
      for (int j = 0; j < kPoints; ++j)
        taps_at_points(&rows[0][j], kPoints, &points[0][j], kPoints);
      for (int i = 0; i < kPoints; ++i) {
        for (int j = 0; j < kPoints; ++j) {
          const float* from = reinterpret_cast<const float*>(&points[i][j]);
          for (int o = first; o < std::min(outs, first + kLanes); o += kTileOuts) {
            float* at = to + (i * outs + o) / kTileOuts * block + (c * kPoints + j) * kTileOuts;
            std::copy_n(from + o - first, kTileOuts, at);
          }
        }
      }
    }
  }
}

}  // namespace lenet
