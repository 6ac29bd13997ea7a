import { atMost } from '../../argument/atMost.js';
import { flag, orNull } from '../../argument/kind.js';
import { ratios, type Sizes, sizes } from '../../argument/sizes.js';
import { invalidArgument } from '../../error.js';
import type { Tensor } from '../../tensor/index.js';
import { tensorKind } from '../../tensor/kinds.js';
import { fractionalMaxPool } from '../functional/fractionalPooling.js';
import { type LayerClass, type LayerOptions, layer, type With } from '../layer.js';
import type { Pooled } from './maxPooling.js';

type Planes = 2 | 3;

const declare = <D extends Planes>(dimensions: D) => ({
  args: {
    /** Pixels, integer ≥ 1, or one for each direction, such as `[height, width]`. */
    kernelSize: sizes(dimensions, 1),
  },
  options: {
    /** Sizes of the output. Default `null`: `outputRatio`, one of both is needed. */
    outputSize: orNull(sizes(dimensions, 1)).or(null),
    /** The output's sizes as shares of the input's, between 0 and 1. Default `null`: `outputSize`. */
    outputRatio: orNull(ratios(dimensions)).or(null),
    /** Whether each element's place in its plane is returned too. Default false. */
    returnIndices: flag.or(false),
  },
  making: {
    /** Where windows begin, in [0, 1), `(N, C, dimensions)`. Default: drawn anew from the default generator. */
    _randomSamples: orNull(tensorKind).or(null),
  },
});

type Declared<D extends Planes> = ReturnType<typeof declare<D>>;

/** What layers have in common that keep the largest elements of windows that begin at random. */
export interface FractionalPooling {
  forward(input: Tensor): Tensor | [Tensor, Tensor];
}

function fractional<D extends Planes>(
  name: string,
  dimensions: D,
): With<
  LayerClass<Declared<D>['args'], Declared<D>['options'], Declared<D>['making']>,
  FractionalPooling
> {
  abstract class Fractional
    extends layer(name, declare<Planes>(dimensions))
    implements FractionalPooling
  {
    constructor(...given: unknown[]) {
      super(...given);
      if (this.outputSize !== null && this.outputRatio !== null) {
        throw invalidArgument(`${name}: expected either an outputSize or an outputRatio, got both`);
      }
      const samples = this.making._randomSamples;
      if (samples !== null) this.registerBuffer('_randomSamples', samples);
    }

    forward(input: Tensor): Tensor | [Tensor, Tensor] {
      atMost(`${name}.forward`, 1, arguments.length);
      const { kernelSize, outputSize, outputRatio } = this;
      const samples = (Reflect.get(this, '_randomSamples') as Tensor | undefined) ?? null;
      const pooling = { kernelSize, outputSize, outputRatio, _randomSamples: samples };
      const results = fractionalMaxPool(dimensions, input, pooling);
      return this.returnIndices ? results : results[0];
    }
  }
  return Fractional as unknown as With<
    LayerClass<Declared<D>['args'], Declared<D>['options'], Declared<D>['making']>,
    FractionalPooling
  >;
}

/** Options of {@link FractionalMaxPool2d}. */
export interface FractionalMaxPool2dOptions extends LayerOptions<Declared<2>> {}
/** Options of {@link FractionalMaxPool3d}. */
export interface FractionalMaxPool3dOptions extends LayerOptions<Declared<3>> {}

/**
 * Keeps the largest elements of windows that begin at random (Graham, 2014); mirrors `torch.nn.FractionalMaxPool2d`.
 *
 * Shape: `(N, C, H, W)` or `(C, H, W)` → `(N, C, ...outputSize)`, or `outputRatio` times the input's sizes; with
 * `returnIndices` two of it: the elements and their places.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for both of `outputSize` and `outputRatio`, in `forward` for neither.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.FractionalMaxPool2d.html
 * @example
 * new nn.FractionalMaxPool2d(2, { outputSize: [5, 3] }).forward(torch.zeros(1, 6, 9, 7)).shape; // → [ 1, 6, 5, 3 ]
 * new nn.FractionalMaxPool2d(2, { outputRatio: 0.5 }).forward(torch.zeros(1, 6, 9, 7)).shape; // → [ 1, 6, 4, 3 ]
 */
export class FractionalMaxPool2d<Indexed extends boolean = false> extends fractional(
  'FractionalMaxPool2d',
  2,
) {
  constructor(
    kernelSize: Sizes<2>,
    options?: FractionalMaxPool2dOptions & { returnIndices?: Indexed },
  );
  constructor(...given: unknown[]) {
    super(...given);
  }

  override forward(input: Tensor): Pooled<Indexed> {
    atMost('FractionalMaxPool2d.forward', 1, arguments.length);
    return super.forward(input) as Pooled<Indexed>;
  }
}

/**
 * Keeps the largest elements of windows that begin at random (Graham, 2014); mirrors `torch.nn.FractionalMaxPool3d`.
 *
 * Shape: `(N, C, D, H, W)` or `(C, D, H, W)` → `(N, C, ...outputSize)`, or `outputRatio` times the input's sizes; with
 * `returnIndices` two of it: the elements and their places.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for both of `outputSize` and `outputRatio`, in `forward` for neither.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.FractionalMaxPool3d.html
 * @example
 * const pool = new nn.FractionalMaxPool3d(2, { outputRatio: 0.5, returnIndices: true });
 * const [output, indices] = pool.forward(torch.zeros(1, 6, 9, 7, 8));
 * [output.shape, indices.dtype]; // → [ [ 1, 6, 4, 3, 4 ], 'int64' ]
 */
export class FractionalMaxPool3d<Indexed extends boolean = false> extends fractional(
  'FractionalMaxPool3d',
  3,
) {
  constructor(
    kernelSize: Sizes<3>,
    options?: FractionalMaxPool3dOptions & { returnIndices?: Indexed },
  );
  constructor(...given: unknown[]) {
    super(...given);
  }

  override forward(input: Tensor): Pooled<Indexed> {
    atMost('FractionalMaxPool3d.forward', 1, arguments.length);
    return super.forward(input) as Pooled<Indexed>;
  }
}
