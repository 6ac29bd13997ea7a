import { Signature } from '../../argument/arguments.js';
import { atMost } from '../../argument/atMost.js';
import { flag, integer, Kind, number, orNull, probability } from '../../argument/kind.js';
import { getRngState, setRngState } from '../../context/random.js';
import { invalidArgument } from '../../error.js';
import type { Tensor } from '../../tensor/index.js';
import { tensorKind } from '../../tensor/kinds.js';
import { gelu, relu } from '../functional/activation.js';
import { asNumbers, type Mask } from '../functional/masks.js';
import { type LayerOptions, layer } from '../layer.js';
import { Dropout } from '../layers/dropout.js';
import { LayerNorm } from '../layers/groupNorm.js';
import { Linear } from '../layers/linear.js';
import { Module } from '../module/module.js';
import { placed } from '../module/parameter.js';
import { MultiheadAttention } from './multihead.js';

/** What the feedforward part of a layer goes through: a name, a function or a module. */
export type Activation = 'relu' | 'gelu' | ((input: Tensor) => Tensor) | Module;

const activationKind = new Kind<Activation>("'relu', 'gelu', a function or a Module", (given) =>
  given === 'relu' || given === 'gelu' || typeof given === 'function' || given instanceof Module
    ? (given as Activation)
    : undefined,
);

/** What layers of transformers are made with by name, beside where. */
export const layerMaking = {
  /** Features between the two linear layers. Default 2048. */
  dimFeedforward: integer(1).or(2048),
  /** Probability of zeros in training. Default 0.1. */
  dropout: probability.or(0.1),
  /** What the feedforward part goes through. Default `'relu'`. */
  activation: activationKind.or('relu'),
  /** Added to variances. Default 1e-5. */
  layerNormEps: number().or(1e-5),
  /** Whether inputs are `(N, L, E)`. Default false: `(L, N, E)`. */
  batchFirst: flag.or(false),
  /** Whether normalisation comes before attention and feedforward parts. Default false: after them. */
  normFirst: flag.or(false),
  /** Whether numbers are added in linear layers and normalisations. Default true. */
  bias: flag.or(true),
  ...placed,
};

const declaration = {
  args: {
    /** E, integer ≥ 1. */
    dModel: integer(1),
    /** Heads, a divisor of it. */
    nhead: integer(1),
  },
  making: layerMaking,
};

/** Options of the layers of transformers. */
export interface TransformerLayerOptions extends LayerOptions<typeof declaration> {}

const optional = orNull(tensorKind);

function activationOf(activation: Activation): (input: Tensor) => Tensor {
  if (activation === 'relu') return (input) => relu(input);
  if (activation === 'gelu') return (input) => gelu(input);
  return activation instanceof Module ? (input) => activation.forward(input) : activation;
}

/** A layer with parameters of its own and the same values, as Python's deep copy has it: no numbers are drawn. */
export function copyOf<M extends Module>(given: M): M {
  if (!(given instanceof TransformerEncoderLayer || given instanceof TransformerDecoderLayer)) {
    throw invalidArgument(
      `expected a TransformerEncoderLayer or TransformerDecoderLayer, got ${(given as Module).constructor.name}: ` +
        'no other layers can be copied',
    );
  }
  const state = getRngState();
  const copy = given.again();
  setRngState(state);
  state.dispose();
  copy.loadStateDict(given.stateDict());
  const learned = [...given.parameters()];
  for (const [i, each] of [...copy.parameters()].entries()) {
    each.requiresGrad = learned[i]!.requiresGrad;
  }
  return copy.train(given.training) as unknown as M;
}

const encoderCall = new Signature(
  'TransformerEncoderLayer.forward',
  {
    src: tensorKind,
    srcMask: optional.or(null),
    srcKeyPaddingMask: optional.or(null),
    isCausal: flag.or(false),
  },
  {},
);

/** What {@link TransformerEncoderLayer} is called with beside its input. */
export interface EncoderLayerCall {
  srcMask?: Tensor | null;
  srcKeyPaddingMask?: Tensor | null;
  isCausal?: boolean;
}

/**
 * Attention to oneself and a feedforward part, each with a way past it; mirrors `torch.nn.TransformerEncoderLayer`.
 *
 * Shape: `(L, N, E)`, `(N, L, E)` with `batchFirst`, or `(L, E)` → the same.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` when a value is out of range, or shapes do not fit.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.TransformerEncoderLayer.html
 * @example
 * const layer = new nn.TransformerEncoderLayer(8, 2, { dimFeedforward: 16, batchFirst: true });
 * layer.forward(torch.zeros(3, 5, 8)).shape; // → [ 3, 5, 8 ]
 */
