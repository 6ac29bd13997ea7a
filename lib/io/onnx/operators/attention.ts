import type { Call, Translations } from '../call.js';

/** `(L, S)`: nothing before what a query stands at is hidden, all after it is. */
function causalMask(call: Call, rows: number, columns: number): string {
  const hidden = Array.from({ length: rows * columns }, (_, i) =>
    i % columns > Math.floor(i / columns) ? Number.NEGATIVE_INFINITY : 0,
  );
  return call.graph.constant(hidden, call.result.dtype, [rows, columns]);
}

function mask(call: Call, sizes: readonly [number, number]): string | undefined {
  const { graph } = call;
  const { dtype } = call.result;
  if (call.boolean('is_causal')) return causalMask(call, ...sizes);
  if (!call.has('attn_mask')) return undefined;
  if (call.value('attn_mask').dtype !== 'bool') return call.input('attn_mask', dtype);
  // True: it takes part.
  const [none, all] = [graph.scalar(0, dtype), graph.scalar(Number.NEGATIVE_INFINITY, dtype)];
  return graph.node('Where', [call.input('attn_mask'), none, all]);
}

function scaledDotProductAttention(call: Call): string {
  const { graph } = call;
  const { dtype } = call.result;
  const [query, key] = [call.value('query').shape, call.value('key').shape];
  if (call.number('dropout_p') !== 0) call.refuse('dropout is not supported');
  if (call.boolean('enable_gqa')) call.refuse('fewer heads of keys than of queries');
  const [rows, width] = query.slice(-2) as [number, number];
  const perm = key.map((_, i) => (i < key.length - 2 ? i : 2 * key.length - 3 - i));
  const turned = graph.node('Transpose', [call.input('key')], { perm });
  const scale = graph.scalar(call.optionalNumber('scale') ?? 1 / Math.sqrt(width), dtype);
  const products = graph.node('MatMul', [graph.node('Mul', [call.input('query'), scale]), turned]);
  const hidden = mask(call, [rows, key.at(-2) as number]);
  if (hidden === undefined) {
    const weights = graph.node('Softmax', [products], { axis: -1 });
    return call.node('MatMul', [weights, call.input('value')]);
  }
  const scores = graph.node('Add', [products, hidden]);
  // A query from which all is hidden gets zeros, where a softmax is not a number.
  const last = graph.constant([-1], 'int64');
  const best = graph.node('ReduceMax', [scores, last], { keepdims: 1 });
  const isHidden = graph.node('Equal', [best, graph.scalar(Number.NEGATIVE_INFINITY, dtype)]);
  const softmax = graph.node('Softmax', [scores], { axis: -1 });
  const weights = graph.node('Where', [isHidden, graph.scalar(0, dtype), softmax]);
  return call.node('MatMul', [weights, call.input('value')]);
}

function baddbmm(call: Call): string {
  if (call.number('beta') !== 1 || call.number('alpha') !== 1) call.refuse('factors are not 1');
  const product = call.graph.node('MatMul', [call.input('batch1'), call.input('batch2')]);
  return call.node('Add', [call.input('self'), product]);
}

export const attention: Translations = {
  scaled_dot_product_attention: scaledDotProductAttention,
  baddbmm,
};
