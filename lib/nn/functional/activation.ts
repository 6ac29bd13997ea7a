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
const inPlace = {
  /** Whether the result is written over the input. Default false. */
  inplace: flag.or(false),
};
const byAlpha = {
  /** What negative elements come near to is `−alpha`. Default 1. */
  alpha: number().or(1),
};
const slopes = {
  /** Smallest slope. Default 1/8. */
  lower: number().or(1 / 8),
  /** Bound of slopes. Default 1/3. */
  upper: number().or(1 / 3),
  /** Whether slopes are drawn. Default false. */
  training: flag.or(false),
};

const simple = (name: string, operator: string) => {
  const both = twins(operator);
  return ordered<[input: Tensor], [inplace?: boolean]>()(
    name,
    { args: { input, ...inPlace } },
    (given) => both(given.inplace, given.input),
  );
};

/**
 * `max(0, x)`; mirrors `torch.nn.functional.relu`. Any shape → the same.
 *
 * @example
 * nn.functional.relu(torch.tensor([-1, 2])); // → tensor([0., 2.])
 */
export const relu = simple('relu', 'relu');
/**
 * `min(max(0, x), 6)`; mirrors `torch.nn.functional.relu6`. Any shape → the same.
 *
 * @example
 * nn.functional.relu6(torch.tensor([-1, 3, 9])); // → tensor([0., 3., 6.])
 */
export const relu6 = simple('relu6', 'relu6');
/**
 * {@link elu} with the scale that keeps mean and variance; mirrors `torch.nn.functional.selu`. Any shape → the same.
 *
 * @example
 * nn.functional.selu(torch.tensor([-1, 1])); // → tensor([-1.1113, 1.0507])
 */
export const selu = simple('selu', 'selu');
/**
 * `x / (1 + e^−x)`; mirrors `torch.nn.functional.silu`. Any shape → the same.
 *
 * @example
 * nn.functional.silu(torch.tensor([-1, 0, 1])); // → tensor([-0.2689, 0.0000, 0.7311])
 */
export const silu = simple('silu', 'silu');
/**
 * `x · tanh(log(1 + eˣ))`; mirrors `torch.nn.functional.mish`. Any shape → the same.
 *
 * @example
 * nn.functional.mish(torch.tensor([-1, 0, 1])); // → tensor([-0.3034, 0.0000, 0.8651])
 */
export const mish = simple('mish', 'mish');
/**
 * `min(max(0, x / 6 + 1/2), 1)`; mirrors `torch.nn.functional.hardsigmoid`. Any shape → the same.
 *
 * @example
 * nn.functional.hardsigmoid(torch.tensor([-4, 0, 1.5, 4])); // → tensor([0.0000, 0.5000, 0.7500, 1.0000])
 */
export const hardsigmoid = simple('hardsigmoid', 'hardsigmoid');
/**
 * `x · hardsigmoid(x)`; mirrors `torch.nn.functional.hardswish`. Any shape → the same.
 *
 * @example
 * nn.functional.hardswish(torch.tensor([1, 3])); // → tensor([0.6667, 3.0000])
 */
export const hardswish = simple('hardswish', 'hardswish');

const eluOp = twins<[alpha: number]>('elu');
/**
 * `x` where it is positive, else `alpha · (eˣ − 1)`; mirrors `torch.nn.functional.elu`. Any shape → the same.
 *
 * @example
 * nn.functional.elu(torch.tensor([-1, 1])); // → tensor([-0.6321, 1.0000])
 * nn.functional.elu(torch.tensor([-1, 1]), { alpha: 2 }); // → tensor([-1.2642, 1.0000])
 */
export const elu = ordered<[input: Tensor], [alpha?: number, inplace?: boolean]>()(
  'elu',
  { args: { input, ...byAlpha, ...inPlace } },
  (given) => eluOp(given.inplace, given.input, given.alpha),
);

