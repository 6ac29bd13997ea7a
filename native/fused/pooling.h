// Pooling in lanes, between any two grids: windows of 2 × 2 or 3 × 3 pixels, two apart.
#pragma once

#include "windows.h"

namespace lenet {

// The first largest wins, and NaN is larger than any number, as in PyTorch. `winner`, which may be
// null, learns where in its window the maximum was, [channel][y][x].
void max_pool(const Layer& layer, const Vec* in, Grid in_grid, Vec* out, Grid out_grid,
              Int* winner);
void average_pool(const Layer& layer, const Vec* in, Grid in_grid, Vec* out, Grid out_grid);

// Gives each window's gradient to the winner, or to all. `winner` is null behind averages.
void pool_backward(const Layer& layer, const Vec* gradient, Grid grid, const Int* winner,
                   Vec* in_gradient, Grid in_grid);

}  // namespace lenet
