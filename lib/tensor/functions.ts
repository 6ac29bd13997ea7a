import { atMost } from '../argument/atMost.js';
import { bind } from '../native/ops.js';
import { arithmetic } from './arithmetic.js';
import { bitwise } from './bitwise.js';
import { casts } from './casts.js';
import { comparison } from './comparison.js';
import { conversion } from './conversion.js';
import { decompositions } from './decompositions.js';
import { indexing } from './indexing.js';
import { inPlace } from './inPlace.js';
import { tensorKind } from './kinds.js';
import { matrices } from './matrices.js';
import { bindFunction, functionsOf } from './method.js';
import { norms } from './norm.js';
import { pairs } from './pairs.js';
import { pointwise } from './pointwise.js';
import { properties } from './properties.js';
import { random } from './random.js';
import { reduction } from './reduction.js';
import { rounding } from './rounding.js';
import { scattering } from './scatter.js';
import { selection } from './selection.js';
import { shaping } from './shaping.js';
import { specialFunctions } from './specialFunctions.js';
import { spectrum } from './spectrum.js';
import { statistics } from './statistics.js';
import type { Operand, Tensor } from './tensor.js';
import { trigonometry } from './trigonometry.js';
import { uniques } from './unique.js';
import { views } from './views.js';

interface Joined {
  (tensors: readonly Tensor[], dim?: number): Tensor;
  (
    tensors: readonly Tensor[],
    options: {
      /** Along which. Default 0, the first. */
      dim?: number;
    },
  ): Tensor;
}

/**
 * Tensors joined along an existing dimension.
 *
 * @example
 * torch.cat([torch.ones(1), torch.zeros(2)]); // → tensor([1., 0., 0.])
 */
export const cat = bindFunction<Joined>('cat');
/**
 * Tensors of one shape joined along a new dimension.
 *
 * @example
 * torch.stack([torch.ones(2), torch.zeros(2)]); // → tensor([[1., 1.], [0., 0.]])
 */
export const stack = bindFunction<Joined>('stack');
export { where } from './where.js';

// Functions that are also methods, for those who write `torch.matmul(a, b)`.
const arithmeticOf = functionsOf(arithmetic);
export const { add, sub, mul, div, subtract, multiply, divide, trueDivide, fmod } = arithmeticOf;
export const { floorDivide, maximum, minimum } = arithmeticOf;
const bitwiseOf = functionsOf(bitwise);
export const { bitwiseNot } = bitwiseOf;
const comparisonOf = functionsOf(comparison);
export const { eq, ne, lt, le, gt, ge, notEqual, less, lessEqual, greater } = comparisonOf;
export const { greaterEqual, equal, allclose, isclose, logicalNot, logicalAnd } = comparisonOf;
export const { logicalOr, logicalXor, isnan, isinf, isfinite, isneginf, isposinf } = comparisonOf;
export const { isreal } = comparisonOf;
const decompositionsOf = functionsOf(decompositions);
export const { det, logdet, slogdet, inverse, pinverse, matrixExp, matrixPower } = decompositionsOf;
export const { cholesky, choleskyInverse, choleskySolve, qr, geqrf, orgqr } = decompositionsOf;
export const { ormqr, svd, triangularSolve, luSolve, lu } = decompositionsOf;
export const { select, indexSelect, maskedSelect } = functionsOf(indexing);
const matricesOf = functionsOf(matrices);
export const { matmul, mm, bmm, mv, dot, vdot, inner, outer, ger, kron, cross, addmm } = matricesOf;
export const { addmv, addr, addbmm, baddbmm, trace, tril, triu, diag, diagEmbed } = matricesOf;
export const { diagflat, diagonal, adjoint } = matricesOf;
export const { norm } = functionsOf(norms);
const pairsOf = functionsOf(pairs);
export const { atan2, arctan2, hypot, fmax, fmin, copysign, nextafter, ldexp, logaddexp } = pairsOf;
export const { logaddexp2, heaviside, gcd, lcm, igamma, igammac, lerp, addcmul, addcdiv } = pairsOf;
const pointwiseOf = functionsOf(pointwise);
export const { abs, neg, sign, absolute, negative, positive, sgn, signbit, exp } = pointwiseOf;
export const { exp2, log, log2, log10, log1p, expm1, sqrt, rsqrt, square } = pointwiseOf;
export const { reciprocal, sigmoid, relu, softmax, logSoftmax, hardshrink, prelu } = pointwiseOf;
export const { frexp, conj, conjPhysical, resolveConj, resolveNeg, angle } = pointwiseOf;
const propertiesOf = functionsOf(properties);
export const { getDevice, isFloatingPoint, isComplex, isSigned, isConj, isNeg } = propertiesOf;
export const { isInference, isNonzero, isSameSize } = propertiesOf;
export const { bernoulli, multinomial } = functionsOf(random);
const reductionOf = functionsOf(reduction);
export const { sum, mean, prod, max, min, argmax, argmin, any, all, std } = reductionOf;
const { var: variance } = reductionOf;

