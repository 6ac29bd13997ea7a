// What all threads of an engine read: the network and its packed parameters.
#pragma once

#include "buffer.h"
#include "shape.h"

namespace lenet {

struct Model {
  lenet_fused_network network;
  Shape shape;
  Buffer<float> parameters;
  Buffer<float>
      filters;  // see pack_filters() or sliding_filters.h; kept up to date during training
  Buffer<float> points[2];  // filters at the points of Toom and Cook; kept up to date as well
  Buffer<float> taps[2];    // see pack_taps(); up to date after it
  bool direct = false;      // convolve directly, for tests

  const float* tensor(int t) const { return parameters.data() + shape.offset[t]; }
  Pooling pooling(int block) const { return pooling_of(network.conv[block]); }
  int entries(int block) const { return entries_of(shape.conv[block], pooling(block)); }
};

// A stretch of a data set in the order of an epoch: sample i is order[i], or i itself.
struct Batch {
  const lenet_fused_data* data;
  const float* table;  // what bytes stand for; null: themselves over 255
  const int64_t* order;

  int64_t index(int64_t i) const { return order ? order[i] : i; }
};

}  // namespace lenet
