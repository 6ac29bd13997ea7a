// Convolutions of any kernel and stride, in lanes. What a window multiplies is a list: of each
// product, where its input lies from the window's corner, and its weight. So one loop serves
// forward, with any kernel, and the gradient of the input, which is a convolution of the output's
// gradient with each filter turned round; and one the gradient of the weights.
#pragma once

#include <vector>

#include "network.h"
#include "vector.h"

namespace lenet {

// Planes in lanes, of which a layer sees only the pixels: (c, y, x) lies at
// first + c · plane + y · row + x · step. What lies between is zero.
struct Grid {
  int first = 0, plane = 0, row = 0, step = 1;
  int size(int channels) const { return channels * plane; }
};
Grid dense_grid(Size size, int border);

struct Products {
  std::vector<int> in, weight;  // of each product of a window
  int weight_step;              // from one output channel to the next
};

struct Convolution {
  explicit Convolution(const Layer& layer);

  // From the padded input. `bias` is never null.
  void forward(const Vec* in, const float* weight, const float* bias, Vec* out,
               Grid out_grid) const;
  // From the output's gradient on its own grid.
  void input_gradient(const Vec* gradient, const float* weight, Vec* in_gradient,
                      Grid in_grid) const;
  // Adds, over all lanes.
  void weight_gradient(const Vec* in, const Vec* gradient, Grid grid, float* weight,
                       float* bias) const;

  Layer layer;
  Grid in;        // the padded input
  Grid gradient;  // the output's gradient as input_gradient() reads it
  Products ahead, back;
};

}  // namespace lenet
