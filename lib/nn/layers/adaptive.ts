import { atMost } from '../../argument/atMost.js';
import { flag, integer, Kind, number } from '../../argument/kind.js';
import { invalidArgument } from '../../error.js';
import { bind } from '../../native/ops.js';
import { cat, type Tensor, zeros } from '../../tensor/index.js';
import { tensorKind } from '../../tensor/kinds.js';
import { type LayerOptions, layer } from '../layer.js';
import { ModuleList, Sequential } from '../module/container.js';
import { placed } from '../module/parameter.js';
import { Linear } from './linear.js';

const indexCopy =
  bind<(input: Tensor, dim: number, index: Tensor, source: Tensor) => Tensor>('index_copy');
const indexFill =
  bind<(input: Tensor, dim: number, index: Tensor, value: number) => Tensor>(
    'index_fill.int_Scalar',
  );

const cutoffsKind = new Kind<readonly number[]>(
  'a list of integers ≥ 1, each larger than the one before',
  (given) => {
    const list: readonly unknown[] = Array.isArray(given) ? given : [];
    const isNext = (each: unknown, i: number) =>
      Number.isSafeInteger(each) && (each as number) > ((list[i - 1] as number | undefined) ?? 0);
    return list.length > 0 && list.every(isNext) ? ([...list] as number[]) : undefined;
  },
);

const declaration = {
  args: {
    /** Integer ≥ 1. */
    inFeatures: integer(1),
    /** Classes, the frequent ones first, integer ≥ 2. */
    nClasses: integer(2),
    /** Where each cluster of rarer classes begins, below `nClasses`. */
    cutoffs: cutoffsKind,
  },
  options: {
    /** By how much each cluster's projection is smaller than the one before. Default 4. */
    divValue: number().or(4),
    /** Whether the head has a bias. Default false. */
    headBias: flag.or(false),
  },
  making: placed,
};

/** Options of {@link AdaptiveLogSoftmaxWithLoss}. */
export interface AdaptiveLogSoftmaxWithLossOptions extends LayerOptions<typeof declaration> {}

/**
 * Softmax over many classes, of which the rare ones lie in clusters that are computed where they are needed (Grave and
 * others, 2017); mirrors `torch.nn.AdaptiveLogSoftmaxWithLoss`.
 *
 * Shape: `(N, inFeatures)` and targets `(N)`, or without N → log probabilities of the targets `(N)`, and their negative
 * mean.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` when a value is not of its kind, and for a target that is no class.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.AdaptiveLogSoftmaxWithLoss.html
 * @example
 * const softmax = new nn.AdaptiveLogSoftmaxWithLoss(8, 100, [10, 50]);
 * const [output, loss] = softmax.forward(torch.zeros(3, 8), torch.tensor([0n, 20n, 99n]));
 * [output.shape, loss.shape]; // → [ [ 3 ], [] ]
 * softmax.logProb(torch.zeros(3, 8)).shape; // → [ 3, 100 ]
 */
export class AdaptiveLogSoftmaxWithLoss extends layer('AdaptiveLogSoftmaxWithLoss', declaration) {
  /** Of the frequent classes and of each cluster. */
  head: Linear;
  /** A projection and the classes of each cluster. */
  tail: ModuleList<Sequential>;

  constructor(
    inFeatures: number,
    nClasses: number,
    cutoffs: readonly number[],
    options?: AdaptiveLogSoftmaxWithLossOptions,
  );
  constructor(...given: unknown[]) {
    super(...given);
    const { inFeatures, nClasses, cutoffs, divValue, making } = this;
    if (cutoffs.at(-1)! >= nClasses) {
      throw invalidArgument(
        `AdaptiveLogSoftmaxWithLoss: cutoffs: expected values between 1 and nClasses − 1, got [${cutoffs}]`,
      );
    }
    const ends = [...cutoffs, nClasses];
    Object.assign(this, { cutoffs: ends });
    this.head = new Linear(inFeatures, cutoffs[0]! + cutoffs.length, {
      bias: this.headBias,
      ...making,
    });
    const unbiased = { bias: false, ...making };
    const clusters = cutoffs.map((start, i) => {
      const hidden = Math.floor(inFeatures / divValue ** (i + 1));
      // In this order they draw their weights.
      const projection = new Linear(inFeatures, hidden, unbiased);
      return new Sequential(projection, new Linear(hidden, ends[i + 1]! - start, unbiased));
    });
    this.tail = new ModuleList(clusters);
    this.guardMembers();
  }

