import { either, flag, number } from '../../argument/kind.js';
import { ordered } from '../../argument/ordered.js';
import { noGrad } from '../../context/autograd.js';
import { invalidArgument } from '../../error.js';
import { bind } from '../../native/ops.js';
import { onesLike, type Tensor } from '../../tensor/index.js';
import { tensorKind } from '../../tensor/kinds.js';
import {
  broadcastPair,
  elementWeight,
  numberOf,
  pairArgs,
  type Reduction,
  reduced,
  reductionPart,
  sameSize,
} from './reduction.js';

type Both = [input: Tensor, target: Tensor];
type Elementwise = (input: Tensor, target: Tensor, reduction: number) => Tensor;

const weighted = { ...reductionPart, ...elementWeight };

function requireWeights(name: string, weight: Tensor, input: Tensor): void {
  if (sameSize(weight, input)) return;
  throw invalidArgument(`${name}: weight and input must have the same size`);
}

// With weights, the mean is theirs.
function elementwise(
  name: string,
  operator: Elementwise,
  given: { input: Tensor; target: Tensor; reduction: Reduction; weight: Tensor | null },
): Tensor {
  const { reduction, weight } = given;
  const [a, b] = broadcastPair(given.input, given.target);
  if (weight === null) return operator(a, b, numberOf(reduction));
  requireWeights(name, weight, given.input);
  const losses = operator(a, b, numberOf('none')).mul(weight);
  return reduction === 'mean' ? losses.sum().div(weight.sum()) : reduced(losses, reduction);
}

const mseLossOp = bind<Elementwise>('mse_loss');
const l1LossOp = bind<Elementwise>('l1_loss');

/**
 * Mean squared error; shapes broadcast; mirrors `torch.nn.functional.mse_loss`. By name only: `reduction`, `weight` of
 * each element.
 *
 * @example
 * nn.functional.mseLoss(torch.tensor([1, 3]), torch.tensor([0, 0])); // → tensor(5.)
 * nn.functional.mseLoss(torch.tensor([1, 3]), torch.tensor([0, 0]), { reduction: 'sum' }); // → tensor(10.)
 */
export const mseLoss = ordered<Both>()('mseLoss', { args: pairArgs, options: weighted }, (given) =>
  elementwise('mseLoss', mseLossOp, given),
);

/**
 * Mean absolute error; shapes broadcast; mirrors `torch.nn.functional.l1_loss`. By name only: `reduction`, `weight` of
 * each element.
 *
 * @example
 * nn.functional.l1Loss(torch.tensor([1, -3]), torch.tensor([0, 0])); // → tensor(2.)
 */
export const l1Loss = ordered<Both>()('l1Loss', { args: pairArgs, options: weighted }, (given) =>
  elementwise('l1Loss', l1LossOp, given),
);

const smoothL1LossOp =
  bind<(input: Tensor, target: Tensor, reduction: number, beta: number) => Tensor>(
    'smooth_l1_loss',
  );

/**
 * Squared error, over `2 · beta`, below `beta`, absolute error less `beta / 2` above; mirrors
 * `torch.nn.functional.smooth_l1_loss`. By name only: `reduction`, `beta`.
 *
 * Shape: any, the same for both or such that they broadcast → a number, or that shape unreduced.
 *
 * @example
 * const [input, target] = [torch.tensor([1, 5]), torch.tensor([0, 0])];
 * nn.functional.smoothL1Loss(input, target, { beta: 2, reduction: 'none' }); // → tensor([0.2500, 4.0000])
 */
export const smoothL1Loss = ordered<Both>()(
  'smoothL1Loss',
  {
    args: pairArgs,
    options: {
      ...reductionPart,
      /** Where the squared error ends, ≥ 0. Default 1. */
      beta: number().or(1),
    },
  },
  (given) => {
    const [a, b] = broadcastPair(given.input, given.target);
    const reduction = numberOf(given.reduction);
    return given.beta === 0
      ? l1LossOp(a, b, reduction)
      : smoothL1LossOp(a, b, reduction, given.beta);
  },
);

const huberLossOp =
  bind<(input: Tensor, target: Tensor, reduction: number, delta: number) => Tensor>('huber_loss');

/**
 * Half the squared error below `delta`, `delta` times the absolute error less `delta / 2` above; mirrors
 * `torch.nn.functional.huber_loss`.
 *
 * Shape: any, the same for both or such that they broadcast → a number, or that shape unreduced.
 *
 * @example
 * const [input, target] = [torch.tensor([1, 5]), torch.tensor([0, 0])];
 * nn.functional.huberLoss(input, target, { delta: 2, reduction: 'none' }); // → tensor([0.5000, 8.0000])
 */
export const huberLoss = ordered<
  Both,
  [reduction?: Reduction, delta?: number, weight?: Tensor | null]
