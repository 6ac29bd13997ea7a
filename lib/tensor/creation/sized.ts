import { atMost } from '../../argument/atMost.js';
import { bind } from '../../native/ops.js';
import { dtypeOf, requireScalar } from '../nested.js';
import type { Tensor } from '../tensor.js';
import {
  type Factory,
  factory,
  finish,
  isOptions,
  keywords,
  type RandomTensorOptions,
  read,
  readRandom,
  scalarKind,
  sizesKind,
  type TensorOptions,
} from './options.js';

const zerosOp = bind<Factory>('zeros');
const onesOp = bind<Factory>('ones');
const emptyOp = bind<Factory>('empty.memory_format');
const emptyStridedOp = bind<Factory>('empty_strided');
const emptyPermutedOp = bind<Factory>('empty_permuted');
const fullOp = bind<Factory>('full');
const randOp = bind<Factory>('rand.generator');
const randnOp = bind<Factory>('randn.generator');
const scalarTensorOp = bind<Factory>('scalar_tensor');
const eyeOp = bind<Factory>('eye.m');

type Sizes = number[] | [...number[], TensorOptions] | [readonly number[], TensorOptions?];

// Sizes come one by one or as one array, as in Python; options last.
function readSizes(args: readonly unknown[]): [sizes: number[], options: unknown] {
  const last = args.at(-1);
  const options = isOptions(last) ? last : undefined;
  const sizes = args.slice(0, options === undefined && last !== undefined ? undefined : -1);
  return [(Array.isArray(sizes[0]) && sizes.length === 1 ? sizes[0] : sizes) as number[], options];
}

const sized =
  (what: string, op: Factory, readMade: typeof read) =>
  (...args: unknown[]): Tensor => {
    const [sizes, options] = readSizes(args);
    const made = readMade(what, options);
    return finish(op(sizes, keywords(made)), made);
  };

type Sized = (...args: Sizes) => Tensor;
type RandomSized = (...args: Sizes | [readonly number[], RandomTensorOptions]) => Tensor;

/**
 * Zeros of a shape: `zeros(2, 3)`, `zeros([2, 3], { dtype: 'int64' })`.
 *
 * @example
 * torch.zeros(2, 3).shape; // → [ 2, 3 ]
 */
export const zeros: Sized = sized('zeros', zerosOp, read);

/**
 * Ones of a shape: `ones(2, 3)`, `ones([2, 3])`.
 *
 * @example
 * torch.ones(2); // → tensor([1., 1.])
 */
export const ones: Sized = sized('ones', onesOp, read);

/**
 * Memory of a shape as it is found: fill it before reading.
 *
 * @example
 * torch.empty(2, 3).fill_(1); // → tensor([[1., 1., 1.], [1., 1., 1.]])
 */
export const empty: Sized = sized('empty', emptyOp, read);

/**
 * Memory as it is found, with strides that are given: elements to skip for one step in each dimension.
 *
 * @example
 * torch.emptyStrided([2, 3], [1, 2]).strides; // → [ 1, 2 ]
 */
export const emptyStrided: (
  size: readonly number[],
  stride: readonly number[],
  options?: TensorOptions,
) => Tensor = factory('emptyStrided', { size: sizesKind, stride: sizesKind }, (given, made) =>
  emptyStridedOp(given.size, given.stride, keywords(made)),
);

/**
 * Memory as it is found, without gaps, dimensions from the outermost in memory to the innermost as given.
 *
 * @example
 * torch.emptyPermuted([2, 3, 4], [0, 2, 1]).strides; // → [ 12, 1, 3 ]
 */
export const emptyPermuted: (
  size: readonly number[],
  physicalLayout: readonly number[],
  options?: TensorOptions,
) => Tensor = factory(
  'emptyPermuted',
  { size: sizesKind, physicalLayout: sizesKind },
  (given, made) => emptyPermutedOp(given.size, given.physicalLayout, keywords(made)),
);

/**
 * One value everywhere in a shape. Its dtype is `getDefaultDtype()` for a number, int64 for a bigint, bool for a boolean.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for a number that the dtype cannot hold.
 * @example
 * torch.full([2], 7); // → tensor([7., 7.])
 */
export function full(
  sizes: readonly number[],
  value: number | bigint | boolean,
  options?: TensorOptions,
): Tensor {
  atMost('full', 3, arguments.length);
  const made = read('full', options);
  requireScalar('full', value, { dtype: made.dtype ?? dtypeOf(value) });
  return finish(fullOp(sizes, value, keywords(made, dtypeOf(value))), made);
}

/**
 * A tensor without dimensions. Its dtype is `getDefaultDtype()`, whatever the number is.
 *
 * @example
 * torch.scalarTensor(5n); // → tensor(5.)
 * torch.scalarTensor(5n, { dtype: 'int64' }); // → tensor(5)
 */
export const scalarTensor: (s: number | bigint | boolean, options?: TensorOptions) => Tensor =
  factory('scalarTensor', { s: scalarKind }, ({ s }, made) => scalarTensorOp(s, keywords(made)));

/**
 * Even random numbers in `[0, 1)`, of a shape: `rand(2, 3)`, `rand([2, 3])`.
 *
 * @example
 * torch.manualSeed(0);
 * torch.rand(2); // → tensor([0.4963, 0.7682])
 */
export const rand: RandomSized = sized('rand', randOp, readRandom);

/**
 * Random numbers of the normal distribution with mean 0 and variance 1, of a shape: `randn(2, 3)`, `randn([2, 3])`.
 *
 * @example
 * torch.manualSeed(0);
 * torch.randn(2); // → tensor([ 1.5410, -0.2934])
 */
export const randn: RandomSized = sized('randn', randnOp, readRandom);

/**
 * Ones on the diagonal, zeros elsewhere: `(n, m)`. @param m - Default n.
 *
 * @example
 * torch.eye(2); // → tensor([[1., 0.], [0., 1.]])
 */
export function eye(n: number, m?: number | TensorOptions, options?: TensorOptions): Tensor {
  atMost('eye', isOptions(m) ? 2 : 3, arguments.length);
  const made = read('eye', isOptions(m) ? m : options);
  return finish(eyeOp(n, isOptions(m) || m === undefined ? n : m, keywords(made)), made);
}