  /** Draws new parameters from the default generator: the head's, then the clusters'. */
  resetParameters(): void {
    atMost('resetParameters', 0, arguments.length);
    this.head.resetParameters();
    for (const cluster of this.tail) for (const each of cluster) (each as Linear).resetParameters();
  }

  forward(input: Tensor, target: Tensor): [output: Tensor, loss: Tensor] {
    atMost('AdaptiveLogSoftmaxWithLoss.forward', 2, arguments.length);
    const isBatch = requirePair(input, target);
    const [rows, classes] = isBatch ? [input, target] : [input.unsqueeze(0), target.unsqueeze(0)];
    const { output, places } = likelihoodsOf(this, rows, classes);
    const head = this.head.forward(rows).logSoftmax(1).gather(1, places.unsqueeze(1)).squeeze(1);
    const likelihoods = output.add(head);
    return [isBatch ? likelihoods : likelihoods.squeeze(0), likelihoods.neg().mean()];
  }

  /** Log probabilities of all classes: `(N, inFeatures)` → `(N, nClasses)`. */
  logProb(input: Tensor): Tensor {
    atMost('logProb', 1, arguments.length);
    tensorKind.read('AdaptiveLogSoftmaxWithLoss.logProb: input', input);
    const head = this.head.forward(input).logSoftmax(1);
    const [frequent] = this.cutoffs as [number];
    const clusters = [...this.tail].map((cluster, i) =>
      cluster
        .forward(input)
        .logSoftmax(1)
        .add(head.narrow(1, frequent + i, 1)),
    );
    return cat([head.narrow(1, 0, frequent), ...clusters], 1);
  }

  /** The likeliest class of each row: `(N, inFeatures)` → `(N)`. */
  predict(input: Tensor): Tensor {
    atMost('predict', 1, arguments.length);
    tensorKind.read('AdaptiveLogSoftmaxWithLoss.predict: input', input);
    const best = this.head.forward(input).argmax(1);
    const rare = best.ge(this.cutoffs[0]!);
    return best.where(rare.logicalNot(), this.logProb(input).argmax(1));
  }
}

function requirePair(input: Tensor, target: Tensor): boolean {
  const name = 'AdaptiveLogSoftmaxWithLoss';
  tensorKind.read(`${name}: input`, input);
  const { ndim } = tensorKind.read(`${name}: target`, target);
  if (ndim > 1 || input.ndim !== ndim + 1) {
    throw invalidArgument(`${name}: a 2D input needs a 1D target, a 1D input a 0D target`);
  }
  if (ndim === 0 || input.shape[0] === target.shape[0]) return ndim === 1;
  throw invalidArgument(
    `${name}: input and target should have the same size in the batch dimension`,
  );
}

// Within the clusters; and where each target, or its cluster, stands in the head.
function likelihoodsOf(
  layer: AdaptiveLogSoftmaxWithLoss,
  input: Tensor,
  target: Tensor,
): { output: Tensor; places: Tensor } {
  const { cutoffs } = layer;
  const { dtype, device } = input;
  let output = zeros([target.shape[0]!], { dtype, device });
  let places = target;
  let used = target.lt(cutoffs[0]!).logicalAnd(target.ge(0)).sum().item() as number | bigint;
  for (const [i, cluster] of [...layer.tail].entries()) {
    const [start, end] = [cutoffs[i]!, cutoffs[i + 1]!];
    const rows = target.ge(start).logicalAnd(target.lt(end)).nonzero().squeeze(1);
    if (rows.numel() === 0) continue;
    const within = target.indexSelect(0, rows).sub(start).unsqueeze(1);
    const all = cluster.forward(input.indexSelect(0, rows)).logSoftmax(1);
    places = indexFill(places, 0, rows, cutoffs[0]! + i);
    output = indexCopy(output, 0, rows, all.gather(1, within).squeeze(1));
    used = Number(used) + rows.numel();
  }
  if (Number(used) === target.shape[0]) return { output, places };
  throw invalidArgument(
    `AdaptiveLogSoftmaxWithLoss: targets should be in 0 … ${layer.nClasses - 1}`,
  );
}
