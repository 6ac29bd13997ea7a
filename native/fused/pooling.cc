#include "pooling.h"

namespace lenet {

namespace {

// Calls window(corner in `in_grid`, place in `out_grid`, how many windows came before) for each.
template <class Window>
LENET_INLINE void for_windows(const Layer& layer, Grid in_grid, Grid out_grid, Window window) {
  int count = 0;
  for (int c = 0; c < layer.out.channels; ++c) {
    for (int y = 0; y < layer.out.height; ++y) {
      int in = in_grid.first + c * in_grid.plane + y * layer.stride * in_grid.row;
      int out = out_grid.first + c * out_grid.plane + y * out_grid.row;
      for (int x = 0; x < layer.out.width; ++x) {
        window(in, out, count++);
        in += layer.stride * in_grid.step;
        out += out_grid.step;
      }
    }
  }
}

// Calls run(Constant<kernel>).
template <class Run>
LENET_INLINE void with_kernel(const Layer& layer, Run run) {
  with_constant<2, 3>(layer.kernel, run);
}

template <int kKernel>
LENET_INLINE int pixel(Grid grid, int i) {
  return i / kKernel * grid.row + i % kKernel * grid.step;
}

}  // namespace

void max_pool(const Layer& layer, const Vec* in, Grid in_grid, Vec* out, Grid out_grid,
              Int* winner) {
  with_kernel(layer, [&](auto kernel) LENET_LAMBDA {
    constexpr int kPixels = kernel() * kernel();
    for_windows(layer, in_grid, out_grid, [&](int from, int to, int window) LENET_LAMBDA {
      Vec best = in[from];
      Int where = {};
#pragma GCC unroll 9
      for (int i = 1; i < kPixels; ++i) {
        const Vec v = in[from + pixel<kernel()>(in_grid, i)];
        const Int better = (v > best) | (v != v);
        best = better ? v : best;
        where = better ? broadcast_int(i) : where;
      }
      out[to] = best;
      if (winner) winner[window] = where;
    });
  });
}

void average_pool(const Layer& layer, const Vec* in, Grid in_grid, Vec* out, Grid out_grid) {
  with_kernel(layer, [&](auto kernel) LENET_LAMBDA {
    constexpr int kPixels = kernel() * kernel();
    for_windows(layer, in_grid, out_grid, [&](int from, int to, int) LENET_LAMBDA {
      Vec total = in[from];
#pragma GCC unroll 9
      for (int i = 1; i < kPixels; ++i) total += in[from + pixel<kernel()>(in_grid, i)];
      out[to] = total / static_cast<float>(kPixels);
    });
  });
}

void pool_backward(const Layer& layer, const Vec* gradient, Grid grid, const Int* winner,
                   Vec* in_gradient, Grid in_grid) {
  with_kernel(layer, [&](auto kernel) LENET_LAMBDA {
    constexpr int kPixels = kernel() * kernel();
    for_windows(layer, in_grid, grid, [&](int in, int out, int window) LENET_LAMBDA {
      const Vec g = winner ? gradient[out] : gradient[out] / static_cast<float>(kPixels);
      const Int where = winner ? winner[window] : Int{};
#pragma GCC unroll 9
      for (int i = 0; i < kPixels; ++i) {
        Vec& to = in_gradient[in + pixel<kernel()>(in_grid, i)];
        to += winner ? (where == i ? g : Vec{}) : g;
      }
    });
  });
}

}  // namespace lenet
