// What all threads of an engine read: the network and its packed parameters.
#pragma once

#include <utility>
#include <vector>

#include "buffer.h"
#include "layout.h"
#include "network.h"
#include "shape.h"

namespace lenet {

struct Model {
  explicit Model(std::vector<Layer> list)
      : layers(std::move(list)),
        layout(layers),
        work(work_of(layers)),
        parameters(layout.size),
        lenet_(read_lenet(layers, &network, &shape)) {}

  // Whether the kernels for networks like the chapter's take it.
  bool is_lenet() const { return lenet_; }

  std::vector<Layer> layers;
  Layout layout;
  int64_t work;
  Buffer<float> parameters;
  int64_t version = 0;              // of the parameters; not during training
  std::vector<Buffer<float>> taps;  // of the convolutions, see pack_taps(); not during training

  // From here on of networks like the chapter's, see is_lenet().
  Blocks network{};
  Shape shape{};
  Buffer<float>
      filters;  // see pack_filters() or sliding_filters.h; kept up to date during training
  Buffer<float> points[2];  // filters at the points of Toom and Cook; kept up to date as well
  bool direct = false;      // convolve directly, for tests

  const float* tensor(int t) const { return parameters.data() + layout.sections[t].begin; }
  int classes() const { return layers.back().out.channels; }
  Pooling pooling(int block) const { return pooling_of(network, block); }
  int entries(int block) const { return entries_of(shape.conv[block], pooling(block)); }

 private:
  bool lenet_;
};

// A stretch of a data set in the order of an epoch: sample i is order[i], or i itself.
struct Batch {
  const lenet_fused_data* data;
  const float* table;  // what bytes stand for; null: themselves over 255
  const int64_t* order;

  int64_t index(int64_t i) const { return order ? order[i] : i; }
};

}  // namespace lenet
