import { flag, number, orNull } from '../../argument/kind.js';
import { type Dimensions, pointsOf, type Sizes, sizes } from '../../argument/sizes.js';
import { getDefaultDtype } from '../../context/defaultDtype.js';
import { invalidArgument } from '../../error.js';
import { bind } from '../../native/ops.js';
import type { Tensor } from '../../tensor/index.js';
import { tensorKind } from '../../tensor/kinds.js';
import { bindFunction } from '../../tensor/method.js';
import { callable } from './call.js';

/** A step that is the window's size where it is left out. */
type Stride<D extends Dimensions> = Sizes<D> | null | undefined;
interface ByName<D extends Dimensions> {
  /** Step in pixels. Default: `kernelSize`. */
  stride?: Stride<D>;
}
type Indexed = { returnIndices: true };

/** Options of {@link maxPool1d}, {@link maxPool2d} and {@link maxPool3d}. */
export interface MaxPoolFunctionOptions<D extends Dimensions> {
  /** −∞ around the image in pixels, at most half the kernel. Default 0. */
  padding?: Sizes<D>;
  /** Distance in pixels between the window's points. Default 1. */
  dilation?: Sizes<D>;
  /** Whether a window may reach beyond the edge. Default false. */
  ceilMode?: boolean;
  /** Whether each element's place in its plane is returned too, as `maxUnpool` takes it. Default false. */
  returnIndices?: boolean;
}

/** Largest elements: options by name, or in the order `padding, dilation, ceilMode, returnIndices`. */
export interface MaxPoolFunction<D extends Dimensions> {
  (
    input: Tensor,
    kernelSize: Sizes<D>,
    options: MaxPoolFunctionOptions<D> & ByName<D> & Indexed,
  ): [Tensor, Tensor];
  (
    input: Tensor,
    kernelSize: Sizes<D>,
    stride: Stride<D>,
    options: MaxPoolFunctionOptions<D> & Indexed,
  ): [Tensor, Tensor];
  (
    input: Tensor,
    kernelSize: Sizes<D>,
    stride: Stride<D>,
    padding: Sizes<D>,
    dilation: Sizes<D>,
    ceilMode: boolean,
    returnIndices: true,
  ): [Tensor, Tensor];
  (input: Tensor, kernelSize: Sizes<D>, options?: MaxPoolFunctionOptions<D> & ByName<D>): Tensor;
  (
    input: Tensor,
    kernelSize: Sizes<D>,
    stride?: Stride<D>,
    options?: MaxPoolFunctionOptions<D>,
  ): Tensor;
  (
    input: Tensor,
    kernelSize: Sizes<D>,
    stride: Stride<D>,
    padding: Sizes<D>,
    dilation?: Sizes<D>,
    ceilMode?: boolean,
    returnIndices?: false,
  ): Tensor;
}

/** Largest elements and their places, whatever `returnIndices` says. */
export interface MaxPoolWithIndices<D extends Dimensions> {
  (
    input: Tensor,
    kernelSize: Sizes<D>,
    options?: MaxPoolFunctionOptions<D> & ByName<D>,
  ): [Tensor, Tensor];
  (
    input: Tensor,
    kernelSize: Sizes<D>,
    stride?: Stride<D>,
    options?: MaxPoolFunctionOptions<D>,
  ): [Tensor, Tensor];
  (
    input: Tensor,
    kernelSize: Sizes<D>,
    stride: Stride<D>,
    padding: Sizes<D>,
    dilation?: Sizes<D>,
    ceilMode?: boolean,
    returnIndices?: boolean,
  ): [Tensor, Tensor];
}

type Window = number | readonly number[];
type MaxPool<Result> = (
  input: Tensor,
  kernelSize: Window,
  stride: Window,
  padding: Window,
  dilation: Window,
  ceilMode: boolean,
) => Result;

/** @internal */
export const maxPoolOps: Readonly<Record<Dimensions, MaxPool<Tensor>>> = {
  1: bind('max_pool1d'),
  2: bind('max_pool2d'),
  3: bind('max_pool3d'),
};

/** @internal */
export const indexedMaxPoolOps: Readonly<Record<Dimensions, MaxPool<[Tensor, Tensor]>>> = {
  1: bind('max_pool1d_with_indices'),
  2: bind('max_pool2d_with_indices'),
  3: bind('max_pool3d_with_indices'),
};

const windowSpec = <D extends Dimensions>(dimensions: D) => ({
  input: tensorKind,
  kernelSize: sizes(dimensions, 1),
  stride: orNull(sizes(dimensions, 1)).or(null),
});

