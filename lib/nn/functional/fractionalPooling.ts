import { flag, orNull } from '../../argument/kind.js';
import { ratios, type Sizes, sizes } from '../../argument/sizes.js';
import { invalidArgument } from '../../error.js';
import { bind } from '../../native/ops.js';
import { rand, type Tensor } from '../../tensor/index.js';
import { tensorKind } from '../../tensor/kinds.js';
import { callable } from './call.js';

type Planes = 2 | 3;
type Numbers = readonly number[];

/** Options of {@link fractionalMaxPool2d} and {@link fractionalMaxPool3d}: one of the first two is needed. */
export interface FractionalMaxPoolFunctionOptions<D extends Planes> {
  /** Sizes of the output. Default `null`: `outputRatio` says them. */
  outputSize?: Sizes<D> | null;
  /** The output's sizes as shares of the input's, between 0 and 1. Default `null`: `outputSize` says them. */
  outputRatio?: Sizes<D> | null;
  /** Whether each element's place in its plane is returned too. Default false. */
  returnIndices?: boolean;
  /** Where windows begin, in [0, 1), `(N, C, dimensions)`. Default: drawn from the default generator. */
  _randomSamples?: Tensor | null;
}

const ops: Readonly<
  Record<
    Planes,
    (input: Tensor, kernelSize: Numbers, outputSize: Numbers, samples: Tensor) => [Tensor, Tensor]
  >
> = { 2: bind('fractional_max_pool2d'), 3: bind('fractional_max_pool3d') };

/** @internal */
export interface FractionalMaxPooling {
  readonly kernelSize: Numbers;
  readonly outputSize: Numbers | null;
  readonly outputRatio: Numbers | null;
  readonly _randomSamples: Tensor | null;
}

/** @internal */
export function fractionalMaxPool(
  dimensions: Planes,
  input: Tensor,
  { kernelSize, outputSize, outputRatio, _randomSamples }: FractionalMaxPooling,
): [Tensor, Tensor] {
  const { shape, ndim, dtype, device } = tensorKind.read('fractionalMaxPool: input', input);
  const own = shape.slice(-dimensions);
  const size = outputSize ?? outputRatio?.map((ratio, i) => Math.trunc((own[i] ?? 0) * ratio));
  if (size === undefined) throw invalidArgument(noSize(`fractionalMaxPool${dimensions}d`));
  const channels = shape.at(-dimensions - 1);
  if (channels === undefined) {
    throw invalidArgument(
      `fractionalMaxPool${dimensions}d: input: expected ${dimensions + 1} or ${dimensions + 2} dimensions, got ${ndim}`,
    );
  }
  const batch = ndim === dimensions + 1 ? 1 : shape[0]!;
  const samples = _randomSamples ?? rand([batch, channels, dimensions], { dtype, device });
  return ops[dimensions](input, kernelSize, size, samples);
}

const noSize = (name: string): string => `${name}: expected an outputSize or an outputRatio`;

/** Largest elements of windows that begin at random. */
export interface FractionalMaxPoolFunction<D extends Planes> {
  (
    input: Tensor,
    kernelSize: Sizes<D>,
    options: FractionalMaxPoolFunctionOptions<D> & { returnIndices: true },
  ): [Tensor, Tensor];
  (input: Tensor, kernelSize: Sizes<D>, options: FractionalMaxPoolFunctionOptions<D>): Tensor;
  (
    input: Tensor,
    kernelSize: Sizes<D>,
    outputSize: Sizes<D> | null,
    outputRatio: Sizes<D> | null | undefined,
    returnIndices: true,
    _randomSamples?: Tensor | null,
  ): [Tensor, Tensor];
  (
    input: Tensor,
    kernelSize: Sizes<D>,
    outputSize: Sizes<D> | null,
    outputRatio?: Sizes<D> | null,
    returnIndices?: false,
    _randomSamples?: Tensor | null,
  ): Tensor;
}