>()(
  'huberLoss',
  {
    args: {
      ...pairArgs,
      ...reductionPart,
      /** Where the squared error ends, above 0. Default 1. */
      delta: number().or(1),
      ...elementWeight,
    },
  },
  (given) => {
    const { reduction, delta, weight } = given;
    const [a, b] = broadcastPair(given.input, given.target);
    if (weight === null) return huberLossOp(a, b, numberOf(reduction), delta);
    requireWeights('huberLoss', weight, given.input);
    return reduced(huberLossOp(a, b, numberOf('none'), delta).mul(weight), reduction);
  },
);

const poissonNllLossOp =
  bind<
    (
      input: Tensor,
      target: Tensor,
      logInput: boolean,
      full: boolean,
      eps: number,
      reduction: number,
    ) => Tensor
  >('poisson_nll_loss');

/**
 * Negative log likelihood of counts; mirrors `torch.nn.functional.poisson_nll_loss`. `logInput` says whether the input
 * is the logarithm of the mean, `full` whether Stirling's term is added. By name only: `eps`, `reduction`.
 *
 * Shape: any, the same for both or such that they broadcast → a number, or that shape unreduced.
 *
 * @example
 * nn.functional.poissonNllLoss(torch.tensor([0, 0]), torch.tensor([2, 5])); // → tensor(1.)
 * nn.functional.poissonNllLoss(torch.tensor([2]), torch.tensor([0]), { logInput: false }); // → tensor(2.)
 */
export const poissonNllLoss = ordered<Both, [logInput?: boolean, full?: boolean]>()(
  'poissonNllLoss',
  {
    args: {
      ...pairArgs,
      /** Whether the input is the logarithm of the mean. Default true. */
      logInput: flag.or(true),
      /** Whether Stirling's term is added. Default false. */
      full: flag.or(false),
    },
    options: {
      /** What is added to means before their logarithm is taken. Default 1e-8. */
      eps: number().or(1e-8),
      ...reductionPart,
    },
  },
  ({ input, target, logInput, full, eps, reduction }) =>
    poissonNllLossOp(input, target, logInput, full, eps, numberOf(reduction)),
);

/** Variances: of each element, of each row, or one for all. */
const varianceKind = either(tensorKind, number(0));

// One for each row counts for the whole row.
function varianceFor(input: Tensor, given: Tensor | number): Tensor {
  if (typeof given === 'number') return onesLike(input).mul(given);
  if (given.lt(0).any().item()) throw invalidArgument('gaussianNllLoss: var has negative entries');
  if (sameSize(given, input)) return given;
  const [rows, sizes] = [String(input.shape.slice(0, -1)), given.shape];
  if (rows === String(sizes)) return given.unsqueeze(-1);
  const others = input.shape.filter((size, i) => size !== sizes[i]);
  // As Python has it: one dimension differs, and it is 1 there.
  const isOne = others.length === 1 && given.ndim === input.ndim;
  const differing = sizes.filter((size, i) => size !== input.shape[i]);
  if (isOne && differing[0] === 1) return given;
  throw invalidArgument('gaussianNllLoss: var is of incorrect size');
}

/**
 * Negative log likelihood of normal distributions with mean `input` and variance `var`; mirrors
 * `torch.nn.functional.gaussian_nll_loss`. Variances are at least `eps`; `full` adds the constant term.
 *
 * Shape: `(N, …)`, a variance for each element, for each row, or one for all → a number, or `(N, …)` unreduced.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for a negative variance, or one of another size.
 * @example
 * const [mean, target] = [torch.tensor([0, 0]), torch.tensor([0, 2])];
 * nn.functional.gaussianNllLoss(mean, target, 1, { reduction: 'none' }); // → tensor([0., 2.])
 * nn.functional.gaussianNllLoss(mean, target, torch.tensor([1, 4])); // → tensor(0.5966)
 */
export const gaussianNllLoss = ordered<
  [input: Tensor, target: Tensor, variance: Tensor | number],
  [full?: boolean, eps?: number, reduction?: Reduction]
>()(
  'gaussianNllLoss',
  {
    args: {
      ...pairArgs,
      var: varianceKind,
      /** Whether the constant term is added. Default false. */
      full: flag.or(false),
      /** The least variance. Default 1e-6. */
      eps: number().or(1e-6),
      ...reductionPart,
    },
  },
  (given) => {
    const { input, target, eps, full, reduction } = given;
    const variance = varianceFor(input, given.var).clone();
    noGrad(() => variance.clamp_({ min: eps }));
    const squares = input.sub(target).pow(2).div(variance);
    const losses = variance.log().add(squares).mul(0.5);
    return reduced(full ? losses.add(0.5 * Math.log(2 * Math.PI)) : losses, reduction);
  },
);
