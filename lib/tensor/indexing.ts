import { inspect } from 'node:util';
import { atMost } from '../argument/atMost.js';
import { describe } from '../argument/describe.js';
import { invalidArgument } from '../error.js';
import type { DType } from '../native/dtype.js';
import { native } from '../native/load.js';
import { bind } from '../native/ops.js';
import { tensor as tensorOf } from './creation/index.js';
import { Bounds, type Index, isMask, type Part, readIndex } from './indexPart.js';
import { requireScalar } from './nested.js';
import { extendTensor, type Operand, Tensor } from './tensor.js';
import { where } from './where.js';

export type { Index, Slice } from './indexPart.js';

type Scalar = number | bigint | boolean;

const select = bind<(a: Tensor, dim: number, index: number) => Tensor>('select.int');
const slice =
  bind<(a: Tensor, dim: number, start?: number, end?: number, step?: number) => Tensor>(
    'slice.Tensor',
  );
const unsqueeze = bind<(a: Tensor, dim: number) => Tensor>('unsqueeze');
const indexSelect = bind<(a: Tensor, dim: number, index: Tensor) => Tensor>('index_select');
const indexTensors = bind<(a: Tensor, indices: (Tensor | null)[]) => Tensor>('index.Tensor');
const indexPut =
  bind<(a: Tensor, indices: (Tensor | null)[], values: Tensor) => Tensor>('index_put_');
const maskedSelect = bind<(a: Tensor, mask: Tensor) => Tensor>('masked_select');
const copy = bind<(a: Tensor, source: Tensor) => Tensor>('copy_');
const fill = bind<(a: Tensor, value: Scalar) => Tensor>('fill_.Scalar');
const fillTensor = bind<(a: Tensor, value: Tensor) => Tensor>('fill_.Tensor');
const full = bind<(sizes: number[], value: Scalar, keywords: { dtype: DType }) => Tensor>('full');

const alias = bind<(a: Tensor) => Tensor>('alias');
const view = bind<(a: Tensor, sizes: number[]) => Tensor>('view');

// Where in `indices` of index.Tensor a tensor stands says which dimension it indexes; a mask of k
// dimensions stands once for its k.
class Applied {
  dim = 0;
  view: Tensor;
  readonly indices: (Tensor | null)[] = [];

  constructor(
    readonly tensor: Tensor,
    readonly made: Tensor[],
  ) {
    this.view = tensor;
  }

  become(view: Tensor): void {
    if (this.view !== this.tensor) this.made.push(this.view);
    this.view = view;
  }

  skip(dimensions: number): void {
    this.dim += dimensions;
    if (this.indices.length === 0) return;
    for (let i = 0; i < dimensions; i++) this.indices.push(null);
  }

  index(tensor: Tensor): void {
    if (this.indices.length === 0) {
      for (let i = 0; i < this.dim; i++) this.indices.push(null);
    }
    this.indices.push(tensor);
    this.dim += isMask(tensor) ? tensor.ndim : 1;
  }
}

const dimensionsUsed = (part: Part): number => {
  if (part === null || part === '...' || typeof part === 'boolean') return 0;
  return part instanceof Tensor && isMask(part) ? part.ndim : 1;
};

// A slice of everything beside other parts is left out, as in Python, which shows in the history. Not
// while operators are recorded: a batch of another size may be longer.
function isWhole({ start = 0, end, step }: Bounds, tensor: Tensor, dim: number): boolean {
  if (start !== 0 || step !== 1) return false;
  if (end === undefined) return true;
  return tensor.requiresGrad && end >= (tensor.shape[dim] as number) && !native.isRecording();
}

