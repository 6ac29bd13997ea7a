import { type DeviceLike, requireDevice } from '../device.js';
import type { DType } from '../dtype.js';
import { invalidArgument } from '../error.js';
import { native, type TypedArray } from '../native.js';
import { bind } from '../ops.js';
import type { Generator } from '../random.js';
import type { Nested } from './conversion.js';
import { dtypeOf, type Element, readNested, requireScalar } from './nested.js';
import { Tensor } from './tensor.js';

/** What every factory takes last. */
export interface TensorOptions {
  /** Default: see each factory; mostly `'float32'`. */
  dtype?: DType;
  /** Default: the CPU, or the device of the tensor that is imitated. */
  device?: DeviceLike;
  /** Whether operations on the tensor are recorded for `backward`. Default false. */
  requiresGrad?: boolean;
}

/** Options of factories that draw random numbers. */
export interface RandomTensorOptions extends TensorOptions {
  /** Default: the default generator. */
  generator?: Generator;
}

// biome-ignore lint/suspicious/noExplicitAny: factories differ in their leading arguments
type Factory = (...args: any[]) => Tensor;

const zerosOp = bind<Factory>('zeros');
const onesOp = bind<Factory>('ones');
const emptyOp = bind<Factory>('empty.memory_format');
const fullOp = bind<Factory>('full');
const randOp = bind<Factory>('rand.generator');
const randnOp = bind<Factory>('randn.generator');
const randintOp = bind<Factory>('randint.low_generator');
const randpermOp = bind<Factory>('randperm.generator');
const arangeOp = bind<Factory>('arange.start_step');
const linspaceOp = bind<Factory>('linspace');
const eyeOp = bind<Factory>('eye.m');
const zerosLikeOp = bind<Factory>('zeros_like');
const onesLikeOp = bind<Factory>('ones_like');
const emptyLikeOp = bind<Factory>('empty_like');
const fullLikeOp = bind<Factory>('full_like');
const randLikeOp = bind<Factory>('rand_like');
const randnLikeOp = bind<Factory>('randn_like');

type Integer = number | bigint;
type Sizes = number[] | [...number[], TensorOptions] | [readonly number[], TensorOptions?];

function finish(tensor: Tensor, options: TensorOptions | undefined): Tensor {
  if (options?.requiresGrad) tensor.requiresGrad = true;
  return tensor;
}

// The schema's keyword arguments; the device is checked here, where the error can say what is missing.
function keywords(options: TensorOptions | undefined, dtype?: DType): object {
  const device = options?.device;
  return {
    dtype: options?.dtype ?? dtype,
    device: device === undefined ? undefined : requireDevice(device),
  };
}