/** The same with their places, whatever `returnIndices` says. */
export interface FractionalMaxPoolWithIndices<D extends Planes> {
  (
    input: Tensor,
    kernelSize: Sizes<D>,
    options: FractionalMaxPoolFunctionOptions<D>,
  ): [Tensor, Tensor];
  (
    input: Tensor,
    kernelSize: Sizes<D>,
    outputSize: Sizes<D> | null,
    outputRatio?: Sizes<D> | null,
    returnIndices?: boolean,
    _randomSamples?: Tensor | null,
  ): [Tensor, Tensor];
}

function pool<F extends (...given: never[]) => unknown>(dimensions: Planes, isIndexed: boolean): F {
  const args = {
    input: tensorKind,
    kernelSize: sizes(dimensions, 1),
    outputSize: orNull(sizes(dimensions, 1)).or(null),
    outputRatio: orNull(ratios(dimensions)).or(null),
    returnIndices: flag.or(isIndexed),
    _randomSamples: orNull(tensorKind).or(null),
  };
  const name = `fractionalMaxPool${dimensions}d${isIndexed ? 'WithIndices' : ''}`;
  return callable(name, args, ({ input, returnIndices, ...pooling }) => {
    const results = fractionalMaxPool(dimensions, input, pooling as FractionalMaxPooling);
    return isIndexed || returnIndices ? results : results[0];
  });
}

/**
 * Largest elements of windows that begin at random (Graham, 2014): `(N, C, H, W)`, or `(C, H, W)`. Options by name,
 * or in the order `outputSize, outputRatio, returnIndices`. Mirrors `torch.nn.functional.fractional_max_pool2d`.
 *
 * @example
 * nn.functional.fractionalMaxPool2d(torch.zeros(1, 6, 9, 7), 2, [5, 3]).shape; // → [ 1, 6, 5, 3 ]
 * nn.functional.fractionalMaxPool2d(torch.zeros(1, 6, 9, 7), 2, { outputRatio: 0.5 }).shape; // → [ 1, 6, 4, 3 ]
 */
export const fractionalMaxPool2d = pool<FractionalMaxPoolFunction<2>>(2, false);
/**
 * As {@link fractionalMaxPool2d}, of `(N, C, D, H, W)`, or `(C, D, H, W)`. Mirrors
 * `torch.nn.functional.fractional_max_pool3d`.
 *
 * @example
 * nn.functional.fractionalMaxPool3d(torch.zeros(6, 9, 7, 8), 2, { outputSize: 3 }).shape; // → [ 6, 3, 3, 3 ]
 */
export const fractionalMaxPool3d = pool<FractionalMaxPoolFunction<3>>(3, false);
/**
 * {@link fractionalMaxPool2d} and the elements' places. Mirrors
 * `torch.nn.functional.fractional_max_pool2d_with_indices`.
 *
 * Shape: `(N, C, H, W)` → two of `(N, C, ...outputSize)`.
 *
 * @example
 * const [x, outputSize] = [torch.tensor([[[1, 2], [9, 4]]]), 1];
 * nn.functional.fractionalMaxPool2dWithIndices(x, 2, { outputSize }); // → [ tensor([[[9.]]]), tensor([[[2]]]) ]
 */
export const fractionalMaxPool2dWithIndices = pool<FractionalMaxPoolWithIndices<2>>(2, true);
/**
 * {@link fractionalMaxPool3d} and the elements' places. Mirrors
 * `torch.nn.functional.fractional_max_pool3d_with_indices`.
 *
 * Shape: `(N, C, D, H, W)` → two of `(N, C, ...outputSize)`.
 *
 * @example
 * const x = torch.arange(27).reshape(1, 3, 3, 3).float();
 * nn.functional.fractionalMaxPool3dWithIndices(x, 2, 1); // → [ tensor([[[[26.]]]]), tensor([[[[26]]]]) ]
 */
export const fractionalMaxPool3dWithIndices = pool<FractionalMaxPoolWithIndices<3>>(3, true);
