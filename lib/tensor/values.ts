import { inspect } from 'node:util';

import { atMost } from '../argument/atMost.js';
import { invalidArgument } from '../error.js';
import { bind } from '../native/ops.js';
import type { Nested } from './conversion.js';
import { extendTensor, type Tensor } from './tensor.js';

const unbind = bind<(a: Tensor, dim: number) => Tensor[]>('unbind.int');

type Json = number | boolean | string | null;

// JSON has no integers beyond those of numbers: their digits.
function toJson(value: Nested<number | bigint | boolean>): Nested<Json> {
  if (Array.isArray(value)) return value.map(toJson);
  return typeof value === 'bigint' ? String(value) : value;
}

function noNumber(tensor: Tensor): never {
  throw invalidArgument(
    `a Tensor of shape ${inspect(tensor.shape)} is not a number, only one of a single element is: ` +
      'add(), sub(), mul(), div() and neg() calculate, gt(), lt(), eq() and maximum() compare, item() gives a number',
  );
}

function notAList(): never {
  throw invalidArgument(
    'iteration over a 0-d tensor, which has no length: item() gives its number',
  );
}

// Test runners compare lists row by row: a row of the same tensor is the same one.
function rowsOf(tensor: Tensor): Tensor[] {
  const { identity } = tensor as unknown as { identity: string };
  return unbind(tensor, 0).map((row, i) => Object.assign(row, { identity: `${identity}[${i}]` }));
}

/** What JavaScript itself asks of a value: a number, a text, a list, JSON. */
const values = {
  /**
   * Size of the first dimension, as `len` in Python. @throws {TypeError} `ERR_INVALID_ARG` for 0-d.
   *
   * @example
   * torch.zeros(2, 3).length; // → 2
   */
  get length(): number {
    return (this as unknown as Tensor).shape[0] ?? notAList();
  },

  /**
   * Iterates over the first dimension, as Python does: `for (const row of x)`, `const [a, b] = x`.
   * A tensor without dimensions is no list.
   */
  get [Symbol.iterator](): () => IterableIterator<Tensor> {
    const tensor = this as unknown as Tensor;
    // Test runners look for an iterator before they compare.
    if (!tensor.isDisposed && tensor.ndim === 0) return undefined as never;
    return () => rowsOf(tensor)[Symbol.iterator]();
  },

  /**
   * The printed text where a text is asked for; else the number of a single element, as Python's
   * `float`: `Number(x)`, `x + 1`, `x < y`, `Math.max(x, 0)`. The result has no gradient.
   * @throws {TypeError} `ERR_INVALID_ARG` for more or fewer elements.
   */
  [Symbol.toPrimitive](this: Tensor, hint: string): string | number | bigint {
    if (hint === 'string') return this.toString();
    if (this.numel() !== 1) noNumber(this);
    const value: unknown = this.item();
    if (typeof value === 'object') noNumber(this);
    return typeof value === 'boolean' ? Number(value) : (value as number | bigint);
  },

  /**
   * For `JSON.stringify`, which test runners call too: nested arrays as {@link Tensor.tolist} gives them,
   * integers that no number holds as their digits; the printed text where there are no elements to give.
   *
   * @example
   * JSON.stringify({ x: torch.tensor([[1, 2], [3, 4]]) }); // → '{"x":[[1,2],[3,4]]}'
   */
  toJSON(this: Tensor, _key?: string): Nested<Json> {
    atMost('toJSON', 1, arguments.length);
    if (this.isDisposed) return this.toString();
    try {
      return toJson(this.tolist());
    } catch {
      return this.toString();
    }
  },
};

export type Values = typeof values;
declare module '../native/tensor.js' {
  interface Tensor extends Values {}
}
extendTensor(values);
