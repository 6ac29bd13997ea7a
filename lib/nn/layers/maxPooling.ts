import { atMost } from '../../argument/atMost.js';
import { flag } from '../../argument/kind.js';
import {
  type Dimensions,
  type Pair,
  pointsOf,
  type Sizes,
  sizesAsGiven,
} from '../../argument/sizes.js';
import type { Tensor } from '../../tensor/index.js';
import { indexedMaxPoolOps, maxPoolOps } from '../functional/pooling.js';
import { type LayerClass, type LayerOptions, layer, type With } from '../layer.js';
import { type Arithmetic, perUnit } from '../module/arithmetic.js';
import type { Portrait } from '../module/portrait.js';

/** What a layer gives that may give the places of its elements too. */
export type Pooled<Indexed extends boolean> = Indexed extends true ? [Tensor, Tensor] : Tensor;

const declare = <D extends Dimensions>(dimensions: D) => ({
  args: {
    /** Pixels, integer ≥ 1, or one for each direction, such as `[height, width]`. */
    kernelSize: sizesAsGiven(dimensions, 1),
    /** Pixels, integer ≥ 1. Default: `kernelSize`. */
    stride: sizesAsGiven(dimensions, 1).orLike('kernelSize'),
  },
  options: {
    /** −∞ around the image in pixels, at most half the kernel. Default 0. */
    padding: sizesAsGiven(dimensions, 0).or(0),
    /** Distance in pixels between the window's points. Default 1. */
    dilation: sizesAsGiven(dimensions, 1).or(1),
    /** Whether each element's place in its plane is returned too, as `MaxUnpool` takes it. Default false. */
    returnIndices: flag.or(false),
    /** Whether a window may reach beyond the edge. Default false. */
    ceilMode: flag.or(false),
  },
  repr:
    'kernel_size={kernelSize}, stride={stride}, padding={padding}, dilation={dilation}, ' +
    'ceil_mode={ceilMode}',
});

type Declared<D extends Dimensions> = ReturnType<typeof declare<D>>;

/** What layers have in common that keep the largest element of each window. */
export interface MaxPooling {
  forward(input: Tensor): Tensor | [Tensor, Tensor];
}

function maxPooling<D extends Dimensions>(
  name: string,
  dimensions: D,
): With<LayerClass<Declared<D>['args'], Declared<D>['options'], Record<never, never>>, MaxPooling> {
  abstract class Pooling
    extends layer(name, declare<Dimensions>(dimensions))
    implements MaxPooling
  {
    override arithmetic(units: number): Arithmetic {
      atMost('arithmetic', 1, arguments.length);
      return perUnit(units, pointsOf(this.kernelSize, dimensions), 0);
    }

    override portrait(): Portrait {
      atMost('portrait', 0, arguments.length);
      const verb = 'max pooling';
      if (dimensions !== 2) return { kind: 'subsampling', verb };
      return { kind: 'subsampling', verb, window: this.kernelSize as Pair };
    }

    forward(input: Tensor): Tensor | [Tensor, Tensor] {
      atMost(`${name}.forward`, 1, arguments.length);
      const { kernelSize, stride, padding, dilation, ceilMode } = this;
      const pool = (this.returnIndices ? indexedMaxPoolOps : maxPoolOps)[dimensions];
      return pool(input, kernelSize, stride, padding, dilation, ceilMode);
    }
  }
  return Pooling as unknown as With<
    LayerClass<Declared<D>['args'], Declared<D>['options'], Record<never, never>>,
    MaxPooling
  >;
}

/** Options of {@link MaxPool1d}. */
export interface MaxPool1dOptions extends LayerOptions<Declared<1>> {}
/** Options of {@link MaxPool2d}. */
export interface MaxPool2dOptions extends LayerOptions<Declared<2>> {}
/** Options of {@link MaxPool3d}. */
export interface MaxPool3dOptions extends LayerOptions<Declared<3>> {}

