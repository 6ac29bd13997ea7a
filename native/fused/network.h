// Whether a described network is one the engine can run, and its sizes.
#pragma once

#include <string>
#include <vector>

#include "engine.h"

namespace lenet {

struct Size {
  int channels, height, width;
  int values() const { return channels * height * width; }
};

// A layer, with what goes in and what comes out.
struct Layer : lenet_fused_layer {
  Size in, out;  // of a linear layer's output: features × 1 × 1
};

struct Blocks;
struct Shape;

// Reads the list of layers; empty, or the sentence that says which of them is not supported.
std::string read_layers(const lenet_fused_network& network, std::vector<Layer>* layers);

// About how many multiply-adds one image takes forward, everything counted as such.
int64_t work_of(const std::vector<Layer>& layers);

// Whether these are [5×5 convolution → activation, 2×2 pooling] × 2 → linear × 3; and its sizes.
bool read_lenet(const std::vector<Layer>& layers, Blocks* blocks, Shape* shape);

}  // namespace lenet
