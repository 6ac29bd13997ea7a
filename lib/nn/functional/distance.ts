import { Kind, number, orNull } from '../../argument/kind.js';
import { ordered } from '../../argument/ordered.js';
import { bind } from '../../native/ops.js';
import type { Tensor } from '../../tensor/index.js';
import { tensorKind } from '../../tensor/kinds.js';
import { bindFunction } from '../../tensor/method.js';

/**
 * Cosine of the angle between two tensors' vectors along `dim`; mirrors `torch.nn.functional.cosine_similarity`.
 *
 * Shape: both the same, but for dimensions of 1 → the same without `dim`.
 *
 * @example
 * const [x1, x2] = [torch.tensor([[1, 0], [1, 1]]), torch.tensor([[0, 2], [1, 0]])];
 * nn.functional.cosineSimilarity(x1, x2); // → tensor([0.0000, 0.7071])
 */
export const cosineSimilarity =
  bindFunction<(x1: Tensor, x2: Tensor, dim?: number, eps?: number) => Tensor>('cosine_similarity');

/**
 * Norm `p` of the difference of two tensors' rows, to which `eps` is added; mirrors
 * `torch.nn.functional.pairwise_distance`.
 *
 * Shape: `(N, D)` or `(D)` → `(N)` or `()`, with `keepdim` `(N, 1)` or `(1)`.
 *
 * @example
 * const [x1, x2] = [torch.tensor([[0, 0]]), torch.tensor([[3, 4]])];
 * nn.functional.pairwiseDistance(x1, x2, 2, 0); // → tensor([5.])
 * nn.functional.pairwiseDistance(x1, x2, 1, 0); // → tensor([7.])
 */
export const pairwiseDistance =
  bindFunction<(x1: Tensor, x2: Tensor, p?: number, eps?: number, keepdim?: boolean) => Tensor>(
    'pairwise_distance',
  );

/**
 * Norm `p` of the difference of each pair of rows of a matrix; mirrors `torch.nn.functional.pdist`.
 *
 * Shape: `(N, D)` → `(N · (N − 1) / 2)`.
 *
 * @example
 * nn.functional.pdist(torch.tensor([[0, 0], [3, 4], [3, 0]])); // → tensor([5., 3., 4.])
 */
export const pdist = bindFunction<(input: Tensor, p?: number) => Tensor>('pdist');

const dimsKind = new Kind<number | readonly number[], readonly number[]>(
  'an integer or a list of them',
  (given) => {
    const dims: readonly unknown[] = Array.isArray(given) ? given : [given];
    return dims.every(Number.isSafeInteger) ? ([...dims] as number[]) : undefined;
  },
);

const divideInto = bind<(a: Tensor, b: Tensor, keywords: { out: Tensor }) => Tensor>('div.out');
const normAlong =
  bind<(input: Tensor, p: number, dim: readonly number[], keepdim: boolean) => Tensor>(
    'norm.ScalarOpt_dim',
  );

/**
 * Divides the vectors along `dim` by their norm `p`, or by `eps` where that is larger; mirrors
 * `torch.nn.functional.normalize`. What `out` names gets the result.
 *
 * @example
 * nn.functional.normalize(torch.tensor([[3, 4], [0, 0]])); // → tensor([[0.6000, 0.8000], [0.0000, 0.0000]])
 * nn.functional.normalize(torch.tensor([[3, 1]]), { p: 1 }); // → tensor([[0.7500, 0.2500]])
 */
export const normalize = ordered<
  [input: Tensor],
  [p?: number, dim?: number | readonly number[], eps?: number, out?: Tensor | null]
>()(
  'normalize',
  {
    args: {
      input: tensorKind,
      /** The p of the norm. Default 2. */
      p: number().or(2),
      /** One dimension or several. Default 1. */
      dim: dimsKind.or(1),
      /** The least that is divided by. Default 1e-12. */
      eps: number().or(1e-12),
      /** A tensor that gets the result. Default `null`: a new one. */
      out: orNull(tensorKind).or(null),
    },
  },
  ({ input, p, dim, eps, out }) => {
    const divisor = normAlong(input, p, dim, true)
      .clamp({ min: eps })
      .expand(...input.shape);
    return out === null ? input.div(divisor) : divideInto(input, divisor, { out });
  },
);
