import { describe } from '../../argument/describe.js';
import { Kind, orNull } from '../../argument/kind.js';
import { type Dimensions, type Sizes, sizes } from '../../argument/sizes.js';
import { invalidArgument } from '../../error.js';
import { bind } from '../../native/ops.js';
import type { Tensor } from '../../tensor/index.js';
import { tensorKind } from '../../tensor/kinds.js';
import { callable } from './call.js';

type Numbers = readonly number[];

const unpool2d =
  bind<(input: Tensor, indices: Tensor, outputSize: Numbers) => Tensor>('max_unpool2d');
const unpool3d =
  bind<
    (
      input: Tensor,
      indices: Tensor,
      outputSize: Numbers,
      stride: Numbers,
      padding: Numbers,
    ) => Tensor
  >('max_unpool3d');

/** Sizes of an output, as a forward pass takes them: by position or by name. */
export type OutputSizeGiven = Numbers | null | { outputSize?: Numbers | null };

/** A list of sizes; N and C may stand before them. */
export const outputSizes: Kind<Numbers> = new Kind('a list of sizes', (given) =>
  Array.isArray(given) && given.every(Number.isSafeInteger) ? given : undefined,
);

/** @internal */
export interface Unpooling {
  readonly kernelSize: Numbers;
  readonly stride: Numbers;
  readonly padding: Numbers;
}

// What was rounded away when it was pooled is open by less than a stride.
function sizeOf(name: string, given: Numbers | null, input: Tensor, pooling: Unpooling): Numbers {
  const { kernelSize, stride, padding } = pooling;
  const count = kernelSize.length;
  const own = tensorKind.read(`${name}: input`, input).shape.slice(-count);
  const size = kernelSize.map((k, i) => ((own[i] ?? 0) - 1) * stride[i]! + k - 2 * padding[i]!);
  if (given === null) return size;
  const wanted = given.length === count + 2 ? given.slice(2) : given;
  const fits = (each: number, i: number): boolean => Math.abs(each - size[i]!) < stride[i]!;
  if (wanted.length === count && wanted.every(fits)) return wanted;
  throw invalidArgument(
    `${name}: outputSize: expected about [${size.join(', ')}], less than a stride of [${stride.join(', ')}] away, ` +
      `got ${describe(given)}`,
  );
}

/** @internal */
export function maxUnpool(
  name: string,
  input: Tensor,
  indices: Tensor,
  pooling: Unpooling,
  outputSize: Numbers | null,
): Tensor {
  const size = sizeOf(name, outputSize, input, pooling);
  tensorKind.read(`${name}: indices`, indices);
  switch (size.length) {
    case 1:
      return unpool2d(input.unsqueeze(-1), indices.unsqueeze(-1), [...size, 1]).squeeze(-1);
    case 2:
      return unpool2d(input, indices, size);
    default:
      return unpool3d(input, indices, size, pooling.stride, pooling.padding);
  }
}

interface ByName<D extends Dimensions> {
  /** Step in pixels. Default: `kernelSize`. */
  stride?: Sizes<D>;
}

/** Options of {@link maxUnpool1d}, {@link maxUnpool2d} and {@link maxUnpool3d}. */
export interface MaxUnpoolFunctionOptions<D extends Dimensions> {
  /** What the pooling had around the image. Default 0. */
  padding?: Sizes<D>;
  /** Sizes of the output, with or without N and C. Default: the least that lead to the input's. */
  outputSize?: Numbers | null;
}

/** Puts elements back: options by name, or in the order `stride, padding, outputSize`. */
export interface MaxUnpoolFunction<D extends Dimensions> {
  (
    input: Tensor,
    indices: Tensor,
    kernelSize: Sizes<D>,
    options?: MaxUnpoolFunctionOptions<D> & ByName<D>,
  ): Tensor;
  (
    input: Tensor,
    indices: Tensor,
    kernelSize: Sizes<D>,
    stride?: Sizes<D>,
    options?: MaxUnpoolFunctionOptions<D>,
  ): Tensor;
  (
    input: Tensor,
    indices: Tensor,
    kernelSize: Sizes<D>,
    stride: Sizes<D>,
    padding: Sizes<D>,
    outputSize?: Numbers | null,
  ): Tensor;
}

function unpool<D extends Dimensions>(dimensions: D): MaxUnpoolFunction<D> {
  const name = `maxUnpool${dimensions}d`;
  const args = {
    input: tensorKind,
    indices: tensorKind,
    kernelSize: sizes<Dimensions>(dimensions, 1),
    stride: sizes<Dimensions>(dimensions, 1).orLike('kernelSize'),
    padding: sizes<Dimensions>(dimensions, 0).or(0),
    outputSize: orNull(outputSizes).or(null),
  };
  return callable(name, args, ({ input, indices, outputSize, ...pooling }) =>
    maxUnpool(name, input, indices, pooling, outputSize),
  );
}

/**
 * Puts what `maxPool1d` found back to its place, zeros elsewhere. Mirrors `torch.nn.functional.max_unpool1d`.
 *
 * Shape: `(N, C, L)` or `(C, L)`, the indices likewise → sizes of `outputSize`, by default `(size − 1)·stride −
 * 2·padding + kernelSize`.
 *
 * @param stride - Default: `kernelSize`.
 * @example
 * const [maxima, indices] = nn.functional.maxPool1dWithIndices(torch.tensor([[1, 5, 3, 2]]), 2);
 * nn.functional.maxUnpool1d(maxima, indices, 2); // → tensor([[0., 5., 3., 0.]])
 */
export const maxUnpool1d = unpool(1);
/**
 * Puts what `maxPool2d` found back to its place, zeros elsewhere. Mirrors `torch.nn.functional.max_unpool2d`.
 *
 * Shape: `(N, C, H, W)` or `(C, H, W)`, the indices likewise → sizes of `outputSize`, by default `(size − 1)·stride −
 * 2·padding + kernelSize`.
 *
 * @param stride - Default: `kernelSize`.
 * @example
 * const x = torch.tensor([[[1, 5], [6, 0]]]);
 * const [maxima, indices] = nn.functional.maxPool2dWithIndices(x, [1, 2]);
 * nn.functional.maxUnpool2d(maxima, indices, [1, 2]); // → tensor([[[0., 5.], [6., 0.]]])
 */
export const maxUnpool2d = unpool(2);
/**
 * Puts what `maxPool3d` found back to its place, zeros elsewhere. Mirrors `torch.nn.functional.max_unpool3d`.
 *
 * Shape: `(N, C, D, H, W)` or `(C, D, H, W)`, the indices likewise → sizes of `outputSize`, by default `(size −
 * 1)·stride − 2·padding + kernelSize`.
 *
 * @param stride - Default: `kernelSize`.
 * @example
 * const [maxima, indices] = nn.functional.maxPool3dWithIndices(torch.zeros(1, 8, 8, 9), 2);
 * nn.functional.maxUnpool3d(maxima, indices, 2).shape; // → [ 1, 8, 8, 8 ]
 * nn.functional.maxUnpool3d(maxima, indices, 2, { outputSize: [8, 8, 9] }).shape; // → [ 1, 8, 8, 9 ]
 */
export const maxUnpool3d = unpool(3);