// Numbers, slices and new dimensions as views; tensors are left for one indexing at the end.
function apply(tensor: Tensor, parts: readonly Part[], made: Tensor[]): Applied {
  const used = parts.reduce<number>((sum, part) => sum + dimensionsUsed(part), 0);
  if (used > tensor.ndim) {
    throw invalidArgument(`index: ${used} indices for a tensor of ${tensor.ndim} dimensions`);
  }
  const applied = new Applied(tensor, made);
  for (const part of parts) {
    const { view, dim } = applied;
    if (typeof part === 'number') {
      applied.become(select(view, dim, part));
    } else if (part === null) {
      applied.become(unsqueeze(view, dim));
      applied.skip(1);
    } else if (part === '...') {
      applied.skip(tensor.ndim - used);
    } else if (typeof part === 'boolean') {
      applied.become(unsqueeze(view, dim));
      const one = tensorOf(part ? [0n] : [], { dtype: 'int64' });
      made.push(one);
      applied.index(one);
    } else if (part instanceof Bounds) {
      const { start, end, step } = part;
      if (parts.length === 1 || !isWhole(part, view, dim)) {
        applied.become(slice(view, dim, start, end, step));
      }
      applied.skip(1);
    } else {
      applied.index(part);
    }
  }
  const { indices } = applied;
  while (indices.length > 0 && indices.at(-1) === null) indices.pop();
  return applied;
}

function release(made: readonly Tensor[]): void {
  for (const each of made) each.dispose();
}

function read(tensor: Tensor, parts: readonly unknown[]): Tensor {
  const made: Tensor[] = [];
  try {
    const { view, indices } = apply(tensor, readIndex(parts, made), made);
    if (indices.length === 0) return view === tensor ? alias(view) : view;
    if (view !== tensor) made.push(view);
    return indexTensors(view, indices);
  } finally {
    release(made);
  }
}

// Python drops dimensions of size one before the others.
function withoutLeadingOnes(value: Tensor): Tensor {
  const { shape } = value;
  const first = shape.findIndex((size) => size !== 1);
  if (first === 0 || shape.length === 0) return value;
  return view(value, first < 0 ? [] : shape.slice(first));
}

type Value = Tensor | Scalar;

const isValue = (value: unknown): boolean =>
  value instanceof Tensor || ['number', 'bigint', 'boolean'].includes(typeof value);

// Memory that stands for several elements: fill_ takes a number for it, which Python's x[0] = 1 refuses.
const isExpanded = ({ shape, strides }: Tensor): boolean =>
  strides.some((step, dim) => step === 0 && (shape[dim] as number) > 1);

function copyTo(target: Tensor, value: Value): void {
  if (!(value instanceof Tensor)) {
    if (!isExpanded(target)) fill(target, value);
    else fillTensor(target, full([], value, { dtype: target.dtype }));
  } else if (value.ndim === 0 && value.deviceName === 'cpu') fillTensor(target, value);
  else copy(target, value.ndim > target.ndim ? withoutLeadingOnes(value) : value);
}

function write(tensor: Tensor, parts: readonly unknown[], value: Value): void {
  const made: Tensor[] = [];
  try {
    const read = readIndex(parts, made);
    // Python's x[True] = v and x[False] = v are no indexing.
    if (read.length === 1 && typeof read[0] === 'boolean' && typeof parts[0] === 'boolean') {
      if (read[0]) copyTo(tensor, value);
      return;
    }
    const { view, indices } = apply(tensor, read, made);
    if (view !== tensor) made.push(view);
    if (indices.length === 0) {
      copyTo(view, value);
      return;
    }
    let values = value;
    if (!(values instanceof Tensor)) {
      values = full([], values, { dtype: view.dtype });
      made.push(values);
    }
    indexPut(view, indices, withoutLeadingOnes(values));
  } finally {
    release(made);
  }
}

