import { describe } from '../../argument/describe.js';
import { isPlain } from '../../argument/options.js';
import { invalidArgument } from '../../error.js';
import type { Tensor } from '../../tensor/index.js';
import { bindFunction } from '../../tensor/method.js';

interface Spaced {
  /** From one element to the next. Default 1. */
  dx?: number;
}
interface Along {
  /** Default −1, the last. */
  dim?: number;
}
interface Integral {
  (y: Tensor, options?: Spaced & Along): Tensor;
  (y: Tensor, x: Tensor, options?: Along): Tensor;
}

/**
 * Integral along a dimension by the trapezoidal rule.
 * @param x - Places. Default: `dx` apart.
 *
 * @example
 * torch.trapezoid(torch.tensor([1, 2, 3])); // → tensor(4.)
 * torch.trapezoid(torch.tensor([1, 2, 3]), torch.tensor([0, 1, 3])); // → tensor(6.5000)
 */
export const trapezoid = bindFunction<Integral>('trapezoid.dx', 'trapezoid.x');
/**
 * As {@link trapezoid}.
 *
 * @example
 * torch.trapz(torch.tensor([1, 2, 3]), { dx: 2 }); // → tensor(8.)
 */
export const trapz = bindFunction<Integral>('trapz.dx', 'trapz.x');
/**
 * {@link trapezoid} up to each element but the first.
 *
 * @example
 * torch.cumulativeTrapezoid(torch.tensor([1, 3, 5])); // → tensor([2., 6.])
 */
export const cumulativeTrapezoid = bindFunction<Integral>(
  'cumulative_trapezoid.dx',
  'cumulative_trapezoid.x',
);

type Spacing = number | readonly number[] | readonly Tensor[];
interface Edges {
  /** 1 or 2: how exact it is at the ends. Default 1. */
  edgeOrder?: number;
}

interface Gradient {
  (
    input: Tensor,
    options?: {
      /** One for all dimensions, one for each, or the places of each. Default 1. */
      spacing?: Spacing;
      /** Default null: all. */
      dim?: number | null;
    } & Edges,
  ): Tensor[];
  (input: Tensor, options: { dim: readonly number[] } & Edges): Tensor[];
  (input: Tensor, options: { spacing: Spacing; dim: readonly number[] } & Edges): Tensor[];
}

/**
 * Slope along dimensions, by central differences: a tensor for each.
 *
 * @example
 * torch.gradient(torch.tensor([1, 4, 9, 16])); // → [ tensor([3., 4., 6., 7.]) ]
 * torch.gradient(torch.tensor([1, 4, 9, 16]), { spacing: 2 }); // → [ tensor([1.5000, 2.0000, 3.0000, 3.5000]) ]
 */
export const gradient = bindFunction<Gradient>(
  'gradient.scalarint',
  'gradient.scalararray',
  'gradient.array',
  'gradient.scalarrayint',
  'gradient.scalarrayarray',
  'gradient.tensorarrayint',
  'gradient.tensorarray',
);

/**
 * Powers of the elements of a vector, a row for each.
 * @param N - Columns. Default: as many as rows.
 * @param increasing - Whether powers rise from left to right. Default false.
 *
 * @example
 * torch.vander(torch.tensor([2, 3]), { N: 3 }); // → tensor([[4., 2., 1.], [9., 3., 1.]])
 * torch.vander(torch.tensor([2, 3]), 3, true); // → tensor([[1., 2., 4.], [1., 3., 9.]])
 */
export const vander = bindFunction<{
  (x: Tensor, options?: { N?: number | null; increasing?: boolean }): Tensor;
  (x: Tensor, N: number | null, increasing?: boolean): Tensor;
}>('vander');

const modes = [
  'use_mm_for_euclid_dist_if_necessary',
  'use_mm_for_euclid_dist',
  'donot_use_mm_for_euclid_dist',
] as const;

interface Distances {
  (x1: Tensor, x2: Tensor, options?: { p?: number; computeMode?: (typeof modes)[number] }): Tensor;
  (x1: Tensor, x2: Tensor, p: number, computeMode?: (typeof modes)[number]): Tensor;
}

interface DistancesByNumber {
  (x1: Tensor, x2: Tensor, options?: { p?: number; computeMode?: number | null }): Tensor;
  (x1: Tensor, x2: Tensor, p: number, computeMode?: number | null): Tensor;
}
const cdistOp = bindFunction<DistancesByNumber>('cdist');

// libtorch counts the modes.
const numbered = (mode: unknown): unknown => {
  if (mode === undefined) return undefined;
  const number = modes.indexOf(mode as (typeof modes)[number]);
  if (number >= 0) return number;
  throw invalidArgument(
    `cdist: computeMode: expected one of ${modes.map((each) => `'${each}'`).join(', ')}, got ${describe(mode)}`,
  );
};

/**
 * Distance of each row of one matrix to each of another: `(…, P, M)`, `(…, R, M)` → `(…, P, R)`.
 * @param p - Norm. Default 2.
 * @param computeMode - Whether distances of norm 2 are computed by matrix products. Default
 *   `'use_mm_for_euclid_dist_if_necessary'`: of more than 25 rows.
 *
 * @example
 * torch.cdist(torch.tensor([[0, 0], [3, 0]]), torch.tensor([[3, 4]])); // → tensor([[5.], [4.]])
 * torch.cdist(torch.tensor([[0, 0]]), torch.tensor([[3, 4]]), { p: 1 }); // → tensor([[7.]])
 */
export const cdist: Distances = (...args: unknown[]): Tensor => {
  const call = cdistOp as (...args: unknown[]) => Tensor;
  const given = args.map((each, i) => (i === 3 ? numbered(each) : each));
  const named = given[2];
  if (isPlain(named)) {
    const { computeMode, ...others } = named;
    given[2] =
      computeMode === undefined ? others : { ...others, computeMode: numbered(computeMode) };
  }
  return call(...given);
};
