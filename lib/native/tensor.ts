import type { DType } from './dtype.js';

/** What the native class `Tensor` itself has; the facade extends its prototype. */
export interface NativeTensor {
  /**
   * Size of every dimension.
   *
   * @example
   * torch.zeros(2, 3).shape; // → [ 2, 3 ]
   * torch.tensor(5).shape; // → []
   */
  readonly shape: number[];
  /**
   * Elements to skip for one step in each dimension.
   *
   * @example
   * torch.zeros(2, 3).strides; // → [ 3, 1 ]
   * torch.zeros(2, 3).t().strides; // → [ 1, 3 ]
   */
  readonly strides: number[];
  /**
   * How many dimensions it has.
   *
   * @example
   * torch.zeros(2, 3).ndim; // → 2
   */
  readonly ndim: number;
  /**
   * What its elements are, as in Python: `'float32'`, `'int64'`, …
   *
   * @example
   * torch.tensor([1]).dtype; // → 'float32'
   * torch.tensor([1n]).dtype; // → 'int64'
   * torch.tensor([true]).dtype; // → 'bool'
   */
  readonly dtype: DType;
  /**
   * Where its elements lie, in words: `'cpu'`, `'cuda:0'`. {@link Tensor.device} is the same as an object.
   *
   * @example
   * torch.ones(1).deviceName; // → 'cpu'
   */
  readonly deviceName: string;
  /**
   * How the elements lie in memory, as in Python: `'strided'`, `'sparse_coo'`, …
   *
   * @example
   * torch.ones(1).layout; // → 'strided'
   */
  readonly layout: string;
  /**
   * Whether it is a nested tensor, a list of tensors of different sizes.
   *
   * @example
   * torch.ones(1).isNested; // → false
   */
  readonly isNested: boolean;
  /**
   * Whether it was made by no operator that autograd recorded: the gradients of such tensors are kept.
   *
   * @example
   * const w = torch.ones(1, { requiresGrad: true });
   * w.isLeaf; // → true
   * w.mul(2).isLeaf; // → false
   */
  readonly isLeaf: boolean;
  /**
   * Name of the operator that made this tensor, as Python prints it; `null` for a leaf.
   *
   * @example
   * const w = torch.ones(1, { requiresGrad: true });
   * w.gradFn; // → null
   * w.mul(2).gradFn; // → 'MulBackward0'
   */
  readonly gradFn: string | null;
  /**
   * Whether operations on it are recorded for `backward`.
   *
   * @example
   * const w = torch.ones(1);
   * w.requiresGrad = true;
   * w.mul(2).requiresGrad; // → true
   */
  requiresGrad: boolean;
  /**
   * Gradient that `backward` accumulates; the same object as long as it is the gradient.
   *
   * @example
   * const w = torch.tensor([3], { requiresGrad: true });
   * w.grad; // → null
   * w.square().backward();
   * w.grad; // → tensor([6.])
   */
  get grad(): Tensor | null;
  set grad(value: Tensor | null);
  /**
   * Whether a scope or `dispose()` has released this tensor.
   *
   * @example
   * const x = torch.ones(1);
   * x.dispose();
   * x.isDisposed; // → true
   */
  readonly isDisposed: boolean;
  /** @internal The scope that it belongs to; 0: none. */
  readonly scopeId: number;
  /**
   * How many elements it has.
   *
   * @example
   * torch.zeros(2, 3).numel(); // → 6
   */
  numel(): number;
  /**
   * Whether its elements lie in memory in order and without gaps.
   *
   * @example
   * const x = torch.zeros(2, 3);
   * x.isContiguous(); // → true
   * x.t().isContiguous(); // → false
   */
  isContiguous(): boolean;
  /**
   * The one element as a number; int64 beyond 2^53 as a bigint. @throws `ERR_LIBTORCH` where there are more, or none.
   *
   * @example
   * torch.tensor([2.5]).item(); // → 2.5
   * torch.tensor(1n).item(); // → 1
   */
  item(): number | bigint | boolean;
  /**
   * Takes this tensor out of its scope, for as long as it is referenced.
   *
   * @example
   * const made: torch.Tensor[] = [];
   * torch.tidy(() => made.push(torch.ones(1).keep(), torch.ones(1)));
   * made.map(({ isDisposed }) => isDisposed); // → [ false, true ]
   */
  keep(): this;
  /** @internal */
  moveToScope(id: number): this;
  /**
   * Lets go of the memory now. Any later use of this tensor is an `ERR_TENSOR_RELEASED`.
   *
   * @example
   * const before = torch.memory().tensors;
   * torch.ones(1000).dispose();
   * torch.memory().tensors - before; // → 0
   */
  dispose(): void;
}

/**
 * An array of numbers of one dtype on one device, with automatic gradients; mirrors `torch.Tensor`.
 * Made by `torch.tensor`, `torch.zeros` and their like, and by every operator.
 *
 * Memory is released by the scope that the tensor belongs to, by `dispose()`, or else by the garbage
 * collector, which is asked to collect when much was made, also in the middle of a synchronous loop.
 *
 * Its methods stand in families, each in a file of tensor/ that declares them here too.
 *
 * @see https://docs.pytorch.org/docs/stable/tensors.html
 */
export interface Tensor extends NativeTensor {}
