// The layers before the first linear one, for one group of images in lanes: convolutions, pooling
// and activations in any order. What comes out is the linear layers' input, in PyTorch's order.
#pragma once

#include <memory>
#include <vector>

#include "gate.h"
#include "model.h"
#include "pixels.h"
#include "profile.h"
#include "tiles.h"
#include "windows.h"

namespace lenet {

class Trunk {
 public:
  Trunk(const Model& model, bool training);

  int size() const { return static_cast<int>(layers_.size()); }  // in layers
  // Whether anything in it learns: otherwise nobody needs the gradient of its output.
  bool learns() const { return first_learning_ < size(); }

  // To be called before forward() when the weights have changed.
  void prepare();
  // Reads `live` images, and asks for the `ahead` behind them. Lanes without an image are black.
  void forward(const Batch& batch, int64_t first, int live, int ahead, Vec* features,
               Profile& profile);
  // After forward() of the same images. Adds to the gradient, which is laid out as the parameters.
  void backward(const Vec* feature_gradient, float* gradient, Profile& profile);

  // What lies between two layers. Activations change it where it is, if they can.
  struct Boundary {
    Size size{};
    Grid grid, gradient_grid;
    int values = kFeatures, gradients = 0;  // the buffers
  };
  static constexpr int kFeatures = -1;  // the linear layers' input, which is not the trunk's own

 private:
  Vec* values(const Boundary& boundary);
  void layer_forward(int i);
  void layer_backward(int i, float* gradient, Profile& profile);

  const Model& model_;
  std::vector<Layer> layers_;
  int first_learning_;  // the first convolution, size() if there is none
  std::vector<Boundary> boundaries_;
  std::vector<Convolution> convolutions_;
  // Of each convolution; null where it is not computed so.
  std::vector<std::unique_ptr<Tiles>> tiles_, tiles_back_;
  std::vector<int> tensor_;  // of each layer: its weight, twice its place among the convolutions
  std::vector<Buffer<Vec>> values_, gradients_;  // of each boundary that has its own
  std::vector<Buffer<Int>> winners_;             // of each layer
  PixelReader reader_;
  Vec* features_ = nullptr;  // of the last forward()
};

}  // namespace lenet
