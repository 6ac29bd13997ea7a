import { atMost } from '../argument/atMost.js';
import { flag, Kind, number } from '../argument/kind.js';
import { invalidArgument } from '../error.js';
import { bind } from '../native/ops.js';
import { type Tensor, zeros, zerosLike } from '../tensor/index.js';
import {
  count,
  DeclaredOptimizer,
  descents,
  type Remembered,
  type StepSettings,
} from './declared.js';
import { each } from './each.js';
import type { ParamsOrGroups } from './optimizer.js';
import { type Given, rate, type Settings } from './settings.js';
import { requireStates } from './stateDict.js';

const within = (least: number, most: number, words: string): Kind<number> =>
  new Kind(words, (given) =>
    typeof given === 'number' && given >= least && given <= most ? given : undefined,
  );

type Epsilons = readonly [number | null, number];
const epsilons = new Kind<Epsilons, [number | null, number]>(
  'a number ≥ 0 or null, and a number ≥ 0',
  (given) => {
    if (!Array.isArray(given) || given.length !== 2) return undefined;
    const fits = (each: unknown) => number(0).convert(each) !== undefined;
    const [first, second] = given;
    return (first === null || fits(first)) && fits(second) ? [first, second] : undefined;
  },
);

const spec = {
  /** The largest relative step, and what weight decay is multiplied by, ≥ 0. Default 1e-2. */
  lr: rate.or(1e-2),
  /** The power of the step's number that is the share of a new square, ≤ 0. Default −0.8. */
  beta2Decay: within(Number.NEGATIVE_INFINITY, 0, 'a number ≤ 0').or(-0.8),
  /** The least root of a mean of squares (`null`: the dtype's epsilon), and the least size of weights. Default [null, 1e-3]. */
  eps: epsilons.or([null, 1e-3]),
  /** What the root mean square of a step is at most, ≥ 1. Default 1. */
  d: within(1, Number.POSITIVE_INFINITY, 'a number ≥ 1').or(1),
  /** Taken off the weight, in proportion to it, ≥ 0. Default 0. */
  weightDecay: number(0).or(0),
  /** Climbs instead of descending. Default false. */
  maximize: flag.or(false),
};

/** Settings of a group of {@link Adafactor}. */
export type AdafactorOptions = Settings<typeof spec>;

const norm =
  bind<(a: Tensor, p: number, dim: number[], keepdim: boolean) => Tensor>('norm.ScalarOpt_dim');
const clampMin_ = bind<(a: Tensor, least: number) => Tensor>('clamp_min_');
const rsqrt_ = bind<(a: Tensor) => Tensor>('rsqrt_');
const mean = bind<(a: Tensor, dim: number[], keepdim: boolean) => Tensor>('mean.dim');

const epsilonOf: Readonly<Record<string, number>> = {
  float64: 2 ** -52,
  float32: 2 ** -23,
  float16: 2 ** -10,
  bfloat16: 2 ** -7,
};

/**
 * Adam's steps with the means of squares kept by rows and columns; mirrors `torch.optim.Adafactor`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for an option out of range; in a step, for a complex parameter.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.optim.Adafactor.html
 * @example
 * const w = torch.ones(4, 3).requiresGrad_();
 * const adafactor = new optim.Adafactor([w]);
 * w.sum().backward();
 * adafactor.step();
 * const { rowVar, colVar } = adafactor.state.get(w) as Record<string, torch.Tensor>;
 * [rowVar!.shape, colVar!.shape]; // → [ [ 4, 1 ], [ 1, 3 ] ]
 */
export class Adafactor extends DeclaredOptimizer<typeof spec> {
  constructor(params: ParamsOrGroups<Given<typeof spec>>, options?: Given<typeof spec>) {
    atMost('Adafactor', 2, arguments.length);
    super(spec, params, options);
  }

  // Which of these it is depends on the parameter's shape.
  protected override remembers(): Remembered {
    return { step: count, rowVar: undefined, colVar: undefined, variance: undefined };
  }

  protected override savedBesides(): Record<string, unknown> {
    return { foreach: null };
  }

  protected override checkState(
    what: string,
    param: Tensor,
    state: ReadonlyMap<string, unknown>,
  ): void {
    const shapes = new Map(Object.entries(variances(param)));
    const required = ['step', ...shapes.keys()];
    requireStates(what, param, state, {
      required,
      optional: [],
      shapeOf: (key) => shapes.get(key)!,
    });
  }

  protected override update(params: Tensor[], settings: StepSettings<typeof spec>): void {
    if (params[0]!.dtype.startsWith('complex')) {
      throw invalidArgument('Adafactor: there are no steps for complex parameters');
    }
    const { step } = this.recall(params, settings);
    const grads = descents(params, { maximize: settings.maximize });
    params.forEach((param, i) => {
      const state = this.state.get(param)!;
      for (const [key, shape] of Object.entries(variances(param))) {
        const { dtype, device } = grads[i]!;
        state[key] ??= (
          key === 'variance' ? zerosLike(grads[i]!) : zeros(shape, { dtype, device })
        ).keep();
      }
      stepOf(param, grads[i]!, Number(step![i]!.add_(1).item()), state, settings);
    });
  }
}

// What is kept of the squares: by rows and columns of a matrix.
function variances({ shape }: Tensor): Record<string, readonly number[]> {
  if (shape.length < 2) return { variance: shape };
  return { rowVar: shape.with(-1, 1), colVar: shape.with(-2, 1) };
}

const rootMeanSquare = (tensor: Tensor): number =>
  Number(norm(tensor, 2, [], false).item()) / tensor.numel() ** 0.5;

function stepOf(
  param: Tensor,
  grad: Tensor,
  t: number,
  { rowVar, colVar, variance }: Record<string, Tensor | null>,
  settings: StepSettings<typeof spec>,
): void {
  const { beta2Decay, d, weightDecay } = settings;
  const lr = settings.lr as number;
  const [eps1 = epsilonOf[param.dtype]!, eps2] = [settings.eps[0] ?? undefined, settings.eps[1]];
  const share = t ** beta2Decay;
  const size = Math.max(eps2, rootMeanSquare(param)) * Math.min(lr, 1 / t ** 0.5);
  if (weightDecay !== 0) param.mul_(1 - lr * weightDecay);
  let squares: Tensor;
  if (rowVar && colVar) {
    const meanOfSquares = (dim: number): Tensor => {
      const root = norm(grad, 2, [dim], true);
      return root.mul_(root).div_(grad.shape.at(dim)!);
    };
    each.lerp_([rowVar], [meanOfSquares(-1)], share);
    each.lerp_([colVar], [meanOfSquares(-2)], share);
    squares = rowVar.matmul(colVar).div_(clampMin_(mean(rowVar, [-2], true), eps1));
  } else {
    each.lerp_([variance!], [grad.mul(grad)], share);
    squares = variance!.clone();
  }
  const move = rsqrt_(clampMin_(squares, eps1 * eps1)).mul_(grad);
  const divisor = Math.max(1, rootMeanSquare(move) / d);
  each.add_([param], [move], { alpha: -size / divisor });
}
