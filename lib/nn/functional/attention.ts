import { Signature } from '../../argument/arguments.js';
import { atMost } from '../../argument/atMost.js';
import { flag, integer, orNull, probability } from '../../argument/kind.js';
import { invalidArgument } from '../../error.js';
import { bind } from '../../native/ops.js';
import { cat, softmax, type Tensor, zeros } from '../../tensor/index.js';
import { tensorKind } from '../../tensor/kinds.js';
import { bindFunction } from '../../tensor/method.js';
import { asNumbers, type Mask } from './masks.js';

type Optional = Tensor | null;

/** Options of {@link scaledDotProductAttention}. */
export interface ScaledDotProductOptions {
  /** Where a query may look (bool), or what is added to its scores. Default: everywhere. */
  attnMask?: Tensor | null;
  /** Probability of a weight that becomes zero. Default 0. */
  dropoutP?: number;
  /** Whether a query looks at nothing after it. Default false. */
  isCausal?: boolean;
  /** What products are multiplied by. Default `1 / √E`. */
  scale?: number | null;
  /** Whether there may be fewer heads of keys and values than of queries. Default false. */
  enableGqa?: boolean;
}

/**
 * Values weighted by how well their keys fit each query, `softmax(query · keyᵀ · scale + mask) · value`: `(…, L, E)`,
 * `(…, S, E)`, `(…, S, Ev)` → `(…, L, Ev)`. Options by name, or the first three in their order. Mirrors
 * `torch.nn.functional.scaled_dot_product_attention`.
 *
 * @example
 * const [query, key] = [torch.tensor([[0, 0]]), torch.tensor([[1, 2], [3, 4]])];
 * const value = torch.tensor([[1, 0], [0, 3]]);
 * nn.functional.scaledDotProductAttention(query, key, value); // → tensor([[0.5000, 1.5000]])
 */
export const scaledDotProductAttention = bindFunction<{
  (query: Tensor, key: Tensor, value: Tensor, options?: ScaledDotProductOptions): Tensor;
  (
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attnMask: Tensor | null,
    dropoutP?: number,
    isCausal?: boolean,
    options?: Pick<ScaledDotProductOptions, 'scale' | 'enableGqa'>,
  ): Tensor;
}>('scaled_dot_product_attention');

const linear = bind<(input: Tensor, weight: Tensor, bias: Optional) => Tensor>('linear');
const baddbmm = bind<(input: Tensor, batch1: Tensor, batch2: Tensor) => Tensor>('baddbmm');
const dropout = bind<(input: Tensor, p: number, train: boolean) => Tensor>('dropout');
const pad =
  bind<(input: Tensor, pad: readonly number[], value: number) => Tensor>('constant_pad_nd');

const optional = orNull(tensorKind);

const signature = new Signature(
  'multiHeadAttentionForward',
  {
    query: tensorKind,
    key: tensorKind,
    value: tensorKind,
    embedDimToCheck: integer(1),
    numHeads: integer(1),
    inProjWeight: optional,
    inProjBias: optional,
    biasK: optional,
    biasV: optional,
    addZeroAttn: flag,
    dropoutP: probability,
    outProjWeight: tensorKind,
    outProjBias: optional,
  },
  {
    training: flag.or(true),
    keyPaddingMask: optional.or(null),
    needWeights: flag.or(true),
    attnMask: optional.or(null),
    useSeparateProjWeight: flag.or(false),
    qProjWeight: optional.or(null),
    kProjWeight: optional.or(null),
    vProjWeight: optional.or(null),
    staticK: optional.or(null),
    staticV: optional.or(null),
    averageAttnWeights: flag.or(true),
    isCausal: flag.or(false),
  },
);

