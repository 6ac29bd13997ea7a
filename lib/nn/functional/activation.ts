import { filler, flag, integer, type Kind, number, oneOf, orNull } from '../../argument/kind.js';
import { ordered } from '../../argument/ordered.js';
import { noGrad } from '../../context/autograd.js';
import { invalidArgument } from '../../error.js';
import type { DType } from '../../native/dtype.js';
import { bind } from '../../native/ops.js';
import { emptyLike, type Tensor, zerosLike } from '../../tensor/index.js';
import { dtypeKind, tensorKind } from '../../tensor/kinds.js';
import { bindFunction } from '../../tensor/method.js';

/** An operator and its twin that changes its input, as one function. */
function twins<More extends unknown[] = []>(name: string) {
  type Operator = (input: Tensor, ...more: More) => Tensor;
  const [pure, inPlace] = [bind<Operator>(name), bind<Operator>(`${name}_`)];
  return (inplace: boolean, input: Tensor, ...more: More): Tensor =>
    (inplace ? inPlace : pure)(input, ...more);
}

const input = tensorKind;
const inplace = flag.or(false);

const simple = (name: string, operator: string) => {
  const both = twins(operator);
  return ordered<[input: Tensor], [inplace?: boolean]>()(
    name,
    { args: { input, inplace } },
    (given) => both(given.inplace, given.input),
  );
};

/** `max(0, x)`; mirrors `torch.nn.functional.relu`. */
export const relu = simple('relu', 'relu');
/** `min(max(0, x), 6)`; mirrors `torch.nn.functional.relu6`. */
export const relu6 = simple('relu6', 'relu6');
/** {@link elu} with the scale that keeps mean and variance; mirrors `torch.nn.functional.selu`. */
export const selu = simple('selu', 'selu');
/** `x / (1 + e^−x)`; mirrors `torch.nn.functional.silu`. */
export const silu = simple('silu', 'silu');
/** `x · tanh(log(1 + eˣ))`; mirrors `torch.nn.functional.mish`. */
export const mish = simple('mish', 'mish');
/** `min(max(0, x / 6 + 1/2), 1)`; mirrors `torch.nn.functional.hardsigmoid`. */
export const hardsigmoid = simple('hardsigmoid', 'hardsigmoid');
/** `x · hardsigmoid(x)`; mirrors `torch.nn.functional.hardswish`. */
export const hardswish = simple('hardswish', 'hardswish');

const eluOp = twins<[alpha: number]>('elu');
/** `x` where it is positive, else `alpha · (eˣ − 1)`; mirrors `torch.nn.functional.elu`. */
export const elu = ordered<[input: Tensor], [alpha?: number, inplace?: boolean]>()(
  'elu',
  { args: { input, alpha: number().or(1), inplace } },
  (given) => eluOp(given.inplace, given.input, given.alpha),
);

const celuOp = twins<[alpha: number]>('celu');
/** `max(0, x) + min(0, alpha · (e^(x / alpha) − 1))`; mirrors `torch.nn.functional.celu`. */
export const celu = ordered<[input: Tensor], [alpha?: number, inplace?: boolean]>()(
  'celu',
  { args: { input, alpha: number().or(1), inplace } },
  (given) => celuOp(given.inplace, given.input, given.alpha),
);

const leakyReluOp = twins<[negativeSlope: number]>('leaky_relu');
/** `x` where it is positive, else `negativeSlope · x`; mirrors `torch.nn.functional.leaky_relu`. */
export const leakyRelu = ordered<[input: Tensor], [negativeSlope?: number, inplace?: boolean]>()(
  'leakyRelu',
  { args: { input, negativeSlope: number().or(0.01), inplace } },
  (given) => leakyReluOp(given.inplace, given.input, given.negativeSlope),
);

const hardtanhOp = twins<[minVal: number, maxVal: number]>('hardtanh');
/**
 * Limits elements to `[minVal, maxVal]`; mirrors `torch.nn.functional.hardtanh`.
 * @throws {TypeError} `ERR_INVALID_ARG` where `minVal` is above `maxVal`.
 */
export const hardtanh = ordered<
  [input: Tensor],
  [minVal?: number, maxVal?: number, inplace?: boolean]
