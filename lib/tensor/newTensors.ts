import { isPlain } from '../argument/options.js';
import { empty, full, ones, type TensorOptions, tensor, zeros } from './creation/index.js';
import { method } from './method.js';
import { extendTensor, type Tensor } from './tensor.js';

// biome-ignore lint/suspicious/noExplicitAny: factories differ in their leading arguments
type Factory = (...args: any[]) => Tensor;

type Sizes = number[] | [...number[], TensorOptions] | [readonly number[], TensorOptions?];
type Sized = (this: Tensor, ...args: Sizes) => Tensor;

const ofThis = <F extends Factory>(factory: F) =>
  function (this: Tensor, ...args: Parameters<F>): Tensor {
    const last: unknown = args.at(-1);
    const isGiven = isPlain(last);
    const given: TensorOptions = isGiven ? last : {};
    const { dtype = this.dtype, device = this.deviceName } = given;
    const rest = isGiven || last === undefined ? args.slice(0, -1) : args;
    return factory(...rest, { ...given, dtype, device });
  };

interface Strided {
  /** Default: this tensor's. */
  dtype?: TensorOptions['dtype'];
  /** Default: this tensor's, `'strided'`. */
  layout?: string;
  /** Default: this tensor's. */
  device?: TensorOptions['device'];
  /** Whether its memory is page-locked, for quicker copies to a GPU. Default false. */
  pinMemory?: boolean;
}

/** New tensors with this one's dtype, on its device, where options do not say otherwise. */
const newTensors = {
  /**
   * A tensor with a copy of the given elements.
   *
   * @example
   * torch.zeros(1, { dtype: 'int64' }).newTensor([1, 2]); // → tensor([1, 2])
   */
  newTensor: ofThis(tensor),
  /**
   * One value everywhere in a shape.
   *
   * @example
   * torch.zeros(1, { dtype: 'int64' }).newFull([2], 7); // → tensor([7, 7])
   */
  newFull: ofThis(full),
  /**
   * Zeros of a shape.
   *
   * @example
   * torch.ones(1, { dtype: 'int64' }).newZeros(3); // → tensor([0, 0, 0])
   */
  newZeros: ofThis(zeros) as Sized,
  /**
   * Ones of a shape.
   *
   * @example
   * torch.zeros(1, { dtype: 'bool' }).newOnes(1, 2); // → tensor([[True, True]])
   */
  newOnes: ofThis(ones) as Sized,
  /**
   * Memory of a shape as it is found: fill it before reading.
   *
   * @example
   * const made = torch.ones(1, { dtype: 'int64' }).newEmpty(2, 3);
   * made.dtype; // → 'int64'
   * made.shape; // → [ 2, 3 ]
   */
  newEmpty: ofThis(empty) as Sized,
  /**
   * As {@link newEmpty}, with strides.
   *
   * @example
   * torch.ones(1).newEmptyStrided([2, 3], [1, 2]).strides; // → [ 1, 2 ]
   */
  newEmptyStrided:
    method<
      (
        this: Tensor,
        size: readonly number[],
        stride: readonly number[],
        options?: Strided,
      ) => Tensor
    >('new_empty_strided'),
};

export type NewTensors = typeof newTensors;
declare module '../native/tensor.js' {
  interface Tensor extends NewTensors {}
}
extendTensor(newTensors);
