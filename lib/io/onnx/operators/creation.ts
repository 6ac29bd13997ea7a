import type { Call, Translation, Translations } from '../call.js';

/** One value everywhere, in sizes that may follow the batch. */
const filled =
  (value: number | 'fill_value', ...decided: string[]): Translation =>
  (call) => {
    call.ignore('dtype', 'layout', 'device', 'pin_memory', 'memory_format', 'self', ...decided);
    const { dtype, shape } = call.result;
    const one = typeof value === 'number' ? call.graph.scalar(value, dtype) : fillValue(call);
    return call.node('Expand', [one, call.graph.sizes(shape)]);
  };

const fillValue = (call: Call): string => call.operand('fill_value', call.result.dtype);

/** Tensors of one value. Those made of numbers alone come here where their sizes follow the batch. */
export const creation: Translations = {
  zeros: filled(0, 'size'),
  ones: filled(1, 'size'),
  full: filled('fill_value', 'size'),
  new_zeros: filled(0, 'size'),
  new_ones: filled(1, 'size'),
  new_full: filled('fill_value', 'size'),
  zeros_like: filled(0),
  ones_like: filled(1),
  full_like: filled('fill_value'),
};

/** Operators without tensors among their arguments whose results are the same in each pass. */
export const constants: ReadonlySet<string> = new Set([
  'zeros',
  'ones',
  'full',
  'arange',
  'linspace',
  'eye',
]);
