import { atMost } from '../../argument/atMost.js';
import { Kind, oneOf } from '../../argument/kind.js';
import { bind } from '../../native/ops.js';
import type { Tensor } from '../../tensor/index.js';
import { tensorKind } from '../../tensor/kinds.js';
import { reductionKind } from '../functional/reduction.js';
import { type LayerOptions, layer } from '../layer.js';
import { pythonText } from '../module/repr.js';

const logaddexp = bind<(a: Tensor, b: Tensor) => Tensor>('logaddexp');
const newFull = bind<(like: Tensor, size: readonly number[], value: number) => Tensor>('new_full');

/** Which of the paper's two criteria is minimised. */
export type RBFCriterion = 'penalty' | 'discriminative';

const positive = new Kind<number>('a number > 0', (given) =>
  Number.isFinite(given) && (given as number) > 0 ? (given as number) : undefined,
);

const declaration = {
  options: {
    /** Default `'penalty'`. */
    criterion: oneOf('penalty', 'discriminative').or('penalty'),
    /** Penalty of the rubbish class in the discriminative criterion, a finite number > 0. Default 10. */
    j: positive.or(10),
    /** `'mean'` over N, `'sum'` or `'none'`. Default `'mean'`. */
    reduction: reductionKind.or('mean'),
  },
};

/** Options of {@link EuclideanRBFLoss}. */
export interface EuclideanRBFLossOptions extends LayerOptions<typeof declaration> {}

/**
 * The two criteria of the 1998 paper for units whose smallest output wins. With `y` the outputs and D
 * the right class of an example:
 *
 * - `'penalty'` (the paper's equation 8): `y_D`.
 * - `'discriminative'` (equation 9): `y_D + log(e^−j + Σ_i e^−y_i)`, which pushes the wrong classes'
 *   penalties up until they are well above j.
 *
 * Shape: outputs `(N, K)` ≥ 0 and labels `(N)`, int64 0…K−1 → a number, or `(N)` unreduced.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for an option out of range.
 * @throws {TorchError} `ERR_LIBTORCH` for labels out of range, when called.
 * @example
 * const loss = new nn.EuclideanRBFLoss({ criterion: 'penalty' });
 * loss.forward(torch.tensor([[1, 5], [4, 3]]), torch.tensor([0n, 1n])); // → tensor(2.)
 */
export class EuclideanRBFLoss extends layer('EuclideanRBFLoss', declaration) {
  forward(output: Tensor, labels: Tensor): Tensor {
    atMost('EuclideanRBFLoss.forward', 2, arguments.length);
    tensorKind.read('EuclideanRBFLoss: output', output);
    tensorKind.read('EuclideanRBFLoss: labels', labels);
    const right = output.gather(1, labels.unsqueeze(1)).squeeze(1);
    const losses = this.criterion === 'penalty' ? right : right.add(competition(output, this.j));
    if (this.reduction === 'none') return losses;
    return this.reduction === 'sum' ? losses.sum() : losses.mean();
  }

  /**
   * What is largest for the predicted class: the outputs' negatives. Their softmax is the probability
   * of each class that the discriminative criterion assumes, but for the rubbish class.
   */
  scores(output: Tensor): Tensor {
    atMost('scores', 1, arguments.length);
    return tensorKind.read('scores: output', output).neg();
  }

  override extraRepr(): string {
    atMost('extraRepr', 0, arguments.length);
    const j = this.criterion === 'penalty' ? '' : `, j=${pythonText(this.j)}`;
    return `criterion=${this.criterion}${j}`;
  }
}

function competition(output: Tensor, j: number): Tensor {
  const rubbish = newFull(output, [], -j);
  return logaddexp(output.neg().logsumexp(1), rubbish);
}
