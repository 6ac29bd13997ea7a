import { atMost } from '../../argument/atMost.js';
import { oneOf } from '../../argument/kind.js';
import { readOptions, type SpecOf } from '../../argument/options.js';
import { bind } from '../../native/ops.js';
import { tensorKind } from '../kinds.js';
import { requireScalar } from '../nested.js';
import type { Tensor } from '../tensor.js';
import {
  type Factory,
  finish,
  type Integer,
  keywords,
  type Made,
  spec,
  type TensorOptions,
} from './options.js';

type MemoryFormat = 'contiguous_format' | 'preserve_format' | 'channels_last' | 'channels_last_3d';

/** What factories take last that imitate a tensor. */
export interface LikeOptions extends TensorOptions {
  /** The order of elements in memory. Default `'preserve_format'`. */
  memoryFormat?: MemoryFormat;
}

const likeSpec = {
  ...spec,
  memoryFormat: oneOf<MemoryFormat>(
    'contiguous_format',
    'preserve_format',
    'channels_last',
    'channels_last_3d',
  ).optional(),
} satisfies SpecOf<LikeOptions>;

const zerosLikeOp = bind<Factory>('zeros_like');
const onesLikeOp = bind<Factory>('ones_like');
const emptyLikeOp = bind<Factory>('empty_like');
const fullLikeOp = bind<Factory>('full_like');
const randLikeOp = bind<Factory>('rand_like');
const randnLikeOp = bind<Factory>('randn_like');
const randintLikeOp = bind<Factory>('randint_like.low_dtype');

type Read = Made & { memoryFormat?: MemoryFormat | undefined };

const readLike = (what: string, options: unknown): Read =>
  options === undefined ? {} : readOptions(what, likeSpec, options);

const named = (made: Read): object => ({ ...keywords(made), memoryFormat: made.memoryFormat });

function like(what: string, factory: Factory): (tensor: Tensor, options?: LikeOptions) => Tensor {
  return function (tensor, options) {
    atMost(what, 2, arguments.length);
    const made = readLike(what, options);
    return finish(factory(tensor, named(made)), made);
  };
}

/**
 * Zeros with the shape, dtype and device of another tensor, where `options` do not say otherwise.
 *
 * @example
 * torch.zerosLike(torch.ones(2)); // → tensor([0., 0.])
 */
export const zerosLike = like('zerosLike', zerosLikeOp);
/**
 * Ones with the shape, dtype and device of another tensor.
 *
 * @example
 * torch.onesLike(torch.zeros(2)); // → tensor([1., 1.])
 */
export const onesLike = like('onesLike', onesLikeOp);
/**
 * Memory as it is found, with the shape, dtype and device of another tensor.
 *
 * @example
 * torch.emptyLike(torch.ones(2, 3)).shape; // → [ 2, 3 ]
 */
export const emptyLike = like('emptyLike', emptyLikeOp);
/**
 * Even random numbers in `[0, 1)`, with the shape, dtype and device of another tensor.
 *
 * @example
 * torch.manualSeed(0);
 * torch.randLike(torch.zeros(2)); // → tensor([0.4963, 0.7682])
 */
export const randLike = like('randLike', randLikeOp);
/**
 * Random numbers of the normal distribution, with the shape, dtype and device of another tensor.
 *
 * @example
 * torch.manualSeed(0);
 * torch.randnLike(torch.zeros(2)); // → tensor([ 1.5410, -0.2934])
 */
export const randnLike = like('randnLike', randnLikeOp);

/**
 * One value everywhere, with the shape, dtype and device of another tensor.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for a number that the dtype cannot hold.
 * @example
 * torch.fullLike(torch.zeros(2, { dtype: 'int64' }), 7); // → tensor([7, 7])
 */
export function fullLike(
  tensor: Tensor,
  value: number | bigint | boolean,
  options?: LikeOptions,
): Tensor {
  atMost('fullLike', 3, arguments.length);
  tensorKind.read('fullLike: tensor', tensor);
  const made = readLike('fullLike', options);
  requireScalar('fullLike', value, { dtype: made.dtype ?? tensor.dtype });
  return finish(fullLikeOp(tensor, value, named(made)), made);
}

interface RandIntLike {
  (tensor: Tensor, low: Integer, high: Integer, options?: LikeOptions): Tensor;
  (tensor: Tensor, high: Integer, options?: LikeOptions): Tensor;
}

/**
 * Random integers in `[low, high)`, with the shape, dtype and device of another tensor.
 * @param low - Default 0.
 *
 * @example
 * torch.manualSeed(0);
 * torch.randintLike(torch.zeros(3), 10); // → tensor([4., 9., 3.])
 */
export const randintLike: RandIntLike = (tensor: Tensor, ...args: unknown[]): Tensor => {
  const numbers = ['number', 'bigint'].includes(typeof args[1]) ? args : [0, ...args];
  const [low, high, options] = numbers;
  atMost('randintLike', 4, 1 + numbers.length);
  const made = readLike('randintLike', options);
  return finish(randintLikeOp(tensor, low, high, named(made)), made);
};
