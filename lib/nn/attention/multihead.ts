import { Signature } from '../../argument/arguments.js';
import { atMost } from '../../argument/atMost.js';
import { flag, integer, orNull, probability } from '../../argument/kind.js';
import { invalidArgument } from '../../error.js';
import type { Tensor } from '../../tensor/index.js';
import { tensorKind } from '../../tensor/kinds.js';
import { attend } from '../functional/attention.js';
import { xavierNormal_, xavierUniform_, zeros_ } from '../init.js';
import { type LayerOptions, layer } from '../layer.js';
import { Linear } from '../layers/linear.js';
import { placed } from '../module/parameter.js';

// Python's name for it, which is printed.
class NonDynamicallyQuantizableLinear extends Linear {}

const declaration = {
  args: {
    /** E, integer ≥ 1. */
    embedDim: integer(1),
    /** Heads, a divisor of it. */
    numHeads: integer(1),
  },
  options: {
    /** Probability of a weight that becomes zero in training. Default 0. */
    dropout: probability.or(0),
    /** Whether numbers are added to the projections. Default true. */
    bias: flag.or(true),
    /** Whether there is a learned key and value more. Default false. */
    addBiasKv: flag.or(false),
    /** Whether there is a key and value more that are zero. Default false. */
    addZeroAttn: flag.or(false),
    /** Features of keys. Default `null`: `embedDim`. */
    kdim: orNull(integer(1)).or(null),
    /** Features of values. Default `null`: `embedDim`. */
    vdim: orNull(integer(1)).or(null),
    /** Whether inputs are `(N, L, E)`. Default false: `(L, N, E)`. */
    batchFirst: flag.or(false),
  },
  making: placed,
};

/** Options of {@link MultiheadAttention}. */
export interface MultiheadAttentionOptions extends LayerOptions<typeof declaration> {}

const optional = orNull(tensorKind);

const call = new Signature(
  'MultiheadAttention.forward',
  {
    query: tensorKind,
    key: tensorKind,
    value: tensorKind,
    keyPaddingMask: optional.or(null),
    needWeights: flag.or(true),
    attnMask: optional.or(null),
    averageAttnWeights: flag.or(true),
    isCausal: flag.or(false),
  },
  {},
);

/** What {@link MultiheadAttention} is called with beside query, key and value. */
export interface AttentionCall {
  /** Keys that do not count: bool `(N, S)`, or numbers that are added to scores. */
  keyPaddingMask?: Tensor | null;
  /** Whether the weights are wanted too. Default true. */
  needWeights?: boolean;
  /** Keys that a query does not see: bool or numbers, `(L, S)` or `(N · heads, L, S)`. */
  attnMask?: Tensor | null;
  /** Whether weights are the mean over the heads. Default true. */
  averageAttnWeights?: boolean;
  /** Whether `attnMask` hides what comes later, and no more. Default false. */
  isCausal?: boolean;
}

/**
 * Attention of several heads (Vaswani and others, 2017); mirrors `torch.nn.MultiheadAttention`.
 *
 * Shape: `(L, N, E)`, `(S, N, kdim)`, `(S, N, vdim)`, with `batchFirst` N before, or all without N → `[output,
 * weights]`, as the query is and `(N, L, S)`; weights are `null` where none are needed. The parameters have Python's
 * names: `in_proj_weight`, `in_proj_bias`, `out_proj.weight`, …
 *
 * @throws {TypeError} `ERR_INVALID_ARG` when a value is out of range, or shapes do not fit.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.MultiheadAttention.html
 * @example
 * const attention = new nn.MultiheadAttention(8, 2, { batchFirst: true });
 * const [query, keys] = [torch.zeros(3, 4, 8), torch.zeros(3, 5, 8)];
 * const [output, weights] = attention.forward(query, keys, keys);
 * [output.shape, weights?.shape]; // → [ [ 3, 4, 8 ], [ 3, 4, 5 ] ]
 */
