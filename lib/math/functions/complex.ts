import { atMost } from '../../argument/atMost.js';
import type { DType } from '../../native/dtype.js';
import { Tensor } from '../../tensor/index.js';
import { bindFunction } from '../../tensor/method.js';

/**
 * Complex numbers of real and imaginary parts, element by element; shapes broadcast.
 *
 * @example
 * torch.complex(torch.tensor([1, 2]), torch.tensor([3, -4])); // → tensor([1.+3.j, 2.-4.j])
 */
export const complex = bindFunction<(real: Tensor, imag: Tensor) => Tensor>('complex');
/**
 * Complex numbers of sizes and angles in radians.
 *
 * @example
 * torch.polar(torch.tensor([2]), torch.tensor([0])); // → tensor([2.+0.j])
 * torch.polar(torch.tensor([2]), torch.tensor([Math.PI / 4])); // → tensor([1.4142+1.4142j])
 */
export const polar = bindFunction<(abs: Tensor, angle: Tensor) => Tensor>('polar');
/**
 * Real parts of all elements, a view of the same shape; a real tensor itself.
 *
 * @example
 * torch.real(torch.complex(torch.tensor([1, 2]), torch.tensor([3, 4]))); // → tensor([1., 2.])
 */
export const real = bindFunction<(input: Tensor) => Tensor>('real');
/**
 * Imaginary parts of all elements of a complex tensor, a view of the same shape.
 *
 * @example
 * torch.imag(torch.complex(torch.tensor([1, 2]), torch.tensor([3, 4]))); // → tensor([3., 4.])
 */
export const imag = bindFunction<(input: Tensor) => Tensor>('imag');
/**
 * Complex numbers as pairs in a last dimension, a view.
 *
 * @example
 * torch.viewAsReal(torch.complex(torch.tensor([1, 2]), torch.tensor([3, 4]))); // → tensor([[1., 3.], [2., 4.]])
 */
export const viewAsReal = bindFunction<(input: Tensor) => Tensor>('view_as_real');
/**
 * The inverse of {@link viewAsReal}, a view.
 *
 * @example
 * torch.viewAsComplex(torch.tensor([[1, 3], [2, 4]])); // → tensor([1.+3.j, 2.+4.j])
 */
export const viewAsComplex = bindFunction<(input: Tensor) => Tensor>('view_as_complex');

interface ResultType {
  (tensor: Tensor, other: Tensor | number | boolean): DType;
  (scalar: number | boolean, tensor: Tensor): DType;
  (scalar1: number | boolean, scalar2: number | boolean): DType;
}

/**
 * The dtype of what an operator makes of both: tensors with dimensions come before those without, and these before numbers.
 *
 * @example
 * torch.resultType(torch.tensor([1n]), 2.5); // → 'float32'
 * torch.resultType(torch.tensor([1n]), torch.tensor([true])); // → 'int64'
 */
export const resultType = bindFunction<ResultType>(
  'result_type.Tensor',
  'result_type.Scalar',
  'result_type.Scalar_Tensor',
  'result_type.Scalar_Scalar',
);
/**
 * Whether a dtype may become another where an operator writes into a tensor: no float an integer, no number a bool.
 *
 * @example
 * torch.canCast('int64', 'float32'); // → true
 * torch.canCast('float32', 'int64'); // → false
 */
export const canCast = bindFunction<(from_: DType, to: DType) => boolean>('can_cast');
/**
 * The smallest dtype that holds both.
 *
 * @example
 * torch.promoteTypes('uint8', 'int8'); // → 'int16'
 * torch.promoteTypes('int64', 'float16'); // → 'float16'
 */
export const promoteTypes = bindFunction<(type1: DType, type2: DType) => DType>('promote_types');

/**
 * Whether something is a Tensor.
 *
 * @example
 * torch.isTensor(torch.ones(1)); // → true
 * torch.isTensor([1, 2]); // → false
 */
export function isTensor(value: unknown): value is Tensor {
  atMost('isTensor', 1, arguments.length);
  return value instanceof Tensor;
}