/** Parts of a tensor. */
export const indexing = {
  /**
   * Python's square brackets: `x.at(0, { start: 1, end: 3 })` is `x[0, 1:3]`, `x.at('...', null)` is
   * `x[..., None]`, `x.at([0, 2])` is `x[[0, 2]]`. A view, unless an array or a tensor with dimensions
   * is among the parts.
   *
   * @throws {TypeError} `ERR_INVALID_ARG` for what is no index, and for more than the tensor has
   *   dimensions.
   * @throws {TorchError} `ERR_LIBTORCH` for a number out of range, and a mask of another shape.
   * @example
   * const x = torch.tensor([[1, 2, 3], [4, 5, 6]]);
   * x.at(0); // → tensor([1., 2., 3.])
   * x.at(1, { start: 1 }); // → tensor([5., 6.])
   * x.at([1, 0], 0); // → tensor([4., 1.])
   */
  at(this: Tensor, ...parts: Index[]): Tensor {
    const [part] = parts;
    if (parts.length === 1 && typeof part === 'number') return select(this, 0, part);
    return read(this, parts);
  },
  /**
   * Python's assignment to square brackets: `x.set([0, { end: 2 }], value)` is `x[0, :2] = value`,
   * `x.set([mask], 0)` is `x[mask] = 0`, `x.set([[0, 2]], 0)` is `x[[0, 2]] = 0`.
   *
   * @param parts - As for `at`, in an array.
   * @param value - A number is converted to the tensor's dtype. A tensor is broadcast, dimensions of
   *   one before the others dropped; for arrays and tensors as index it must have the tensor's dtype.
   * @throws {TypeError} `ERR_INVALID_ARG`
   * @throws {TorchError} `ERR_LIBTORCH` also for a number that the dtype cannot hold.
   * @example
   * const x = torch.zeros(2, 3);
   * x.set([0, { end: 2 }], 5);
   * x; // → tensor([[5., 5., 0.], [0., 0., 0.]])
   */
  set(this: Tensor, parts: readonly Index[], value: Value): Tensor {
    atMost('set', 2, arguments.length);
    if (!Array.isArray(parts)) {
      throw invalidArgument(
        `set: parts: expected an array of parts, as in x.set([index], value), got ${describe(parts)}`,
      );
    }
    if (!isValue(value)) {
      throw invalidArgument(
        `set: value: expected a Tensor, number, bigint or boolean, got ${inspect(value, { depth: 0 })}`,
      );
    }
    requireScalar('set', value, this);
    write(this, parts, value);
    return this;
  },
  /**
   * The part at one index along `dim`; a view with one dimension fewer.
   *
   * @example
   * const x = torch.tensor([[1, 2, 3], [4, 5, 6]]);
   * x.select(1, 2); // → tensor([3., 6.])
   */
  select(this: Tensor, dim: number, index: number): Tensor {
    atMost('select', 2, arguments.length);
    return select(this, dim, index);
  },
  /**
   * `start:end:step` along `dim`; a view. Python's rules for negative and missing ends.
   *
   * @example
   * const x = torch.tensor([[1, 2, 3], [4, 5, 6]]);
   * x.slice(1, 0, 2); // → tensor([[1., 2.], [4., 5.]])
   */
  slice(this: Tensor, dim = 0, start?: number, end?: number, step = 1): Tensor {
    atMost('slice', 4, arguments.length);
    return slice(this, dim, start, end, step);
  },
  /**
   * Rows of int64 numbers `index` along `dim`; a copy.
   *
   * @example
   * const x = torch.tensor([[1, 2, 3], [4, 5, 6]]);
   * x.indexSelect(1, torch.tensor([2n, 0n])); // → tensor([[3., 1.], [6., 4.]])
   */
  indexSelect(this: Tensor, dim: number, index: Tensor): Tensor {
    atMost('indexSelect', 2, arguments.length);
    return indexSelect(this, dim, index);
  },
  /**
   * The elements where `mask` is true, in one dimension.
   *
   * @example
   * const x = torch.tensor([[1, 2, 3], [4, 5, 6]]);
   * x.maskedSelect(x.gt(4)); // → tensor([5., 6.])
   */
  maskedSelect(this: Tensor, mask: Tensor): Tensor {
    atMost('maskedSelect', 1, arguments.length);
    return maskedSelect(this, mask);
  },
  /**
   * This tensor's elements where `condition` is true, `other`'s elsewhere.
   *
   * @example
   * const x = torch.tensor([-1, 2]);
   * x.where(x.gt(0), 0); // → tensor([0., 2.])
   */
  where(this: Tensor, condition: Tensor, other: Operand): Tensor {
    atMost('where', 2, arguments.length);
    return where(condition, this, other);
  },
};

export type Indexing = typeof indexing;
declare module '../native/tensor.js' {
  interface Tensor extends Indexing {}
}
extendTensor(indexing);
