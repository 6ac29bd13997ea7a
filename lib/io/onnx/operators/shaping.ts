import type { Call, Translation, Translations } from '../call.js';

/** Whatever the arguments say, libtorch's result has the sizes. */
const reshaped =
  (...decided: string[]): Translation =>
  (call) => {
    call.ignore(...decided);
    return call.reshape(call.input('self'), call.result.shape);
  };

const same =
  (...ignored: string[]): Translation =>
  (call) => {
    call.ignore(...ignored);
    return call.input('self');
  };

function to(call: Call): string {
  call.ignore('dtype', 'device', 'non_blocking', 'copy', 'other');
  return call.input('self', call.result.dtype);
}

function permute(call: Call): string {
  const rank = call.result.shape.length;
  const perm = call.numbers('dims').map((dim) => call.axis(dim, rank));
  return call.node('Transpose', [call.input('self')], { perm });
}

function transpose(call: Call): string {
  const rank = call.result.shape.length;
  const [first, second] = [call.axis('dim0', rank), call.axis('dim1', rank)];
  const perm = call.result.shape.map((_, i) => i);
  [perm[first], perm[second]] = [second, first];
  return call.node('Transpose', [call.input('self')], { perm });
}

function t(call: Call): string {
  if (call.result.shape.length < 2) return call.input('self');
  return call.node('Transpose', [call.input('self')], { perm: [1, 0] });
}

const expanded =
  (...decided: string[]): Translation =>
  (call) => {
    call.ignore(...decided);
    return call.node('Expand', [call.input('self'), call.graph.sizes(call.result.shape)]);
  };

function repeat(call: Call): string {
  const repeats = call.sizes('repeats');
  const { shape } = call.value('self');
  const ones = new Array(repeats.length - shape.length).fill(1);
  const input = call.input('self');
  const widened = ones.length === 0 ? input : call.reshape(input, [...ones, ...shape]);
  return call.node('Tile', [widened, call.graph.sizes(repeats)]);
}

function cat(call: Call): string {
  const { dtype, shape } = call.result;
  const axis = call.axis('dim', shape.length);
  // PyTorch skips empty vectors among tensors of more dimensions.
  const parts = call.values('tensors').filter((part) => part.shape.length === shape.length);
  const names = parts.map((part) => call.nameOf(part, dtype));
  return call.node('Concat', names, { axis });
}

function stack(call: Call): string {
  const { dtype, shape } = call.result;
  const axis = call.axis('dim', shape.length);
  const axes = call.graph.constant([axis], 'int64');
  const names = call
    .values('tensors')
    .map((part) => call.graph.node('Unsqueeze', [call.nameOf(part, dtype), axes]));
  return call.node('Concat', names, { axis });
}

const padModes: Readonly<Record<string, string>> = {
  constant: 'constant',
  reflect: 'reflect',
  replicate: 'edge',
};

const triangle =
  (upper: number): Translation =>
  (call) => {
    const diagonal = call.graph.scalar(call.number('diagonal'), 'int64');
    return call.node('Trilu', [call.input('self'), diagonal], { upper });
  };

/** Pixels of the other end on each side. */
function padCircularly(call: Call, before: readonly number[], after: readonly number[]): string {
  const { graph } = call;
  const one = (value: number): string => graph.constant([value], 'int64');
  return call.value('self').shape.reduce<string>((input, size, axis) => {
    const [first, last] = [before[axis]!, after[axis]!];
    if (first === 0 && last === 0) return input;
    if (typeof size !== 'number' || first < 0 || last < 0)
      call.refuse('it cuts, or pads the batch');
    const part = (start: number, end: number): string =>
      graph.node('Slice', [input, one(start), one(end), one(axis)]);
    const parts = [
      ...(first > 0 ? [part(size - first, size)] : []),
      input,
      ...(last > 0 ? [part(0, last)] : []),
    ];
    return call.node('Concat', parts, { axis });
  }, call.input('self'));
}

function pad(call: Call): string {
  const { shape, dtype } = call.result;
  const given = call.numbers('pad');
  const name = (call.name === 'pad' ? call.string('mode') : undefined) ?? 'constant';
  const mode = padModes[name];
  // PyTorch: [left, right, top, bottom, …]; ONNX: all befores, then all afters, from the first on.
  const side = (offset: number): number[] =>
    shape.map((_, i) => given[2 * (shape.length - 1 - i) + offset] ?? 0);
  if (name === 'circular') {
    call.ignore('value');
    return padCircularly(call, side(0), side(1));
  }
  if (mode === undefined) call.refuse(`its mode '${name}' is not supported`);
  const pads = call.graph.constant([...side(0), ...side(1)], 'int64');
  const value = call.graph.scalar(call.optionalNumber('value') ?? 0, dtype);
  const inputs = [call.input('self'), pads];
  return call.node('Pad', mode === 'constant' ? [...inputs, value] : inputs, { mode });
}

/** Other shapes of the same elements, and tensors put together. */
export const shaping: Translations = {
  view: reshaped('size'),
  reshape: reshaped('shape'),
  flatten: reshaped('start_dim', 'end_dim'),
  unflatten: reshaped('dim', 'sizes'),
  squeeze: reshaped('dim'),
  unsqueeze: reshaped('dim'),
  permute,
  transpose,
  t,
  expand: expanded('size', 'implicit'),
  expand_as: expanded('other'),
  broadcast_to: expanded('size'),
  repeat,
  cat,
  concat: cat,
  stack,
  pad,
  constant_pad_nd: pad,
  triu: triangle(1),
  tril: triangle(0),
  to,
  clone: same('memory_format'),
  contiguous: same('memory_format'),
  alias: same(),
  detach: same(),
  detach_: same(),
};
