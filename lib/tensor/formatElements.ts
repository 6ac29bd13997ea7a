import type { DType } from '../native/dtype.js';
import { native } from '../native/load.js';
import { printed } from './printOptions.js';
import type { Tensor } from './tensor.js';

// The elements' part of Python's torch/_tensor_str.py.

type Element = number | bigint;
type Format = (value: Element) => string;

const isFloat = (dtype: DType): boolean => /^(float|bfloat)/.test(dtype);
const isComplex = (dtype: DType): boolean => dtype.startsWith('complex');

// Python rounds exact halves to even, JavaScript away from zero. A double has an exact decimal form,
// so a tie shows as a 5 followed by zeros.
function roundHalfEven(text: (digits: number) => string): string {
  const { precision } = printed;
  const rounded = text(precision);
  const places = precision === 0 ? '\\d+)\\.' : `\\d+\\.\\d{${precision}})`;
  const [, kept = '', tail = '', exponent = ''] =
    new RegExp(`^(${places}(\\d*)(e.*)?$`).exec(text(precision + 50)) ?? [];
  const tie = /^50*$/.test(tail) && /[02468]$/.test(kept);
  return tie ? kept + exponent : rounded;
}

const fixed = (value: number): string => roundHalfEven((digits) => value.toFixed(digits));

function scientific(value: number): string {
  const text = roundHalfEven((digits) => value.toExponential(digits));
  const [mantissa, exponent] = text.split('e') as [string, string];
  return `${mantissa}e${exponent[0]}${exponent.slice(1).padStart(2, '0')}`;
}

function floatText(value: number, digits: (magnitude: number) => string, point = ''): string {
  if (Number.isNaN(value)) return 'nan';
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  return Number.isFinite(value) ? `${sign}${digits(Math.abs(value))}${point}` : `${sign}inf`;
}

// The format, and the values that decide the column's width.
function floatFormat(values: number[]): [Format, number[]] {
  const finite = values.filter((value) => Number.isFinite(value) && value !== 0);
  const sizes = finite.map(Math.abs);
  const max = sizes.reduce((a, b) => Math.max(a, b), 0);
  const min = sizes.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  let format: Format;
  const isWide = max / min > 1000 || max > 1e8 || min < 1e-4;
  if (finite.length > 0 && (printed.sciMode ?? isWide)) {
    format = (value) => floatText(Number(value), scientific);
  } else if (finite.every(Number.isInteger)) {
    format = (value) => floatText(Number(value), (magnitude) => magnitude.toFixed(0), '.');
  } else {
    format = (value) => floatText(Number(value), fixed);
  }
  return [format, finite];
}

// The elements that are printed decide the format, as in Python.
function shown(tensor: Tensor, summarize: boolean): Tensor {
  const { shape } = tensor;
  const { edgeitems } = printed;
  let result = tensor;
  if (!summarize) return result;
  for (let dim = 0; dim < shape.length; dim++) {
    const size = shape[dim] as number;
    if (size <= 2 * edgeitems) continue;
    const head = result.narrow(dim, 0, edgeitems);
    const tail = result.narrow(dim, size - edgeitems, edgeitems);
    result = concatenate([head, tail], dim);
  }
  return result;
}

const concatenate = native.bind('cat') as (tensors: Tensor[], dim: number) => Tensor;

const viewAsReal = native.bind('view_as_real') as (tensor: Tensor) => Tensor;
const resolveConj = native.bind('resolve_conj') as (tensor: Tensor) => Tensor;
const resolveNeg = native.bind('resolve_neg') as (tensor: Tensor) => Tensor;

function formatterOf(dtype: DType, values: Iterable<Element>): [Format, number] {
  let format: Format = String;
  let measured = values;
  if (dtype === 'bool') format = (value) => (value ? 'True' : 'False');
  else if (isFloat(dtype)) [format, measured] = floatFormat(Array.from(values, Number));
  let width = 1;
  for (const value of measured) width = Math.max(width, format(value).length);
  return [(value) => format(value).padStart(width), width];
}

// Real and imaginary parts have a format each.
function complexCells(part: Tensor): [string[], number] {
  const numbers = Array.from(
    native.toData(viewAsReal(resolveNeg(resolveConj(part)))) as Float64Array,
  );
  const parts = [0, 1].map((odd) => numbers.filter((_, i) => i % 2 === odd));
  const [real, realWidth] = formatterOf('float64', parts[0] as number[]);
  const [imaginary, width] = formatterOf('float64', parts[1] as number[]);
  const cells = (parts[0] as number[]).map((value, i) => {
    const tail = `${imaginary(parts[1]?.[i] as number)}j`.trimStart();
    return `${real(value)}${/^[+-]/.test(tail) ? '' : '+'}${tail}`;
  });
  return [cells, realWidth + width + 1];
}

function cellsOf(part: Tensor): [string[], number] {
  if (isComplex(part.dtype)) return complexCells(part);
  const values = native.toData(part) as Iterable<Element>;
  const [format, width] = formatterOf(part.dtype, values);
  return [Array.from(values, format), width];
}

function vector(cells: string[], indent: number, width: number, truncated: boolean): string {
  const { edgeitems, linewidth } = printed;
  const perLine = Math.max(1, Math.floor((linewidth - indent) / (width + 2)));
  const all = truncated ? [...cells.slice(0, edgeitems), ' ...', ...cells.slice(edgeitems)] : cells;
  const lines: string[] = [];
  for (let i = 0; i < all.length; i += perLine) lines.push(all.slice(i, i + perLine).join(', '));
  return `[${lines.join(`,\n${' '.repeat(indent + 1)}`)}]`;
}

// `full` are the tensor's own sizes, `sizes` those of the printed part.
function body(
  cells: string[],
  sizes: readonly number[],
  full: readonly number[],
  width: number,
  summarize: boolean,
  indent: number,
): string {
  const [size, ...rest] = sizes;
  if (size === undefined) return cells[0] as string;
  const truncated = summarize && (full[0] as number) > 2 * printed.edgeitems;
  if (rest.length === 0) return vector(cells, indent, width, truncated);
  const step = size === 0 ? 0 : cells.length / size;
  const parts = Array.from({ length: size }, (_, i) =>
    body(cells.slice(i * step, (i + 1) * step), rest, full.slice(1), width, summarize, indent + 1),
  );
  if (truncated) parts.splice(printed.edgeitems, 0, '...');
  return `[${parts.join(`,${'\n'.repeat(rest.length)}${' '.repeat(indent + 1)}`)}]`;
}

/** The elements of a strided tensor in brackets, as Python prints them `indent` columns in. */
export function elementsText(tensor: Tensor, indent: number): string {
  if (tensor.numel() === 0) return '[]';
  const summarize = tensor.numel() > printed.threshold;
  const part = shown(tensor, summarize);
  const [cells, width] = cellsOf(part);
  return body(cells, part.shape, tensor.shape, width, summarize, indent);
}