function maxPool<D extends Dimensions>(name: string, dimensions: D, isIndexed = false): unknown {
  const args = {
    ...windowSpec(dimensions as Dimensions),
    padding: sizes(dimensions as Dimensions, 0).or(0),
    dilation: sizes(dimensions as Dimensions, 1).or(1),
    ceilMode: flag.or(false),
    returnIndices: flag.or(isIndexed),
  };
  const [plain, indexed] = [maxPoolOps[dimensions], indexedMaxPoolOps[dimensions]];
  return callable(name, args, (values) => {
    const { input, kernelSize, stride, padding, dilation, ceilMode, returnIndices } = values;
    const pool = isIndexed || returnIndices ? indexed : plain;
    return pool(input, kernelSize, stride ?? [], padding, dilation, ceilMode);
  });
}

/**
 * Largest element of each window of `(N, C, L)`, or `(C, L)`. Mirrors `torch.nn.functional.max_pool1d`.
 *
 * Shape: `(N, C, L)` or `(C, L)` → sizes `⌊(size + 2·padding − dilation·(kernelSize − 1) − 1) / stride⌋ + 1`.
 *
 * @param stride - Default: `kernelSize`.
 * @example
 * nn.functional.maxPool1d(torch.tensor([[1, 5, 3, 2, 9]]), 2); // → tensor([[5., 3.]])
 * nn.functional.maxPool1d(torch.tensor([[1, 5, 3, 2, 9]]), 2, { stride: 1 }); // → tensor([[5., 5., 3., 9.]])
 */
export const maxPool1d = maxPool('maxPool1d', 1) as MaxPoolFunction<1>;

/**
 * Largest element of each window. Options by name, or in the order `padding, dilation, ceilMode, returnIndices`.
 * Mirrors `torch.nn.functional.max_pool2d`.
 *
 * Shape: `(N, C, H, W)` or `(C, H, W)` → sizes `⌊(size + 2·padding − dilation·(kernelSize − 1) − 1) / stride⌋ + 1`.
 *
 * @param stride - Default: `kernelSize`.
 * @example
 * nn.functional.maxPool2d(torch.tensor([[[1, 2, 3], [4, 5, 6]]]), 2, 1); // → tensor([[[5., 6.]]])
 * nn.functional.maxPool2d(torch.zeros(1, 6, 9, 9), 2, { ceilMode: true }).shape; // → [ 1, 6, 5, 5 ]
 */
export const maxPool2d = maxPool('maxPool2d', 2) as MaxPoolFunction<2>;

/**
 * Largest element of each window of `(N, C, D, H, W)`, or `(C, D, H, W)`. Mirrors `torch.nn.functional.max_pool3d`.
 *
 * Shape: `(N, C, D, H, W)` or `(C, D, H, W)` → sizes `⌊(size + 2·padding − dilation·(kernelSize − 1) − 1) / stride⌋ +
 * 1`.
 *
 * @param stride - Default: `kernelSize`.
 * @example
 * nn.functional.maxPool3d(torch.zeros(1, 6, 8, 8, 9), 3, 2, 1).shape; // → [ 1, 6, 4, 4, 5 ]
 */
export const maxPool3d = maxPool('maxPool3d', 3) as MaxPoolFunction<3>;

/**
 * {@link maxPool1d} and the elements' places. Mirrors `torch.nn.functional.max_pool1d_with_indices`.
 *
 * Shape: `(N, C, L)` or `(C, L)` → two as {@link maxPool1d} has them.
 *
 * @example
 * nn.functional.maxPool1dWithIndices(torch.tensor([[1, 5, 3, 2]]), 2); // → [ tensor([[5., 3.]]), tensor([[1, 2]]) ]
 */
export const maxPool1dWithIndices = maxPool(
  'maxPool1dWithIndices',
  1,
  true,
) as MaxPoolWithIndices<1>;
/**
 * {@link maxPool2d} and the elements' places. Mirrors `torch.nn.functional.max_pool2d_with_indices`.
 *
 * Shape: `(N, C, H, W)` or `(C, H, W)` → two as {@link maxPool2d} has them.
 *
 * @example
 * nn.functional.maxPool2dWithIndices(torch.tensor([[[1, 5], [6, 0]]]), 2); // → [ tensor([[[6.]]]), tensor([[[2]]]) ]
 */
export const maxPool2dWithIndices = maxPool(
  'maxPool2dWithIndices',
  2,
  true,
) as MaxPoolWithIndices<2>;
/**
 * {@link maxPool3d} and the elements' places. Mirrors `torch.nn.functional.max_pool3d_with_indices`.
 *
 * Shape: `(N, C, D, H, W)` or `(C, D, H, W)` → two as {@link maxPool3d} has them.
 *
 * @example
 * const [maxima, indices] = nn.functional.maxPool3dWithIndices(torch.zeros(6, 8, 8, 9), 2);
 * [maxima.shape, indices.dtype]; // → [ [ 6, 4, 4, 4 ], 'int64' ]
 */