const celuOp = twins<[alpha: number]>('celu');
/**
 * `max(0, x) + min(0, alpha · (e^(x / alpha) − 1))`; mirrors `torch.nn.functional.celu`. Any shape → the same.
 *
 * @example
 * nn.functional.celu(torch.tensor([-1, 1]), 2); // → tensor([-0.7869, 1.0000])
 */
export const celu = ordered<[input: Tensor], [alpha?: number, inplace?: boolean]>()(
  'celu',
  { args: { input, ...byAlpha, ...inPlace } },
  (given) => celuOp(given.inplace, given.input, given.alpha),
);

const leakyReluOp = twins<[negativeSlope: number]>('leaky_relu');
/**
 * `x` where it is positive, else `negativeSlope · x`; mirrors `torch.nn.functional.leaky_relu`. Any shape → the same.
 *
 * @example
 * nn.functional.leakyRelu(torch.tensor([-2, 2])); // → tensor([-0.0200, 2.0000])
 * nn.functional.leakyRelu(torch.tensor([-2, 2]), 0.5); // → tensor([-1., 2.])
 */
export const leakyRelu = ordered<[input: Tensor], [negativeSlope?: number, inplace?: boolean]>()(
  'leakyRelu',
  {
    args: {
      input,
      /** What negative elements are multiplied by. Default 0.01. */
      negativeSlope: number().or(0.01),
      ...inPlace,
    },
  },
  (given) => leakyReluOp(given.inplace, given.input, given.negativeSlope),
);

const hardtanhOp = twins<[minVal: number, maxVal: number]>('hardtanh');
/**
 * Limits elements to `[minVal, maxVal]`; mirrors `torch.nn.functional.hardtanh`. Any shape → the same.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` where `minVal` is above `maxVal`.
 * @example
 * nn.functional.hardtanh(torch.tensor([-3, 0.5, 3])); // → tensor([-1.0000, 0.5000, 1.0000])
 * nn.functional.hardtanh(torch.tensor([-3, 0.5, 3]), { maxVal: 2 }); // → tensor([-1.0000, 0.5000, 2.0000])
 */
export const hardtanh = ordered<
  [input: Tensor],
  [minVal?: number, maxVal?: number, inplace?: boolean]
>()(
  'hardtanh',
  {
    args: {
      input,
      /** Lower limit. Default −1. */
      minVal: number().or(-1),
      /** Upper limit. Default 1. */
      maxVal: number().or(1),
      ...inPlace,
    },
  },
  (given) => {
    const { minVal, maxVal } = given;
    if (minVal > maxVal)
      throw invalidArgument(`hardtanh: minVal ${minVal} is above maxVal ${maxVal}`);
    return hardtanhOp(given.inplace, given.input, minVal, maxVal);
  },
);

const thresholdOp = twins<[threshold: number, value: number]>('threshold');
/**
 * `x` where it is above `threshold`, else `value`; mirrors `torch.nn.functional.threshold`. Any shape → the same.
 *
 * @example
 * nn.functional.threshold(torch.tensor([0, 1, 2]), 1, 20); // → tensor([20., 20., 2.])
 */
export const threshold = ordered<
  [input: Tensor, threshold: number, value: number],
  [inplace?: boolean]
>()('threshold', { args: { input, threshold: number(), value: filler, ...inPlace } }, (given) =>
  thresholdOp(given.inplace, given.input, given.threshold, given.value),
);

const rreluOp = twins<[lower: number, upper: number, training: boolean]>('rrelu');
/**
 * {@link leakyRelu} with a slope that is drawn for each element from `[lower, upper)`, in evaluation with the mean of
 * both; mirrors `torch.nn.functional.rrelu`. Any shape → the same.
 *
 * @example
 * nn.functional.rrelu(torch.tensor([-1, 1]), 0.1, 0.3); // → tensor([-0.2000, 1.0000])
 * torch.manualSeed(0);
 * nn.functional.rrelu(torch.tensor([-1, -1, 1]), { training: true }); // → tensor([-0.3271, -0.2725, 1.0000])
 */