export class TransformerEncoderLayer extends layer('TransformerEncoderLayer', declaration) {
  // The names are the keys of the state dict.
  self_attn = new MultiheadAttention(this.dModel, this.nhead, attentionOptions(this.making));
  linear1 = new Linear(this.dModel, this.making.dimFeedforward, linearOptions(this.making));
  dropout = new Dropout(this.making.dropout);
  linear2 = new Linear(this.making.dimFeedforward, this.dModel, linearOptions(this.making));
  norm1 = new LayerNorm(this.dModel, normOptions(this.making));
  norm2 = new LayerNorm(this.dModel, normOptions(this.making));
  dropout1 = new Dropout(this.making.dropout);
  dropout2 = new Dropout(this.making.dropout);
  activation = this.making.activation;
  normFirst = this.making.normFirst;

  constructor(dModel: number, nhead: number, options?: TransformerLayerOptions);
  constructor(...given: unknown[]) {
    super(...given);
    this.guardMembers();
  }

  /** @internal Another one, made in the same way. */
  again(): TransformerEncoderLayer {
    return new TransformerEncoderLayer(this.dModel, this.nhead, this.making);
  }

  /** Masks by name, or in Python's order. */
  forward(src: Tensor, options?: EncoderLayerCall): Tensor;
  forward(
    src: Tensor,
    srcMask?: Tensor | null,
    srcKeyPaddingMask?: Tensor | null,
    isCausal?: boolean,
  ): Tensor;
  forward(...args: unknown[]): Tensor {
    atMost('TransformerEncoderLayer.forward', 4, args.length);
    const given = {} as Required<EncoderLayerCall> & { src: Tensor };
    encoderCall.read(args, given);
    const { src, isCausal } = given;
    const padding = asNumbers('srcKeyPaddingMask', given.srcKeyPaddingMask, src.dtype);
    const mask = asNumbers('srcMask', given.srcMask, src.dtype);
    const attended = (x: Tensor): Tensor =>
      this.dropout1.forward(attention(this.self_attn, x, x, mask, padding, isCausal));
    const fed = (x: Tensor): Tensor => this.dropout2.forward(feedForward(this, x));
    if (this.normFirst) {
      const x = src.add(attended(this.norm1.forward(src)));
      return x.add(fed(this.norm2.forward(x)));
    }
    const x = this.norm1.forward(src.add(attended(src)));
    return this.norm2.forward(x.add(fed(x)));
  }
}

interface Making {
  readonly dropout: number;
  readonly batchFirst: boolean;
  readonly bias: boolean;
  readonly layerNormEps: number;
}

type Place = Pick<LayerOptions<{ making: typeof placed }>, 'dtype' | 'device'>;

const attentionOptions = ({ dropout, batchFirst, bias, dtype, device }: Making & Place) => ({
  dropout,
  batchFirst,
  bias,
  dtype,
  device,
});
const linearOptions = ({ bias, dtype, device }: Making & Place) => ({ bias, dtype, device });
const normOptions = ({ layerNormEps: eps, bias, dtype, device }: Making & Place) => ({
  eps,
  bias,
  dtype,
  device,
});

function attention(
  module: MultiheadAttention,
  x: Tensor,
  memory: Tensor,
  attnMask: Mask,
  keyPaddingMask: Mask,
  isCausal: boolean,
): Tensor {
  const named = { attnMask, keyPaddingMask, isCausal, needWeights: false };
  return module.forward(x, memory, memory, named)[0];
}

interface FeedForward {
  readonly linear1: Linear;
  readonly dropout: Dropout;
  readonly linear2: Linear;
  readonly activation: Activation;
}

function feedForward({ linear1, dropout, linear2, activation }: FeedForward, x: Tensor): Tensor {
  return linear2.forward(dropout.forward(activationOf(activation)(linear1.forward(x))));
}

const decoderCall = new Signature(
  'TransformerDecoderLayer.forward',
  {
    tgt: tensorKind,
    memory: tensorKind,
    tgtMask: optional.or(null),
    memoryMask: optional.or(null),
    tgtKeyPaddingMask: optional.or(null),
    memoryKeyPaddingMask: optional.or(null),
    tgtIsCausal: flag.or(false),
    memoryIsCausal: flag.or(false),
  },
  {},
);