export const maxPool3dWithIndices = maxPool(
  'maxPool3dWithIndices',
  3,
  true,
) as MaxPoolWithIndices<3>;

interface Stepped<D extends Dimensions> {
  /** Step in pixels. Default: `kernelSize`. */
  stride?: Sizes<D>;
}

/** Options of {@link avgPool1d}. */
export interface AvgPool1dFunctionOptions<D extends Dimensions = 1> {
  /** Zeros around the image in pixels, at most half the kernel. Default 0. */
  padding?: Sizes<D>;
  /** Whether a window may reach beyond the edge. Default false. */
  ceilMode?: boolean;
  /** Whether those zeros count in the mean. Default true. */
  countIncludePad?: boolean;
}

/** Options of {@link avgPool2d} and {@link avgPool3d}. */
export interface AvgPoolFunctionOptions<D extends Dimensions> extends AvgPool1dFunctionOptions<D> {
  /** What sums are divided by. Default: the window's size. */
  divisorOverride?: number | null;
}

/** Means: options by name, or in the order `padding, ceilMode, countIncludePad, divisorOverride`. */
export interface AvgPoolFunction<D extends Dimensions> {
  (input: Tensor, kernelSize: Sizes<D>, options?: AvgPoolFunctionOptions<D> & Stepped<D>): Tensor;
  (
    input: Tensor,
    kernelSize: Sizes<D>,
    stride?: Sizes<D>,
    options?: AvgPoolFunctionOptions<D>,
  ): Tensor;
  (
    input: Tensor,
    kernelSize: Sizes<D>,
    stride: Sizes<D>,
    padding: Sizes<D>,
    ceilMode?: boolean,
    countIncludePad?: boolean,
    divisorOverride?: number | null,
  ): Tensor;
}

/**
 * Mean of each window of `(N, C, L)`, or `(C, L)`. Mirrors `torch.nn.functional.avg_pool1d`.
 *
 * Shape: `(N, C, L)` or `(C, L)` → sizes `⌊(size + 2·padding − kernelSize) / stride⌋ + 1`.
 *
 * @param stride - Default: `kernelSize`.
 * @example
 * nn.functional.avgPool1d(torch.tensor([[3, 3, 3]]), 3, { stride: 1, padding: 1 }); // → tensor([[2., 3., 2.]])
 * nn.functional.avgPool1d(torch.tensor([[3, 3, 3]]), 3, 1, 1, false, false); // → tensor([[3., 3., 3.]])
 */
export const avgPool1d = bindFunction<{
  (input: Tensor, kernelSize: Sizes<1>, options?: AvgPool1dFunctionOptions & Stepped<1>): Tensor;
  (
    input: Tensor,
    kernelSize: Sizes<1>,
    stride?: Sizes<1>,
    options?: AvgPool1dFunctionOptions,
  ): Tensor;
  (
    input: Tensor,
    kernelSize: Sizes<1>,
    stride: Sizes<1>,
    padding: Sizes<1>,
    ceilMode?: boolean,
    countIncludePad?: boolean,
  ): Tensor;
}>('avg_pool1d');

/**
 * Mean of each window. Options by name, or in the order `padding, ceilMode, countIncludePad, divisorOverride`.
 * Mirrors `torch.nn.functional.avg_pool2d`.
 *
 * Shape: `(N, C, H, W)` or `(C, H, W)` → sizes `⌊(size + 2·padding − kernelSize) / stride⌋ + 1`.
 *
 * @param stride - Default: `kernelSize`.
 * @example
 * nn.functional.avgPool2d(torch.tensor([[[1, 2], [3, 6]]]), 2); // → tensor([[[3.]]])
 * nn.functional.avgPool2d(torch.tensor([[[1, 2], [3, 6]]]), 2, { divisorOverride: 1 }); // → tensor([[[12.]]])
 */
export const avgPool2d = bindFunction<AvgPoolFunction<2>>('avg_pool2d');

/**
 * Mean of each window of `(N, C, D, H, W)`, or `(C, D, H, W)`. Mirrors `torch.nn.functional.avg_pool3d`.
 *
 * Shape: `(N, C, D, H, W)` or `(C, D, H, W)` → sizes `⌊(size + 2·padding − kernelSize) / stride⌋ + 1`.
 *
 * @param stride - Default: `kernelSize`.
 * @example
 * nn.functional.avgPool3d(torch.zeros(1, 6, 8, 8, 9), [2, 2, 3]).shape; // → [ 1, 6, 4, 4, 3 ]
 */
