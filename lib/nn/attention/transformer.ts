import { Signature } from '../../argument/arguments.js';
import { atMost } from '../../argument/atMost.js';
import { flag, instance, integer, type Kind, orNull } from '../../argument/kind.js';
import { invalidArgument } from '../../error.js';
import type { Tensor, TensorOptions } from '../../tensor/index.js';
import { tensorKind } from '../../tensor/kinds.js';
import { asNumbers, causalMask, isCausalMask } from '../functional/masks.js';
import { xavierUniform_ } from '../init.js';
import type { LayerOptions } from '../layer.js';
import { LayerNorm } from '../layers/groupNorm.js';
import { ModuleList } from '../module/container.js';
import { Module } from '../module/module.js';
import {
  copyOf,
  type DecoderLayerCall,
  layerMaking,
  TransformerDecoderLayer,
  TransformerEncoderLayer,
} from './layers.js';

const optional = orNull(tensorKind);
const causal = orNull(flag);
const moduleKind: Kind<Module> = instance<Module>(
  Module as unknown as { [Symbol.hasInstance](value: unknown): boolean },
  'a Module',
);

/** A layer that a `TransformerEncoder` has several of, or a `TransformerDecoder`. */
interface Attending extends Module {
  readonly self_attn: { readonly batchFirst: boolean };
}

const copies = (given: Attending, count: number): ModuleList<Attending> =>
  new ModuleList(Array.from({ length: count }, () => copyOf(given)));

const lengthOf = ({ shape }: Tensor, layers: ModuleList<Attending>): number =>
  shape[shape.length === 3 && layers.at(0).self_attn.batchFirst ? 1 : 0]!;

const encoder = {
  args: {
    encoderLayer: moduleKind,
    /** Integer ≥ 1. */
    numLayers: integer(1),
    /** What the result goes through. Default `null`. */
    norm: orNull(moduleKind).or(null),
  },
  making: {
    /** Whether padded places may be left out in evaluation; here they never are. Default true. */
    enableNestedTensor: flag.or(true),
    /** Whether a mask is looked at for that. Default true. */
    maskCheck: flag.or(true),
  },
};

const encoderCall = new Signature(
  'TransformerEncoder.forward',
  {
    src: tensorKind,
    mask: optional.or(null),
    srcKeyPaddingMask: optional.or(null),
    isCausal: causal.or(null),
  },
  {},
);

/** What {@link TransformerEncoder} is called with beside its input. */
export interface EncoderCall {
  mask?: Tensor | null;
  srcKeyPaddingMask?: Tensor | null;
  /** Whether `mask` hides what comes later, and no more. Default `null`: it is looked at. */
  isCausal?: boolean | null;
}

/**
 * Several copies of a layer, one after the other; mirrors `torch.nn.TransformerEncoder`. Padded places are computed
 * too, where Python leaves them out in evaluation without gradients, and gives zeros.
 *
 * Shape: as that of the layer.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for a layer that cannot be copied.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.TransformerEncoder.html
 * @example
 * const layer = new nn.TransformerEncoderLayer(8, 2, { dimFeedforward: 16 });
 * const encoder = new nn.TransformerEncoder(layer, 3);
 * encoder.layers.length; // → 3
 * encoder.forward(torch.zeros(5, 3, 8)).shape; // → [ 5, 3, 8 ]
 */
export class TransformerEncoder extends Module {
  layers: ModuleList<TransformerEncoderLayer>;
  norm: Module | null;
  readonly numLayers: number;

  constructor(
    encoderLayer: TransformerEncoderLayer,
    numLayers: number,
    norm?: Module | null | TransformerEncoderOptions,
    options?: Omit<TransformerEncoderOptions, 'norm'>,
  );
  constructor(...args: unknown[]) {
    atMost('TransformerEncoder', 4, args.length);
    super();
    const given = {} as { encoderLayer: Attending; numLayers: number; norm: Module | null };
    encoderSignature.read(args, given);
    this.layers = copies(
      given.encoderLayer,
      given.numLayers,
    ) as unknown as ModuleList<TransformerEncoderLayer>;
    this.norm = given.norm;
    this.numLayers = given.numLayers;
    this.guardMembers();
  }

  /** Masks by name, or in Python's order. */
  forward(src: Tensor, options?: EncoderCall): Tensor;
  forward(
    src: Tensor,
    mask?: Tensor | null,
    srcKeyPaddingMask?: Tensor | null,
    isCausal?: boolean | null,
  ): Tensor;
  forward(...args: unknown[]): Tensor {
    atMost('TransformerEncoder.forward', 4, args.length);
    const given = {} as Required<EncoderCall> & { src: Tensor };
    encoderCall.read(args, given);
    const { src } = given;
    const srcKeyPaddingMask = asNumbers('srcKeyPaddingMask', given.srcKeyPaddingMask, src.dtype);
    const srcMask = asNumbers('mask', given.mask, src.dtype);
    const isCausal = isCausalMask(srcMask, given.isCausal, lengthOf(src, this.layers));
    let output = src;
    for (const each of this.layers) {
      output = each.forward(output, { srcMask, srcKeyPaddingMask, isCausal });
    }
    return this.norm === null ? output : this.norm.forward(output);
  }
}

