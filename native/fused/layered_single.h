// One image by itself through any network, for the shortest latency, as single.h does for networks
// like the chapter's: vectors run along the channels of one pixel, and along a linear layer's
// outputs.
#pragma once

#include <vector>

#include "gate.h"
#include "model.h"

namespace lenet {

class LayeredSingle {
 public:
  explicit LayeredSingle(const Model& model);
  void run(const Batch& batch, int64_t index, float* logits);

 private:
  // [y][x][channel], channels padded to whole vectors, with a border of zeros.
  struct Plane {
    Size size;
    int border, channels, row;  // floats of a pixel and of a line
    Buffer<float> values;

    Plane(Size size, int border);
    float* at(int y, int x) { return values.data() + (y + border) * row + (x + border) * channels; }
  };

  void read(const Batch& batch, int64_t index);
  void convolve(const Layer& layer, int convolution, Plane& in, Plane& out);
  void pool(const Layer& layer, Plane& in, Plane& out);
  void activate(Gate gate, Plane& in, Plane& out);

  const Model& model_;
  std::vector<Plane> planes_;  // the image, and what comes out of each layer before the linear ones
  std::vector<Buffer<float>> features_;  // what goes into each linear layer, and the logits
};

// The convolutions' weights as [ky][kx][channel][out], outputs padded to whole vectors.
std::vector<Buffer<float>> empty_taps(const std::vector<Layer>& layers);
void pack_layer_taps(Model& model);

}  // namespace lenet
