import { integer, number } from '../../argument/kind.js';
import { invalidArgument } from '../../error.js';
import { bind, bindOverloads } from '../../native/ops.js';
import type { Operand, Tensor } from '../tensor.js';
import {
  type Factory,
  factory,
  finish,
  type Integer,
  isOptions,
  keywords,
  operandKind,
  read,
  sizeKind,
  type TensorOptions,
} from './options.js';

const arangeOp = bind<Factory>('arange.start_step');
const overloads = (name: string): Factory =>
  bindOverloads([name, `${name}.Tensor_Tensor`, `${name}.Tensor_Scalar`, `${name}.Scalar_Tensor`]);
const linspaceOp = overloads('linspace');
const logspaceOp = overloads('logspace');
const trilIndicesOp = bind<Factory>('tril_indices');
const triuIndicesOp = bind<Factory>('triu_indices');

/**
 * `arange(end)`, `arange(start, end)`, `arange(start, end, step)`: int64 when all are integers, else
 * `getDefaultDtype()`. `end` is not included. A vector.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for a step below 1 where int64 is asked for.
 * @example
 * torch.arange(3); // → tensor([0, 1, 2])
 * torch.arange(0, 1, 0.25); // → tensor([0.0000, 0.2500, 0.5000, 0.7500])
 */
export function arange(...args: [...Integer[], TensorOptions] | Integer[]): Tensor {
  const options = isOptions(args.at(-1)) ? (args.pop() as TensorOptions) : undefined;
  const numbers = args as Integer[];
  if (numbers.length === 0 || numbers.length > 3) {
    throw invalidArgument(`arange: expected 1 to 3 numbers, got ${numbers.length}`);
  }
  const [start, end, step = 1] = numbers.length === 1 ? [0, numbers[0]] : numbers;
  const isWhole = (each: Integer) => typeof each === 'bigint' || Number.isInteger(each);
  const made = read('arange', options);
  const isInteger = numbers.every(isWhole);
  // libtorch divides by the step as an integer, which ends the process.
  if (
    (made.dtype ?? (isInteger && 'int64')) === 'int64' &&
    Math.abs(Number(step)) < 1 &&
    Number(step) !== 0
  ) {
    throw invalidArgument(`arange: step: expected an integer for int64, got ${step}`);
  }
  return finish(arangeOp(start, end, step, keywords(made, isInteger ? 'int64' : undefined)), made);
}

interface Spaced {
  (start: Operand, end: Operand, steps: number, options?: TensorOptions): Tensor;
  (start: Operand, end: Operand, options: TensorOptions & { steps: number }): Tensor;
}

interface LogSpaced {
  (start: Operand, end: Operand, steps: number, base?: number, options?: TensorOptions): Tensor;
  (
    start: Operand,
    end: Operand,
    steps: number,
    options?: TensorOptions & { base?: number },
  ): Tensor;
  (start: Operand, end: Operand, options: TensorOptions & { steps: number; base?: number }): Tensor;
}

const ends = { start: operandKind, end: operandKind, steps: sizeKind };

/**
 * `steps` numbers from `start` to `end`, both included, evenly spaced: a vector. The ends may be tensors of one element.
 *
 * @example
 * torch.linspace(0, 1, 3); // → tensor([0.0000, 0.5000, 1.0000])
 */
export const linspace: Spaced = factory('linspace', ends, ({ start, end, steps }, made) =>
  linspaceOp(start, end, steps, keywords(made)),
);

/**
 * `base` to the powers of {@link linspace}. @param base - Default 10.
 *
 * @example
 * torch.logspace(-1, 1, 3); // → tensor([ 0.1000, 1.0000, 10.0000])
 * torch.logspace(-1, 2, 4, 2); // → tensor([0.5000, 1.0000, 2.0000, 4.0000])
 */
export const logspace: LogSpaced = factory(
  'logspace',
  { ...ends, base: number().or(10) },
  ({ start, end, steps, base }, made) => logspaceOp(start, end, steps, base, keywords(made)),
);

interface Triangle {
  (row: number, col: number, offset?: number, options?: TensorOptions): Tensor;
  (row: number, col: number, options?: TensorOptions & { offset?: number }): Tensor;
}

const sides = { row: integer(0), col: integer(0), offset: integer().or(0) };

/**
 * Indices `(2, count)` of the lower triangle of a matrix, int64.
 * @param offset - Diagonals above the main one that belong to it. Default 0.
 *
 * @example
 * torch.trilIndices(2, 2); // → tensor([[0, 1, 1], [0, 0, 1]])
 */
export const trilIndices: Triangle = factory('trilIndices', sides, ({ row, col, offset }, made) =>
  trilIndicesOp(row, col, offset, keywords(made, 'int64')),
);

/**
 * Indices `(2, count)` of the upper triangle of a matrix, int64.
 * @param offset - Diagonals left out from the main one on. Default 0.
 *
 * @example
 * torch.triuIndices(2, 2); // → tensor([[0, 0, 1], [0, 1, 1]])
 */
export const triuIndices: Triangle = factory('triuIndices', sides, ({ row, col, offset }, made) =>
  triuIndicesOp(row, col, offset, keywords(made, 'int64')),
);
