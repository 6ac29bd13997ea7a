import type { Call, Translation, Translations } from '../call.js';

const axesOf = (call: Call): number[] => {
  const rank = call.value('self').shape.length;
  const dims = call.has('dim') ? call.numbers('dim') : [];
  return dims.map((dim) => call.axis(dim, rank));
};

// Without dimensions all are reduced.
function reduce(call: Call, opType: string, input: string, axes: number[]): string {
  const inputs = axes.length === 0 ? [input] : [input, call.graph.constant(axes, 'int64')];
  return call.node(opType, inputs, { keepdims: call.boolean('keepdim') });
}

const reduced =
  (opType: string): Translation =>
  (call) => {
    call.ignore('dtype');
    return reduce(call, opType, call.input('self', call.result.dtype), axesOf(call));
  };

function argExtreme(call: Call, opType: string): string {
  const { shape } = call.value('self');
  if (!call.has('dim')) {
    if (call.boolean('keepdim')) call.refuse('keepdim without dim is not supported');
    const all = call.reshape(call.input('self'), [-1]);
    return call.node(opType, [all], { axis: 0, keepdims: 0 });
  }
  const axis = call.axis('dim', shape.length);
  return call.node(opType, [call.input('self')], { axis, keepdims: call.boolean('keepdim') });
}

/** `max` gives elements, and positions too where it runs along a dimension. */
const extreme =
  (reduceType: string, argType: string, pairType: string): Translation =>
  (call) => {
    if (call.overload === 'other') {
      const { dtype } = call.result;
      return call.node(pairType, [call.input('self', dtype), call.input('other', dtype)]);
    }
    const values = reduce(call, reduceType, call.input('self'), axesOf(call));
    return call.results.length === 1 ? values : [values, argExtreme(call, argType)];
  };

const norm =
  (order: string) =>
  (call: Call): string => {
    call.ignore('dtype');
    const p = call.optionalNumber(order) ?? 2;
    if (p !== 1 && p !== 2) call.refuse(`${order} is ${p}; only 1 and 2 are supported`);
    return reduce(call, `ReduceL${p}`, call.input('self'), axesOf(call));
  };

// What is subtracted from the count: Bessel's 1, but for what two of the overloads say otherwise.
const correctionOf = (call: Call): number =>
  call.overload === 'correction'
    ? (call.optionalNumber('correction') ?? 1)
    : Number(call.boolean('unbiased'));

function variance(call: Call): string {
  const { shape, dtype } = call.value('self');
  const { graph } = call;
  const axes = axesOf(call);
  const reducedSizes = axes.length === 0 ? shape : axes.map((axis) => shape[axis]!);
  if (!reducedSizes.every((size) => typeof size === 'number')) {
    call.refuse('the variance over the batch is not supported');
  }
  const count = reducedSizes.reduce((product, size) => product * size, 1);
  const correction = correctionOf(call);
  const input = call.input('self');
  const along = axes.length === 0 ? [] : [graph.constant(axes, 'int64')];
  const mean = graph.node('ReduceMean', [input, ...along]);
  const centered = graph.node('Sub', [input, mean]);
  const squares = graph.node('Mul', [centered, centered]);
  const biased = reduce(call, 'ReduceMean', squares, axes);
  const factor = count / Math.max(0, count - correction);
  return factor === 1 ? biased : call.node('Mul', [biased, graph.scalar(factor, dtype)]);
}

function cumsum(call: Call): string {
  call.ignore('dtype');
  const axis = call.axis('dim', call.result.shape.length);
  const input = call.input('self', call.result.dtype);
  return call.node('CumSum', [input, call.graph.scalar(axis, 'int64')]);
}

/** Reductions: over all elements, or along dimensions. */
export const reduction: Translations = {
  sum: reduced('ReduceSum'),
  mean: reduced('ReduceMean'),
  prod: reduced('ReduceProd'),
  amax: reduced('ReduceMax'),
  amin: reduced('ReduceMin'),
  logsumexp: reduced('ReduceLogSumExp'),
  max: extreme('ReduceMax', 'ArgMax', 'Max'),
  min: extreme('ReduceMin', 'ArgMin', 'Min'),
  argmax: (call) => argExtreme(call, 'ArgMax'),
  argmin: (call) => argExtreme(call, 'ArgMin'),
  norm: norm('p'),
  linalg_vector_norm: norm('ord'),
  var: variance,
  std: (call) => call.node('Sqrt', [variance(call)]),
  cumsum,
};
