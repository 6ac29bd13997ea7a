import { atMost } from '../../argument/atMost.js';
import { flag, number, orNull } from '../../argument/kind.js';
import { type Dimensions, type Sizes, sizesAsGiven } from '../../argument/sizes.js';
import type { Tensor } from '../../tensor/index.js';
import { lpPool } from '../functional/pooling.js';
import { type LayerClass, type LayerOptions, layer, type With } from '../layer.js';
import type { Pooling } from './avgPooling.js';

const declareLp = <D extends Dimensions>(dimensions: D) => ({
  args: {
    /** p, not 0. */
    normType: number(),
    /** Pixels, integer ≥ 1, or one for each direction, such as `[height, width]`. */
    kernelSize: sizesAsGiven(dimensions, 1),
    /** Pixels, integer ≥ 1. Default `null`: `kernelSize`. */
    stride: orNull(sizesAsGiven(dimensions, 1)).or(null),
  },
  options: {
    /** Whether a window may reach beyond the edge. Default false. */
    ceilMode: flag.or(false),
  },
  repr: 'norm_type={normType}, kernel_size={kernelSize}, stride={stride}, ceil_mode={ceilMode}',
});

type DeclaredLp<D extends Dimensions> = ReturnType<typeof declareLp<D>>;

function lpPooling<D extends Dimensions>(
  name: string,
  dimensions: D,
): With<
  LayerClass<DeclaredLp<D>['args'], DeclaredLp<D>['options'], Record<never, never>>,
  Pooling
> {
  abstract class LpPooling
    extends layer(name, declareLp<Dimensions>(dimensions))
    implements Pooling
  {
    forward(input: Tensor): Tensor {
      atMost(`${name}.forward`, 1, arguments.length);
      const { normType, kernelSize, stride, ceilMode } = this;
      return lpPool(dimensions, input, normType, kernelSize, stride, ceilMode);
    }
  }
  return LpPooling as unknown as With<
    LayerClass<DeclaredLp<D>['args'], DeclaredLp<D>['options'], Record<never, never>>,
    Pooling
  >;
}

/** Options of {@link LPPool1d}. */
export interface LPPool1dOptions extends LayerOptions<DeclaredLp<1>> {}
/** Options of {@link LPPool2d}. */
export interface LPPool2dOptions extends LayerOptions<DeclaredLp<2>> {}
/** Options of {@link LPPool3d}. */
export interface LPPool3dOptions extends LayerOptions<DeclaredLp<3>> {}

/**
 * Keeps the norm of each window, `(Σ xᵖ)^(1/p)`; mirrors `torch.nn.LPPool1d`.
 *
 * Shape: `(N, C, L)` or `(C, L)` → `(N, C, Lout)`, `Lout = ⌊(L − kernelSize) / stride⌋ + 1`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` when a value is not a number in range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.LPPool1d.html
 * @example
 * new nn.LPPool1d(2, 2).forward(torch.tensor([[3, 4, 6, 8]])); // → tensor([[ 5., 10.]])
 */
export class LPPool1d extends lpPooling('LPPool1d', 1) {
  constructor(
    normType: number,
    kernelSize: Sizes<1>,
    stride?: Sizes<1> | null | (LPPool1dOptions & { stride?: Sizes<1> | null }),
    options?: LPPool1dOptions,
  );
  constructor(...given: unknown[]) {
    super(...given);
  }
}

/**
 * Keeps the norm of each window, `(Σ xᵖ)^(1/p)`; mirrors `torch.nn.LPPool2d`.
 *
 * Shape: `(N, C, H, W)` or `(C, H, W)` → `(N, C, Hout, Wout)`, `Hout = ⌊(H − kernelSize) / stride⌋ + 1`, `Wout` likewise.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` when a value is not a number in range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.LPPool2d.html
 * @example
 * new nn.LPPool2d(1, 2).forward(torch.tensor([[[1, 2], [3, 4]]])); // → tensor([[[10.]]])
 */
export class LPPool2d extends lpPooling('LPPool2d', 2) {
  constructor(
    normType: number,
    kernelSize: Sizes<2>,
    stride?: Sizes<2> | null | (LPPool2dOptions & { stride?: Sizes<2> | null }),
    options?: LPPool2dOptions,
  );
  constructor(...given: unknown[]) {
    super(...given);
  }
}

/**
 * Keeps the norm of each window, `(Σ xᵖ)^(1/p)`; mirrors `torch.nn.LPPool3d`.
 *
 * Shape: `(N, C, D, H, W)` or `(C, D, H, W)` → `(N, C, Dout, Hout, Wout)`, `Dout = ⌊(D − kernelSize) / stride⌋ + 1`, the others likewise.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` when a value is not a number in range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.LPPool3d.html
 * @example
 * new nn.LPPool3d(2, 2, 1).forward(torch.ones(1, 1, 4, 5, 6)).shape; // → [ 1, 1, 3, 4, 5 ]
 */
export class LPPool3d extends lpPooling('LPPool3d', 3) {
  constructor(
    normType: number,
    kernelSize: Sizes<3>,
    stride?: Sizes<3> | null | (LPPool3dOptions & { stride?: Sizes<3> | null }),
    options?: LPPool3dOptions,
  );
  constructor(...given: unknown[]) {
    super(...given);
  }
}
