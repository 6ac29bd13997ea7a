import { bind } from '../ops.js';
import { extendTensor, type Operand, type Tensor } from './tensor.js';

type Compare = (a: Tensor, b: Operand) => Tensor;
type Unary = (a: Tensor) => Tensor;

const eq = bind<Compare>('eq.Tensor');
const ne = bind<Compare>('ne.Tensor');
const lt = bind<Compare>('lt.Tensor');
const le = bind<Compare>('le.Tensor');
const gt = bind<Compare>('gt.Tensor');
const ge = bind<Compare>('ge.Tensor');
const equal = bind<(a: Tensor, b: Tensor) => boolean>('equal');
const allclose =
  bind<(a: Tensor, b: Tensor, rtol: number, atol: number, equalNan: boolean) => boolean>(
    'allclose',
  );
const isclose =
  bind<(a: Tensor, b: Tensor, rtol: number, atol: number, equalNan: boolean) => Tensor>('isclose');
const logicalNot = bind<Unary>('logical_not');
const logicalAnd = bind<Compare>('logical_and');
const logicalOr = bind<Compare>('logical_or');
const logicalXor = bind<Compare>('logical_xor');
const isnan = bind<Unary>('isnan');
const isinf = bind<Unary>('isinf');
const isfinite = bind<Unary>('isfinite');

/** Closeness: `|a − b| ≤ atol + rtol · |b|`. */
export interface Tolerance {
  /** Default 1e-5. */
  rtol?: number;
  /** Default 1e-8. */
  atol?: number;
  /** Whether NaN equals NaN. Default false. */
  equalNan?: boolean;
}

/** Comparisons, element by element unless said otherwise; results are bool tensors. */
const comparison = {
  eq(this: Tensor, other: Operand): Tensor {
    return eq(this, other);
  },
  ne(this: Tensor, other: Operand): Tensor {
    return ne(this, other);
  },
  lt(this: Tensor, other: Operand): Tensor {
    return lt(this, other);
  },
  le(this: Tensor, other: Operand): Tensor {
    return le(this, other);
  },
  gt(this: Tensor, other: Operand): Tensor {
    return gt(this, other);
  },
  ge(this: Tensor, other: Operand): Tensor {
    return ge(this, other);
  },
  /** Whether shapes and all elements are the same. */
  equal(this: Tensor, other: Tensor): boolean {
    return equal(this, other);
  },
  /** Whether all elements are close to those of `other`. */
  allclose(this: Tensor, other: Tensor, options: Tolerance = {}): boolean {
    const { rtol = 1e-5, atol = 1e-8, equalNan = false } = options;
    return allclose(this, other, rtol, atol, equalNan);
  },
  isclose(this: Tensor, other: Tensor, options: Tolerance = {}): Tensor {
    const { rtol = 1e-5, atol = 1e-8, equalNan = false } = options;
    return isclose(this, other, rtol, atol, equalNan);
  },
  logicalNot(this: Tensor): Tensor {
    return logicalNot(this);
  },
  logicalAnd(this: Tensor, other: Tensor): Tensor {
    return logicalAnd(this, other);
  },
  logicalOr(this: Tensor, other: Tensor): Tensor {
    return logicalOr(this, other);
  },
  logicalXor(this: Tensor, other: Tensor): Tensor {
    return logicalXor(this, other);
  },
  isnan(this: Tensor): Tensor {
    return isnan(this);
  },
  isinf(this: Tensor): Tensor {
    return isinf(this);
  },
  isfinite(this: Tensor): Tensor {
    return isfinite(this);
  },
};

export type Comparison = typeof comparison;
extendTensor(comparison);