export const rrelu = ordered<
  [input: Tensor],
  [lower?: number, upper?: number, training?: boolean, inplace?: boolean]
>()(
  'rrelu',
  {
    args: {
      input,
      ...slopes,
      ...inPlace,
    },
  },
  (given) => rreluOp(given.inplace, given.input, given.lower, given.upper, given.training),
);

type Unary = (input: Tensor) => Tensor;

/**
 * {@link relu}, written over its input. Mirrors `torch.nn.functional.relu_`. Any shape → the same.
 *
 * @example
 * const x = torch.tensor([-1, 2]);
 * nn.functional.relu_(x);
 * x; // → tensor([0., 2.])
 */
export const relu_ = bindFunction<Unary>('relu_');
/**
 * {@link selu}, written over its input. Mirrors `torch.nn.functional.selu_`. Any shape → the same.
 *
 * @example
 * const x = torch.tensor([-1, 1]);
 * nn.functional.selu_(x);
 * x; // → tensor([-1.1113, 1.0507])
 */
export const selu_ = bindFunction<Unary>('selu_');
/**
 * {@link elu}, written over its input. Mirrors `torch.nn.functional.elu_`. Any shape → the same.
 *
 * @example
 * const x = torch.tensor([-1, 1]);
 * nn.functional.elu_(x, 2);
 * x; // → tensor([-1.2642, 1.0000])
 */
export const elu_ = ordered<[input: Tensor], [alpha?: number]>()(
  'elu_',
  { args: { input, ...byAlpha } },
  (given) => eluOp(true, given.input, given.alpha),
);
/**
 * {@link celu}, written over its input. Mirrors `torch.nn.functional.celu_`. Any shape → the same.
 *
 * @example
 * const x = torch.tensor([-1, 1]);
 * nn.functional.celu_(x, 2);
 * x; // → tensor([-0.7869, 1.0000])
 */
export const celu_ = bindFunction<(input: Tensor, alpha?: number) => Tensor>('celu_');
/**
 * {@link leakyRelu}, written over its input. Mirrors `torch.nn.functional.leaky_relu_`. Any shape → the same.
 *
 * @example
 * const x = torch.tensor([-2, 2]);
 * nn.functional.leakyRelu_(x, 0.5);
 * x; // → tensor([-1., 2.])
 */
export const leakyRelu_ =
  bindFunction<(input: Tensor, negativeSlope?: number) => Tensor>('leaky_relu_');
/**
 * {@link hardtanh}, written over its input. Mirrors `torch.nn.functional.hardtanh_`. Any shape → the same.
 *
 * @example
 * const x = torch.tensor([-3, 0, 3]);
 * nn.functional.hardtanh_(x, -2, 1);
 * x; // → tensor([-2., 0., 1.])
 */
export const hardtanh_ =
  bindFunction<(input: Tensor, minVal?: number, maxVal?: number) => Tensor>('hardtanh_');
/**
 * {@link threshold}, written over its input. Mirrors `torch.nn.functional.threshold_`. Any shape → the same.
 *
 * @example
 * const x = torch.tensor([0, 1, 2]);
 * nn.functional.threshold_(x, 1, 20);
 * x; // → tensor([20., 20., 2.])
 */
export const threshold_ =
  bindFunction<(input: Tensor, threshold: number, value: number) => Tensor>('threshold_');
/**
 * {@link rrelu}, written over its input. Mirrors `torch.nn.functional.rrelu_`. Any shape → the same.
 *
 * @example
 * const x = torch.tensor([-1, 1]);
 * nn.functional.rrelu_(x, 0.1, 0.3);
 * x; // → tensor([-0.2000, 1.0000])
 */
export const rrelu_ = ordered<
  [input: Tensor],
  [lower?: number, upper?: number, training?: boolean]
>()(
  'rrelu_',
  {
    args: { input, ...slopes },
  },
  (given) => rreluOp(true, given.input, given.lower, given.upper, given.training),
);