/** What {@link multiHeadAttentionForward} takes by name. */
export interface MultiHeadAttentionOptions {
  /** Whether weights are dropped. Default true. */
  training?: boolean;
  /** Keys that do not count, `(N, S)`. Default: all do. */
  keyPaddingMask?: Tensor | null;
  /** Whether the weights are wanted too. Default true. */
  needWeights?: boolean;
  /** Which keys a query does not see (bool), or what is added to scores: `(L, S)` or `(N · heads, L, S)`. Default: all are seen. */
  attnMask?: Tensor | null;
  /** Whether there are three weights in place of one. Default false. */
  useSeparateProjWeight?: boolean;
  /** The query's, `(E, E)`, where there are three. Default `null`. */
  qProjWeight?: Tensor | null;
  /** The key's, `(E, Ek)`. Default `null`. */
  kProjWeight?: Tensor | null;
  /** The value's, `(E, Ev)`. Default `null`. */
  vProjWeight?: Tensor | null;
  /** Keys as they are, in place of the projected ones, `(N · heads, S, E / heads)`. Default `null`: those. */
  staticK?: Tensor | null;
  /** The same for values. Default `null`. */
  staticV?: Tensor | null;
  /** Whether weights are the mean over the heads. Default true. */
  averageAttnWeights?: boolean;
  /** Whether `attnMask` hides what comes later, and no more. Default false. */
  isCausal?: boolean;
}

interface Given {
  query: Tensor;
  key: Tensor;
  value: Tensor;
  embedDimToCheck: number;
  numHeads: number;
  inProjWeight: Optional;
  inProjBias: Optional;
  biasK: Optional;
  biasV: Optional;
  addZeroAttn: boolean;
  dropoutP: number;
  outProjWeight: Tensor;
  outProjBias: Optional;
}

const fail = (message: string): never => {
  throw invalidArgument(`multiHeadAttentionForward: ${message}`);
};

// One or three products, as Python takes them: so results are the same to the last bit.
function project(
  { query, key, value, inProjWeight, inProjBias }: Given,
  separate: readonly Optional[] | undefined,
): [Tensor, Tensor, Tensor] {
  if (separate !== undefined) {
    const biases = inProjBias?.chunk(3) ?? [null, null, null];
    const inputs = [query, key, value];
    const weights = separate.map((each) => each ?? fail('expected three projection weights'));
    return inputs.map((x, i) => linear(x, weights[i]!, biases[i]!)) as [Tensor, Tensor, Tensor];
  }
  const weight = inProjWeight ?? fail('expected inProjWeight');
  const size = query.shape.at(-1)!;
  const parts = (x: Tensor, w: Tensor, b: Optional, count: number): Tensor[] => {
    const projected = linear(x, w, b);
    const shape = [...projected.shape.slice(0, -1), count, size];
    return projected
      .reshape(...shape)
      .unsqueeze(0)
      .transpose(0, -2)
      .squeeze(-2)
      .contiguous()
      .unbind(0);
  };
  if (key === value) {
    if (query === key) return parts(query, weight, inProjBias, 3) as [Tensor, Tensor, Tensor];
    const [first, rest] = weight.split([size, 2 * size]);
    const [firstBias, restBias] = inProjBias?.split([size, 2 * size]) ?? [null, null];
    const q = linear(query, first!, firstBias!);
    return [q, ...(parts(key, rest!, restBias!, 2) as [Tensor, Tensor])];
  }
  const weights = weight.chunk(3);
  const biases = inProjBias?.chunk(3) ?? [null, null, null];
  return [query, key, value].map((x, i) => linear(x, weights[i]!, biases[i]!)) as [
    Tensor,
    Tensor,
    Tensor,
  ];
}

function requireShapes({ query, key, value }: Given, padding: Mask, mask: Mask): boolean {
  const { ndim } = query;
  if (ndim !== 2 && ndim !== 3) fail(`expected a query of 2 or 3 dimensions, got ${ndim}`);
  if (key.ndim !== ndim || value.ndim !== ndim) {
    fail(`expected key and value of ${ndim} dimensions, got ${key.ndim} and ${value.ndim}`);
  }
  if (padding !== null && padding.ndim !== ndim - 1) {
    fail(`expected a keyPaddingMask of ${ndim - 1} dimensions, got ${padding.ndim}`);
  }
  if (mask !== null && mask.ndim !== 2 && mask.ndim !== 3) {
    fail(`expected an attnMask of 2 or 3 dimensions, got ${mask.ndim}`);
  }
  return ndim === 3;
}

