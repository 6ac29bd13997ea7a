import type { OptionsOf } from '../../argument/arguments.js';
import { atMost } from '../../argument/atMost.js';
import { byName } from '../../argument/byName.js';
import { flag, integer, number, orNull } from '../../argument/kind.js';
import { isPlain } from '../../argument/options.js';
import { noGrad } from '../../context/autograd.js';
import { invalidArgument } from '../../error.js';
import type { Tensor } from '../../tensor/index.js';
import { tensorKind } from '../../tensor/kinds.js';
import { bagMode, embedding, embeddingBag, paddingRow } from '../functional/embedding.js';
import { normal_ } from '../init.js';
import { type LayerOptions, layer } from '../layer.js';
import { type Arithmetic, perUnit } from '../module/arithmetic.js';
import { Parameter, placed } from '../module/parameter.js';

const args = {
  /** Rows, integer ≥ 0. */
  numEmbeddings: integer(0),
  /** Size of each, integer ≥ 0. */
  embeddingDim: integer(0),
};

const paddingIdx = {
  /** A row that begins as zeros and does not learn; negative counts from the end. Default: none. */
  paddingIdx: orNull(integer()).or(null),
};

const limits = {
  /** Rows with a larger norm are scaled down when they are used. Default: none. */
  maxNorm: orNull(number()).or(null),
  /** The norm. Default 2. */
  normType: number().or(2),
  /** Whether gradients are divided by how often a row is used. Default false. */
  scaleGradByFreq: flag.or(false),
};

const sparse = {
  /** Whether the gradient of `weight` has only the rows that were used: for `optim.SparseAdam`. Default false. */
  sparse: flag.or(false),
};

const first = {
  /** The rows to begin with, instead of drawn ones. Default: drawn. */
  _weight: orNull(tensorKind).or(null),
};

// The rows that a layer begins with.
function rowsOf(name: string, given: Tensor, rows: number, columns: number): Parameter {
  if (given.ndim === 2 && given.shape[0] === rows && given.shape[1] === columns) {
    return new Parameter(given);
  }
  throw invalidArgument(
    `${name}: _weight: expected the shape (${rows}, ${columns}), got (${given.shape.join(', ')})`,
  );
}

function requireTable(name: string, embeddings: Tensor, options: unknown): readonly number[] {
  const { shape, ndim } = tensorKind.read(`${name}.fromPretrained: embeddings`, embeddings);
  if (ndim !== 2) {
    throw invalidArgument(`${name}.fromPretrained: embeddings: expected 2 dimensions, got ${ndim}`);
  }
  if (options === undefined || isPlain(options)) return shape;
  throw invalidArgument(`${name}.fromPretrained: options: expected an object`);
}

function drawRows(weight: Parameter, padding: number | null): void {
  normal_(weight);
  if (padding !== null) noGrad(() => weight.select(0, padding).zero_());
}

const table = {
  args,
  options: { ...paddingIdx, ...limits, ...sparse },
  making: {
    ...first,
    /** Whether the rows do not learn. Default false. */
    _freeze: flag.or(false),
    ...placed,
  },
  repr:
    '{numEmbeddings}, {embeddingDim}[, padding_idx={paddingIdx}][, max_norm={maxNorm:float}]' +
    '[, norm_type={normType:float}][, scale_grad_by_freq={scaleGradByFreq}][, sparse={sparse}]',
};

/** Options of {@link Embedding}. */
export interface EmbeddingOptions extends LayerOptions<typeof table> {}

/** Options of {@link Embedding.fromPretrained}. */
export interface PretrainedOptions extends OptionsOf<typeof table.options> {
  /** Whether the rows do not learn. Default true. */
  freeze?: boolean;
}

/**
 * A table of learned rows, looked up by their numbers; mirrors `torch.nn.Embedding`.
 *
 * Shape: `(…)`, int64 or int32 → `(…, embeddingDim)`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for an option out of range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.Embedding.html
 * @example
 * new nn.Embedding(10, 3).forward(torch.tensor([[1n, 2n]])).shape; // → [ 1, 2, 3 ]
 */
export class Embedding extends layer('Embedding', table) {
  /** `(numEmbeddings, embeddingDim)` */
  weight: Parameter;

  constructor(numEmbeddings: number, embeddingDim: number, options?: EmbeddingOptions);
  constructor(...given: unknown[]) {
    super(...given);
    const { numEmbeddings, embeddingDim } = this;
    const padding = paddingRow('Embedding', this.paddingIdx, numEmbeddings);
    Object.assign(this, { paddingIdx: padding });
    const { _weight, _freeze } = this.making;
    this.weight =
      _weight === null
        ? this.learned(numEmbeddings, embeddingDim)
        : rowsOf('Embedding', _weight, numEmbeddings, embeddingDim);
    if (_weight === null) this.resetParameters();
    if (_freeze) this.weight.requiresGrad = false;
    this.guardMembers();
  }

  /** A table of given rows, whose memory it shares; by default they do not learn. */
  static fromPretrained(embeddings: Tensor, options?: PretrainedOptions): Embedding {
    atMost('Embedding.fromPretrained', 2, arguments.length);
    const [rows, columns] = requireTable('Embedding', embeddings, options);
    const { freeze, ...others } = options ?? {};
    const _freeze = flag.read('Embedding.fromPretrained: freeze', freeze ?? true);
    return new Embedding(rows!, columns!, { ...others, _weight: embeddings, _freeze });
  }