function isOptions(value: unknown): value is TensorOptions {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

// Sizes come one by one or as one array, as in Python; options last.
function readSizes<O extends TensorOptions>(args: readonly unknown[]): [number[], O | undefined] {
  const last = args.at(-1);
  const options = isOptions(last) ? (last as O) : undefined;
  const sizes = args.slice(0, options === undefined && last !== undefined ? undefined : -1);
  return [(Array.isArray(sizes[0]) && sizes.length === 1 ? sizes[0] : sizes) as number[], options];
}

/** Zeros. `zeros(2, 3)`, `zeros([2, 3], { dtype: 'int64' })`. */
export function zeros(...args: Sizes): Tensor {
  const [sizes, options] = readSizes(args);
  return finish(zerosOp(sizes, keywords(options)), options);
}

/** Ones. */
export function ones(...args: Sizes): Tensor {
  const [sizes, options] = readSizes(args);
  return finish(onesOp(sizes, keywords(options)), options);
}

/** Memory as it is found: fill it before reading. */
export function empty(...args: Sizes): Tensor {
  const [sizes, options] = readSizes(args);
  return finish(emptyOp(sizes, keywords(options)), options);
}

/** One value everywhere: float32 for a number, int64 for a bigint, bool for a boolean. */
export function full(
  sizes: readonly number[],
  value: number | bigint | boolean,
  options?: TensorOptions,
): Tensor {
  requireScalar('full', value, { dtype: options?.dtype ?? dtypeOf(value) });
  return finish(fullOp(sizes, value, keywords(options, dtypeOf(value))), options);
}

/** Even random numbers in `[0, 1)`. */
export function rand(...args: Sizes | [readonly number[], RandomTensorOptions]): Tensor {
  const [sizes, options] = readSizes<RandomTensorOptions>(args);
  return finish(randOp(sizes, { generator: options?.generator, ...keywords(options) }), options);
}

/** Random numbers of the normal distribution with mean 0 and variance 1. */
export function randn(...args: Sizes | [readonly number[], RandomTensorOptions]): Tensor {
  const [sizes, options] = readSizes<RandomTensorOptions>(args);
  return finish(randnOp(sizes, { generator: options?.generator, ...keywords(options) }), options);
}

/** Random integers in `[low, high)`, int64. */
export function randint(
  low: number | bigint,
  high: number | bigint,
  sizes: readonly number[],
  options?: RandomTensorOptions,
): Tensor {
  const words = { generator: options?.generator, ...keywords(options, 'int64') };
  return finish(randintOp(low, high, sizes, words), options);
}

/** The integers 0 … n − 1 in random order, int64. */
export function randperm(n: number, options?: RandomTensorOptions): Tensor {
  const words = { generator: options?.generator, ...keywords(options, 'int64') };
  return finish(randpermOp(n, words), options);
}

/**
 * `arange(end)`, `arange(start, end)`, `arange(start, end, step)`: int64 when all are integers, else
 * float32. `end` is not included.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for a step below 1 where int64 is asked for.
 */
export function arange(...args: [...Integer[], TensorOptions] | Integer[]): Tensor {
  const options = isOptions(args.at(-1)) ? (args.pop() as TensorOptions) : undefined;
  const numbers = args as Integer[];
  if (numbers.length === 0 || numbers.length > 3) {
    throw invalidArgument(`arange: expected 1 to 3 numbers, got ${numbers.length}`);
  }
  const [start, end, step = 1] = numbers.length === 1 ? [0, numbers[0]] : numbers;
  const isWhole = (each: Integer) => typeof each === 'bigint' || Number.isInteger(each);
  const dtype = options?.dtype ?? (numbers.every(isWhole) ? 'int64' : 'float32');
  // libtorch divides by the step as an integer, which ends the process.
  if (dtype === 'int64' && Math.abs(Number(step)) < 1 && Number(step) !== 0) {
    throw invalidArgument(`arange: step: expected an integer for int64, got ${step}`);
  }
  return finish(arangeOp(start, end, step, keywords(options, dtype)), options);
}

/** `steps` numbers from `start` to `end`, both included, evenly spaced. */
export function linspace(
  start: number,
  end: number,
  steps: number,
  options?: TensorOptions,
): Tensor {
  return finish(linspaceOp(start, end, steps, keywords(options)), options);
}

/** Ones on the diagonal, zeros elsewhere: `(n, m)`. @param m - Default n. */
export function eye(n: number, m?: number | TensorOptions, options?: TensorOptions): Tensor {
  const last = isOptions(m) ? m : options;
  return finish(eyeOp(n, isOptions(m) || m === undefined ? n : m, keywords(last)), last);
}

function like(factory: Factory): (tensor: Tensor, options?: TensorOptions) => Tensor {
  return (tensor, options) => finish(factory(tensor, keywords(options)), options);
}

/** Zeros with the shape, dtype and device of another tensor, where `options` do not say otherwise. */
export const zerosLike = like(zerosLikeOp);
/** Ones like another tensor. */
export const onesLike = like(onesLikeOp);
/** Memory as it is found, like another tensor. */
export const emptyLike = like(emptyLikeOp);
/** Even random numbers in `[0, 1)`, like another tensor. */
export const randLike = like(randLikeOp);
/** Random numbers of the normal distribution, like another tensor. */
export const randnLike = like(randnLikeOp);
/** One value everywhere, like another tensor. */
export function fullLike(
  tensor: Tensor,
  value: number | bigint | boolean,
  options?: TensorOptions,
): Tensor {
  requireScalar('fullLike', value, { dtype: options?.dtype ?? tensor.dtype });
  return finish(fullLikeOp(tensor, value, keywords(options)), options);
}

const naturalDtype = (data: TypedArray): DType => {
  const name = data.constructor.name;
  const names: Record<string, DType> = {
    Uint8Array: 'uint8',
    Uint8ClampedArray: 'uint8',
    Buffer: 'uint8',
    Int8Array: 'int8',
    Int16Array: 'int16',
    Uint16Array: 'uint16',
    Int32Array: 'int32',
    Uint32Array: 'uint32',
    BigInt64Array: 'int64',
    BigUint64Array: 'uint64',
    Float32Array: 'float32',
    Float64Array: 'float64',
  };
  return names[name] ?? 'float32';
};

/** Options of {@link tensor}. */
export interface FromDataOptions extends TensorOptions {
  /** Sizes, for a typed array. Default: one dimension. */
  shape?: readonly number[];
}

/**
 * A tensor with a copy of the given elements; mirrors `torch.tensor`.
 *
 * @param data - A number, nested arrays of one length per level, or a typed array: of integers,
 *   `Float32` or `Float64`.
 * @param options.dtype - Default: the typed array's own; for arrays float32 for numbers, int64 for
 *   bigints, bool for booleans; for several kinds the first of these that is among them. An integer
 *   dtype takes what PyTorch takes: fractions lose what follows the point, negative integers wrap in
 *   `uint8`, `uint16` and `uint32`.
 * @throws {TypeError} `ERR_INVALID_ARG` for ragged arrays, elements that are no numbers, and elements
 *   that the dtype cannot hold.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.tensor.html
 */
export function tensor(data: Nested<Element> | TypedArray, options: FromDataOptions = {}): Tensor {
  const { device } = options;
  let made: Tensor;
  if (ArrayBuffer.isView(data)) {
    const typed = data as TypedArray;
    made = native.fromData(
      typed,
      options.shape ?? [typed.length],
      options.dtype ?? naturalDtype(typed),
    );
  } else {
    if (data instanceof Tensor) {
      throw invalidArgument('tensor: expected numbers, got Tensor; use clone() or to()');
    }
    const flat = readNested(data as Nested<Element>, options.dtype);
    made = native.fromData(flat.data, options.shape ?? flat.shape, flat.dtype);
  }
  if (device !== undefined) made = made.to(requireDevice(device));
  return finish(made, options);
}
