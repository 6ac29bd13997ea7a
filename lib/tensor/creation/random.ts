import { atMost } from '../../argument/atMost.js';
import { invalidArgument } from '../../error.js';
import { bind, bindOverloads } from '../../native/ops.js';
import { Tensor } from '../tensor.js';
import {
  type Factory,
  finish,
  type Integer,
  isOptions,
  keywords,
  type RandomTensorOptions,
  readRandom,
} from './options.js';

const randintOp = bind<Factory>('randint.low_generator');
const randpermOp = bind<Factory>('randperm.generator');
const normalOp = bindOverloads([
  'normal.Tensor_float',
  'normal.float_Tensor',
  'normal.Tensor_Tensor',
]) as Factory;
const normalSizedOp = bind<Factory>('normal.float_float');

interface RandInt {
  (low: Integer, high: Integer, sizes: readonly number[], options?: RandomTensorOptions): Tensor;
  (high: Integer, sizes: readonly number[], options?: RandomTensorOptions): Tensor;
}

/**
 * Random integers in `[low, high)`, int64, of a shape.
 * @param low - Default 0.
 *
 * @example
 * torch.manualSeed(0);
 * torch.randint(0, 10, [3]); // → tensor([4, 9, 3])
 */
export const randint: RandInt = (...args: unknown[]): Tensor => {
  const [low, high, sizes, ...rest] = Array.isArray(args[1]) ? [0, ...args] : args;
  atMost('randint', 4, 3 + rest.length);
  const made = readRandom('randint', rest[0]);
  return finish(randintOp(low, high, sizes, keywords(made, 'int64')), made);
};

/**
 * The integers 0 … n − 1 in random order, int64 `(n)`: a vector.
 *
 * @example
 * torch.manualSeed(0);
 * torch.randperm(4); // → tensor([0, 1, 3, 2])
 */
export function randperm(n: number, options?: RandomTensorOptions): Tensor {
  atMost('randperm', 2, arguments.length);
  const made = readRandom('randperm', options);
  return finish(randpermOp(n, keywords(made, 'int64')), made);
}

interface Normal {
  (mean: Tensor, std?: Tensor | number, options?: RandomTensorOptions): Tensor;
  (mean: number, std: Tensor, options?: RandomTensorOptions): Tensor;
  (mean: number, std: number, size: readonly number[], options?: RandomTensorOptions): Tensor;
}

/**
 * Random numbers of normal distributions: of a mean and a deviation for each element, or one of each and sizes.
 *
 * @example
 * torch.manualSeed(0);
 * torch.normal(torch.tensor([10, 20]), 0.5); // → tensor([10.7705, 19.8533])
 * torch.normal(0, 1, [2, 3]).shape; // → [ 2, 3 ]
 */
export const normal: Normal = (...args: unknown[]): Tensor => {
  const options = isOptions(args.at(-1)) ? args.pop() : undefined;
  atMost('normal', 3, args.length);
  const [mean, std, size] = args;
  const made = readRandom('normal', options);
  if (!(mean instanceof Tensor || std instanceof Tensor)) {
    return finish(normalSizedOp(mean, std, size, keywords(made)), made);
  }
  if (size !== undefined || made.dtype !== undefined || made.device !== undefined) {
    throw invalidArgument('normal: sizes, dtype and device are those of the tensors');
  }
  const { generator } = made;
  return finish(normalOp(...args, ...(generator === undefined ? [] : [{ generator }])), made);
};
