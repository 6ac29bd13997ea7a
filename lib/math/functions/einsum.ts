import { atMost } from '../../argument/atMost.js';
import { describe } from '../../argument/describe.js';
import { anything } from '../../argument/kind.js';
import { isPlain, readOptions } from '../../argument/options.js';
import { invalidArgument } from '../../error.js';
import type { Tensor } from '../../tensor/index.js';
import { bindFunction } from '../../tensor/method.js';
import { several } from './combining.js';

const einsumOp =
  bindFunction<
    (
      equation: string,
      tensors: readonly Tensor[],
      options?: { path?: readonly number[] | null },
    ) => Tensor
  >('einsum');

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Names of dimensions by number; `'...'` for those that have none. */
export type Subscripts = readonly (number | '...')[];

function subscript(list: unknown): string {
  if (!Array.isArray(list)) {
    throw invalidArgument(`einsum: subscripts: expected an array, got ${describe(list)}`);
  }
  return list
    .map((each: unknown) => {
      if (each === '...') return each;
      const letter = Number.isSafeInteger(each) ? letters[each as number] : undefined;
      if (letter !== undefined) return letter;
      throw invalidArgument(
        `einsum: subscripts: expected integers of 0 to 51 or '...', got ${describe(each)}`,
      );
    })
    .join('');
}

type EinsumArgs =
  | [equation: string, ...operands: Tensor[]]
  | [equation: string, operands: readonly Tensor[]]
  | [operand: Tensor, subscripts: Subscripts, ...others: (Tensor | Subscripts)[]];

/**
 * Sum of products over the dimensions that an equation does not keep: `einsum('ij,jk->ik', a, b)`, or with subscripts
 * in arrays, `einsum(a, [0, 1], b, [1, 2], [0, 2])`. Products are formed from left to right; mirrors `torch.einsum`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for subscripts other than lists of integers of 0 to 51 and `...`.
 * @throws {TorchError} `ERR_LIBTORCH` for an equation that does not fit the operands.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.einsum.html
 * @example
 * torch.einsum('ij,j->i', torch.ones(2, 3), torch.ones(3)); // → tensor([3., 3.])
 */
export function einsum(...args: EinsumArgs): Tensor {
  const [first, ...rest] = args as [unknown, ...unknown[]];
  if (typeof first === 'string') return einsumOp(first, several('einsum', rest));
  const pairs = Array.from({ length: Math.floor(args.length / 2) }, (_, i) => i * 2);
  const operands = several(
    'einsum',
    pairs.map((i) => args[i]),
  );
  const inputs = pairs.map((i) => subscript(args[i + 1])).join(',');
  const isExplicit = args.length % 2 === 1;
  return einsumOp(isExplicit ? `${inputs}->${subscript(args.at(-1))}` : inputs, operands);
}

const tensordotOp =
  bindFunction<
    (
      input: Tensor,
      other: Tensor,
      dimsSelf: readonly number[],
      dimsOther: readonly number[],
    ) => Tensor
  >('tensordot');

type Dims = number | readonly [readonly number[], readonly number[]];
const dimsSpec = { dims: anything<Dims>('dimensions').or(2) };

/**
 * Sum of products over dimensions of two tensors; mirrors `torch.tensordot`.
 *
 * @param dims - How many of the last dimensions of `a` and of the first of `b`, or `[those of a, those of b]`. Default 2.
 * @throws {TypeError} `ERR_INVALID_ARG` for more dimensions than there are.
 * @example
 * const a = torch.ones(2, 3, 4);
 * torch.tensordot(a, torch.ones(3, 4, 5)).shape; // → [ 2, 5 ]
 * torch.tensordot(a, torch.ones(4, 2), [[0, 2], [1, 0]]).shape; // → [ 3 ]
 */
export function tensordot(a: Tensor, b: Tensor, dims: Dims | { dims?: Dims } = 2): Tensor {
  atMost('tensordot', 3, arguments.length);
  const [first, second] = several('tensordot', [a, b]) as [Tensor, Tensor];
  const asked = isPlain(dims) ? readOptions('tensordot', dimsSpec, dims).dims : dims;
  if (Array.isArray(asked) && asked.length === 2) {
    return tensordotOp(first, second, asked[0], asked[1]);
  }
  const most = Math.min(first.ndim, second.ndim);
  if (!Number.isSafeInteger(asked) || (asked as number) < 0 || (asked as number) > most) {
    throw invalidArgument(
      `tensordot: dims: expected an integer of 0 to ${most}, got ${describe(asked)}`,
    );
  }
  const numbers = Array.from({ length: asked as number }, (_, i) => i);
  return tensordotOp(
    first,
    second,
    numbers.map((i) => first.ndim - numbers.length + i),
    numbers,
  );
}