/** Approximations of {@link gelu}. */
export const geluKinds = oneOf('none', 'tanh');
const geluOp = bind<(input: Tensor, options: { approximate: string }) => Tensor>('gelu');
/**
 * `x · Φ(x)`, Φ the normal distribution's; mirrors `torch.nn.functional.gelu`. By name only: `approximate`, `'tanh'`
 * for the formula with a hyperbolic tangent. Default `'none'`. Any shape → the same.
 *
 * @example
 * nn.functional.gelu(torch.tensor([-1, 0, 1])); // → tensor([-0.1587, 0.0000, 0.8413])
 * nn.functional.gelu(torch.tensor([-1, 0, 1]), { approximate: 'tanh' }); // → tensor([-0.1588, 0.0000, 0.8412])
 */
export const gelu = ordered<[input: Tensor]>()(
  'gelu',
  {
    args: { input },
    options: {
      /** `'tanh'` for the formula with a hyperbolic tangent. Default `'none'`. */
      approximate: geluKinds.or('none'),
    },
  },
  (given) => geluOp(given.input, { approximate: given.approximate }),
);

const gluOp = bind<(input: Tensor, dim: number) => Tensor>('glu');
/**
 * One half times the sigmoid of the other; mirrors `torch.nn.functional.glu`.
 *
 * Shape: half as large along `dim`.
 *
 * @throws where `dim` has an odd size.
 * @example
 * nn.functional.glu(torch.tensor([[1, 2], [0, 0]])); // → tensor([[0.8808], [0.0000]])
 * nn.functional.glu(torch.tensor([[1, 2], [0, 0]]), 0); // → tensor([[0.5000, 1.0000]])
 */
export const glu = ordered<[input: Tensor], [dim?: number]>()(
  'glu',
  {
    args: {
      input,
      /** What is halved. Default −1, the last. */
      dim: integer().or(-1),
    },
  },
  (given) => gluOp(given.input, given.dim),
);

/**
 * `x` where it is beyond `±lambd`, else 0; mirrors `torch.nn.functional.hardshrink`. Any shape → the same.
 *
 * @example
 * nn.functional.hardshrink(torch.tensor([-2, 0.5, 1])); // → tensor([-2., 0., 1.])
 */
export const hardshrink = bindFunction<(input: Tensor, lambd?: number) => Tensor>('hardshrink');
/**
 * {@link hardshrink} whose values come nearer to 0 by `lambd`; mirrors `torch.nn.functional.softshrink`. Any shape →
 * the same.
 *
 * @example
 * nn.functional.softshrink(torch.tensor([-2, 0.5, 1])); // → tensor([-1.5000, 0.0000, 0.5000])
 */
export const softshrink = bindFunction<(input: Tensor, lambd?: number) => Tensor>('softshrink');
/**
 * Logarithm of the sigmoid; mirrors `torch.nn.functional.logsigmoid`. Any shape → the same.
 *
 * @example
 * nn.functional.logsigmoid(torch.tensor([0, -100])); // → tensor([ -0.6931, -100.0000])
 */
export const logsigmoid = bindFunction<Unary>('log_sigmoid');
/**
 * `log(1 + e^(beta·x)) / beta`, `x` above `threshold / beta`; mirrors `torch.nn.functional.softplus`. Any shape → the
 * same.
 *
 * @example
 * nn.functional.softplus(torch.tensor([-1, 0, 30])); // → tensor([ 0.3133, 0.6931, 30.0000])
 * nn.functional.softplus(torch.tensor([0]), 2); // → tensor([0.3466])
 */
export const softplus =
  bindFunction<(input: Tensor, beta?: number, threshold?: number) => Tensor>('softplus');
/**
 * `x` where it is positive, else `weight · x`, a weight for all or one for each channel; mirrors `torch.nn.functional.prelu`.
 *
 * Shape: any, or `(N, C, …)` with a weight `(C)` → the same.
 *
 * @example
 * nn.functional.prelu(torch.tensor([[-1, -1]]), torch.tensor([0.5, 2])); // → tensor([[-0.5000, -2.0000]])
 */
