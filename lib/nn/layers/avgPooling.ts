import { atMost } from '../../argument/atMost.js';
import { flag, integer, orNull } from '../../argument/kind.js';
import { type Pair, pointsOf, type Sizes, sizes, sizesAsGiven } from '../../argument/sizes.js';
import type { Tensor } from '../../tensor/index.js';
import { avgPool1d, avgPools } from '../functional/pooling.js';
import { type LayerClass, type LayerOptions, layer, type With } from '../layer.js';
import { type Arithmetic, perUnit } from '../module/arithmetic.js';
import type { Portrait } from '../module/portrait.js';

const avgPoolOptions = {
  /** Whether a window may reach beyond the edge. Default false. */
  ceilMode: flag.or(false),
  /** Whether those zeros count in the mean. Default true. */
  countIncludePad: flag.or(true),
};

const avgPoolRepr = 'kernel_size={kernelSize}, stride={stride}, padding={padding}';

// Python keeps lists here.
const avgPooling1d = {
  args: {
    /** Elements, integer ≥ 1. */
    kernelSize: sizes(1, 1),
    /** Elements, integer ≥ 1. Default: `kernelSize`. */
    stride: sizes(1, 1).orLike('kernelSize'),
  },
  options: {
    /** Zeros around the signal, at most half the kernel. Default 0. */
    padding: sizes(1, 0).or(0),
    ...avgPoolOptions,
  },
  repr: avgPoolRepr,
};

/** Options of {@link AvgPool1d}. */
export interface AvgPool1dOptions extends LayerOptions<typeof avgPooling1d> {}

/**
 * Keeps the mean of each window; mirrors `torch.nn.AvgPool1d`.
 *
 * Shape: `(N, C, L)` or `(C, L)` → `(N, C, Lout)`, `Lout = ⌊(L + 2·padding − kernelSize) / stride⌋ + 1`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` when a value is not an integer in range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.AvgPool1d.html
 * @example
 * new nn.AvgPool1d(2).forward(torch.tensor([[1, 3, 5, 9]])); // → tensor([[2., 7.]])
 * new nn.AvgPool1d(3, 1, { padding: 1 }).forward(torch.tensor([[3, 3, 3]])); // → tensor([[2., 3., 2.]])
 */
export class AvgPool1d extends layer('AvgPool1d', avgPooling1d) {
  constructor(
    kernelSize: Sizes<1>,
    stride?: Sizes<1> | (AvgPool1dOptions & { stride?: Sizes<1> }),
    options?: AvgPool1dOptions,
  );
  constructor(...given: unknown[]) {
    super(...given);
  }

  override arithmetic(units: number): Arithmetic {
    atMost('arithmetic', 1, arguments.length);
    return perUnit(units, this.kernelSize[0], 0);
  }

  override portrait(): Portrait {
    atMost('portrait', 0, arguments.length);
    return { kind: 'subsampling', verb: 'mean pooling' };
  }

  forward(input: Tensor): Tensor {
    atMost('AvgPool1d.forward', 1, arguments.length);
    const { kernelSize, stride, padding, ceilMode, countIncludePad } = this;
    return avgPool1d(input, kernelSize, stride, padding, ceilMode, countIncludePad);
  }
}

type Planes = 2 | 3;

const declareAvg = <D extends Planes>(dimensions: D) => ({
  args: {
    /** Pixels, integer ≥ 1, or one for each direction, such as `[height, width]`. */
    kernelSize: sizesAsGiven(dimensions, 1),
    /** Pixels, integer ≥ 1. Default: `kernelSize`. */
    stride: sizesAsGiven(dimensions, 1).orLike('kernelSize'),
  },
  options: {
    /** Zeros around the image in pixels, at most half the kernel. Default 0. */
    padding: sizesAsGiven(dimensions, 0).or(0),
    ...avgPoolOptions,
    /** What sums are divided by. Default: the window's size. */
    divisorOverride: orNull(integer(1)).or(null),
  },
  repr: avgPoolRepr,
});

