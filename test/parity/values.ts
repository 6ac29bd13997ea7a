// Tensors as scripts/recording/parity.py draws and records them.
import { crc32 } from 'node:zlib';

import * as torch from '../../lib/index.js';
import { bytesOf } from '../../lib/tensor/bytes.js';

export interface EncodedTensor {
  /** dtype */
  readonly d: string;
  /** shape */
  readonly s: readonly number[];
  /** All elements, or */
  readonly v?: readonly (number | string)[];
  /** four weighted sums of them, */
  readonly p?: readonly number[];
  /** how many are NaN, ∞ and −∞, */
  readonly n?: readonly number[];
  /** and a checksum of their bytes. */
  readonly crc?: number;
}

const { aten } = torch.ops;
const identity = (size: number): torch.Tensor =>
  aten.eye!(size, { dtype: 'float64' }) as torch.Tensor;

/** A tensor of a description such as `2x3`, `5:labels3` or `():positive`. */
export function draw(text: string, dtype: torch.DType): torch.Tensor {
  const [shape, kind = ''] = text.split(':') as [string, string?];
  const sizes = shape === '()' ? [] : shape.split('x').map(Number);
  const uniform = torch.rand(sizes, { dtype: 'float64' });
  const spread = () => uniform.mul(4).sub(2);
  if (kind.startsWith('labels'))
    return uniform
      .mul(Number(kind.slice(6)))
      .floor()
      .to('int64');
  switch (kind) {
    case 'int':
      return uniform.mul(11).sub(5).floor().to('int64');
    case 'bytes':
      return uniform.mul(256).floor().to('uint8');
    case 'bool':
      return uniform.gt(0.5);
    case 'sign':
      return uniform.gt(0.5).to('float64').mul(2).sub(1).to(dtype);
    case 'distinct': {
      const order = aten.argsort!(uniform.flatten()) as torch.Tensor;
      return order.reshape(sizes).to('float64').mul(0.37).sub(2).to(dtype);
    }
    case 'special': {
      const [inf, nan] = [Number.POSITIVE_INFINITY, Number.NaN];
      return torch.tensor([0, -0, inf, -inf, nan, 1.5, -2.5, 0.5], { dtype });
    }
    case 'symmetric': {
      const square = spread();
      return square
        .matmul(square.transpose(-1, -2))
        .add(identity(sizes.at(-1)!))
        .to(dtype);
    }
    case 'complex': {
      const imaginary = torch.rand(sizes, { dtype: 'float64' }).mul(4).sub(2);
      return (aten.complex!(spread(), imaginary) as torch.Tensor).to('complex64');
    }
    case 'positive':
      return uniform.mul(2).add(0.25).to(dtype);
    case 'unit':
      return uniform.to(dtype);
    case 'inner':
      return uniform.mul(1.8).sub(0.9).to(dtype);
    case '':
      return spread().to(dtype);
    default:
      throw new Error(`no kind of tensor: ${kind}`);
  }
}

const tolerances: Record<string, number> = {
  float64: 1e-9,
  complex128: 1e-9,
  float16: 2e-3,
  bfloat16: 2e-2,
};

const asNumber = (value: number | string): number =>
  typeof value === 'number'
    ? value
    : value === 'nan'
      ? Number.NaN
      : value === 'inf'
        ? Number.POSITIVE_INFINITY
        : Number.NEGATIVE_INFINITY;

const isComplex = (tensor: torch.Tensor): boolean => tensor.dtype.startsWith('complex');

export const asReal = (tensor: torch.Tensor): torch.Tensor =>
  isComplex(tensor) ? (aten.view_as_real!(aten.resolve_conj!(tensor)) as torch.Tensor) : tensor;

const numbersOf = (tensor: torch.Tensor): number[] =>
  ([asReal(tensor.detach()).tolist()] as unknown[]).flat(Number.POSITIVE_INFINITY).map(Number);

/** What is wrong with a tensor; `undefined` for nothing. */
export function difference(
  found: unknown,
  wanted: EncodedTensor,
  tolerance?: number,
): string | undefined {
  if (!(found instanceof torch.Tensor)) return `expected a tensor, got ${String(found)}`;
  if (found.dtype !== wanted.d) return `expected ${wanted.d}, got ${found.dtype}`;
  if (found.shape.join() !== wanted.s.join()) {
    return `expected shape (${wanted.s}), got (${found.shape})`;
  }
  const values = numbersOf(found);
  const isExact = !/^(float|bfloat|complex)/.test(wanted.d);
  const relative = tolerance ?? (isExact ? 0 : (tolerances[wanted.d] ?? 1e-5));
  if (wanted.v) {
    const numbers = wanted.v.map(asNumber);
    const largest = Math.max(1, ...numbers.filter(Number.isFinite).map(Math.abs));
    const isFar = (value: number, i: number): boolean => {
      const b = numbers[i] as number;
      return !(Object.is(value, b) || Math.abs(value - b) <= relative * largest || value === b);
    };
    const at = values.findIndex(isFar);
    return at < 0 ? undefined : `element ${at}: expected ${numbers[at]}, got ${values[at]}`;
  }
  if (wanted.crc !== undefined) {
    const sum = crc32(bytesOf(asReal(found.detach())).data() as Uint8Array);
    if (sum !== wanted.crc) return `expected the bytes with checksum ${wanted.crc}, got ${sum}`;
  }
  return sumsDifference(values, wanted, relative);
}

function sumsDifference(
  values: readonly number[],
  wanted: EncodedTensor,
  relative: number,
): string | undefined {
  const count = (value: number) => values.filter((each) => Object.is(each, value)).length;
  const odd = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map(count);
  if (odd.join() !== (wanted.n ?? [0, 0, 0]).join()) {
    return `expected ${wanted.n ?? 'no'} NaN, ∞, −∞, got ${odd}`;
  }
  const finite = values.map((value) => (Number.isFinite(value) ? value : 0));
  const length = Math.hypot(1, ...finite);
  for (const [k, sum] of (wanted.p ?? []).entries()) {
    const weighted = finite.map((value, i) => value * Math.sin((i + 1) * (k + 1) + k));
    const found = weighted.reduce((a, b) => a + b, 0);
    // Sums of whole numbers are recorded with eight digits.
    if (Math.abs(found - sum) > Math.max(relative, 1e-7) * length) {
      return `weighted sum ${k}: expected ${sum}, got ${found}`;
    }
  }
  return undefined;
}
