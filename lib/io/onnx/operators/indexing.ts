import type { Call, Translations } from '../call.js';

// The end of a dimension, whatever its size.
const toEnd = Number.MAX_SAFE_INTEGER;

function sliceOf(
  call: Call,
  axis: number,
  [start, end, step]: readonly [number, number, number],
): string {
  const [starts, ends, axes, steps] = [[start], [end], [axis], [step]].map((numbers) =>
    call.graph.constant(numbers, 'int64'),
  );
  return call.node('Slice', [call.input('self'), starts!, ends!, axes!, steps!]);
}

/** Refuses parts of the batch: sizes seen with some numbers of images say nothing of others. */
function requireFixed(call: Call, axis: number): number {
  const size = call.value('self').shape[axis];
  return typeof size === 'number'
    ? size
    : call.refuse('takes a part of the batch; do that outside of the model');
}

function slice(call: Call): string {
  const axis = call.axis('dim', call.value('self').shape.length);
  const start = call.optionalNumber('start') ?? 0;
  const given = call.has('end') ? call.size('end') : toEnd;
  const end = typeof given === 'number' ? Math.min(given, toEnd) : toEnd;
  const step = call.number('step');
  if (start === 0 && step === 1 && String(call.value('self').shape) === String(call.result.shape)) {
    const isWhole = end === toEnd || String(given) === String(call.value('self').shape[axis]);
    if (isWhole) return call.input('self');
  }
  requireFixed(call, axis);
  return sliceOf(call, axis, [start, end, step]);
}

function narrow(call: Call): string {
  const { shape } = call.value('self');
  const axis = call.axis('dim', shape.length);
  const [start, length] = [call.number('start'), call.size('length')];
  if (start === 0 && String(length) === String(shape[axis])) return call.input('self');
  const size = requireFixed(call, axis);
  const first = start < 0 ? start + size : start;
  return sliceOf(call, axis, [first, first + call.number('length'), 1]);
}

function select(call: Call): string {
  const axis = call.axis('dim', call.value('self').shape.length);
  requireFixed(call, axis);
  const index = call.graph.scalar(call.number('index'), 'int64');
  return call.node('Gather', [call.input('self'), index], { axis });
}

function indexSelect(call: Call): string {
  const axis = call.axis('dim', call.value('self').shape.length);
  return call.node('Gather', [call.input('self'), call.input('index')], { axis });
}

/** Rows of a table. */
function embedding(call: Call): string {
  call.ignore('padding_idx', 'scale_grad_by_freq', 'sparse');
  return call.node('Gather', [call.input('weight'), call.input('indices')], { axis: 0 });
}

function gather(call: Call): string {
  call.ignore('sparse_grad');
  const axis = call.axis('dim', call.value('self').shape.length);
  return call.node('GatherElements', [call.input('self'), call.input('index')], { axis });
}

/** Rows put in the place of others. */
function indexCopy(call: Call): string {
  const rank = call.value('self').shape.length;
  if (call.axis('dim', rank) !== 0) call.refuse('only rows (dim 0) can be replaced');
  const last = call.graph.constant([-1], 'int64');
  const rows = call.graph.node('Unsqueeze', [call.input('index'), last]);
  return call.node('ScatterND', [call.input('self'), rows, call.input('source')]);
}

/** Parts one after the other along a dimension. */
function parts(call: Call): string[] {
  call.ignore('split_size', 'split_sizes', 'chunks');
  const axis = call.axis('dim', call.value('self').shape.length);
  requireFixed(call, axis);
  let start = 0;
  return call.results.map(({ shape }) => {
    const end = start + (shape[axis] as number);
    const part = sliceOf(call, axis, [start, end, 1]);
    start = end;
    return part;
  });
}

function unbind(call: Call): string[] {
  const axis = call.axis('dim', call.value('self').shape.length);
  requireFixed(call, axis);
  return call.results.map((_, i) =>
    call.node('Gather', [call.input('self'), call.graph.scalar(i, 'int64')], { axis }),
  );
}

/** Parts of a tensor. */
export const indexing: Translations = {
  slice,
  narrow,
  select,
  index_select: indexSelect,
  embedding,
  gather,
  index_copy: indexCopy,
  split: parts,
  split_with_sizes: parts,
  chunk: parts,
  unbind,
};
