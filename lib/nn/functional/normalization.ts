import { flag, integer, Kind, number, orNull } from '../../argument/kind.js';
import { ordered } from '../../argument/ordered.js';
import { invalidArgument } from '../../error.js';
import { bind } from '../../native/ops.js';
import type { Tensor } from '../../tensor/index.js';
import { tensorKind } from '../../tensor/kinds.js';

type Optional = Tensor | null;

type Statistics = (
  input: Tensor,
  weight: Optional,
  bias: Optional,
  runningMean: Optional,
  runningVar: Optional,
  training: boolean,
  momentum: number,
  eps: number,
  cudnnEnabled: boolean,
) => Tensor;

const batchNormOp = bind<Statistics>('batch_norm');
const instanceNormOp = bind<Statistics>('instance_norm');

const optional = orNull(tensorKind).or(null);
const input = tensorKind;

const product = (sizes: readonly number[]): number => sizes.reduce((all, size) => all * size, 1);

/** Sizes of what is normalised together: a number, or a list of them. */
export const shapeKind = new Kind<number | readonly number[], readonly number[]>(
  'an integer ≥ 0 or a list of them',
  (given) => {
    const sizes: readonly unknown[] = Array.isArray(given) ? given : [given];
    const areSizes = sizes.every((each) => Number.isSafeInteger(each) && (each as number) >= 0);
    return areSizes ? ([...sizes] as number[]) : undefined;
  },
);

// As Python counts: sizes after the channels, times the batch's.
function requireSeveral(name: string, { shape }: Tensor, batch: number): void {
  if (product(shape.slice(2)) * batch !== 1) return;
  throw invalidArgument(
    `${name}: expected more than 1 value per channel when training, ` +
      `got input size torch.Size([${shape.join(', ')}])`,
  );
}

/**
 * Normalises each channel (dimension 1) over a batch, by its own mean and variance in training, else by the running
 * ones; mirrors `torch.nn.functional.batch_norm`.
 *
 * Shape: `(N, C)` or `(N, C, …)`, statistics, weight and bias `(C)` → the same.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` in training with a single value per channel, and where `eps` is not positive.
 * @example
 * const x = torch.tensor([[0], [2]]);
 * nn.functional.batchNorm(x, torch.tensor([1]), torch.tensor([4])); // → tensor([[-0.5000], [ 0.5000]])
 * nn.functional.batchNorm(x, null, null, { training: true }); // → tensor([[-1.0000], [ 1.0000]])
 */
export const batchNorm = ordered<
  [input: Tensor, runningMean: Tensor | null, runningVar: Tensor | null],
  [weight?: Optional, bias?: Optional, training?: boolean, momentum?: number, eps?: number]
>()(
  'batchNorm',
  {
    args: {
      input,
      runningMean: orNull(tensorKind),
      runningVar: orNull(tensorKind),
      /** Scale of each channel, `(C)`. Default `null`: 1. */
      weight: optional,
      /** Offset of each channel, `(C)`. Default `null`: 0. */
      bias: optional,
      /** Whether the batch's own statistics count. Default false. */
      training: flag.or(false),
      /** The new statistics' share of the running ones. Default 0.1. */
      momentum: number().or(0.1),
      /** What is added to variances. Default 1e-5. */
      eps: number().or(1e-5),
    },
  },
  normalize,
);

/** {@link batchNorm} for who knows that what it gives is whole. @internal */
export function normalize(given: {
  readonly input: Tensor;
  readonly runningMean: Optional;
  readonly runningVar: Optional;
  readonly weight: Optional;
  readonly bias: Optional;
  readonly training: boolean;
  readonly momentum: number;
  readonly eps: number;
}): Tensor {
  const { weight, bias, runningMean, runningVar, training, momentum, eps } = given;
  if (training) requireSeveral('batchNorm', given.input, given.input.shape[0] ?? 1);
  if (!(eps > 0)) throw invalidArgument(`batchNorm: eps must be positive, but got ${eps}`);
  return batchNormOp(
    given.input,
    weight,
    bias,
    runningMean,
    runningVar,
    training,
    momentum,
    eps,
    true,
  );
}

