#include "layout.h"

namespace lenet {

Layout::Layout(const std::vector<Layer>& layers) {
  const auto add = [this](int room, int values, Linear linear) {
    const int end = size + round_up(room, 16);
    sections.push_back({size, end, values, linear});
    size = end;
  };
  for (const Layer& layer : layers) {
    const int outputs = layer.outputs, biases = layer.bias ? outputs : 0;
    if (layer.kind == LENET_FUSED_CONVOLUTION) {
      const int weights = outputs * layer.in.channels * layer.kernel * layer.kernel;
      add(weights, weights, {});
      add(outputs, biases, {});
      convolutions = size;
    } else if (layer.kind == LENET_FUSED_LINEAR) {
      const Linear linear = make_linear(layer.in.values(), outputs);
      add(linear.in_padded * linear.stride, linear.in * outputs, linear);
      add(linear.stride, biases, {});
    }
  }
}

int Layout::values() const {
  int total = 0;
  for (const Section& section : sections) total += section.values;
  return total;
}

}  // namespace lenet