export const avgPool3d = bindFunction<AvgPoolFunction<3>>('avg_pool3d');

type AvgPool = (input: Tensor, ...settings: unknown[]) => Tensor;

/** @internal */
export const avgPools = { 1: avgPool1d, 2: avgPool2d, 3: avgPool3d } as unknown as Readonly<
  Record<Dimensions, AvgPool>
>;

const sign = bind<(input: Tensor) => Tensor>('sign');

const lpSpec = <D extends Dimensions>(dimensions: D) => {
  const { input, ...window } = windowSpec(dimensions);
  return { input, normType: number(), ...window, ceilMode: flag.or(false) };
};

/** The same for any number of dimensions. @internal */
export function lpPool(
  dimensions: Dimensions,
  input: Tensor,
  normType: number,
  kernelSize: Sizes<Dimensions>,
  stride: Sizes<Dimensions> | null,
  ceilMode: boolean,
): Tensor {
  tensorKind.read(`lpPool${dimensions}d: input`, input);
  if (normType === 0) throw invalidArgument(`lpPool${dimensions}d: normType: expected no 0`);
  const means = avgPools[dimensions](input.pow(normType), kernelSize, stride ?? [], 0, ceilMode);
  const sums = sign(means).mul(means.abs().relu()).mul(pointsOf(kernelSize, dimensions));
  // In Python the power is a float even where it is 1.
  const floats = /float|complex/.test(sums.dtype) ? sums : sums.to(getDefaultDtype());
  return floats.pow(1 / normType);
}

interface LPPoolFunctionOptions {
  /** Whether a window may reach beyond the edge. Default false. */
  ceilMode?: boolean;
}

/** The norm of each window's elements: options by name, or `stride, ceilMode`. */
export interface LPPoolFunction<D extends Dimensions> {
  (
    input: Tensor,
    normType: number,
    kernelSize: Sizes<D>,
    options?: LPPoolFunctionOptions & ByName<D>,
  ): Tensor;
  (
    input: Tensor,
    normType: number,
    kernelSize: Sizes<D>,
    stride?: Stride<D>,
    options?: LPPoolFunctionOptions,
  ): Tensor;
  (
    input: Tensor,
    normType: number,
    kernelSize: Sizes<D>,
    stride: Stride<D>,
    ceilMode: boolean,
  ): Tensor;
}

const lpPoolFunction = <D extends Dimensions>(name: string, dimensions: D): LPPoolFunction<D> =>
  callable(
    name,
    lpSpec<Dimensions>(dimensions),
    ({ input, normType, kernelSize, stride, ceilMode }) =>
      lpPool(dimensions, input, normType, kernelSize, stride, ceilMode),
  );

/**
 * `(Σ xᵖ)^(1/p)` of each window of `(N, C, L)`, p = `normType`. Mirrors `torch.nn.functional.lp_pool1d`.
 *
 * Shape: `(N, C, L)` or `(C, L)` → sizes `⌊(size − kernelSize) / stride⌋ + 1`.
 *
 * @param stride - Default: `kernelSize`.
 * @example
 * nn.functional.lpPool1d(torch.tensor([[3, 4, 6, 8]]), 2, 2); // → tensor([[ 5., 10.]])
 */
export const lpPool1d = lpPoolFunction('lpPool1d', 1);
/**
 * `(Σ xᵖ)^(1/p)` of each window of `(N, C, H, W)`, p = `normType`. Mirrors `torch.nn.functional.lp_pool2d`.
 *
 * Shape: `(N, C, H, W)` or `(C, H, W)` → sizes `⌊(size − kernelSize) / stride⌋ + 1`.
 *
 * @param stride - Default: `kernelSize`.
 * @example
 * nn.functional.lpPool2d(torch.tensor([[[1, 2], [3, 4]]]), 1, [1, 2]); // → tensor([[[3.], [7.]]])
 */
export const lpPool2d = lpPoolFunction('lpPool2d', 2);
/**
 * `(Σ xᵖ)^(1/p)` of each window of `(N, C, D, H, W)`, p = `normType`. Mirrors `torch.nn.functional.lp_pool3d`.
 *
 * Shape: `(N, C, D, H, W)` or `(C, D, H, W)` → sizes `⌊(size − kernelSize) / stride⌋ + 1`.
 *
 * @param stride - Default: `kernelSize`.
 * @example
 * nn.functional.lpPool3d(torch.ones(1, 1, 4, 5, 6), 2, 2, { stride: 1 }).shape; // → [ 1, 1, 3, 4, 5 ]
 */
export const lpPool3d = lpPoolFunction('lpPool3d', 3);