/**
 * Keeps the largest element of each window; mirrors `torch.nn.MaxPool1d`.
 *
 * Shape: `(N, C, L)` or `(C, L)` → `(N, C, Lout)`,
 * `Lout = ⌊(L + 2·padding − dilation·(kernelSize − 1) − 1) / stride⌋ + 1`. With `returnIndices`
 * two tensors of that shape: the elements and their places.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` when a value is not an integer in range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxPool1d.html
 * @example
 * new nn.MaxPool1d(2).forward(torch.tensor([[1, 5, 3, 2, 9]])); // → tensor([[5., 3.]])
 * new nn.MaxPool1d(2, 2, { ceilMode: true }).forward(torch.tensor([[1, 5, 3, 2, 9]])); // → tensor([[5., 3., 9.]])
 */
export class MaxPool1d<Indexed extends boolean = false> extends maxPooling('MaxPool1d', 1) {
  constructor(
    kernelSize: Sizes<1>,
    stride?: Sizes<1> | (MaxPool1dOptions & { returnIndices?: Indexed } & { stride?: Sizes<1> }),
    options?: MaxPool1dOptions & { returnIndices?: Indexed },
  );
  constructor(...given: unknown[]) {
    super(...given);
  }

  override forward(input: Tensor): Pooled<Indexed> {
    atMost('MaxPool1d.forward', 1, arguments.length);
    return super.forward(input) as Pooled<Indexed>;
  }
}

/**
 * Keeps the largest element of each window; mirrors `torch.nn.MaxPool2d`.
 *
 * Shape: `(N, C, H, W)` or `(C, H, W)` → `(N, C, Hout, Wout)`,
 * `Hout = ⌊(H + 2·padding − dilation·(kernelSize − 1) − 1) / stride⌋ + 1`, `Wout` likewise. With `returnIndices`
 * two tensors of that shape: the elements and their places.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` when a value is not an integer in range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxPool2d.html
 * @example
 * new nn.MaxPool2d(2, 2).forward(torch.zeros(1, 6, 24, 24)).shape; // → [ 1, 6, 12, 12 ]
 */
export class MaxPool2d<Indexed extends boolean = false> extends maxPooling('MaxPool2d', 2) {
  constructor(
    kernelSize: Sizes<2>,
    stride?: Sizes<2> | (MaxPool2dOptions & { returnIndices?: Indexed } & { stride?: Sizes<2> }),
    options?: MaxPool2dOptions & { returnIndices?: Indexed },
  );
  constructor(...given: unknown[]) {
    super(...given);
  }

  override forward(input: Tensor): Pooled<Indexed> {
    atMost('MaxPool2d.forward', 1, arguments.length);
    return super.forward(input) as Pooled<Indexed>;
  }
}

/**
 * Keeps the largest element of each window; mirrors `torch.nn.MaxPool3d`.
 *
 * Shape: `(N, C, D, H, W)` or `(C, D, H, W)` → `(N, C, Dout, Hout, Wout)`,
 * `Dout = ⌊(D + 2·padding − dilation·(kernelSize − 1) − 1) / stride⌋ + 1`, the others likewise. With `returnIndices`
 * two tensors of that shape: the elements and their places.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` when a value is not an integer in range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxPool3d.html
 * @example
 * new nn.MaxPool3d(3, 2, { padding: 1 }).forward(torch.zeros(1, 6, 8, 8, 9)).shape; // → [ 1, 6, 4, 4, 5 ]
 */
export class MaxPool3d<Indexed extends boolean = false> extends maxPooling('MaxPool3d', 3) {
  constructor(
    kernelSize: Sizes<3>,
    stride?: Sizes<3> | (MaxPool3dOptions & { returnIndices?: Indexed } & { stride?: Sizes<3> }),
    options?: MaxPool3dOptions & { returnIndices?: Indexed },
  );
  constructor(...given: unknown[]) {
    super(...given);
  }

  override forward(input: Tensor): Pooled<Indexed> {
    atMost('MaxPool3d.forward', 1, arguments.length);
    return super.forward(input) as Pooled<Indexed>;
  }
}
