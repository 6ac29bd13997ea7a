import type { Call, Translations } from '../call.js';

function bilinear(call: Call): string {
  const inputs = [call.input('input1'), call.input('weight'), call.input('input2')];
  const equation = '...i,oij,...j->...o';
  if (!call.has('bias')) return call.node('Einsum', inputs, { equation });
  return call.node('Add', [call.graph.node('Einsum', inputs, { equation }), call.input('bias')]);
}

function cosineSimilarity(call: Call): string {
  const { graph } = call;
  const { dtype } = call.result;
  const rank = Math.max(call.value('x1').shape.length, call.value('x2').shape.length);
  const axis = graph.constant([call.axis('dim', rank) - rank], 'int64');
  const least = graph.scalar(call.number('eps'), dtype);
  const [a, b] = ['x1', 'x2'].map((name) => {
    const x = call.input(name, dtype);
    const length = graph.node('ReduceL2', [x, axis], { keepdims: 1 });
    return graph.node('Div', [x, graph.node('Max', [length, least])]);
  });
  return call.node('ReduceSum', [graph.node('Mul', [a!, b!]), axis], { keepdims: 0 });
}

function pairwiseDistance(call: Call): string {
  const { graph } = call;
  const { dtype } = call.result;
  const p = call.number('p');
  if (p !== 1 && p !== 2) call.refuse(`p is ${p}; only 1 and 2 are supported`);
  const apart = graph.node('Sub', [call.input('x1', dtype), call.input('x2', dtype)]);
  const moved = graph.node('Add', [apart, graph.scalar(call.number('eps'), dtype)]);
  const last = graph.constant([-1], 'int64');
  return call.node(`ReduceL${p}`, [moved, last], { keepdims: call.boolean('keepdim') });
}

export const distance: Translations = {
  bilinear,
  cosine_similarity: cosineSimilarity,
  pairwise_distance: pairwiseDistance,
};
