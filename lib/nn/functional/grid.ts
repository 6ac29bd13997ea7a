import { describe } from '../../argument/describe.js';
import { flag, oneOf, orNull } from '../../argument/kind.js';
import { invalidArgument } from '../../error.js';
import { bind } from '../../native/ops.js';
import type { Tensor } from '../../tensor/index.js';
import { tensorKind } from '../../tensor/kinds.js';
import { callable } from './call.js';
import { outputSizes } from './maxUnpool.js';

const gridSampler =
  bind<
    (
      input: Tensor,
      grid: Tensor,
      mode: number,
      paddingMode: number,
      alignCorners: boolean,
    ) => Tensor
  >('grid_sampler');
const affineGridGenerator =
  bind<(theta: Tensor, size: readonly number[], alignCorners: boolean) => Tensor>(
    'affine_grid_generator',
  );

// libtorch counts both in these orders.
const modes = ['bilinear', 'nearest', 'bicubic'] as const;
const paddingModes = ['zeros', 'border', 'reflection'] as const;

/** Options of {@link gridSample}. */
export interface GridSampleOptions {
  /** How pixels between pixels are found. Default `'bilinear'`. */
  mode?: (typeof modes)[number];
  /** What is beyond the edge: zeros, the edge itself, or the image mirrored. Default `'zeros'`. */
  paddingMode?: (typeof paddingModes)[number];
  /** Whether −1 and 1 are the corner pixels' centres, and not their outer edges. Default false. */
  alignCorners?: boolean | null;
}

/**
 * Pixels of an image at any places: `(N, C, H, W)` and a grid `(N, Hout, Wout, 2)` of places `(x, y)` from −1 to 1 →
 * `(N, C, Hout, Wout)`; volumes likewise. Options by name, or in the order `mode, paddingMode, alignCorners`. Mirrors
 * `torch.nn.functional.grid_sample`.
 *
 * @example
 * const image = torch.tensor([[[[1, 2], [3, 4]]]]);
 * const grid = torch.tensor([[[[-1, -1], [1, -1], [0, 0]]]]); // left above, right above, middle
 * nn.functional.gridSample(image, grid, { alignCorners: true }); // → tensor([[[[1.0000, 2.0000, 2.5000]]]])
 */
export const gridSample: {
  (input: Tensor, grid: Tensor, options?: GridSampleOptions): Tensor;
  (
    input: Tensor,
    grid: Tensor,
    mode: (typeof modes)[number],
    paddingMode?: (typeof paddingModes)[number],
    alignCorners?: boolean | null,
  ): Tensor;
} = callable(
  'gridSample',
  {
    input: tensorKind,
    grid: tensorKind,
    mode: oneOf(...modes).or('bilinear'),
    paddingMode: oneOf(...paddingModes).or('zeros'),
    alignCorners: orNull(flag).or(null),
  },
  ({ input, grid, mode, paddingMode, alignCorners }) =>
    gridSampler(
      input,
      grid,
      modes.indexOf(mode),
      paddingModes.indexOf(paddingMode),
      alignCorners ?? false,
    ),
);

/**
 * The places that affine maps lead to, for {@link gridSample}: `theta` `(N, 2, 3)` and `size` `[N, C, H, W]` → `(N,
 * H, W, 2)`; `(N, 3, 4)` and `[N, C, D, H, W]` → `(N, D, H, W, 3)`. Mirrors `torch.nn.functional.affine_grid`.
 *
 * @param alignCorners - Whether −1 and 1 are the corner pixels' centres, and not their outer edges. Default false.
 * @example
 * const mirrored = torch.tensor([[[-1, 0, 0], [0, 1, 0]]]);
 * const grid = nn.functional.affineGrid(mirrored, [1, 1, 1, 2], { alignCorners: true });
 * nn.functional.gridSample(torch.tensor([[[[1, 2]]]]), grid, { alignCorners: true }); // → tensor([[[[2., 1.]]]])
 */
export const affineGrid: (
  theta: Tensor,
  size: readonly number[],
  alignCorners?: boolean | null | { alignCorners?: boolean | null },
) => Tensor = callable(
  'affineGrid',
  { theta: tensorKind, size: outputSizes, alignCorners: orNull(flag).or(null) },
  ({ theta, size, alignCorners }) => {
    const rows = size.length - 2;
    if (![2, 3].includes(rows) || Math.min(...size) <= 0) {
      throw invalidArgument(
        `affineGrid: size: expected [N, C, H, W] or [N, C, D, H, W], each ≥ 1, got ${describe(size)}`,
      );
    }
    const [, height, width] = theta.shape;
    const isFloat = /^b?float/.test(theta.dtype);
    const fits = theta.ndim === 3 && height === rows && width === rows + 1;
    if (!fits || !isFloat) {
      throw invalidArgument(
        `affineGrid: theta: expected floats of shape (N, ${rows}, ${rows + 1}), ` +
          `got ${theta.dtype} of shape (${theta.shape.join(', ')})`,
      );
    }
    return affineGridGenerator(theta, size, alignCorners ?? false);
  },
);
