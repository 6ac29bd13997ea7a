import type { DType } from '../dtype.js';
import { bind } from '../ops.js';
import { extendTensor, type Tensor } from './tensor.js';

type All = (a: Tensor) => Tensor;
type Along = (a: Tensor, dim: number | number[], keepdim: boolean) => Tensor;
type Pair = (a: Tensor, dim: number, keepdim: boolean) => [Tensor, Tensor];
type Index = (a: Tensor, dim: number | undefined, keepdim: boolean) => Tensor;

const sumAll = bind<(a: Tensor, dtype?: DType) => Tensor>('sum');
const sumDim =
  bind<(a: Tensor, dim: number[], keepdim: boolean, dtype?: DType) => Tensor>('sum.dim_IntList');
const meanAll = bind<All>('mean');
const meanDim = bind<Along>('mean.dim');
const prodAll = bind<All>('prod');
const prodDim = bind<Along>('prod.dim_int');
const maxAll = bind<All>('max');
const maxDim = bind<Pair>('max.dim');
const minAll = bind<All>('min');
const minDim = bind<Pair>('min.dim');
const argmax = bind<Index>('argmax');
const argmin = bind<Index>('argmin');
const anyAll = bind<All>('any');
const anyDim = bind<Along>('any.dim');
const allAll = bind<All>('all');
const allDim = bind<Along>('all.dim');
const varAll =
  bind<(a: Tensor, dim: number[] | undefined, correction: number, keepdim: boolean) => Tensor>(
    'var.correction',
  );
const stdAll =
  bind<(a: Tensor, dim: number[] | undefined, correction: number, keepdim: boolean) => Tensor>(
    'std.correction',
  );
const norm = bind<(a: Tensor, p: number) => Tensor>('norm.Scalar');
const normDim =
  bind<(a: Tensor, p: number, dim: number[], keepdim: boolean) => Tensor>('norm.ScalarOpt_dim');
const cumsum = bind<(a: Tensor, dim: number) => Tensor>('cumsum');
const sort = bind<(a: Tensor, dim: number, descending: boolean) => [Tensor, Tensor]>('sort');
const topk = bind<(a: Tensor, k: number, dim: number) => [Tensor, Tensor]>('topk');
const logsumexp = bind<Along>('logsumexp');

const list = (dim: number | number[]): number[] => (Array.isArray(dim) ? dim : [dim]);

/** What a reduction reduces. */
export interface ReductionOptions {
  /** Dimension, or several; negative counts from the end. Default: all, giving a single element. */
  dim?: number | number[];
  /** Keeps reduced dimensions with size 1. Default false. */
  keepdim?: boolean;
}

/** A reduction along one dimension. */
export interface AlongOptions {
  dim?: number;
  keepdim?: boolean;
}

function extreme(
  all: All,
  along: Pair,
): {
  (this: Tensor): Tensor;
  (this: Tensor, options: { dim: number; keepdim?: boolean }): [Tensor, Tensor];
} {
  return function (this: Tensor, options?: { dim: number; keepdim?: boolean }) {
    if (options === undefined) return all(this);
    return along(this, options.dim, options.keepdim ?? false);
  } as ReturnType<typeof extreme>;
}

/** Reductions: over all elements, or along dimensions. */
const reduction = {
  /** Sum; integers and bools are summed as int64. */
  sum(this: Tensor, options: ReductionOptions & { dtype?: DType } = {}): Tensor {
    const { dim, keepdim = false, dtype } = options;
    return dim === undefined ? sumAll(this, dtype) : sumDim(this, list(dim), keepdim, dtype);
  },
  /** Mean of floating-point elements. */
  mean(this: Tensor, options: ReductionOptions = {}): Tensor {
    const { dim, keepdim = false } = options;
    return dim === undefined ? meanAll(this) : meanDim(this, list(dim), keepdim);
  },
  prod(this: Tensor, options: AlongOptions = {}): Tensor {
    const { dim, keepdim = false } = options;
    return dim === undefined ? prodAll(this) : prodDim(this, dim, keepdim);
  },
  /** Largest element; with `dim`, `[values, indices]` along it. */
  max: extreme(maxAll, maxDim),
  /** Smallest element; with `dim`, `[values, indices]` along it. */
  min: extreme(minAll, minDim),
  /** Position (int64) of the largest element: among all, or along `dim`. */
  argmax(this: Tensor, options: AlongOptions = {}): Tensor {
    return argmax(this, options.dim, options.keepdim ?? false);
  },
  /** Position (int64) of the smallest element: among all, or along `dim`. */
  argmin(this: Tensor, options: AlongOptions = {}): Tensor {
    return argmin(this, options.dim, options.keepdim ?? false);
  },
  any(this: Tensor, options: AlongOptions = {}): Tensor {
    const { dim, keepdim = false } = options;
    return dim === undefined ? anyAll(this) : anyDim(this, dim, keepdim);
  },
  all(this: Tensor, options: AlongOptions = {}): Tensor {
    const { dim, keepdim = false } = options;
    return dim === undefined ? allAll(this) : allDim(this, dim, keepdim);
  },
  /** Variance. @param options.correction - Subtracted from the count. Default 1 (Bessel). */
  var(this: Tensor, options: ReductionOptions & { correction?: number } = {}): Tensor {
    const { dim, keepdim = false, correction = 1 } = options;
    return varAll(this, dim === undefined ? undefined : list(dim), correction, keepdim);
  },
  /** Standard deviation. @param options.correction - Subtracted from the count. Default 1 (Bessel). */
  std(this: Tensor, options: ReductionOptions & { correction?: number } = {}): Tensor {
    const { dim, keepdim = false, correction = 1 } = options;
    return stdAll(this, dim === undefined ? undefined : list(dim), correction, keepdim);
  },
  /** p-norm. @param options.p - Default 2. */
  norm(this: Tensor, options: ReductionOptions & { p?: number } = {}): Tensor {
    const { dim, keepdim = false, p = 2 } = options;
    return dim === undefined ? norm(this, p) : normDim(this, p, list(dim), keepdim);
  },
  /** Running sum along `dim`. */
  cumsum(this: Tensor, dim: number): Tensor {
    return cumsum(this, dim);
  },
  /** `[values, indices]`, sorted along `dim`. Default: the last, ascending. */
  sort(this: Tensor, options: { dim?: number; descending?: boolean } = {}): [Tensor, Tensor] {
    return sort(this, options.dim ?? -1, options.descending ?? false);
  },
  /** `[values, indices]` of the k largest elements along `dim`. Default: the last. */
  topk(this: Tensor, k: number, options: { dim?: number } = {}): [Tensor, Tensor] {
    return topk(this, k, options.dim ?? -1);
  },
  /** `log Σ exp x` along `dim`, without overflow. */
  logsumexp(this: Tensor, options: { dim: number; keepdim?: boolean }): Tensor {
    return logsumexp(this, [options.dim], options.keepdim ?? false);
  },
};

export type Reduction = typeof reduction;
extendTensor(reduction);