export const prelu = bindFunction<(input: Tensor, weight: Tensor) => Tensor>('prelu');

/**
 * `x − tanh(x)`; mirrors `torch.nn.functional.tanhshrink`. Any shape → the same.
 *
 * @example
 * nn.functional.tanhshrink(torch.tensor([0, 1])); // → tensor([0.0000, 0.2384])
 */
export const tanhshrink = ordered<[input: Tensor]>()('tanhshrink', { args: { input } }, (given) =>
  given.input.sub(given.input.tanh()),
);
/**
 * `x / (1 + |x|)`; mirrors `torch.nn.functional.softsign`. Any shape → the same.
 *
 * @example
 * nn.functional.softsign(torch.tensor([-1, 0, 3])); // → tensor([-0.5000, 0.0000, 0.7500])
 */
export const softsign = ordered<[input: Tensor]>()('softsign', { args: { input } }, (given) =>
  given.input.div(given.input.abs().add(1)),
);

// Python's choice where no dimension is given, which it calls deprecated.
const implicitDim = ({ ndim }: Tensor): number => ([0, 1, 3].includes(ndim) ? 0 : 1);

const along = {
  args: {
    input,
    /** Negative counts from the end. Default `null`: 0 for 0, 1 or 3 dimensions, else 1. */
    dim: orNull(integer()).or(null),
  },
  options: {
    /** Of the result; the input is converted first. Default `null`: the input's. */
    dtype: orNull(dtypeKind as Kind<DType>).or(null),
  },
};
type Along = [dim?: number | null];

/**
 * Exponentials that sum to 1 along `dim`, by default 0 of 0, 1 or 3 dimensions, else 1; mirrors
 * `torch.nn.functional.softmax`. By name only: `dtype`, that of the result. Any shape → the same.
 *
 * @example
 * nn.functional.softmax(torch.tensor([[0, 0], [0, 1]]), 1); // → tensor([[0.5000, 0.5000], [0.2689, 0.7311]])
 * nn.functional.softmax(torch.tensor([0n, 0n]), 0, { dtype: 'float32' }); // → tensor([0.5000, 0.5000])
 */
export const softmax = ordered<[input: Tensor], Along>()('softmax', along, (given) =>
  given.input.softmax(given.dim ?? implicitDim(given.input), typed(given.dtype)),
);
/**
 * {@link softmax} of `−x`; mirrors `torch.nn.functional.softmin`. Any shape → the same.
 *
 * @example
 * nn.functional.softmin(torch.tensor([0, 1]), 0); // → tensor([0.7311, 0.2689])
 */
export const softmin = ordered<[input: Tensor], Along>()('softmin', along, (given) =>
  given.input.neg().softmax(given.dim ?? implicitDim(given.input), typed(given.dtype)),
);
/**
 * Logarithm of {@link softmax}, without overflow; mirrors `torch.nn.functional.log_softmax`. Any shape → the same.
 *
 * @example
 * nn.functional.logSoftmax(torch.tensor([0, 0]), 0); // → tensor([-0.6931, -0.6931])
 * nn.functional.logSoftmax(torch.tensor([0, 1000]), 0); // → tensor([-1000., 0.])
 */
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
 *
 * Any shape → the same.
 *
 * @example
 * torch.manualSeed(0);
 * const drawn = nn.functional.gumbelSoftmax(torch.zeros(100, 2), { hard: true });
 * drawn.sum(0); // → tensor([52., 48.])
 */
export const gumbelSoftmax = ordered<
  [logits: Tensor],
  [tau?: number, hard?: boolean, eps?: number, dim?: number]
>()(
  'gumbelSoftmax',
  {
    args: {
      logits: tensorKind,
      /** Temperature, above 0. Default 1. */
      tau: number().or(1),
      /** Whether ones and zeros are returned. Default false. */
      hard: flag.or(false),
      /** Has no effect. Default 1e-10. */
      eps: number().or(1e-10),
      /** Default −1, the last. */
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
