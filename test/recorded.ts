// Reads what scripts/reference.py recorded from real PyTorch.
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';

import type { DType } from '../lib/index.js';
import * as torch from '../lib/index.js';

export interface Encoded {
  tensor: unknown;
  dtype: DType;
  shape: number[];
}

export function recorded<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`reference/${name}.json`, import.meta.url), 'utf8'));
}

// JSON has no NaN and no infinities: they are recorded as Python prints them.
const special: Record<string, number> = {
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  '-inf': Number.NEGATIVE_INFINITY,
};

export function flat(value: unknown): number[] {
  return [value].flat(Number.POSITIVE_INFINITY).map((each) => {
    if (typeof each === 'string') return special[each] as number;
    return Number(each);
  });
}

const isEncoded = (value: unknown): value is Encoded =>
  typeof value === 'object' && value !== null && 'tensor' in value;

/** A recorded tensor as one of ours; anything else as it is, arrays and objects part by part. */
export function decode(value: unknown): unknown {
  if (isEncoded(value)) {
    return torch.tensor(Float64Array.from(flat(value.tensor)), {
      shape: value.shape,
      dtype: value.dtype,
    });
  }
  if (Array.isArray(value)) return value.map(decode);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, decode(each)]));
}

/** The gradient that tells elements apart, as scripts/recording/call.py has it. */
export function weights(like: torch.Tensor): torch.Tensor {
  const { shape } = like;
  const count = Math.max(1, like.numel());
  return torch.linspace(-1, 1, count).reshape(shape).to(like.dtype);
}

/**
 * Compares with a recorded value: dtypes and shapes exactly, numbers within `|a − b| ≤ atol + rtol·|b|`.
 */
export function expectClose(actual: unknown, wanted: unknown, rtol = 1e-5, atol = 1e-6): void {
  if (!isEncoded(wanted)) {
    expect(actual).toEqual(wanted);
    return;
  }
  const tensor = actual as torch.Tensor;
  expect({ dtype: tensor.dtype, shape: tensor.shape }).toEqual({
    dtype: wanted.dtype,
    shape: wanted.shape,
  });
  const expected = flat(wanted.tensor);
  const found = flat(tensor.tolist());
  const wrong = found.filter((value, i) => {
    const b = expected[i] as number;
    return !(
      Object.is(value, b) ||
      value === b ||
      Math.abs(value - b) <= atol + rtol * Math.abs(b)
    );
  });
  expect(wrong, `expected ${expected.slice(0, 8)}, got ${found.slice(0, 8)}`).toEqual([]);
}