const encoderSignature = new Signature('TransformerEncoder', encoder.args, encoder.making);

/** What {@link TransformerEncoder} takes by name. */
export interface TransformerEncoderOptions {
  /** What the result goes through. Default `null`. */
  norm?: Module | null;
  /** Whether padded places may be left out in evaluation; here they never are. Default true. */
  enableNestedTensor?: boolean;
  /** Whether a mask is looked at for that. Default true. */
  maskCheck?: boolean;
}

const decoderSignature = new Signature(
  'TransformerDecoder',
  { decoderLayer: moduleKind, numLayers: integer(1), norm: orNull(moduleKind).or(null) },
  {},
);

const decoderCall = new Signature(
  'TransformerDecoder.forward',
  {
    tgt: tensorKind,
    memory: tensorKind,
    tgtMask: optional.or(null),
    memoryMask: optional.or(null),
    tgtKeyPaddingMask: optional.or(null),
    memoryKeyPaddingMask: optional.or(null),
    tgtIsCausal: causal.or(null),
    memoryIsCausal: flag.or(false),
  },
  {},
);

/** What {@link TransformerDecoder} is called with beside its inputs. */
export interface DecoderCall extends Omit<DecoderLayerCall, 'tgtIsCausal'> {
  /** Whether `tgtMask` hides what comes later, and no more. Default `null`: it is looked at. */
  tgtIsCausal?: boolean | null;
}

/**
 * Several copies of a layer, one after the other; mirrors `torch.nn.TransformerDecoder`.
 *
 * Shape: as that of the layer.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for a layer that cannot be copied.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.TransformerDecoder.html
 * @example
 * const layer = new nn.TransformerDecoderLayer(8, 2, { dimFeedforward: 16 });
 * const decoder = new nn.TransformerDecoder(layer, 3);
 * decoder.forward(torch.zeros(4, 3, 8), torch.zeros(5, 3, 8)).shape; // → [ 4, 3, 8 ]
 */
export class TransformerDecoder extends Module {
  layers: ModuleList<TransformerDecoderLayer>;
  norm: Module | null;
  readonly numLayers: number;

  constructor(
    decoderLayer: TransformerDecoderLayer,
    numLayers: number,
    norm?: Module | null | { norm?: Module | null },
  );
  constructor(...args: unknown[]) {
    atMost('TransformerDecoder', 3, args.length);
    super();
    const given = {} as { decoderLayer: Attending; numLayers: number; norm: Module | null };
    decoderSignature.read(args, given);
    this.layers = copies(
      given.decoderLayer,
      given.numLayers,
    ) as unknown as ModuleList<TransformerDecoderLayer>;
    this.norm = given.norm;
    this.numLayers = given.numLayers;
    this.guardMembers();
  }

  /** Masks by name, or in Python's order. */
  forward(tgt: Tensor, memory: Tensor, options?: DecoderCall): Tensor;
  forward(
    tgt: Tensor,
    memory: Tensor,
    tgtMask?: Tensor | null,
    memoryMask?: Tensor | null,
    tgtKeyPaddingMask?: Tensor | null,
    memoryKeyPaddingMask?: Tensor | null,
    tgtIsCausal?: boolean | null,
    memoryIsCausal?: boolean,
  ): Tensor;
  forward(...args: unknown[]): Tensor {
    atMost('TransformerDecoder.forward', 8, args.length);
    const given = {} as Required<DecoderCall> & { tgt: Tensor; memory: Tensor };
    decoderCall.read(args, given);
    const { tgt, memory, ...masks } = given;
    const length = lengthOf(tgt, this.layers);
    const tgtIsCausal = isCausalMask(masks.tgtMask, masks.tgtIsCausal, length);
    let output = tgt;
    for (const each of this.layers) {
      output = each.forward(output, memory, { ...masks, tgtIsCausal });
    }
    return this.norm === null ? output : this.norm.forward(output);
  }
}

const transformer = {
  args: {
    /** E. Default 512. */
    dModel: integer(1).or(512),
    /** Heads, a divisor of it. Default 8. */
    nhead: integer(1).or(8),
    /** Default 6. */
    numEncoderLayers: integer(1).or(6),
    /** Default 6. */
    numDecoderLayers: integer(1).or(6),
  },
  making: {
    ...layerMaking,
    /** A module in the encoder's place. Default `null`. */
    customEncoder: orNull(moduleKind).or(null),
    /** A module in the decoder's place. Default `null`. */
    customDecoder: orNull(moduleKind).or(null),
  },
};

const transformerSignature = new Signature('Transformer', transformer.args, transformer.making);

/** Options of {@link Transformer}. */
export interface TransformerOptions extends LayerOptions<typeof transformer> {}

/** All that {@link Transformer} is made with, by name. */
export interface TransformerByName extends TransformerOptions {
  /** E. Default 512. */
  dModel?: number;
  /** Heads, a divisor of it. Default 8. */
  nhead?: number;
  /** Default 6. */
  numEncoderLayers?: number;
  /** Default 6. */
  numDecoderLayers?: number;
}

