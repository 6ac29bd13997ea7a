import { getDefaultDtype } from '../context/defaultDtype.js';
import { native } from '../native/load.js';
import { elementsText } from './formatElements.js';
import { printed } from './printOptions.js';
import type { Tensor } from './tensor.js';

// What Python's torch/_tensor_str.py prints around the elements.

type Get = (tensor: Tensor) => Tensor;
type Count = (tensor: Tensor) => number;
const bind = <F>(name: string): F => native.bind(name) as F;
const toDense = bind<Get>('to_dense');
const dequantize = bind<Get>('dequantize.self');
const unbind = bind<(tensor: Tensor) => Tensor[]>('unbind.int');
const numbers = {
  _nnz: bind<Count>('_nnz'),
  qscheme: bind<Count>('qscheme'),
  q_scale: bind<Count>('q_scale'),
  q_zero_point: bind<Count>('q_zero_point'),
  q_per_channel_axis: bind<Count>('q_per_channel_axis'),
};
const tensors = {
  q_per_channel_scales: bind<Get>('q_per_channel_scales'),
  q_per_channel_zero_points: bind<Get>('q_per_channel_zero_points'),
};

const tuple = (sizes: readonly number[]): string =>
  `(${sizes.join(', ')}${sizes.length === 1 ? ',' : ''})`;

// As Python writes a float.
function floatText(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) {
    return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
  }
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}

interface Text {
  prefix: string;
  contents: string;
  suffixes: string[];
}

const complexOf: Readonly<Record<string, string>> = {
  float16: 'complex32',
  float32: 'complex64',
  float64: 'complex128',
};

const isUsual = ({ dtype }: Tensor): boolean => {
  const usual = getDefaultDtype();
  return dtype === usual || dtype === complexOf[usual] || dtype === 'int64' || dtype === 'bool';
};

const dtypeSuffix = (tensor: Tensor): string[] =>
  isUsual(tensor) ? [] : [`dtype=torch.${tensor.dtype}`];

// `indices=tensor([[0, 1]])` and the like, one below the other.
function parts(
  tensor: Tensor,
  indent: number,
  readers: readonly (readonly [name: string, read: Get])[],
): Text {
  const isMeta = tensor.deviceName === 'meta';
  const lines = readers.map(([name, read]) => {
    const part = read(tensor).detach();
    const prefix = `${name}=tensor(`;
    const text = isMeta ? '...' : elementsText(part, indent + prefix.length);
    const size = isMeta || part.numel() === 0 ? `, size=${tuple(part.shape)}` : '';
    return `${prefix}${text}${size})`;
  });
  const count = isMeta ? [] : [`nnz=${numbers._nnz(tensor)}`];
  return {
    prefix: 'tensor(',
    contents: lines.join(`,\n${' '.repeat(indent)}`),
    suffixes: [`size=${tuple(tensor.shape)}`, ...count, ...dtypeSuffix(tensor)],
  };
}

const byRow = [
  ['crow_indices', bind<Get>('crow_indices')],
  ['col_indices', bind<Get>('col_indices')],
  ['values', bind<Get>('values')],
] as const;
const byColumn = [
  ['ccol_indices', bind<Get>('ccol_indices')],
  ['row_indices', bind<Get>('row_indices')],
  ['values', bind<Get>('values')],
] as const;
const sparse: Readonly<Record<string, readonly (readonly [string, Get])[]>> = {
  sparse_coo: [
    ['indices', bind<Get>('_indices')],
    ['values', bind<Get>('_values')],
  ],
  sparse_csr: byRow,
  sparse_bsr: byRow,
  sparse_csc: byColumn,
  sparse_bsc: byColumn,
};

const schemes = [
  'per_tensor_affine',
  'per_channel_affine',
  'per_tensor_symmetric',
  'per_channel_symmetric',
  'per_channel_affine_float_qparams',
];