  /** Draws new rows from the default generator; zeros for the padding. */
  resetParameters(): void {
    atMost('resetParameters', 0, arguments.length);
    drawRows(this.weight, this.paddingIdx);
  }

  /** Each output is one number of the table. */
  override arithmetic(units: number): Arithmetic {
    atMost('arithmetic', 1, arguments.length);
    return perUnit(units, 1, 0);
  }

  forward(input: Tensor): Tensor {
    atMost('Embedding.forward', 1, arguments.length);
    const { paddingIdx: padding, maxNorm, normType, scaleGradByFreq, sparse } = this;
    return embedding(input, this.weight, padding, maxNorm, normType, scaleGradByFreq, sparse);
  }
}

const bags = {
  args,
  options: {
    ...limits,
    /** `'mean'`, `'sum'` or `'max'`. Default `'mean'`. */
    mode: bagMode.or('mean'),
    ...sparse,
    /** Whether the last offset is the end. Default false. */
    includeLastOffset: flag.or(false),
    ...paddingIdx,
  },
  making: { ...first, ...placed },
  repr:
    '{numEmbeddings}, {embeddingDim}[, max_norm={maxNorm:float}][, norm_type={normType:float}]' +
    "[, scale_grad_by_freq={scaleGradByFreq}], mode='{mode}'[, padding_idx={paddingIdx}]",
};

/** Options of {@link EmbeddingBag}. */
export interface EmbeddingBagOptions extends LayerOptions<typeof bags> {}

/** Options of {@link EmbeddingBag.fromPretrained}. */
export interface PretrainedBagOptions extends OptionsOf<typeof bags.options> {
  /** Whether the rows do not learn. Default true. */
  freeze?: boolean;
}

interface BagCall {
  /** Where each bag begins in an input of one dimension. Default: an input of two, a bag in each row. */
  offsets?: Tensor | null;
  /** Of each number in `input`, for mode `'sum'`. Default: 1. */
  perSampleWeights?: Tensor | null;
}

/**
 * Means, sums or largest elements of bags of learned rows; mirrors `torch.nn.EmbeddingBag`.
 *
 * Shape: `(N, S)`, or a vector and where each bag begins → `(N, embeddingDim)`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for an option out of range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.EmbeddingBag.html
 * @example
 * const bag = nn.EmbeddingBag.fromPretrained(torch.tensor([[1, 1], [3, 5], [7, 7]]));
 * bag.forward(torch.tensor([[0n, 1n], [2n, 2n]])); // → tensor([[2., 3.], [7., 7.]])
 * bag.forward(torch.tensor([0n, 1n, 2n]), torch.tensor([0n, 1n])); // → tensor([[1., 1.], [5., 6.]])
 */
export class EmbeddingBag extends layer('EmbeddingBag', bags) {
  /** `(numEmbeddings, embeddingDim)` */
  weight: Parameter;

  constructor(numEmbeddings: number, embeddingDim: number, options?: EmbeddingBagOptions);
  constructor(...given: unknown[]) {
    super(...given);
    const { numEmbeddings, embeddingDim } = this;
    const padding = paddingRow('EmbeddingBag', this.paddingIdx, numEmbeddings);
    Object.assign(this, { paddingIdx: padding });
    const { _weight } = this.making;
    this.weight =
      _weight === null
        ? this.learned(numEmbeddings, embeddingDim)
        : rowsOf('EmbeddingBag', _weight, numEmbeddings, embeddingDim);
    if (_weight === null) this.resetParameters();
    this.guardMembers();
  }

  /** A table of given rows, whose memory it shares; by default they do not learn. */
  static fromPretrained(embeddings: Tensor, options?: PretrainedBagOptions): EmbeddingBag {
    atMost('EmbeddingBag.fromPretrained', 2, arguments.length);
    const [rows, columns] = requireTable('EmbeddingBag', embeddings, options);
    const { freeze, ...others } = options ?? {};
    const isFrozen = flag.read('EmbeddingBag.fromPretrained: freeze', freeze ?? true);
    const made = new EmbeddingBag(rows!, columns!, { ...others, _weight: embeddings });
    made.weight.requiresGrad = !isFrozen;
    return made;
  }

  /** Draws new rows from the default generator; zeros for the padding. */
  resetParameters(): void {
    atMost('resetParameters', 0, arguments.length);
    drawRows(this.weight, this.paddingIdx);
  }

  /** @param perSampleWeights - Of each number in `input`, for mode `'sum'`. */
  forward(
    input: Tensor,
    offsets?: Tensor | null | BagCall,
    perSampleWeights?: Tensor | null | Omit<BagCall, 'offsets'>,
  ): Tensor {
    atMost('EmbeddingBag.forward', 3, arguments.length);
    const all =
      perSampleWeights === undefined ? [input, offsets] : [input, offsets, perSampleWeights];
    const given = byName('EmbeddingBag.forward', all, 1, ['offsets', 'perSampleWeights']);
    const [, starts = null, weights = null] = given as [Tensor, Tensor?, Tensor?];
    return embeddingBag(input, this.weight, {
      offsets: starts,
      perSampleWeights: weights,
      maxNorm: this.maxNorm,
      normType: this.normType,
      scaleGradByFreq: this.scaleGradByFreq,
      mode: this.mode,
      sparse: this.sparse,
      includeLastOffset: this.includeLastOffset,
      paddingIdx: this.paddingIdx,
    });
  }
}