type DeclaredAvg<D extends Planes> = ReturnType<typeof declareAvg<D>>;

/** What pooling layers have in common. */
export interface Pooling {
  forward(input: Tensor): Tensor;
}

function avgPooling<D extends Planes>(
  name: string,
  dimensions: D,
): With<
  LayerClass<DeclaredAvg<D>['args'], DeclaredAvg<D>['options'], Record<never, never>>,
  Pooling
> {
  abstract class AvgPooling extends layer(name, declareAvg<Planes>(dimensions)) implements Pooling {
    override arithmetic(units: number): Arithmetic {
      atMost('arithmetic', 1, arguments.length);
      return perUnit(units, pointsOf(this.kernelSize, dimensions), 0);
    }

    override portrait(): Portrait {
      atMost('portrait', 0, arguments.length);
      const verb = 'mean pooling';
      if (dimensions !== 2) return { kind: 'subsampling', verb };
      return { kind: 'subsampling', verb, window: this.kernelSize as Pair };
    }

    forward(input: Tensor): Tensor {
      atMost(`${name}.forward`, 1, arguments.length);
      const { kernelSize, stride, padding, ceilMode, countIncludePad, divisorOverride } = this;
      const pool = avgPools[dimensions];
      return pool(input, kernelSize, stride, padding, ceilMode, countIncludePad, divisorOverride);
    }
  }
  return AvgPooling as unknown as With<
    LayerClass<DeclaredAvg<D>['args'], DeclaredAvg<D>['options'], Record<never, never>>,
    Pooling
  >;
}

/** Options of {@link AvgPool2d}. */
export interface AvgPool2dOptions extends LayerOptions<DeclaredAvg<2>> {}
/** Options of {@link AvgPool3d}. */
export interface AvgPool3dOptions extends LayerOptions<DeclaredAvg<3>> {}

/**
 * Keeps the mean of each window; mirrors `torch.nn.AvgPool2d`.
 *
 * Shape: `(N, C, H, W)` or `(C, H, W)` → `(N, C, Hout, Wout)`,
 * `Hout = ⌊(H + 2·padding − kernelSize) / stride⌋ + 1`, `Wout` likewise.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` when a value is not an integer in range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.AvgPool2d.html
 * @example
 * new nn.AvgPool2d(2).forward(torch.ones(1, 1, 4, 4)).shape; // → [ 1, 1, 2, 2 ]
 */
export class AvgPool2d extends avgPooling('AvgPool2d', 2) {
  constructor(
    kernelSize: Sizes<2>,
    stride?: Sizes<2> | (AvgPool2dOptions & { stride?: Sizes<2> }),
    options?: AvgPool2dOptions,
  );
  constructor(...given: unknown[]) {
    super(...given);
  }
}

/**
 * Keeps the mean of each window; mirrors `torch.nn.AvgPool3d`.
 *
 * Shape: `(N, C, D, H, W)` or `(C, D, H, W)` → `(N, C, Dout, Hout, Wout)`,
 * `Dout = ⌊(D + 2·padding − kernelSize) / stride⌋ + 1`, the others likewise.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` when a value is not an integer in range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.AvgPool3d.html
 * @example
 * new nn.AvgPool3d(2).forward(torch.ones(1, 1, 4, 4, 6)).shape; // → [ 1, 1, 2, 2, 3 ]
 * new nn.AvgPool3d(2, 2, { divisorOverride: 1 }).forward(torch.ones(1, 2, 2, 2)); // → tensor([[[[8.]]]])
 */
export class AvgPool3d extends avgPooling('AvgPool3d', 3) {
  constructor(
    kernelSize: Sizes<3>,
    stride?: Sizes<3> | (AvgPool3dOptions & { stride?: Sizes<3> }),
    options?: AvgPool3dOptions,
  );
  constructor(...given: unknown[]) {
    super(...given);
  }
}
