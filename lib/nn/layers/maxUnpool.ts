import { atMost } from '../../argument/atMost.js';
import { byName } from '../../argument/byName.js';
import { type Dimensions, type Sizes, sizes } from '../../argument/sizes.js';
import type { Tensor } from '../../tensor/index.js';
import { maxUnpool, type OutputSizeGiven, outputSizes } from '../functional/maxUnpool.js';
import { type LayerClass, type LayerOptions, layer, type With } from '../layer.js';

const declare = <D extends Dimensions>(dimensions: D) => ({
  args: {
    /** Pixels, integer ≥ 1, or one for each direction, such as `[height, width]`. */
    kernelSize: sizes(dimensions, 1),
    /** Pixels, integer ≥ 1. Default: `kernelSize`. */
    stride: sizes(dimensions, 1).orLike('kernelSize'),
  },
  options: {
    /** What the pooling had around the image. Default 0. */
    padding: sizes(dimensions, 0).or(0),
  },
  repr: 'kernel_size={kernelSize}, stride={stride}, padding={padding}',
});

type Declared<D extends Dimensions> = ReturnType<typeof declare<D>>;

/** What layers have in common that put back what a max pooling found. */
export interface Unpooling {
  /**
   * @param indices - Of the pooling with `returnIndices`.
   * @param outputSize - Sizes of the output, with or without N and C. Default: the least that lead to the input's.
   */
  forward(input: Tensor, indices: Tensor, outputSize?: OutputSizeGiven): Tensor;
}

function unpooling<D extends Dimensions>(
  name: string,
  dimensions: D,
): With<LayerClass<Declared<D>['args'], Declared<D>['options'], Record<never, never>>, Unpooling> {
  abstract class MaxUnpooling
    extends layer(name, declare<Dimensions>(dimensions))
    implements Unpooling
  {
    forward(input: Tensor, indices: Tensor, outputSize?: OutputSizeGiven): Tensor {
      atMost(`${name}.forward`, 3, arguments.length);
      const given = [input, indices, outputSize];
      const size = byName(`${name}.forward`, given, 2, ['outputSize'])[2] ?? null;
      const sizes = size === null ? null : outputSizes.read(`${name}: outputSize`, size);
      return maxUnpool(name, input, indices, this, sizes);
    }
  }
  return MaxUnpooling as unknown as With<
    LayerClass<Declared<D>['args'], Declared<D>['options'], Record<never, never>>,
    Unpooling
  >;
}

/** Options of {@link MaxUnpool1d}. */
export interface MaxUnpool1dOptions extends LayerOptions<Declared<1>> {}
/** Options of {@link MaxUnpool2d}. */
export interface MaxUnpool2dOptions extends LayerOptions<Declared<2>> {}
/** Options of {@link MaxUnpool3d}. */
export interface MaxUnpool3dOptions extends LayerOptions<Declared<3>> {}

/**
 * Puts what {@link MaxPool1d} found back to its place, zeros elsewhere; mirrors `torch.nn.MaxUnpool1d`.
 *
 * Shape: `(N, C, L)` or `(C, L)` → `(N, C, Lout)`, `Lout = (L − 1)·stride − 2·padding + kernelSize`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` when a value is not an integer in range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxUnpool1d.html
 * @example
 * const pool = new nn.MaxPool1d(2, 2, { returnIndices: true });
 * const [maxima, indices] = pool.forward(torch.tensor([[1, 5, 3, 2]]));
 * new nn.MaxUnpool1d(2).forward(maxima, indices); // → tensor([[0., 5., 3., 0.]])
 */
export class MaxUnpool1d extends unpooling('MaxUnpool1d', 1) {
  constructor(
    kernelSize: Sizes<1>,
    stride?: Sizes<1> | (MaxUnpool1dOptions & { stride?: Sizes<1> }),
    options?: MaxUnpool1dOptions,
  );
  constructor(...given: unknown[]) {
    super(...given);
  }
}

/**
 * Puts what {@link MaxPool2d} found back to its place, zeros elsewhere; mirrors `torch.nn.MaxUnpool2d`.
 *
 * Shape: `(N, C, H, W)` or `(C, H, W)` → `(N, C, Hout, Wout)`, `Hout = (H − 1)·stride − 2·padding + kernelSize`, `Wout` likewise.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` when a value is not an integer in range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxUnpool2d.html
 * @example
 * const pool = new nn.MaxPool2d(2, 2, { returnIndices: true });
 * const [maxima, indices] = pool.forward(torch.tensor([[[1, 5, 3, 2], [6, 0, 4, 7]]]));
 * new nn.MaxUnpool2d(2).forward(maxima, indices); // → tensor([[[0., 0., 0., 0.], [6., 0., 0., 7.]]])
 */
export class MaxUnpool2d extends unpooling('MaxUnpool2d', 2) {
  constructor(
    kernelSize: Sizes<2>,
    stride?: Sizes<2> | (MaxUnpool2dOptions & { stride?: Sizes<2> }),
    options?: MaxUnpool2dOptions,
  );
  constructor(...given: unknown[]) {
    super(...given);
  }
}

/**
 * Puts what {@link MaxPool3d} found back to its place, zeros elsewhere; mirrors `torch.nn.MaxUnpool3d`.
 *
 * Shape: `(N, C, D, H, W)` or `(C, D, H, W)` → `(N, C, Dout, Hout, Wout)`, `Dout = (D − 1)·stride − 2·padding + kernelSize`, the others likewise.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` when a value is not an integer in range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxUnpool3d.html
 * @example
 * const pool = new nn.MaxPool3d(2, 2, { returnIndices: true });
 * const [maxima, indices] = pool.forward(torch.zeros(1, 6, 8, 8, 9));
 * const unpool = new nn.MaxUnpool3d(2);
 * unpool.forward(maxima, indices, [8, 8, 9]).shape; // → [ 1, 6, 8, 8, 9 ]
 */
export class MaxUnpool3d extends unpooling('MaxUnpool3d', 3) {
  constructor(
    kernelSize: Sizes<3>,
    stride?: Sizes<3> | (MaxUnpool3dOptions & { stride?: Sizes<3> }),
    options?: MaxUnpool3dOptions,
  );
  constructor(...given: unknown[]) {
    super(...given);
  }
}