>()(
  'hardtanh',
  { args: { input, minVal: number().or(-1), maxVal: number().or(1), inplace } },
  (given) => {
    const { minVal, maxVal } = given;
    if (minVal > maxVal)
      throw invalidArgument(`hardtanh: minVal ${minVal} is above maxVal ${maxVal}`);
    return hardtanhOp(given.inplace, given.input, minVal, maxVal);
  },
);

const thresholdOp = twins<[threshold: number, value: number]>('threshold');
/** `x` where it is above `threshold`, else `value`; mirrors `torch.nn.functional.threshold`. */
export const threshold = ordered<
  [input: Tensor, threshold: number, value: number],
  [inplace?: boolean]
>()('threshold', { args: { input, threshold: number(), value: filler, inplace } }, (given) =>
  thresholdOp(given.inplace, given.input, given.threshold, given.value),
);

const rreluOp = twins<[lower: number, upper: number, training: boolean]>('rrelu');
/**
 * {@link leakyRelu} with a slope that is drawn for each element from `[lower, upper)`, in evaluation with the mean of
 * both; mirrors `torch.nn.functional.rrelu`.
 */
export const rrelu = ordered<
  [input: Tensor],
  [lower?: number, upper?: number, training?: boolean, inplace?: boolean]
>()(
  'rrelu',
  {
    args: {
      input,
      lower: number().or(1 / 8),
      upper: number().or(1 / 3),
      training: flag.or(false),
      inplace,
    },
  },
  (given) => rreluOp(given.inplace, given.input, given.lower, given.upper, given.training),
);

type Unary = (input: Tensor) => Tensor;

/** {@link relu}, written over its input. */
export const relu_ = bindFunction<Unary>('relu_');
/** {@link selu}, written over its input. */
export const selu_ = bindFunction<Unary>('selu_');
/** {@link elu}, written over its input. */
export const elu_ = ordered<[input: Tensor], [alpha?: number]>()(
  'elu_',
  { args: { input, alpha: number().or(1) } },
  (given) => eluOp(true, given.input, given.alpha),
);
/** {@link celu}, written over its input. */
export const celu_ = bindFunction<(input: Tensor, alpha?: number) => Tensor>('celu_');
/** {@link leakyRelu}, written over its input. */
export const leakyRelu_ =
  bindFunction<(input: Tensor, negativeSlope?: number) => Tensor>('leaky_relu_');
/** {@link hardtanh}, written over its input. */
export const hardtanh_ =
  bindFunction<(input: Tensor, minVal?: number, maxVal?: number) => Tensor>('hardtanh_');
/** {@link threshold}, written over its input. */
export const threshold_ =
  bindFunction<(input: Tensor, threshold: number, value: number) => Tensor>('threshold_');
/** {@link rrelu}, written over its input. */
export const rrelu_ = ordered<
  [input: Tensor],
  [lower?: number, upper?: number, training?: boolean]
>()(
  'rrelu_',
  {
    args: { input, lower: number().or(1 / 8), upper: number().or(1 / 3), training: flag.or(false) },
  },
  (given) => rreluOp(true, given.input, given.lower, given.upper, given.training),
);

/** Approximations of {@link gelu}. */
export const geluKinds = oneOf('none', 'tanh');
const geluOp = bind<(input: Tensor, options: { approximate: string }) => Tensor>('gelu');
/**
 * `x · Φ(x)`, Φ the normal distribution's; mirrors `torch.nn.functional.gelu`.
 * By name only: `approximate`, `'tanh'` for the formula with a hyperbolic tangent. Default `'none'`.
 */
export const gelu = ordered<[input: Tensor]>()(
  'gelu',
  { args: { input }, options: { approximate: geluKinds.or('none') } },
  (given) => geluOp(given.input, { approximate: given.approximate }),
);

const gluOp = bind<(input: Tensor, dim: number) => Tensor>('glu');
/** One half times the sigmoid of the other; mirrors `torch.nn.functional.glu`. @throws where `dim` has an odd size. */
export const glu = ordered<[input: Tensor], [dim?: number]>()(
  'glu',
  { args: { input, dim: integer().or(-1) } },
  (given) => gluOp(given.input, given.dim),
);