/**
 * Normalises each channel of each example; mirrors `torch.nn.functional.instance_norm`.
 *
 * Shape: `(N, C, …)` → the same.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for a single element per channel.
 * @example
 * const x = torch.tensor([[[0, 2], [50, 10]]]);
 * nn.functional.instanceNorm(x); // → tensor([[[-1.0000, 1.0000], [ 1.0000, -1.0000]]])
 */
export const instanceNorm = ordered<
  [input: Tensor],
  [
    runningMean?: Optional,
    runningVar?: Optional,
    weight?: Optional,
    bias?: Optional,
    useInputStats?: boolean,
    momentum?: number,
    eps?: number,
  ]
>()(
  'instanceNorm',
  {
    args: {
      input,
      /** Running mean of each channel, `(C)`, which is written over. Default `null`: none. */
      runningMean: optional,
      /** Running variance of each channel, likewise. Default `null`: none. */
      runningVar: optional,
      /** Scale of each channel, `(C)`. Default `null`: 1. */
      weight: optional,
      /** Offset of each channel, `(C)`. Default `null`: 0. */
      bias: optional,
      /** Whether the input's own statistics count, else the running ones. Default true. */
      useInputStats: flag.or(true),
      /** The new statistics' share of the running ones. Default 0.1. */
      momentum: number().or(0.1),
      /** What is added to variances. Default 1e-5. */
      eps: number().or(1e-5),
    },
  },
  (given) => {
    const { weight, bias, runningMean, runningVar, useInputStats, momentum, eps } = given;
    if (useInputStats) requireSeveral('instanceNorm', given.input, 1);
    const running = [runningMean, runningVar] as const;
    return instanceNormOp(
      given.input,
      weight,
      bias,
      ...running,
      useInputStats,
      momentum,
      eps,
      true,
    );
  },
);

const layerNormOp =
  bind<
    (
      input: Tensor,
      shape: readonly number[],
      weight: Optional,
      bias: Optional,
      eps: number,
    ) => Tensor
  >('layer_norm');
/**
 * Normalises over the last dimensions, which have the sizes `normalizedShape`; mirrors `torch.nn.functional.layer_norm`.
 *
 * Shape: `(…, *normalizedShape)` → the same.
 *
 * @example
 * nn.functional.layerNorm(torch.tensor([[0, 2], [50, 10]]), 2); // → tensor([[-1.0000, 1.0000], [ 1.0000, -1.0000]])
 * const [weight, bias] = [torch.tensor([10, 10]), torch.tensor([1, 1])];
 * nn.functional.layerNorm(torch.tensor([[0, 2]]), 2, { weight, bias }); // → tensor([[-9.0000, 11.0000]])
 */
export const layerNorm = ordered<
  [input: Tensor, normalizedShape: number | readonly number[]],
  [weight?: Optional, bias?: Optional, eps?: number]
>()(
  'layerNorm',
  {
    args: {
      input,
      normalizedShape: shapeKind,
      /** Scale, of the shape `normalizedShape`. Default `null`: 1. */
      weight: optional,
      /** Offset of that shape. Default `null`: 0. */
      bias: optional,
      /** What is added to variances. Default 1e-5. */
      eps: number().or(1e-5),
    },
  },
  (given) => layerNormOp(given.input, given.normalizedShape, given.weight, given.bias, given.eps),
);

const rmsNormOp =
  bind<(input: Tensor, shape: readonly number[], weight: Optional, eps: number | null) => Tensor>(
    'rms_norm',
  );
/**
 * Divides by the root of the mean square over the last dimensions; mirrors `torch.nn.functional.rms_norm`. `eps` is by
 * default the dtype's distance from 1 to the next number.
 *
 * Shape: `(…, *normalizedShape)` → the same.
 *
 * @example
 * nn.functional.rmsNorm(torch.tensor([[1, 7], [3, 3]]), 2); // → tensor([[0.2000, 1.4000], [1.0000, 1.0000]])
 */
