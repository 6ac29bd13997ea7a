// The memory of one thread. Three lifetimes, the shorter the hotter:
//
//   group   kLanes images   the backward convolution; first-level cache
//   pair    2 groups        convolution forward, linear layers; second-level cache
//   piece   128 images      what the linear layers' weight gradients sum over
//
// A slice of any length is worked through piece by piece, so the size does not depend on the batch.
#pragma once

#include "convolution_rows.h"
#include "convolution_tiles.h"
#include "model.h"
#include "window_lines.h"

namespace lenet {

inline constexpr int kPieceImages = 128;
inline constexpr int kPieceGroups = kPieceImages / kLanes;
inline constexpr int kPair = 2;

struct Workspace {
  Workspace(const Model& model, bool training);

  // piece, [group][feature] of Vec, and image-major rows of the outputs' gradients
  Buffer<Vec> features[3];  // inputs of the three linear layers
  Buffer<float> rows[3];
  int64_t labels[kPieceImages];

  // pair
  Buffer<float> images;          // [image][y][x][channel], padded
  Buffer<Vec> lanes[kPair];      // [channel][y][x] of one group, padded
  Buffer<Vec> middle[kPair];     // conv 2's input, [channel][y][x], padded
  Buffer<Int> winner[kPair][2];  // per block, [out][pooled pixel]
  Buffer<Vec> four[kPair][2];    // per block, [out][pooled pixel][4]
  RowBuffers ring;
  TileBuffers tiles;
  Buffer<Vec> logits[kPair], exponentials;
  Buffer<Vec> gradient[kPair][4];  // of the three linear layers' inputs, and of the logits

  // group, lanes
  Buffer<Vec> expanded[2];  // [out][entry], where there are more than pooled pixels

  // group, image-major (see convolution_backward.h)
  Buffer<float> middle_images, four_images;
  Buffer<float> output_gradient[2];  // [image][entry][out channel]
  Buffer<int32_t> winner_images[2];  // [image][pooled pixel][out channel]
  Buffer<int32_t> corner[2];         // [image][entry][out channel]
  LineCorners line_corners;          // conv 1, see window_lines.h
  Buffer<uint16_t> line_corner;      // in place of corner[0]
  Buffer<float> lines;               // one image
  Buffer<uint16_t> offset;           // [image][pooled pixel][out channel], see sliding_filters.h
  Buffer<float> middle_gradient;     // one image, or all of a group where filters slide

  // sums over the whole slice: of windows behind max pooling, of lanes behind average pooling
  Buffer<float> windows[2];
  Buffer<Vec> dense[2];
};

}  // namespace lenet
