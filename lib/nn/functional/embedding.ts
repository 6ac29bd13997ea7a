import { flag, integer, number, oneOf, orNull } from '../../argument/kind.js';
import { ordered } from '../../argument/ordered.js';
import { noGrad } from '../../context/autograd.js';
import { invalidArgument } from '../../error.js';
import { bind } from '../../native/ops.js';
import { arange, type Tensor } from '../../tensor/index.js';
import { tensorKind } from '../../tensor/kinds.js';
import { optionalTensor } from './reduction.js';

const embeddingOp =
  bind<
    (
      weight: Tensor,
      input: Tensor,
      paddingIdx: number,
      scaleGradByFreq: boolean,
      sparse: boolean,
    ) => Tensor
  >('embedding');
const renorm =
  bind<(weight: Tensor, input: Tensor, maxNorm: number, normType: number) => Tensor>(
    'embedding_renorm_',
  );

/** The index of a row that is padding, from the front. @throws {TypeError} `ERR_INVALID_ARG` @internal */
export function paddingRow<T extends number | null>(name: string, index: T, rows: number): T {
  if (index === null || (index < rows && index >= -rows)) {
    return (index !== null && index < 0 ? index + rows : index) as T;
  }
  throw invalidArgument(`${name}: paddingIdx must be within numEmbeddings (${rows}), got ${index}`);
}

// Rows whose norm is larger are scaled down where they lie.
function limit(weight: Tensor, input: Tensor, maxNorm: number, normType: number): void {
  noGrad(() => renorm(weight.detach(), input.contiguous(), maxNorm, normType));
}

/**
 * The rows of `weight` that `input`, int64 or int32, names; mirrors `torch.nn.functional.embedding`.
 *
 * Row `paddingIdx` gets no gradient. Rows with a norm (`normType`) above `maxNorm` are scaled down, in `weight` itself.
 * `scaleGradByFreq` divides a row's gradient by how often it is named. With `sparse` the gradient of `weight` has only
 * the rows that are named, by which `optim.SGD` and `optim.SparseAdam` step.
 *
 * Shape: any, and `weight` `(rows, D)` → `(…, D)`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for a padding that is no row.
 * @example
 * const weight = torch.tensor([[1, 2], [3, 4], [5, 6]]);
 * nn.functional.embedding(torch.tensor([2n, 0n]), weight); // → tensor([[5., 6.], [1., 2.]])
 */
export const embedding = ordered<
  [input: Tensor, weight: Tensor],
  [
    paddingIdx?: number | null,
    maxNorm?: number | null,
    normType?: number,
    scaleGradByFreq?: boolean,
    sparse?: boolean,
  ]
>()(
  'embedding',
  {
    args: {
      input: tensorKind,
      weight: tensorKind,
      /** A row without a gradient; negative counts from the end. Default `null`: none. */
      paddingIdx: orNull(integer()).or(null),
      /** The largest norm of a row, kept by scaling `weight` itself. Default `null`: any. */
      maxNorm: orNull(number()).or(null),
      /** The p of that norm. Default 2. */
      normType: number().or(2),
      /** Whether a row's gradient is divided by how often it is named. Default false. */
      scaleGradByFreq: flag.or(false),
      /** Default false; true is refused. */
      sparse: flag.or(false),
    },
  },
  ({ input, weight, paddingIdx, maxNorm, normType, scaleGradByFreq, sparse }) => {
    const padding = paddingRow('embedding', paddingIdx, weight.shape[0] ?? 0) ?? -1;
    if (maxNorm !== null) limit(weight, input, maxNorm, normType);
    return embeddingOp(weight, input, padding, scaleGradByFreq, sparse);
  },
);

/** What becomes of a bag's rows. */
export type BagMode = 'sum' | 'mean' | 'max';
// libtorch counts them in this order.
const modes = ['sum', 'mean', 'max'] as const;
export const bagMode = oneOf(...modes);

const embeddingBagOp = bind<
  (
    weight: Tensor,
    input: Tensor,
    offsets: Tensor,
    scaleGradByFreq: boolean,
    mode: number,
    sparse: boolean,
    perSampleWeights: Tensor | null,
    includeLastOffset: boolean,
    paddingIdx: number | null,
  ) => [Tensor, Tensor, Tensor, Tensor]
>('embedding_bag.padding_idx');

interface Bags {
  readonly input: Tensor;
  readonly offsets: Tensor;
  readonly weights: Tensor | null;
  readonly includeLastOffset: boolean;
}

