import { atMost } from '../argument/atMost.js';
import { arithmetic } from './arithmetic.js';
import { bitwise } from './bitwise.js';
import type { RowMajor } from './casts.js';
import { comparison } from './comparison.js';
import { matrices } from './matrices.js';
import { inPlaceOf, method, several } from './method.js';
import { requireScalar } from './nested.js';
import { pairs } from './pairs.js';
import { pointwise } from './pointwise.js';
import { reduction } from './reduction.js';
import { rounding } from './rounding.js';
import { scattering } from './scatter.js';
import { shaping } from './shaping.js';
import { specialFunctions } from './specialFunctions.js';
import { statistics } from './statistics.js';
import { extendTensor, type Operand, Tensor } from './tensor.js';
import { trigonometry } from './trigonometry.js';
import { views } from './views.js';

interface Resize {
  (this: Tensor, ...size: number[]): Tensor;
  (this: Tensor, size: readonly number[], options?: RowMajor): Tensor;
}
interface SetTo {
  (this: Tensor): Tensor;
  (this: Tensor, source: Tensor): Tensor;
  (
    this: Tensor,
    source: Tensor,
    storageOffset: number,
    size: readonly number[],
    stride?: readonly number[],
  ): Tensor;
}
type Fill = number | bigint | boolean | Tensor;

const fill = method<(this: Tensor, value: Fill, ...rest: never[]) => Tensor>(
  'fill_.Scalar',
  'fill_.Tensor',
);

const requiresGrad = (tensor: Tensor, value: boolean): void => {
  tensor.requiresGrad = value;
};

/**
 * Operators that change the tensor itself and return it. Its shape stays; only `squeeze_`, `unsqueeze_`, `t_`, `transpose_`,
 * `swapaxes_`, `swapdims_`, `asStrided_`, `resize_`, `resizeAs_` and `set_` change it.
 */
export const inPlace = {
  ...inPlaceOf(arithmetic, 'add', 'sub', 'mul', 'div', 'subtract', 'multiply', 'divide'),
  ...inPlaceOf(arithmetic, 'trueDivide', 'fmod', 'remainder'),
  ...inPlaceOf(pairs, 'atan2', 'arctan2', 'hypot', 'copysign', 'nextafter', 'xlogy', 'heaviside'),
  ...inPlaceOf(pairs, 'gcd', 'lcm', 'igamma', 'igammac', 'lerp', 'addcmul', 'addcdiv'),
  ...inPlaceOf(bitwise),
  ...inPlaceOf(trigonometry),
  ...inPlaceOf(comparison, 'eq', 'ne', 'lt', 'le', 'gt', 'ge', 'notEqual', 'less', 'lessEqual'),
  ...inPlaceOf(comparison, 'greater', 'greaterEqual'),
  ...inPlaceOf(comparison, 'logicalNot', 'logicalAnd', 'logicalOr', 'logicalXor'),
  ...inPlaceOf(pointwise, 'abs', 'absolute', 'neg', 'negative', 'sign', 'sgn', 'exp', 'exp2'),
  ...inPlaceOf(pointwise, 'expm1', 'log', 'log2', 'log10', 'log1p', 'sqrt', 'rsqrt', 'square'),
  ...inPlaceOf(pointwise, 'reciprocal', 'sigmoid', 'relu', 'conjPhysical'),
  ...inPlaceOf(specialFunctions, 'erf', 'erfc', 'erfinv', 'lgamma', 'digamma', 'mvlgamma', 'i0'),
  ...inPlaceOf(specialFunctions, 'logit'),
  ...inPlaceOf(rounding),
  /** As `ldexp`. */
  ldexp_: method<(this: Tensor, other: Tensor) => Tensor>('ldexp_'),
  /** As `polygamma`. */
  polygamma_: method<(this: Tensor, n: number) => Tensor>('polygamma_'),
  /** As `floorDivide`. */
  floorDivide_: method<(this: Tensor, other: Operand) => Tensor>('floor_divide_.Tensor'),
  /** As `floatPower`; of float64 and complex128 only. */
  floatPower_: method<(this: Tensor, exponent: Operand) => Tensor>(
    'float_power_.Scalar',
    'float_power_.Tensor',
  ),
  /** Each element to the power of `exponent`. */
  pow_: method<(this: Tensor, exponent: Operand) => Tensor>('pow_.Scalar', 'pow_.Tensor'),
  /** Fills with 0. */
  zero_: method('zero_'),
  /**
   * Fills with one value.
   *
   * @throws {TypeError} `ERR_INVALID_ARG` for a number that the dtype cannot hold.
   */
  fill_(this: Tensor, value: Fill, ...rest: never[]): Tensor {
    if (!(value instanceof Tensor)) requireScalar('fill_', value, this);
    return fill.call(this, value, ...rest);
  },
  /** Copies the elements of `src`, broadcast and converted to this tensor's dtype and device. */
  copy_: method<(this: Tensor, src: Tensor, nonBlocking?: boolean) => Tensor>('copy_'),
  ...inPlaceOf(statistics, 'cumprod', 'renorm'),
  ...inPlaceOf(reduction, 'cumsum'),
  ...inPlaceOf(matrices, 'tril', 'triu', 'addmm', 'addmv', 'addr', 'addbmm', 'baddbmm'),
  ...inPlaceOf(scattering, 'scatter', 'scatterAdd', 'scatterReduce', 'indexAdd', 'indexCopy'),
  ...inPlaceOf(scattering, 'indexFill', 'indexReduce', 'indexPut', 'put', 'maskedFill'),
  ...inPlaceOf(scattering, 'maskedScatter'),
  ...inPlaceOf(shaping, 'squeeze', 'unsqueeze', 't'),
  ...inPlaceOf(views, 'swapaxes', 'swapdims', 'asStrided'),
  /** As `transpose`. */
  transpose_: method<(this: Tensor, dim0: number, dim1: number) => Tensor>('transpose_'),
  /** Fills the diagonal of a matrix with one value; `wrap` begins anew below a square. */
  fillDiagonal_:
    method<(this: Tensor, fillValue: number, wrap?: boolean) => Tensor>('fill_diagonal_'),
  /** Changes the shape; new elements have any value. */
  resize_: several<'size'>('resize_') as Resize,
  /** As {@link resize_}, to the shape of another tensor. */
  resizeAs_:
    method<(this: Tensor, theTemplate: Tensor, options?: RowMajor) => Tensor>('resize_as_'),
  /** Shares the memory, shape and strides of another tensor; of none, if there is none. */
  set_: method<SetTo>('set_', 'set_.source_Tensor', 'set_.source_Tensor_storage_offset'),
  /** Says whether operations on this tensor are recorded for `backward`. */
  requiresGrad_(this: Tensor, value = true): Tensor {
    atMost('requiresGrad_', 1, arguments.length);
    requiresGrad(this, value);
    return this;
  },
};

export type InPlace = typeof inPlace;
declare module '../native/tensor.js' {
  interface Tensor extends InPlace {}
}
extendTensor(inPlace);
