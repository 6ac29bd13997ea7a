import { flag } from '../../argument/kind.js';
import {
  type Dimensions,
  type Each,
  type Sizes,
  sizes,
  sizesOrNull,
} from '../../argument/sizes.js';
import { bind } from '../../native/ops.js';
import type { Tensor } from '../../tensor/index.js';
import { tensorKind } from '../../tensor/kinds.js';
import { callable } from './call.js';

/** Sizes of an output, `null` for the input's own. */
export type OutputSize<D extends Dimensions> = D extends 1
  ? Sizes<1>
  : number | Each<D, number | null>;

type Given = number | readonly (number | null)[];
type Pool<Result> = (input: Tensor, outputSize: number | readonly number[]) => Result;

const avgOps: Readonly<Record<Dimensions, Pool<Tensor>>> = {
  1: bind('adaptive_avg_pool1d'),
  2: bind('adaptive_avg_pool2d'),
  3: bind('adaptive_avg_pool3d'),
};

const maxOps: Readonly<Record<Dimensions, Pool<[Tensor, Tensor]>>> = {
  1: bind('adaptive_max_pool1d'),
  2: bind('adaptive_max_pool2d'),
  3: bind('adaptive_max_pool3d'),
};

function filled(outputSize: Given, input: Tensor): number | readonly number[] {
  const { shape } = tensorKind.read('adaptive pooling: input', input);
  if (typeof outputSize === 'number') return outputSize;
  const own = shape.slice(-outputSize.length);
  return outputSize.map((size, i) => size ?? own[i]!);
}

/** @internal */
export const adaptiveAvgPool = (dimensions: Dimensions, input: Tensor, outputSize: Given): Tensor =>
  avgOps[dimensions](input, filled(outputSize, input));

/** @internal */
export const adaptiveMaxPool = (
  dimensions: Dimensions,
  input: Tensor,
  outputSize: Given,
): [Tensor, Tensor] => maxOps[dimensions](input, filled(outputSize, input));

/** What is taken as sizes of an output. @internal */
const outputSizeKind = <D extends Dimensions>(dimensions: D) =>
  dimensions === 1 ? sizes(1, 0) : sizesOrNull(dimensions);

const spec = (dimensions: Dimensions) => ({
  input: tensorKind,
  outputSize: outputSizeKind(dimensions),
});

const avgPool = <D extends Dimensions>(
  dimensions: D,
): ((input: Tensor, outputSize: OutputSize<D>) => Tensor) =>
  callable(`adaptiveAvgPool${dimensions}d`, spec(dimensions), ({ input, outputSize }) =>
    adaptiveAvgPool(dimensions, input, outputSize),
  );

/**
 * Means of as many windows as asked for: `(N, C, L)` → `(N, C, outputSize)`. Mirrors
 * `torch.nn.functional.adaptive_avg_pool1d`.
 *
 * @example
 * nn.functional.adaptiveAvgPool1d(torch.tensor([[1, 2, 3, 4, 5]]), 2); // → tensor([[2., 4.]])
 */
export const adaptiveAvgPool1d = avgPool(1);
/**
 * Means of as many windows as asked for: `(N, C, H, W)` → `(N, C, ...outputSize)`. Mirrors
 * `torch.nn.functional.adaptive_avg_pool2d`.
 *
 * @example
 * nn.functional.adaptiveAvgPool2d(torch.tensor([[[1, 2], [3, 4]]]), [1, null]); // → tensor([[[2., 3.]]])
 */
export const adaptiveAvgPool2d = avgPool(2);
/**
 * Means of as many windows as asked for: `(N, C, D, H, W)` → `(N, C, ...outputSize)`. Mirrors
 * `torch.nn.functional.adaptive_avg_pool3d`.
 *
 * @example
 * nn.functional.adaptiveAvgPool3d(torch.zeros(1, 6, 5, 9, 7), [1, 2, null]).shape; // → [ 1, 6, 1, 2, 7 ]
 */
export const adaptiveAvgPool3d = avgPool(3);

/** Largest elements of as many windows as asked for. */
export interface AdaptiveMaxPoolFunction<D extends Dimensions> {
  (
    input: Tensor,
    outputSize: OutputSize<D>,
    returnIndices: true | { returnIndices: true },
  ): [Tensor, Tensor];
  (
    input: Tensor,
    outputSize: OutputSize<D>,
    returnIndices?: false | { returnIndices?: false },
  ): Tensor;
}