export { variance as var };
export const { cumsum, sort, topk, logsumexp } = reductionOf;
const roundingOf = functionsOf(rounding);
export const { floor, ceil, round, trunc, fix, frac, clamp, clip, clampMin } = roundingOf;
export const { clampMax, nanToNum } = roundingOf;
const scatteringOf = functionsOf(scattering);
export const { scatter, scatterAdd, scatterReduce, indexAdd, indexCopy, indexFill } = scatteringOf;
export const { indexReduce, indexPut, put, maskedFill, maskedScatter } = scatteringOf;
export const { selectScatter, sliceScatter, diagonalScatter, asStridedScatter } = scatteringOf;
const selectionOf = functionsOf(selection);
export const { gather, take, takeAlongDim, narrow, narrowCopy, argwhere } = selectionOf;
export const { nonzeroStatic, nonzero } = selectionOf;
const shapingOf = functionsOf(shaping);
export const { reshape, permute, tile, broadcastTo, transpose, t, squeeze, unsqueeze } = shapingOf;
export const { flatten, flip, roll, split, chunk, unbind } = shapingOf;
const specialOf = functionsOf(specialFunctions);
export const { erf, erfc, erfinv, lgamma, digamma, mvlgamma, i0, logit } = specialOf;
export const { stft, istft } = functionsOf(spectrum);
const statisticsOf = functionsOf(statistics);
export const { amax, amin, aminmax, nansum, nanmean, median, nanmedian, mode } = statisticsOf;
export const { kthvalue, quantile, nanquantile, cummax, cummin, cumprod } = statisticsOf;
export const { logcumsumexp, countNonzero, diff, dist, cov, corrcoef, histc } = statisticsOf;
export const { histogram, bincount, argsort, msort, renorm, hashTensor } = statisticsOf;
const trigonometryOf = functionsOf(trigonometry);
export const { sin, cos, tan, tanh, acos, asin, atan, cosh, sinh, acosh, asinh } = trigonometryOf;
export const { atanh, arccos, arcsin, arctan, arccosh, arcsinh, arctanh, sinc } = trigonometryOf;
export const { deg2rad, rad2deg } = trigonometryOf;
export const { unique, uniqueConsecutive } = functionsOf(uniques);
const viewsOf = functionsOf(views);
export const { swapaxes, swapdims, movedim, moveaxis, ravel, unflatten, fliplr, flipud } = viewsOf;
export const { rot90, tensorSplit, hsplit, vsplit, dsplit, splitWithSizes, unsafeChunk } = viewsOf;
export const { unsafeSplit, unsafeSplitWithSizes, asStrided } = viewsOf;
export const { clone } = functionsOf(casts);
const inPlaceOf = functionsOf(inPlace);
export const { abs_, acos_, acosh_, addmv_, arccos_, arccosh_, arcsin_, arcsinh_ } = inPlaceOf;
export const { arctan_, arctanh_, asStrided_, asin_, asinh_, atan_, atanh_, ceil_ } = inPlaceOf;
export const { clamp_, clampMax_, clampMin_, clip_, conjPhysical_, cos_, cosh_ } = inPlaceOf;
export const { deg2rad_, erf_, erfc_, exp_, exp2_, expm1_, fill_, fix_, floor_, frac_ } = inPlaceOf;
export const { gcd_, i0_, indexPut_, lcm_, ldexp_, log_, log10_, log1p_, log2_ } = inPlaceOf;
export const { logit_, nanToNum_, neg_, negative_, rad2deg_, reciprocal_, relu_ } = inPlaceOf;
export const { resizeAs_, round_, rsqrt_, sigmoid_, sin_, sinc_, sinh_, sqrt_ } = inPlaceOf;
export const { square_, tan_, tanh_, trunc_, xlogy_, zero_ } = inPlaceOf;
export const { detach, detach_ } = functionsOf({
  detach: conversion.detach,
  detach_: conversion.detach_,
});

