import { atMost } from '../../argument/atMost.js';
import type { DType } from '../../native/dtype.js';
import { Tensor } from '../../tensor/index.js';
import { bindFunction } from '../../tensor/method.js';

/** Complex numbers of real and imaginary parts. */
export const complex = bindFunction<(real: Tensor, imag: Tensor) => Tensor>('complex');
/** Complex numbers of sizes and angles in radians. */
export const polar = bindFunction<(abs: Tensor, angle: Tensor) => Tensor>('polar');
/** Real parts, a view; a real tensor itself. */
export const real = bindFunction<(input: Tensor) => Tensor>('real');
/** Imaginary parts of a complex tensor, a view. */
export const imag = bindFunction<(input: Tensor) => Tensor>('imag');
/** Complex numbers as pairs in a last dimension, a view. */
export const viewAsReal = bindFunction<(input: Tensor) => Tensor>('view_as_real');
/** The inverse of {@link viewAsReal}, a view. */
export const viewAsComplex = bindFunction<(input: Tensor) => Tensor>('view_as_complex');

interface ResultType {
  (tensor: Tensor, other: Tensor | number | boolean): DType;
  (scalar: number | boolean, tensor: Tensor): DType;
  (scalar1: number | boolean, scalar2: number | boolean): DType;
}

/** The dtype of what an operator makes of both. */
export const resultType = bindFunction<ResultType>(
  'result_type.Tensor',
  'result_type.Scalar',
  'result_type.Scalar_Tensor',
  'result_type.Scalar_Scalar',
);
/** Whether a dtype may become another where an operator writes into a tensor: no float an integer, no number a bool. */
export const canCast = bindFunction<(from_: DType, to: DType) => boolean>('can_cast');
/** The smallest dtype that holds both. */
export const promoteTypes = bindFunction<(type1: DType, type2: DType) => DType>('promote_types');

/** Whether something is a Tensor. */
export function isTensor(value: unknown): value is Tensor {
  atMost('isTensor', 1, arguments.length);
  return value instanceof Tensor;
}