/** Largest elements and their places, whatever `returnIndices` says. */
export type AdaptiveMaxPoolWithIndices<D extends Dimensions> = (
  input: Tensor,
  outputSize: OutputSize<D>,
  returnIndices?: boolean | { returnIndices?: boolean },
) => [Tensor, Tensor];

function maxPool<F extends (...given: never[]) => unknown>(
  dimensions: Dimensions,
  isIndexed: boolean,
): F {
  const args = { ...spec(dimensions), returnIndices: flag.or(isIndexed) };
  const name = `adaptiveMaxPool${dimensions}d${isIndexed ? 'WithIndices' : ''}`;
  return callable(name, args, ({ input, outputSize, returnIndices }) => {
    const results = adaptiveMaxPool(dimensions, input, outputSize);
    return isIndexed || returnIndices ? results : results[0];
  });
}

/**
 * Largest elements of as many windows as asked for: `(N, C, L)` → `(N, C, outputSize)`. Mirrors
 * `torch.nn.functional.adaptive_max_pool1d`.
 *
 * @example
 * nn.functional.adaptiveMaxPool1d(torch.tensor([[1, 5, 3, 2, 4]]), 2); // → tensor([[5., 4.]])
 */
export const adaptiveMaxPool1d = maxPool<AdaptiveMaxPoolFunction<1>>(1, false);
/**
 * Largest elements of as many windows as asked for: `(N, C, H, W)` → `(N, C, ...outputSize)`. Mirrors
 * `torch.nn.functional.adaptive_max_pool2d`.
 *
 * @example
 * nn.functional.adaptiveMaxPool2d(torch.tensor([[[1, 9], [3, 4]]]), [null, 1]); // → tensor([[[9.], [4.]]])
 */
export const adaptiveMaxPool2d = maxPool<AdaptiveMaxPoolFunction<2>>(2, false);
/**
 * Largest elements of as many windows as asked for: `(N, C, D, H, W)` → `(N, C, ...outputSize)`. Mirrors
 * `torch.nn.functional.adaptive_max_pool3d`.
 *
 * @example
 * nn.functional.adaptiveMaxPool3d(torch.zeros(1, 6, 5, 9, 7), 2).shape; // → [ 1, 6, 2, 2, 2 ]
 */
export const adaptiveMaxPool3d = maxPool<AdaptiveMaxPoolFunction<3>>(3, false);

/**
 * {@link adaptiveMaxPool1d} and the elements' places. Mirrors `torch.nn.functional.adaptive_max_pool1d_with_indices`.
 *
 * Shape: `(N, C, L)` → two of `(N, C, outputSize)`.
 *
 * @example
 * nn.functional.adaptiveMaxPool1dWithIndices(torch.tensor([[1, 5, 3]]), 1); // → [ tensor([[5.]]), tensor([[1]]) ]
 */
export const adaptiveMaxPool1dWithIndices = maxPool<AdaptiveMaxPoolWithIndices<1>>(1, true);
/**
 * {@link adaptiveMaxPool2d} and the elements' places. Mirrors `torch.nn.functional.adaptive_max_pool2d_with_indices`.
 *
 * Shape: `(N, C, H, W)` → two of `(N, C, ...outputSize)`.
 *
 * @example
 * const x = torch.tensor([[[1, 9], [3, 4]]]);
 * nn.functional.adaptiveMaxPool2dWithIndices(x, [2, 1]); // → [ tensor([[[9.], [4.]]]), tensor([[[1], [3]]]) ]
 */
export const adaptiveMaxPool2dWithIndices = maxPool<AdaptiveMaxPoolWithIndices<2>>(2, true);
/**
 * {@link adaptiveMaxPool3d} and the elements' places. Mirrors `torch.nn.functional.adaptive_max_pool3d_with_indices`.
 *
 * Shape: `(N, C, D, H, W)` → two of `(N, C, ...outputSize)`.
 *
 * @example
 * const x = torch.arange(8).reshape(1, 2, 2, 2).float();
 * nn.functional.adaptiveMaxPool3dWithIndices(x, 1); // → [ tensor([[[[7.]]]]), tensor([[[[7]]]]) ]
 */
export const adaptiveMaxPool3dWithIndices = maxPool<AdaptiveMaxPoolWithIndices<3>>(3, true);
