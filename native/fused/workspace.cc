#include "workspace.h"

#include <algorithm>

#include "convolution_backward.h"
#include "sliding_filters.h"

namespace lenet {

Workspace::Workspace(const Model& model, bool training) {
  const Shape& s = model.shape;
  const Conv &first = s.conv[0], &second = s.conv[1];
  // The last window of an image is read in whole vectors, a little beyond its end.
  constexpr size_t kSlack = 2 * kLanes;

  for (int i = 0; i < 3; ++i) {
    features[i] = Buffer<Vec>(kPieceGroups * s.linear[i].in_padded);
  }
  images = Buffer<float>(kPair * kLanes * first.image_size() + std::max<int>(kSlack, kLinePixels));
  ring = RowBuffers(first);
  tiles = TileBuffers(second);
  exponentials = Buffer<Vec>(s.classes());
  for (int p = 0; p < kPair; ++p) {
    lanes[p] = Buffer<Vec>(first.in_channels * first.plane() + kLanes);
    middle[p] = Buffer<Vec>(second.in_channels * second.plane());
    logits[p] = Buffer<Vec>(s.linear[2].stride);
    for (int b = 0; b < 2; ++b) {
      const Conv& conv = s.conv[b];
      if (model.pooling(b) == Pooling::kAverageOfFour) {
        four[p][b] = Buffer<Vec>(conv.out_channels * conv.out_plane());
      }
      if (training && model.pooling(b) == Pooling::kMax) {
        winner[p][b] = Buffer<Int>(conv.out_channels * conv.pooled());
      }
    }
  }
  if (!training) return;

  for (int i = 0; i < 3; ++i) rows[i] = Buffer<float>(kPieceImages * s.linear[i].stride);
  for (int p = 0; p < kPair; ++p) {
    for (int i = 0; i < 3; ++i) gradient[p][i] = Buffer<Vec>(s.linear[i].in_padded);
    gradient[p][3] = Buffer<Vec>(s.classes());
  }
  middle_images = Buffer<float>(kLanes * second.image_size() + kSlack);
  const bool sliding = slides(second) && model.pooling(1) == Pooling::kMax;
  middle_gradient = Buffer<float>((sliding ? kLanes : 1) * second.image_size() + kSlack);
  if (sliding) {
    offset =
        Buffer<uint16_t>(kLanes * round_up(second.pooled() * second.out_stride, kLanes) + kSlack);
  }
  if (model.pooling(0) == Pooling::kAverageOfFour) {
    four_images = Buffer<float>(kLanes * first.out_plane() * first.out_stride + kSlack);
  }
  for (int b = 0; b < 2; ++b) {
    const Conv& conv = s.conv[b];
    const bool max_pooling = model.pooling(b) == Pooling::kMax;
    const size_t entry_size = static_cast<size_t>(model.entries(b)) * conv.out_stride;
    output_gradient[b] = Buffer<float>(kLanes * round_up(entry_size, kLanes) + kSlack);
    if (max_pooling) {
      winner_images[b] = Buffer<int32_t>(kLanes * round_up(entry_size, kLanes) + kSlack);
      if (b == 0 && has_lines(conv)) {
        line_corner = Buffer<uint16_t>(kLanes * round_up(entry_size, kLanes) + kSlack);
        line_corners = LineCorners(conv);
        lines = Buffer<float>(conv.height * kLines + kSlack);
      } else {
        corner[b] = Buffer<int32_t>(kLanes * round_up(entry_size, kLanes) + kSlack);
      }
      windows[b] = Buffer<float>(conv.out_channels * conv.window());
    } else {
      expanded[b] = Buffer<Vec>(conv.out_channels * conv.out_plane() + kLanes);
      dense[b] = Buffer<Vec>(conv.out_channels * conv.in_channels * kTaps);
    }
  }
}

}  // namespace lenet