export class MultiheadAttention extends layer('MultiheadAttention', declaration) {
  // The names are the keys of the state dict.
  declare readonly in_proj_weight: Tensor | null;
  declare readonly in_proj_bias: Tensor | null;
  declare readonly q_proj_weight: Tensor | null;
  declare readonly k_proj_weight: Tensor | null;
  declare readonly v_proj_weight: Tensor | null;
  declare readonly bias_k: Tensor | null;
  declare readonly bias_v: Tensor | null;
  declare readonly out_proj: Linear;

  constructor(embedDim: number, numHeads: number, options?: MultiheadAttentionOptions);
  constructor(...given: unknown[]) {
    super(...given);
    const { embedDim, numHeads, bias, addBiasKv, making } = this;
    if (embedDim % numHeads !== 0) {
      throw invalidArgument(
        `MultiheadAttention: embedDim (${embedDim}) must be divisible by numHeads (${numHeads})`,
      );
    }
    const own = (name: string, isThere: boolean, ...shape: number[]): void =>
      this.registerParameter(name, isThere ? this.learned(...shape) : null);
    const isOne = this.hasOneWeight;
    own('q_proj_weight', !isOne, embedDim, embedDim);
    own('k_proj_weight', !isOne, embedDim, this.kdim ?? embedDim);
    own('v_proj_weight', !isOne, embedDim, this.vdim ?? embedDim);
    own('in_proj_weight', isOne, 3 * embedDim, embedDim);
    own('in_proj_bias', bias, 3 * embedDim);
    const out = new NonDynamicallyQuantizableLinear(embedDim, embedDim, { bias, ...making });
    this.registerModule('out_proj', out);
    own('bias_k', addBiasKv, 1, 1, embedDim);
    own('bias_v', addBiasKv, 1, 1, embedDim);
    for (const weight of [this.q_proj_weight, this.k_proj_weight, this.v_proj_weight]) {
      if (weight !== null) xavierUniform_(weight);
    }
    if (this.in_proj_weight !== null) xavierUniform_(this.in_proj_weight);
    if (this.in_proj_bias !== null) zeros_(this.in_proj_bias);
    if (out.bias !== null) zeros_(out.bias);
    for (const each of [this.bias_k, this.bias_v]) if (each !== null) xavierNormal_(each);
    this.guardMembers();
  }

  /** Whether queries, keys and values have as many features, and one weight. */
  get hasOneWeight(): boolean {
    const { embedDim, kdim, vdim } = this;
    return (kdim ?? embedDim) === embedDim && (vdim ?? embedDim) === embedDim;
  }

  /** Masks and options by name, or in Python's order. */
  forward(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    options?: AttentionCall,
  ): [output: Tensor, weights: Tensor | null];
  forward(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    keyPaddingMask?: Tensor | null,
    needWeights?: boolean,
    attnMask?: Tensor | null,
    averageAttnWeights?: boolean,
    isCausal?: boolean,
  ): [output: Tensor, weights: Tensor | null];
  forward(...args: unknown[]): [Tensor, Tensor | null] {
    atMost('MultiheadAttention.forward', 8, args.length);
    const given = {} as Required<AttentionCall> & Record<'query' | 'key' | 'value', Tensor>;
    call.read(args, given);
    const { query, key, value, ...named } = given;
    const isTurned = this.batchFirst && query.ndim === 3;
    const turned = (x: Tensor): Tensor => (isTurned ? x.transpose(1, 0) : x);
    const q = turned(query);
    const k = key === query ? q : turned(key);
    const v = value === key ? k : turned(value);
    const [output, weights] = attend(
      {
        query: q,
        key: k,
        value: v,
        embedDimToCheck: this.embedDim,
        numHeads: this.numHeads,
        inProjWeight: this.in_proj_weight,
        inProjBias: this.in_proj_bias,
        biasK: this.bias_k,
        biasV: this.bias_v,
        addZeroAttn: this.addZeroAttn,
        dropoutP: this.dropout,
        outProjWeight: this.out_proj.weight,
        outProjBias: this.out_proj.bias,
      },
      {
        ...named,
        training: this.training,
        useSeparateProjWeight: !this.hasOneWeight,
        qProjWeight: this.q_proj_weight,
        kProjWeight: this.k_proj_weight,
        vProjWeight: this.v_proj_weight,
        staticK: null,
        staticV: null,
      },
    );
    return [turned(output), weights];
  }
}
