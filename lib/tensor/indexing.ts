import { invalidArgument } from '../error.js';
import { bind } from '../ops.js';
import { extendTensor, type Operand, type Tensor } from './tensor.js';

const select = bind<(a: Tensor, dim: number, index: number) => Tensor>('select.int');
const narrow = bind<(a: Tensor, dim: number, start: number, length: number) => Tensor>('narrow');
const slice =
  bind<(a: Tensor, dim: number, start?: number, end?: number, step?: number) => Tensor>(
    'slice.Tensor',
  );
const unsqueeze = bind<(a: Tensor, dim: number) => Tensor>('unsqueeze');
const indexSelect = bind<(a: Tensor, dim: number, index: Tensor) => Tensor>('index_select');
const gather = bind<(a: Tensor, dim: number, index: Tensor) => Tensor>('gather');
const scatter =
  bind<(a: Tensor, dim: number, index: Tensor, source: Tensor) => Tensor>('scatter.src');
const indexTensors = bind<(a: Tensor, indices: (Tensor | null)[]) => Tensor>('index.Tensor');
const indexPut =
  bind<(a: Tensor, indices: (Tensor | null)[], values: Tensor) => Tensor>('index_put_');
const maskedSelect = bind<(a: Tensor, mask: Tensor) => Tensor>('masked_select');
const maskedFill = bind<(a: Tensor, mask: Tensor, value: Operand) => Tensor>('masked_fill.Tensor');
const whereSelf = bind<(condition: Tensor, a: Operand, b: Operand) => Tensor>('where.self');
const nonzero = bind<(a: Tensor) => Tensor>('nonzero');
const copy = bind<(a: Tensor, source: Tensor) => Tensor>('copy_');
const fill = bind<(a: Tensor, value: number | bigint | boolean) => Tensor>('fill_.Scalar');

/** Python's `start:end:step`; missing parts mean the whole dimension. The step is positive. */
export interface Slice {
  start?: number;
  end?: number;
  step?: number;
}

/**
 * One part of an index: a number, a slice (`{ start, end, step }`), `null` for a new dimension,
 * `'...'` for all dimensions between, `':'` for a whole dimension, or a tensor of int64 or bool.
 */
export type Index = number | Slice | null | '...' | ':' | Tensor;

const isTensor = (part: unknown): part is Tensor =>
  typeof (part as Tensor | null)?.nativeBackward === 'function';

const dimensionsUsed = (part: Index): number => {
  if (part === null || part === '...') return 0;
  return isTensor(part) && part.dtype === 'bool' ? part.ndim : 1;
};

// Applies numbers, slices and new dimensions as views; tensors are left for one indexing at the end.
function applyIndex(tensor: Tensor, parts: readonly Index[]): [Tensor, (Tensor | null)[]] {
  const used = parts.reduce<number>((sum, part) => sum + dimensionsUsed(part), 0);
  if (parts.filter((part) => part === '...').length > 1) {
    throw invalidArgument("index: expected at most one '...'");
  }
  let result = tensor;
  let dim = 0;
  const tensors: (Tensor | null)[] = [];
  for (const part of parts) {
    if (typeof part === 'number') {
      result = select(result, dim, part);
    } else if (part === null) {
      result = unsqueeze(result, dim++);
    } else if (part === '...') {
      dim += Math.max(0, tensor.ndim - used);
    } else if (part === ':') {
      dim++;
    } else if (isTensor(part)) {
      while (tensors.length < dim) tensors.push(null);
      tensors.push(part);
      dim += part.dtype === 'bool' ? part.ndim : 1;
    } else if (typeof part === 'object') {
      result = slice(result, dim++, part.start, part.end, part.step ?? 1);
    } else {
      throw invalidArgument(`index: expected a number, slice, tensor, null, ':' or '...'`);
    }
  }
  return [result, tensors];
}

/** Parts of a tensor. */
const indexing = {
  /**
   * Python's square brackets: `x.at(0, { start: 1, end: 3 })` is `x[0, 1:3]`, `x.at('...', null)` is
   * `x[..., None]`. A view, unless a tensor is among the parts.
   */
  at(this: Tensor, ...parts: Index[]): Tensor {
    const [result, tensors] = applyIndex(this, parts);
    if (tensors.length > 0) return indexTensors(result, tensors);
    return result === this ? slice(this, 0) : result;
  },
  /** Python's assignment to square brackets: `x.set([0, { end: 2 }], value)` is `x[0, :2] = value`. */
  set(this: Tensor, parts: readonly Index[], value: Tensor | number | bigint | boolean): Tensor {
    const [target, tensors] = applyIndex(this, parts);
    if (tensors.length > 0) {
      indexPut(
        target,
        tensors,
        isTensor(value) ? value : whereSelf(target.eq(target), value, value),
      );
    } else if (isTensor(value)) {
      copy(target, value);
    } else {
      fill(target, value);
    }
    return this;
  },
  /** The part at one index along `dim`; a view with one dimension fewer. */
  select(this: Tensor, dim: number, index: number): Tensor {
    return select(this, dim, index);
  },
  /** `length` elements along `dim` from `start`; a view. */
  narrow(this: Tensor, dim: number, start: number, length: number): Tensor {
    return narrow(this, dim, start, length);
  },
  /** `start:end:step` along `dim`; a view. Python's rules for negative and missing ends. */
  slice(this: Tensor, dim = 0, start?: number, end?: number, step = 1): Tensor {
    return slice(this, dim, start, end, step);
  },
  /** Rows of int64 numbers `index` along `dim`; a copy. */
  indexSelect(this: Tensor, dim: number, index: Tensor): Tensor {
    return indexSelect(this, dim, index);
  },
  /** `out[i][j] = this[index[i][j]][j]` for `dim` 0, and so on. */
  gather(this: Tensor, dim: number, index: Tensor): Tensor {
    return gather(this, dim, index);
  },
  /** A copy with `out[index[i][j]][j] = source[i][j]` for `dim` 0, and so on. */
  scatter(this: Tensor, dim: number, index: Tensor, source: Tensor): Tensor {
    return scatter(this, dim, index, source);
  },
  /** The elements where `mask` is true, in one dimension. */
  maskedSelect(this: Tensor, mask: Tensor): Tensor {
    return maskedSelect(this, mask);
  },
  /** A copy with `value` where `mask` is true. */
  maskedFill(this: Tensor, mask: Tensor, value: Operand): Tensor {
    return maskedFill(this, mask, value);
  },
  /** This tensor's elements where `condition` is true, `other`'s elsewhere. */
  where(this: Tensor, condition: Tensor, other: Operand): Tensor {
    return whereSelf(condition, this, other);
  },
  /** Indices (int64, one row each) of the elements that are not zero. */
  nonzero(this: Tensor): Tensor {
    return nonzero(this);
  },
};

export type Indexing = typeof indexing;
extendTensor(indexing);