/** `x` where it is beyond `±lambd`, else 0; mirrors `torch.nn.functional.hardshrink`. */
export const hardshrink = bindFunction<(input: Tensor, lambd?: number) => Tensor>('hardshrink');
/** {@link hardshrink} whose values come nearer to 0 by `lambd`; mirrors `torch.nn.functional.softshrink`. */
export const softshrink = bindFunction<(input: Tensor, lambd?: number) => Tensor>('softshrink');
/** Logarithm of the sigmoid; mirrors `torch.nn.functional.logsigmoid`. */
export const logsigmoid = bindFunction<Unary>('log_sigmoid');
/** `log(1 + e^(beta·x)) / beta`, `x` above `threshold / beta`; mirrors `torch.nn.functional.softplus`. */
export const softplus =
  bindFunction<(input: Tensor, beta?: number, threshold?: number) => Tensor>('softplus');
/** `x` where it is positive, else `weight · x`, a weight for all or one for each channel; mirrors `torch.nn.functional.prelu`. */
export const prelu = bindFunction<(input: Tensor, weight: Tensor) => Tensor>('prelu');

/** `x − tanh(x)`; mirrors `torch.nn.functional.tanhshrink`. */
export const tanhshrink = ordered<[input: Tensor]>()('tanhshrink', { args: { input } }, (given) =>
  given.input.sub(given.input.tanh()),
);
/** `x / (1 + |x|)`; mirrors `torch.nn.functional.softsign`. */
export const softsign = ordered<[input: Tensor]>()('softsign', { args: { input } }, (given) =>
  given.input.div(given.input.abs().add(1)),
);

// Python's choice where no dimension is given, which it calls deprecated.
const implicitDim = ({ ndim }: Tensor): number => ([0, 1, 3].includes(ndim) ? 0 : 1);

const along = {
  args: { input, dim: orNull(integer()).or(null) },
  options: { dtype: orNull(dtypeKind as Kind<DType>).or(null) },
};
type Along = [dim?: number | null];

/**
 * Exponentials that sum to 1 along `dim`, by default 0 of 0, 1 or 3 dimensions, else 1; mirrors
 * `torch.nn.functional.softmax`. By name only: `dtype`, that of the result.
 */
export const softmax = ordered<[input: Tensor], Along>()('softmax', along, (given) =>
  given.input.softmax(given.dim ?? implicitDim(given.input), typed(given.dtype)),
);
/** {@link softmax} of `−x`; mirrors `torch.nn.functional.softmin`. */
export const softmin = ordered<[input: Tensor], Along>()('softmin', along, (given) =>
  given.input.neg().softmax(given.dim ?? implicitDim(given.input), typed(given.dtype)),
);
/** Logarithm of {@link softmax}, without overflow; mirrors `torch.nn.functional.log_softmax`. */
export const logSoftmax = ordered<[input: Tensor], Along>()('logSoftmax', along, (given) =>
  given.input.logSoftmax(given.dim ?? implicitDim(given.input), typed(given.dtype)),
);

const typed = (dtype: DType | null): { dtype?: DType } => (dtype === null ? {} : { dtype });

const exponential = bind<(input: Tensor) => Tensor>('exponential_');
const scatterValue =
  bind<(input: Tensor, dim: number, index: Tensor, value: number) => Tensor>('scatter.value');

/**
 * Draws from the categories that `logits` weigh, along `dim`, so that gradients pass (Jang and others, 2017); mirrors
 * `torch.nn.functional.gumbel_softmax`.
 *
 * `tau` is the temperature; with `hard`, ones and zeros stand in the result, with the gradients of the soft one. `eps`
 * has no effect, as in Python.
 */
export const gumbelSoftmax = ordered<
  [logits: Tensor],
  [tau?: number, hard?: boolean, eps?: number, dim?: number]
>()(
  'gumbelSoftmax',
  {
    args: {
      logits: tensorKind,
      tau: number().or(1),
      hard: flag.or(false),
      eps: number().or(1e-10),
      dim: integer().or(-1),
    },
  },
  ({ logits, tau, hard, dim }) => {
    const gumbels = noGrad(() => exponential(emptyLike(logits)).log().neg());
    const soft = logits.add(gumbels).div(tau).softmax(dim);
    if (!hard) return soft;
    const index = soft.argmax(dim, true);
    const ones = scatterValue(zerosLike(logits), dim, index, 1);
    return ones.sub(soft.detach()).add(soft);
  },
);