export const rmsNorm = ordered<
  [input: Tensor, normalizedShape: number | readonly number[]],
  [weight?: Optional, eps?: number | null]
>()(
  'rmsNorm',
  {
    args: {
      input,
      normalizedShape: shapeKind,
      /** Scale, of the shape `normalizedShape`. Default `null`: 1. */
      weight: optional,
      /** What is added to mean squares. Default `null`: the dtype's distance from 1 to the next number. */
      eps: orNull(number()).or(null),
    },
  },
  (given) => rmsNormOp(given.input, given.normalizedShape, given.weight, given.eps),
);

const groupNormOp =
  bind<(input: Tensor, groups: number, weight: Optional, bias: Optional, eps: number) => Tensor>(
    'group_norm',
  );
/**
 * Normalises groups of channels of each example; mirrors `torch.nn.functional.group_norm`.
 *
 * Shape: `(N, C, …)` → the same.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for fewer than 2 dimensions, and for a single value per group.
 * @example
 * nn.functional.groupNorm(torch.tensor([[0, 2, 10, 30]]), 2); // → tensor([[-1.0000, 1.0000, -1.0000, 1.0000]])
 */
export const groupNorm = ordered<
  [input: Tensor, numGroups: number],
  [weight?: Optional, bias?: Optional, eps?: number]
>()(
  'groupNorm',
  {
    args: {
      input,
      numGroups: integer(1),
      /** Scale of each channel, `(C)`. Default `null`: 1. */
      weight: optional,
      /** Offset of each channel, `(C)`. Default `null`: 0. */
      bias: optional,
      /** What is added to variances. Default 1e-5. */
      eps: number().or(1e-5),
    },
  },
  (given) => {
    const { numGroups } = given;
    const { shape, ndim } = given.input;
    if (ndim < 2) throw invalidArgument(`groupNorm: expected at least 2 dimensions, got ${ndim}`);
    requireSeveral('groupNorm', given.input, Math.floor((shape[0]! * shape[1]!) / numGroups));
    return groupNormOp(given.input, numGroups, given.weight, given.bias, given.eps);
  },
);

const padOp = bind<(input: Tensor, pad: readonly number[]) => Tensor>('pad');
const averages =
  bind<(input: Tensor, window: readonly number[], stride: readonly number[]) => Tensor>(
    'avg_pool2d',
  );

/**
 * Divides by a power of the mean square of `size` neighbouring channels (AlexNet, 2012):
 * `x / (k + alpha · mean)^beta`; mirrors `torch.nn.functional.local_response_norm`.
 *
 * Shape: `(N, C, …)`, at least 3 dimensions → the same.
 *
 * @example
 * const x = torch.tensor([[[1], [1], [2]]]);
 * nn.functional.localResponseNorm(x, 3, { alpha: 3, beta: 1 }).flatten(); // → tensor([0.3333, 0.1429, 0.3333])
 */
export const localResponseNorm = ordered<
  [input: Tensor, size: number],
  [alpha?: number, beta?: number, k?: number]
>()(
  'localResponseNorm',
  {
    args: {
      input,
      size: integer(1),
      /** What the mean square is multiplied by. Default 1e-4. */
      alpha: number().or(1e-4),
      /** The power. Default 0.75. */
      beta: number().or(0.75),
      /** What is added. Default 1. */
      k: number().or(1),
    },
  },
  (given) => {
    const { size, alpha, beta, k } = given;
    const { shape, ndim } = given.input;
    if (ndim < 3) {
      throw invalidArgument(`localResponseNorm: expected at least 3 dimensions, got ${ndim}`);
    }
    if (given.input.numel() === 0) return given.input;
    const [batch, channels, ...places] = shape as [number, number, ...number[]];
    const squares = given.input.mul(given.input).reshape(batch, 1, channels, product(places));
    const padded = padOp(squares, [0, 0, Math.floor(size / 2), Math.floor((size - 1) / 2)]);
    const means = averages(padded, [size, 1], [1, 1]).reshape(...shape);
    return given.input.div(means.mul(alpha).add(k).pow(beta));
  },
);
