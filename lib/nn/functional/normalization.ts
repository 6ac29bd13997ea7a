import { atMost } from '../../argument/atMost.js';
import { flag, number, orNull } from '../../argument/kind.js';
import { readOptions, type SpecOf } from '../../argument/options.js';
import { invalidArgument } from '../../error.js';
import { bind } from '../../native/ops.js';
import type { Tensor } from '../../tensor/index.js';
import { tensorKind } from '../../tensor/kinds.js';

type Optional = Tensor | null;

const batchNormOp =
  bind<
    (
      input: Tensor,
      weight: Optional,
      bias: Optional,
      runningMean: Optional,
      runningVar: Optional,
      training: boolean,
      momentum: number,
      eps: number,
      cudnnEnabled: boolean,
    ) => Tensor
  >('batch_norm');

/** Options of {@link batchNorm}. */
export interface BatchNormOptions {
  weight?: Tensor | null;
  bias?: Tensor | null;
  /** Whether the batch's own statistics are used, and the running ones updated. Default false. */
  training?: boolean;
  /** Share of the new statistics. Default 0.1. */
  momentum?: number;
  /** Added to the variance. Default 1e-5. */
  eps?: number;
}

const batchNormSpec = {
  weight: orNull(tensorKind).or(null),
  bias: orNull(tensorKind).or(null),
  training: flag.or(false),
  momentum: number().or(0.1),
  eps: number().or(1e-5),
} satisfies SpecOf<BatchNormOptions>;

/** Normalises each channel (dimension 1). */
export function batchNorm(
  input: Tensor,
  runningMean: Tensor | null,
  runningVar: Tensor | null,
  options?: BatchNormOptions,
): Tensor {
  atMost('batchNorm', 4, arguments.length);
  return normalize(
    input,
    runningMean,
    runningVar,
    readOptions('batchNorm', batchNormSpec, options),
  );
}

/** {@link batchNorm} for who knows that its options are whole. @internal */
export function normalize(
  input: Tensor,
  runningMean: Tensor | null,
  runningVar: Tensor | null,
  { weight, bias, training, momentum, eps }: Required<BatchNormOptions>,
): Tensor {
  if (training) {
    const { shape } = input;
    // As Python counts: sizes after the channels, times the batch's.
    const [batch = 1, , ...rest] = shape;
    if (rest.reduce((product, size) => product * size, batch) === 1) {
      throw invalidArgument(
        'batchNorm: expected more than 1 value per channel when training, ' +
          `got input size torch.Size([${shape.join(', ')}])`,
      );
    }
  }
  if (!(eps > 0)) throw invalidArgument(`batchNorm: eps must be positive, but got ${eps}`);
  return batchNormOp(input, weight, bias, runningMean, runningVar, training, momentum, eps, true);
}