const transformerCall = new Signature(
  'Transformer.forward',
  {
    src: tensorKind,
    tgt: tensorKind,
    srcMask: optional.or(null),
    tgtMask: optional.or(null),
    memoryMask: optional.or(null),
    srcKeyPaddingMask: optional.or(null),
    tgtKeyPaddingMask: optional.or(null),
    memoryKeyPaddingMask: optional.or(null),
    srcIsCausal: causal.or(null),
    tgtIsCausal: causal.or(null),
    memoryIsCausal: flag.or(false),
  },
  {},
);

/** What {@link Transformer} is called with beside its inputs. */
export interface TransformerCall extends DecoderCall {
  srcMask?: Tensor | null;
  srcKeyPaddingMask?: Tensor | null;
  srcIsCausal?: boolean | null;
}

/**
 * An encoder and a decoder (Vaswani and others, 2017); mirrors `torch.nn.Transformer`.
 *
 * Shape: `(S, N, E)` and `(T, N, E)`, with `batchFirst` N before, or both without N → as the second.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` when a value is out of range, or shapes do not fit.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.Transformer.html
 * @example
 * const transformer = new nn.Transformer(8, 2, 1, 1, { dimFeedforward: 16 });
 * transformer.forward(torch.zeros(5, 3, 8), torch.zeros(4, 3, 8)).shape; // → [ 4, 3, 8 ]
 */
export class Transformer extends Module {
  encoder: Module;
  decoder: Module;
  readonly dModel: number;
  readonly nhead: number;
  readonly batchFirst: boolean;

  constructor(
    dModel?: number | TransformerByName,
    nhead?: number | TransformerByName,
    numEncoderLayers?: number | TransformerByName,
    numDecoderLayers?: number | TransformerOptions,
    options?: TransformerOptions,
  );
  constructor(...given: unknown[]) {
    atMost('Transformer', 5, given.length);
    super();
    const args = { dModel: 512, nhead: 8, numEncoderLayers: 6, numDecoderLayers: 6 };
    const making = transformerSignature.read(given, args);
    const { dModel, nhead, numEncoderLayers, numDecoderLayers } = args;
    this.dModel = dModel;
    this.nhead = nhead;
    this.batchFirst = making.batchFirst;
    const { customEncoder, customDecoder, ...ofLayers } = making;
    const { bias, layerNormEps: eps, dtype, device } = making;
    const norm = (): LayerNorm => new LayerNorm(dModel, { eps, bias, dtype, device });
    this.encoder =
      customEncoder ??
      new TransformerEncoder(
        new TransformerEncoderLayer(dModel, nhead, ofLayers),
        numEncoderLayers,
        norm(),
      );
    this.decoder =
      customDecoder ??
      new TransformerDecoder(
        new TransformerDecoderLayer(dModel, nhead, ofLayers),
        numDecoderLayers,
        norm(),
      );
    for (const each of this.parameters()) if (each.ndim > 1) xavierUniform_(each);
    this.guardMembers();
  }

  /** A mask that hides what comes later: −∞ there, 0 elsewhere, `(sz, sz)`. */
  static generateSquareSubsequentMask(sz: number, options?: TensorOptions): Tensor {
    atMost('generateSquareSubsequentMask', 2, arguments.length);
    return causalMask(integer(0).read('generateSquareSubsequentMask: sz', sz), options);
  }

  /** Masks by name, or in Python's order. */
  forward(src: Tensor, tgt: Tensor, options?: TransformerCall): Tensor;
  forward(
    src: Tensor,
    tgt: Tensor,
    srcMask?: Tensor | null,
    tgtMask?: Tensor | null,
    memoryMask?: Tensor | null,
    srcKeyPaddingMask?: Tensor | null,
    tgtKeyPaddingMask?: Tensor | null,
    memoryKeyPaddingMask?: Tensor | null,
    srcIsCausal?: boolean | null,
    tgtIsCausal?: boolean | null,
    memoryIsCausal?: boolean,
  ): Tensor;
  forward(...args: unknown[]): Tensor {
    atMost('Transformer.forward', 11, args.length);
    const given = {} as Required<TransformerCall> & { src: Tensor; tgt: Tensor };
    transformerCall.read(args, given);
    const { src, tgt, srcMask: mask, srcKeyPaddingMask, srcIsCausal, ...masks } = given;
    const batch = this.batchFirst ? 0 : 1;
    if (src.ndim === 3 && src.shape[batch] !== tgt.shape[batch]) {
      throw invalidArgument(
        `Transformer: src and tgt must have the same number of sequences, got [${src.shape}] and [${tgt.shape}]`,
      );
    }
    if ([src, tgt].some(({ shape }) => shape.at(-1) !== this.dModel)) {
      throw invalidArgument(
        `Transformer: src and tgt must have ${this.dModel} features, got [${src.shape}] and [${tgt.shape}]`,
      );
    }
    const memory = this.encoder.forward(src, { mask, srcKeyPaddingMask, isCausal: srcIsCausal });
    return this.decoder.forward(tgt, memory, masks);
  }
}
