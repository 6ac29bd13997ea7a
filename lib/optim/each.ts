import { bind } from '../native/ops.js';
import { Tensor } from '../tensor/index.js';

type Tensors = readonly Tensor[];

const addScaled_ =
  bind<(a: Tensors, b: Tensors, options: { alpha: number }) => void>('_foreach_add_.List');
const addcmul_ = bind<(a: Tensors, b: Tensors, c: Tensors, value: number) => void>(
  '_foreach_addcmul_.Scalar',
);
const addcdiv_ = bind<(a: Tensors, b: Tensors, c: Tensors, value: number) => void>(
  '_foreach_addcdiv_.Scalar',
);
const addcdivEach_ = bind<(a: Tensors, b: Tensors, c: Tensors, values: readonly number[]) => void>(
  '_foreach_addcdiv_.ScalarList',
);
const div = bind<(a: Tensors, by: Tensor) => Tensor[]>('_foreach_div.Tensor');

const viewAsReal = bind<(a: Tensor) => Tensor>('view_as_real');

/** Complex tensors as pairs of numbers, over the same memory: each is a parameter of its own, as in Python. */
export const asReal = (tensors: Tensors): Tensor[] =>
  tensors.map((tensor) => (tensor.dtype.startsWith('complex') ? viewAsReal(tensor) : tensor));

/** Operators on lists of tensors of one dtype on one device: one call for all parameters. */
export const each = {
  abs: bind<(a: Tensors) => Tensor[]>('_foreach_abs'),
  sign: bind<(a: Tensors) => Tensor[]>('_foreach_sign'),
  reciprocal_: bind<(a: Tensors) => void>('_foreach_reciprocal_'),
  maximum_: bind<(a: Tensors, b: Tensors) => void>('_foreach_maximum_.List'),
  copy_: bind<(a: Tensors, b: Tensors) => void>('_foreach_copy_'),
  neg: bind<(a: Tensors) => Tensor[]>('_foreach_neg'),
  sqrt: bind<(a: Tensors) => Tensor[]>('_foreach_sqrt'),
  sqrt_: bind<(a: Tensors) => void>('_foreach_sqrt_'),
  add: bind<(a: Tensors, b: Tensors, options: { alpha: number }) => Tensor[]>('_foreach_add.List'),
  add_: addScaled_,
  addNumber: bind<(a: Tensors, value: number) => Tensor[]>('_foreach_add.Scalar'),
  addNumber_: bind<(a: Tensors, value: number) => void>('_foreach_add_.Scalar'),
  mul_: bind<(a: Tensors, factor: number) => void>('_foreach_mul_.Scalar'),
  /** With a factor for each. */
  scale_: bind<(a: Tensors, factors: readonly number[]) => void>('_foreach_mul_.ScalarList'),
  /** By a divisor for each. */
  over: bind<(a: Tensors, divisors: readonly number[]) => Tensor[]>('_foreach_div.ScalarList'),
  multiply: bind<(a: Tensors, b: Tensors) => Tensor[]>('_foreach_mul.List'),
  multiply_: bind<(a: Tensors, b: Tensors) => void>('_foreach_mul_.List'),
  divide_: bind<(a: Tensors, b: Tensors) => void>('_foreach_div_.List'),
  lerp_: bind<(a: Tensors, end: Tensors, weight: number) => void>('_foreach_lerp_.Scalar'),
  addcmul:
    bind<(a: Tensors, b: Tensors, c: Tensors, value: number) => Tensor[]>(
      '_foreach_addcmul.Scalar',
    ),
  addcmul_,
  addcdiv_,
  /** `a += value · b / c`, with a value for each. */
  addcdivEach_,

  /** `a −= lr · b`. @param lr - A tensor `()` where the host must not know it. */
  descend_(a: Tensors, b: Tensors, lr: number | Tensor): void {
    if (lr instanceof Tensor) addcmul_(a, b, Array(a.length).fill(lr), -1);
    else addScaled_(a, b, { alpha: -lr });
  },

  /** `a −= lr · b / c`. */
  descendByRatio_(a: Tensors, b: Tensors, c: Tensors, lr: number | Tensor): void {
    if (lr instanceof Tensor) addcdiv_(a, b, div(c, lr), -1);
    else addcdiv_(a, b, c, -lr);
  },
};