function quantized(tensor: Tensor, indent: number): Text {
  const scheme = schemes[numbers.qscheme(tensor)] ?? 'none';
  const settings = scheme.startsWith('per_tensor')
    ? [`scale=${floatText(numbers.q_scale(tensor))}`, `zero_point=${numbers.q_zero_point(tensor)}`]
    : [
        `scale=${formatTensor(tensors.q_per_channel_scales(tensor))}`,
        `zero_point=${formatTensor(tensors.q_per_channel_zero_points(tensor))}`,
        `axis=${numbers.q_per_channel_axis(tensor)}`,
      ];
  return {
    prefix: 'tensor(',
    contents: elementsText(dequantize(tensor), indent),
    suffixes: [
      `size=${tuple(tensor.shape)}`,
      ...dtypeSuffix(tensor),
      `quantization_scheme=torch.${scheme}`,
      ...settings,
    ],
  };
}

function nested(tensor: Tensor): Text {
  const each = unbind(tensor).map((part) => formatTensor(part).replace(/^/gm, '  '));
  return { prefix: 'nested_tensor(', contents: `[\n${each.join(',\n')}\n]`, suffixes: [] };
}

function plain(tensor: Tensor, indent: number): Text {
  const { shape, dtype, layout } = tensor;
  const prefix = 'tensor(';
  const isDefault = dtype === getDefaultDtype();
  if (tensor.deviceName === 'meta') {
    const suffixes = [`size=${tuple(shape)}`, ...(isDefault ? [] : [`dtype=torch.${dtype}`])];
    return { prefix, contents: '...', suffixes };
  }
  if (tensor.numel() === 0) {
    const suffixes = shape.length === 1 ? [] : [`size=${tuple(shape)}`];
    if (!isDefault) suffixes.push(`dtype=torch.${dtype}`);
    return { prefix, contents: '[]', suffixes };
  }
  const dense = layout === 'strided' ? tensor : toDense(tensor);
  return { prefix, contents: elementsText(dense, indent), suffixes: dtypeSuffix(tensor) };
}

function textOf(tensor: Tensor): Text {
  const indent = 'tensor('.length;
  if (tensor.isNested) return nested(tensor);
  const readers = sparse[tensor.layout];
  if (readers !== undefined) return parts(tensor, indent, readers);
  return /^qu?int/.test(tensor.dtype) ? quantized(tensor, indent) : plain(tensor, indent);
}

// Suffixes follow on the same line while it has room, as in Python.
function withSuffixes(text: string, all: string[], indent: number, onNewLine: boolean): string {
  let result = text;
  let length = text.length - text.lastIndexOf('\n') + 1;
  all.forEach((suffix, i) => {
    if ((i === 0 && onNewLine) || length + suffix.length + 2 > printed.linewidth) {
      result += `,\n${' '.repeat(indent)}${suffix}`;
      length = indent + suffix.length;
    } else {
      result += `, ${suffix}`;
      length += suffix.length + 2;
    }
  });
  return `${result})`;
}

/** The text that Python's `repr` gives: `tensor([1., 2., 3.])`. */
export function formatTensor(tensor: Tensor): string {
  const scope = native.openScope(true);
  const withGrad = native.setGradEnabled(false);
  try {
    const { prefix, contents, suffixes } = textOf(tensor.detach());
    const all = tensor.deviceName === 'cpu' ? [] : [`device='${tensor.deviceName}'`];
    all.push(...suffixes);
    if (tensor.layout !== 'strided') all.push(`layout=torch.${tensor.layout}`);
    if (tensor.gradFn !== null) all.push(`grad_fn=<${tensor.gradFn}>`);
    else if (tensor.requiresGrad) all.push('requires_grad=True');
    const onNewLine = tensor.layout === 'sparse_coo';
    return withSuffixes(prefix + contents, all, prefix.length, onNewLine);
  } finally {
    native.setGradEnabled(withGrad);
    native.closeScope(scope);
  }
}