// Rows of a matrix are bags; of a vector, `offsets` says where they begin.
function bagsOf(given: {
  readonly input: Tensor;
  readonly offsets: Tensor | null;
  readonly perSampleWeights: Tensor | null;
  readonly includeLastOffset: boolean;
}): Bags {
  const { input, offsets, perSampleWeights, includeLastOffset } = given;
  if (perSampleWeights !== null && String(perSampleWeights.shape) !== String(input.shape)) {
    throw invalidArgument('embeddingBag: perSampleWeights must have the same shape as the input');
  }
  if (input.ndim === 2) {
    if (offsets !== null) throw invalidArgument('embeddingBag: offsets must be null for 2D input');
    const { dtype, device } = input;
    const starts = arange(0, input.numel(), input.shape[1]!, { dtype, device });
    const weights = perSampleWeights?.reshape(-1) ?? null;
    return { input: input.reshape(-1), offsets: starts, weights, includeLastOffset: false };
  }
  if (input.ndim !== 1) {
    throw invalidArgument(`embeddingBag: input has to be 1D or 2D, got ${input.ndim}D`);
  }
  if (offsets?.ndim !== 1) throw invalidArgument('embeddingBag: offsets has to be a 1D Tensor');
  return { input, offsets, weights: perSampleWeights, includeLastOffset };
}

/**
 * Sums, means or largest elements of bags of rows of `weight`; mirrors `torch.nn.functional.embedding_bag`.
 *
 * Bags are the rows of `input`, or begin at `offsets` of a vector, the last of which is its end with
 * `includeLastOffset`. Row `paddingIdx` does not count. `perSampleWeights` multiply the rows of a sum. `sparse` as of
 * {@link embedding}.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for what does not fit together, such as `sparse` and mode `'max'`.
 * @example
 * const weight = torch.tensor([[1, 1], [3, 5], [7, 7]]);
 * nn.functional.embeddingBag(torch.tensor([[0n, 1n], [2n, 2n]]), weight); // → tensor([[2., 3.], [7., 7.]])
 * nn.functional.embeddingBag(torch.tensor([[0n, 1n]]), weight, { mode: 'sum' }); // → tensor([[4., 6.]])
 */
export const embeddingBag = ordered<
  [input: Tensor, weight: Tensor],
  [
    offsets?: Tensor | null,
    maxNorm?: number | null,
    normType?: number,
    scaleGradByFreq?: boolean,
    mode?: BagMode,
    sparse?: boolean,
    perSampleWeights?: Tensor | null,
    includeLastOffset?: boolean,
    paddingIdx?: number | null,
  ]
>()(
  'embeddingBag',
  {
    args: {
      input: tensorKind,
      weight: tensorKind,
      /** Where each bag of a vector begins, `(N)`. Default `null`: rows of a matrix are bags. */
      offsets: optionalTensor,
      /** The largest norm of a row, kept by scaling `weight` itself. Default `null`: any. */
      maxNorm: orNull(number()).or(null),
      /** The p of that norm. Default 2. */
      normType: number().or(2),
      /** Whether a row's gradient is divided by how often it is named. Default false. */
      scaleGradByFreq: flag.or(false),
      /** `'sum'`, `'mean'` or `'max'`. Default `'mean'`. */
      mode: bagMode.or('mean'),
      /** Default false; true is refused. */
      sparse: flag.or(false),
      /** What rows of a sum are multiplied by, of the input's shape. Default `null`: 1 each. */
      perSampleWeights: optionalTensor,
      /** Whether the last offset is the end of the last bag. Default false. */
      includeLastOffset: flag.or(false),
      /** A row that does not count. Default `null`: none. */
      paddingIdx: orNull(integer()).or(null),
    },
  },
  (given) => {
    const { weight, maxNorm, normType, scaleGradByFreq, mode, sparse, paddingIdx } = given;
    if (weight.ndim !== 2) {
      throw invalidArgument(`embeddingBag: weight has to be 2D, got ${weight.ndim}D`);
    }
    const bags = bagsOf(given);
    if (mode === 'max' && scaleGradByFreq) {
      throw invalidArgument("embeddingBag: mode 'max' does not scale gradients by frequency");
    }
    if (mode === 'max' && sparse) {
      throw invalidArgument("embeddingBag: mode 'max' has no sparse gradients");
    }
    // libtorch's backward would read memory that is not there.
    if (bags.input.numel() > 0 && bags.offsets.numel() <= (bags.includeLastOffset ? 1 : 0)) {
      throw invalidArgument('embeddingBag: offsets: expected a bag for the input, got none');
    }
    if (bags.weights !== null && mode !== 'sum') {
      throw invalidArgument(`embeddingBag: perSampleWeights need mode 'sum', got '${mode}'`);
    }
    if (maxNorm !== null) limit(weight, bags.input, maxNorm, normType);
    const [result] = embeddingBagOp(
      weight,
      bags.input,
      bags.offsets,
      scaleGradByFreq,
      modes.indexOf(mode),
      sparse,
      bags.weights,
      bags.includeLastOffset,
      paddingIdx,
    );
    return result;
  },
);
