import { flag, integer, Kind } from '../../argument/kind.js';
import { ordered } from '../../argument/ordered.js';
import { Tensor } from '../../tensor/index.js';
import { tensorKind } from '../../tensor/kinds.js';
import { bindFunction } from '../../tensor/method.js';
import { numberOf, type Reduction, reductionKind } from './reduction.js';

/** Lengths of sequences: a tensor, or a list of numbers. */
export type Lengths = Tensor | readonly number[];

const lengthsKind = new Kind<Lengths>('a Tensor or a list of integers ≥ 0', (given) => {
  if (given instanceof Tensor) return given;
  const isLength = (each: unknown) => Number.isSafeInteger(each) && (each as number) >= 0;
  return Array.isArray(given) && given.every(isLength) ? given : undefined;
});

const operator = bindFunction<
  (
    logProbs: Tensor,
    targets: Tensor,
    inputLengths: Lengths,
    targetLengths: Lengths,
    blank?: number,
    reduction?: number,
    zeroInfinity?: boolean,
  ) => Tensor
>('ctc_loss.IntList', 'ctc_loss.Tensor');

/**
 * Negative log likelihood of all ways to read a sequence of classes off one of log probabilities, in which a class may
 * repeat and a `blank` stand between (Graves and others, 2006); mirrors `torch.nn.functional.ctc_loss`.
 *
 * Log probabilities `(T, N, C)` or `(T, C)`; targets `(N, S)`, or all one after the other. `zeroInfinity` takes losses
 * of targets that do not fit for 0.
 *
 * @example
 * const logProbs = torch.full([4, 1, 2], 0.5).log(); // 10 of 16 ways lead to the target
 * const loss = nn.functional.ctcLoss(logProbs, torch.tensor([[1n]]), [4], [1]);
 * loss.neg().exp(); // → tensor(0.6250)
 */
export const ctcLoss = ordered<
  [logProbs: Tensor, targets: Tensor, inputLengths: Lengths, targetLengths: Lengths],
  [blank?: number, reduction?: Reduction, zeroInfinity?: boolean]
>()(
  'ctcLoss',
  {
    args: {
      logProbs: tensorKind,
      targets: tensorKind,
      inputLengths: lengthsKind,
      targetLengths: lengthsKind,
      /** The class that stands between others. Default 0. */
      blank: integer().or(0),
      /** `'mean'` (of losses over their targets' lengths), `'sum'` or `'none'`. Default `'mean'`. */
      reduction: reductionKind.or('mean'),
      /** Whether losses of targets that do not fit are 0. Default false. */
      zeroInfinity: flag.or(false),
    },
  },
  (given) =>
    operator(
      given.logProbs,
      given.targets,
      given.inputLengths,
      given.targetLengths,
      given.blank,
      numberOf(given.reduction),
      given.zeroInfinity,
    ),
);
