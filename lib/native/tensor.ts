import type { DType } from './dtype.js';

/** What the native class `Tensor` itself has; the facade extends its prototype. */
export interface NativeTensor {
  /** Size of every dimension. */
  readonly shape: number[];
  /** Elements to skip for one step in each dimension. */
  readonly strides: number[];
  /** How many dimensions it has. */
  readonly ndim: number;
  /** What its elements are, as in Python: `'float32'`, `'int64'`, … */
  readonly dtype: DType;
  /** Where its elements lie, in words: `'cpu'`, `'cuda:0'`. {@link Tensor.device} is the same as an object. */
  readonly deviceName: string;
  /** How the elements lie in memory, as in Python: `'strided'`, `'sparse_coo'`, … */
  readonly layout: string;
  /** Whether it is a nested tensor, a list of tensors of different sizes. */
  readonly isNested: boolean;
  /** Whether it was made by no operator that autograd recorded: the gradients of such tensors are kept. */
  readonly isLeaf: boolean;
  /** Name of the operator that made this tensor, as Python prints it; `null` for a leaf. */
  readonly gradFn: string | null;
  /** Whether operations on it are recorded for `backward`. */
  requiresGrad: boolean;
  /** Gradient that `backward` accumulates; the same object as long as it is the gradient. */
  get grad(): Tensor | null;
  set grad(value: Tensor | null);
  /** Whether a scope or `dispose()` has released this tensor. */
  readonly isDisposed: boolean;
  /** @internal The scope that it belongs to; 0: none. */
  readonly scopeId: number;
  /** How many elements it has. */
  numel(): number;
  /** Whether its elements lie in memory in order and without gaps. */
  isContiguous(): boolean;
  /** The one element as a number; int64 beyond 2^53 as a bigint. @throws `ERR_LIBTORCH` where there are more, or none. */
  item(): number | bigint | boolean;
  /** Takes this tensor out of its scope, for as long as it is referenced. */
  keep(): this;
  /** @internal */
  moveToScope(id: number): this;
  /** Lets go of the memory now. Any later use of this tensor is an `ERR_TENSOR_RELEASED`. */
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