/**
 * Attention of several heads, with all weights given; mirrors
 * `torch.nn.functional.multi_head_attention_forward`. `nn.MultiheadAttention` calls it.
 *
 * Shape: `(L, N, E)`, `(S, N, E)`, `(S, N, E)`, or all without N → `(L, N, E)`, and weights `(N, L, S)`, by head
 * `(N, heads, L, S)`, or `null`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for shapes that do not fit.
 * @example
 * const [x, weight] = [torch.ones(4, 1, 2), torch.eye(2)];
 * const given = [x, x, x, 2, 1, weight.repeat(3, 1), null, null, null, false, 0, weight, null] as const;
 * const [output, weights] = nn.functional.multiHeadAttentionForward(...given);
 * [output.shape, weights?.shape]; // → [ [ 4, 1, 2 ], [ 1, 4, 4 ] ]
 */
export function multiHeadAttentionForward(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  embedDimToCheck: number,
  numHeads: number,
  inProjWeight: Tensor | null,
  inProjBias: Tensor | null,
  biasK: Tensor | null,
  biasV: Tensor | null,
  addZeroAttn: boolean,
  dropoutP: number,
  outProjWeight: Tensor,
  outProjBias: Tensor | null,
  options?: MultiHeadAttentionOptions,
): [output: Tensor, weights: Tensor | null];
export function multiHeadAttentionForward(...args: unknown[]): [Tensor, Tensor | null] {
  atMost('multiHeadAttentionForward', 14, args.length);
  const given = {} as Given;
  const named = signature.read(args, given);
  return attend(given, named);
}

