import { invalidArgument } from '../error.js';
import { bind } from '../native/ops.js';
import { elementSizes } from './dtypes.js';
import { extendTensor, type Tensor } from './tensor.js';

type View = (input: Tensor) => Tensor;

const reversed = bind<View>('numpy_T');
const transposed = bind<View>('mT');
const matrixAdjoint = bind<View>('matrix_H');
const adjoint = bind<View>('mH');
const realPart = bind<View>('real');
const imaginaryPart = bind<View>('imag');
const retainsGrad = bind<(input: Tensor) => boolean>('retains_grad');
const outputNumber = bind<(input: Tensor) => number>('output_nr');

// A getter has no parameter for its receiver's type.
const self = (receiver: unknown): Tensor => receiver as Tensor;

/** What Python has without a call: views, and what a tensor is. */
export const attributes = {
  /**
   * All dimensions in reverse, of a matrix its transpose; a view. Beyond matrices it is deprecated in Python, which warns:
   * {@link mT} transposes each matrix of a batch.
   *
   * @see https://docs.pytorch.org/docs/stable/tensors.html#torch.Tensor.T
   * @example
   * torch.zeros(2, 3).T.shape; // → [ 3, 2 ]
   */
  get T(): Tensor {
    return reversed(self(this));
  },
  /**
   * The last two dimensions swapped, the transpose of each matrix; a view.
   *
   * @throws {TorchError} `ERR_LIBTORCH` for one dimension.
   * @see https://docs.pytorch.org/docs/stable/tensors.html#torch.Tensor.mT
   * @example
   * torch.zeros(5, 2, 3).mT.shape; // → [ 5, 3, 2 ]
   */
  get mT(): Tensor {
    return transposed(self(this));
  },
  /**
   * The conjugate transpose of a matrix; a view.
   *
   * @throws {TorchError} `ERR_LIBTORCH` for another number of dimensions than two: {@link mH} takes batches.
   * @see https://docs.pytorch.org/docs/stable/tensors.html#torch.Tensor.H
   * @example
   * torch.zeros(2, 3).H.shape; // → [ 3, 2 ]
   */
  get H(): Tensor {
    return matrixAdjoint(self(this));
  },
  /**
   * The conjugate transpose of each matrix; a view.
   *
   * @throws {TorchError} `ERR_LIBTORCH` for one dimension.
   * @see https://docs.pytorch.org/docs/stable/tensors.html#torch.Tensor.mH
   * @example
   * torch.zeros(5, 2, 3).mH.shape; // → [ 5, 3, 2 ]
   */
  get mH(): Tensor {
    return adjoint(self(this));
  },
  /**
   * The real parts, of the same shape: a view, and the tensor itself where it is real.
   *
   * @see https://docs.pytorch.org/docs/stable/generated/torch.Tensor.real.html
   * @example
   * torch.complex(torch.tensor([1]), torch.tensor([2])).real; // → tensor([1.])
   */
  get real(): Tensor {
    return realPart(self(this));
  },
  /**
   * The imaginary parts, of the same shape; a view.
   *
   * @throws {TorchError} `ERR_LIBTORCH` for a dtype that is not complex.
   * @see https://docs.pytorch.org/docs/stable/generated/torch.Tensor.imag.html
   * @example
   * torch.complex(torch.tensor([1]), torch.tensor([2])).imag; // → tensor([2.])
   */
  get imag(): Tensor {
    return imaginaryPart(self(this));
  },
  /**
   * Bytes of an element.
   *
   * @example
   * torch.ones(3).itemsize; // → 4
   */
  get itemsize(): number {
    return elementSizes[self(this).dtype];
  },
  /**
   * Bytes of all elements, whether or not they lie side by side.
   *
   * @throws {TypeError} `ERR_INVALID_ARG` for a sparse tensor, which is made of several.
   * @example
   * torch.ones(2, 3).nbytes; // → 24
   */
  get nbytes(): number {
    const { layout, dtype } = self(this);
    if (layout.startsWith('sparse')) {
      throw invalidArgument(
        'nbytes: a sparse tensor has none of its own; its indices and values have',
      );
    }
    return self(this).numel() * elementSizes[dtype];
  },
  /**
   * Whether the elements lie in the processor's memory.
   *
   * @example
   * torch.ones(1).isCpu; // → true
   */
  get isCpu(): boolean {
    return self(this).deviceName === 'cpu';
  },
  /**
   * Whether the elements lie in a GPU's memory.
   *
   * @example
   * torch.ones(1).isCuda; // → false
   */
  get isCuda(): boolean {
    return self(this).deviceName.startsWith('cuda');
  },
  /**
   * Whether it has a shape and no elements, as on device `'meta'`.
   *
   * @example
   * torch.ones(1).isMeta; // → false
   */
  get isMeta(): boolean {
    return self(this).deviceName.startsWith('meta');
  },
  /**
   * Whether it is sparse with a list of places (COO); {@link layout} tells all layouts.
   *
   * @example
   * torch.ones(1).isSparse; // → false
   */
  get isSparse(): boolean {
    return self(this).layout === 'sparse_coo';
  },
  /**
   * Whether it is sparse with compressed rows (CSR).
   *
   * @example
   * torch.ones(1).isSparseCsr; // → false
   */
  get isSparseCsr(): boolean {
    return self(this).layout === 'sparse_csr';
  },
  /**
   * Whether `backward` will leave a gradient in a tensor that is not a leaf: {@link retainGrad} was called.
   *
   * @example
   * const y = torch.ones(1, { requiresGrad: true }).mul(2);
   * y.retainGrad();
   * y.retainsGrad; // → true
   */
  get retainsGrad(): boolean {
    return retainsGrad(self(this));
  },
  /**
   * Which of its operator's results it is.
   *
   * @example
   * const [, second] = torch.ones(4, { requiresGrad: true }).split(2);
   * second!.outputNr; // → 1
   */
  get outputNr(): number {
    return outputNumber(self(this));
  },
};

export type Attributes = typeof attributes;
declare module '../native/tensor.js' {
  interface Tensor extends Attributes {}
}
extendTensor(attributes);