type Both = (input: Operand, other: Operand) => Tensor;

// Python takes a number before the tensor too.
const orNumber = <F extends (input: Tensor, ...rest: never[]) => Tensor>(
  made: F,
  ofNumber: (...args: unknown[]) => Tensor,
) =>
  ((input: Tensor, ...rest: never[]) =>
    ['number', 'bigint', 'boolean'].includes(typeof input)
      ? ofNumber(input, ...rest)
      : made(input, ...rest)) as unknown;

/** `input` to the power of `exponent`, one of which is a tensor. Shapes broadcast. */
export const pow = orNumber(arithmeticOf.pow, bind('pow.Scalar')) as Both;
/** {@link pow}, calculated in float64. */
export const floatPower = orNumber(arithmeticOf.floatPower, bind('float_power.Scalar')) as Both;
/** Python's `%`: the sign is the divisor's. One of both is a tensor. */
export const remainder = orNumber(arithmeticOf.remainder, bind('remainder.Scalar_Tensor')) as Both;
/** `input · log(other)`, 0 where `input` is 0; one of both is a tensor. */
export const xlogy = orNumber(pairsOf.xlogy, bind('xlogy.Scalar_Self')) as Both;
/** Bits that are set in both; one of both is a tensor. */
export const bitwiseAnd = orNumber(bitwiseOf.bitwiseAnd, bind('bitwise_and.Scalar_Tensor')) as Both;
/** Bits that are set in one or both. */
export const bitwiseOr = orNumber(bitwiseOf.bitwiseOr, bind('bitwise_or.Scalar_Tensor')) as Both;
/** Bits that are set in exactly one. */
export const bitwiseXor = orNumber(bitwiseOf.bitwiseXor, bind('bitwise_xor.Scalar_Tensor')) as Both;
/** `input · 2^other` */
export const bitwiseLeftShift = orNumber(
  bitwiseOf.bitwiseLeftShift,
  bind('bitwise_left_shift.Scalar_Tensor'),
) as Both;
/** `input / 2^other`, rounded down. */
export const bitwiseRightShift = orNumber(
  bitwiseOf.bitwiseRightShift,
  bind('bitwise_right_shift.Scalar_Tensor'),
) as Both;

/** Each element (or part along `dim`) as many times in a row as `repeats` says; of `repeats` alone, its indices. */
export const repeatInterleave = bindFunction<{
  (repeats: Tensor, options?: { outputSize?: number }): Tensor;
  (
    input: Tensor,
    repeats: number | Tensor,
    dim?: number | null,
    options?: { outputSize?: number },
  ): Tensor;
}>('repeat_interleave.self_int', 'repeat_interleave.self_Tensor', 'repeat_interleave.Tensor');

/** The n-th derivative of the digamma function. */
export const polygamma = bind<(n: number, input: Tensor) => Tensor>('polygamma');

/** How many elements a tensor has. */
export function numel(input: Tensor): number {
  atMost('numel', 1, arguments.length);
  return tensorKind.read('numel: input', input).numel();
}