/** What {@link TransformerDecoderLayer} is called with beside its inputs. */
export interface DecoderLayerCall {
  tgtMask?: Tensor | null;
  memoryMask?: Tensor | null;
  tgtKeyPaddingMask?: Tensor | null;
  memoryKeyPaddingMask?: Tensor | null;
  tgtIsCausal?: boolean;
  memoryIsCausal?: boolean;
}

/**
 * Attention to oneself, to what an encoder gave, and a feedforward part, each with a way past it; mirrors
 * `torch.nn.TransformerDecoderLayer`. Shapes are those of {@link TransformerEncoderLayer}.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` when a value is out of range, or shapes do not fit.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.TransformerDecoderLayer.html
 * @example
 * const layer = new nn.TransformerDecoderLayer(8, 2, { dimFeedforward: 16 });
 * layer.forward(torch.zeros(4, 3, 8), torch.zeros(5, 3, 8)).shape; // → [ 4, 3, 8 ]
 */
export class TransformerDecoderLayer extends layer('TransformerDecoderLayer', declaration) {
  // The names are the keys of the state dict.
  self_attn = new MultiheadAttention(this.dModel, this.nhead, attentionOptions(this.making));
  multihead_attn = new MultiheadAttention(this.dModel, this.nhead, attentionOptions(this.making));
  linear1 = new Linear(this.dModel, this.making.dimFeedforward, linearOptions(this.making));
  dropout = new Dropout(this.making.dropout);
  linear2 = new Linear(this.making.dimFeedforward, this.dModel, linearOptions(this.making));
  norm1 = new LayerNorm(this.dModel, normOptions(this.making));
  norm2 = new LayerNorm(this.dModel, normOptions(this.making));
  norm3 = new LayerNorm(this.dModel, normOptions(this.making));
  dropout1 = new Dropout(this.making.dropout);
  dropout2 = new Dropout(this.making.dropout);
  dropout3 = new Dropout(this.making.dropout);
  activation = this.making.activation;
  normFirst = this.making.normFirst;

  constructor(dModel: number, nhead: number, options?: TransformerLayerOptions);
  constructor(...given: unknown[]) {
    super(...given);
    this.guardMembers();
  }

  /** @internal Another one, made in the same way. */
  again(): TransformerDecoderLayer {
    return new TransformerDecoderLayer(this.dModel, this.nhead, this.making);
  }

  /** Masks by name, or in Python's order. */
  forward(tgt: Tensor, memory: Tensor, options?: DecoderLayerCall): Tensor;
  forward(
    tgt: Tensor,
    memory: Tensor,
    tgtMask?: Tensor | null,
    memoryMask?: Tensor | null,
    tgtKeyPaddingMask?: Tensor | null,
    memoryKeyPaddingMask?: Tensor | null,
    tgtIsCausal?: boolean,
    memoryIsCausal?: boolean,
  ): Tensor;
  forward(...args: unknown[]): Tensor {
    atMost('TransformerDecoderLayer.forward', 8, args.length);
    const given = {} as Required<DecoderLayerCall> & { tgt: Tensor; memory: Tensor };
    decoderCall.read(args, given);
    const { tgt, memory, tgtMask, tgtKeyPaddingMask, tgtIsCausal } = given;
    const { memoryMask, memoryKeyPaddingMask, memoryIsCausal } = given;
    const attended = (x: Tensor): Tensor =>
      this.dropout1.forward(
        attention(this.self_attn, x, x, tgtMask, tgtKeyPaddingMask, tgtIsCausal),
      );
    const remembered = (x: Tensor): Tensor =>
      this.dropout2.forward(
        attention(this.multihead_attn, x, memory, memoryMask, memoryKeyPaddingMask, memoryIsCausal),
      );
    const fed = (x: Tensor): Tensor => this.dropout3.forward(feedForward(this, x));
    if (this.normFirst) {
      const x = tgt.add(attended(this.norm1.forward(tgt)));
      const y = x.add(remembered(this.norm2.forward(x)));
      return y.add(fed(this.norm3.forward(y)));
    }
    const x = this.norm1.forward(tgt.add(attended(tgt)));
    const y = this.norm2.forward(x.add(remembered(x)));
    return this.norm3.forward(y.add(fed(y)));
  }
}