/** {@link multiHeadAttentionForward} for who knows that its arguments are right. @internal */
export function attend(
  given: Given,
  named: Required<MultiHeadAttentionOptions>,
): [Tensor, Tensor | null] {
  const { numHeads, embedDimToCheck, biasK, biasV, addZeroAttn, outProjWeight, outProjBias } =
    given;
  const { needWeights, staticK, staticV, averageAttnWeights } = named;
  const isBatched = requireShapes(given, named.keyPaddingMask, named.attnMask);
  const batched = (x: Tensor): Tensor => (isBatched ? x : x.unsqueeze(1));
  const query = batched(given.query);
  const key = given.key === given.query ? query : batched(given.key);
  const value = given.value === given.key ? key : batched(given.value);
  const { dtype } = query;
  let padding = asNumbers('keyPaddingMask', named.keyPaddingMask, dtype);
  if (!isBatched && padding !== null) padding = padding.unsqueeze(0);
  const [length, batch, size] = query.shape as [number, number, number];
  let { isCausal } = named;
  if (isCausal && named.attnMask === null) fail('isCausal says what attnMask is: one is needed');
  const isHint = isCausal && padding === null && !needWeights;
  let mask = isHint ? null : asNumbers('attnMask', named.attnMask, dtype);
  if (!isHint && padding !== null) isCausal = false;
  if (size !== embedDimToCheck) fail(`expected ${embedDimToCheck} features, got ${size}`);
  const headSize = size / numHeads;
  if (!Number.isInteger(headSize)) fail(`${size} features are not divisible by ${numHeads} heads`);
  const { useSeparateProjWeight, qProjWeight, kProjWeight, vProjWeight } = named;
  const compared = (x: Tensor) => String(useSeparateProjWeight ? x.shape.slice(0, 2) : x.shape);
  if (compared(key) !== compared(value)) {
    fail(`the key's shape [${key.shape}] does not match the value's, [${value.shape}]`);
  }
  let [q, k, v] = project(
    { ...given, query, key, value },
    useSeparateProjWeight ? [qProjWeight, kProjWeight, vProjWeight] : undefined,
  );
  if (mask !== null) {
    const rows = [length, key.shape[0]!];
    const wanted = mask.ndim === 2 ? rows : [batch * numHeads, ...rows];
    if (String(mask.shape) !== String(wanted)) {
      fail(`expected an attnMask of shape [${wanted}], got [${mask.shape}]`);
    }
    if (mask.ndim === 2) mask = mask.unsqueeze(0);
  }
  const wider = (x: Mask): Mask => (x === null ? null : pad(x, [0, 1], 0));
  if (biasK !== null && biasV !== null) {
    if (staticK !== null || staticV !== null)
      fail('biases cannot be added to static keys or values');
    k = cat([k, biasK.repeat(1, batch, 1)]);
    v = cat([v, biasV.repeat(1, batch, 1)]);
    [mask, padding] = [wider(mask), wider(padding)];
  } else if (biasK !== biasV) fail('expected both biasK and biasV, or none');
  const heads = (x: Tensor): Tensor =>
    x.reshape(x.shape[0]!, batch * numHeads, headSize).transpose(0, 1);
  const still = (name: string, x: Optional, or: Tensor): Tensor => {
    if (x === null) return heads(or);
    if (x.shape[0] === batch * numHeads && x.shape[2] === headSize) return x;
    return fail(`expected ${name} (${batch * numHeads}, S, ${headSize}), got [${x.shape}]`);
  };
  q = heads(q);
  k = still('staticK', staticK, k);
  v = still('staticV', staticV, v);
  if (addZeroAttn) {
    const none = zeros([batch * numHeads, 1, headSize], { dtype: k.dtype, device: k.device });
    [k, v] = [cat([k, none], 1), cat([v, none], 1)];
    [mask, padding] = [wider(mask), wider(padding)];
  }
  const keys = k.shape[1]!;
  if (v.shape[1] !== keys) fail(`expected as many values as keys, ${keys}, got ${v.shape[1]}`);
  if (padding !== null) {
    if (String(padding.shape) !== `${[batch, keys]}`) {
      fail(`expected a keyPaddingMask of shape [${[batch, keys]}], got [${padding.shape}]`);
    }
    const spread = padding
      .reshape(batch, 1, 1, keys)
      .expand(-1, numHeads, -1, -1)
      .reshape(batch * numHeads, 1, keys);
    mask = mask === null ? spread : mask.add(spread);
  }
  const p = named.training ? given.dropoutP : 0;
  const projected = (rows: Tensor): Tensor => {
    const out = linear(rows, outProjWeight, outProjBias);
    const whole = out.reshape(length, batch, out.shape[1]!);
    return isBatched ? whole : whole.squeeze(1);
  };
  if (!needWeights) {
    const split = (x: Tensor): Tensor => x.reshape(batch, numHeads, x.shape[1]!, headSize);
    if (mask !== null) {
      mask = mask.shape[0] === 1 ? mask.unsqueeze(0) : mask.reshape(batch, numHeads, -1, keys);
    }
    const out = scaledDotProductAttention(split(q), split(k), split(v), mask, p, isCausal);
    return [
      projected(
        out
          .permute(2, 0, 1, 3)
          .contiguous()
          .reshape(batch * length, size),
      ),
      null,
    ];
  }
  const scaled = q.mul(Math.sqrt(1 / headSize));
  const turned = k.transpose(-2, -1);
  let weights = softmax(mask === null ? scaled.bmm(turned) : baddbmm(mask, scaled, turned), -1);
  if (p > 0) weights = dropout(weights, p, true);
  const output = weights
    .bmm(v)
    .transpose(0, 1)
    .contiguous()
    .reshape(length * batch, size);
  let shown = weights.reshape(batch, numHeads, length, keys);
  if (averageAttnWeights) shown = shown.mean(1);
  return [projected(output), isBatched ? shown : shown.squeeze(0)];
}
