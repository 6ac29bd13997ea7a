// The networks of the benchmark.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <utility>
#include <vector>

#include "engine.h"

inline lenet_fused_layer conv(int outputs, int kernel, int padding) {
  return {LENET_FUSED_CONVOLUTION, outputs, kernel, 1, padding, 1, 0, 0};
}
inline lenet_fused_layer linear(int outputs) {
  return {LENET_FUSED_LINEAR, outputs, 0, 0, 0, 1, 0, 0};
}
inline lenet_fused_layer activation(int which) {
  return {LENET_FUSED_ACTIVATE, 0, 0, 0, 0, 0, which, 0};
}

// A network by its name; none means the chapter's LeNet.
inline lenet_fused_network named(const char* name) {
  const std::string_view wanted = name ? name : "lenet";
  const lenet_fused_layer sigmoid = activation(LENET_FUSED_SIGMOID);
  const lenet_fused_layer relu = activation(LENET_FUSED_RELU);
  const lenet_fused_layer pool = {LENET_FUSED_MAX_POOL, 0, 2, 2, 0, 0, 0, 0};
  std::vector<lenet_fused_layer> layers;
  if (wanted == "lenet") {
    layers = {conv(6, 5, 0), sigmoid, pool,       conv(16, 5, 0), sigmoid,   pool,
              linear(120),   sigmoid, linear(84), sigmoid,        linear(10)};
  } else if (wanted == "softmax") {
    layers = {linear(10)};
  } else if (wanted == "mlp") {
    layers = {linear(256), relu, linear(10)};
  } else if (wanted == "cnn") {
    layers = {conv(32, 3, 1), relu,        pool, conv(64, 3, 1), relu,
              pool,           linear(128), relu, linear(10)};
  } else {
    std::fprintf(stderr, "NETWORK is lenet, softmax, mlp or cnn\n");
    std::exit(2);
  }
  lenet_fused_network network = {1, 28, 28, static_cast<int32_t>(layers.size()), {}};
  for (size_t i = 0; i < layers.size(); ++i) network.layers[i] = layers[i];
  return network;
}

struct Sizes {
  std::vector<std::pair<int, int>> tensors;  // values and fan-in, in state_dict order
  // Of an image; multiply-adds counted dense, as if max pooling's zero gradients were multiplied.
  double train_flop = 0, test_flop = 0;
};

inline Sizes sizes_of(const lenet_fused_network& network) {
  Sizes sizes;
  int channels = network.channels, height = network.height, width = network.width;
  for (int i = 0; i < network.count; ++i) {
    const lenet_fused_layer& layer = network.layers[i];
    const bool is_linear = layer.kind == LENET_FUSED_LINEAR;
    const int inputs =
        is_linear ? channels * height * width : channels * layer.kernel * layer.kernel;
    if (is_linear) {
      height = width = 1;
    } else if (layer.kernel > 0) {
      height = (height + 2 * layer.padding - layer.kernel) / layer.stride + 1;
      width = (width + 2 * layer.padding - layer.kernel) / layer.stride + 1;
    }
    if (layer.outputs == 0) continue;
    channels = layer.outputs;
    const double flop = 2.0 * inputs * channels * height * width;
    sizes.test_flop += flop;
    // Forward, weights, and, but for the first layer, the gradient of what goes in.
    sizes.train_flop += (sizes.tensors.empty() ? 2 : 3) * flop;
    sizes.tensors.push_back({channels * inputs, inputs});
    sizes.tensors.push_back({channels, inputs});
  }
  return sizes;
}
