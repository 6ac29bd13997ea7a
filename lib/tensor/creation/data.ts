import { atMost } from '../argument/atMost.js';
import { anything, flag } from '../argument/kind.js';
import { readOptions, type SpecOf } from '../argument/options.js';
import { type DeviceLike, requireDevice } from '../context/device.js';
import type { Generator } from '../context/random.js';
import { invalidArgument } from '../error.js';
import type { DType } from '../native/dtype.js';
import type { TypedArray } from '../native/exports/data.js';
import { native } from '../native/load.js';
import { bind } from '../native/ops.js';
import type { Nested } from './conversion.js';
import { dtypeKind, tensorKind } from './kinds.js';
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

const spec = {
  dtype: dtypeKind.optional(),
  device: anything<DeviceLike>('a device').optional(),
  requiresGrad: flag.or(false),
} satisfies SpecOf<TensorOptions>;

const randomSpec = {
  ...spec,
  generator: anything<Generator>('a Generator').optional(),
} satisfies SpecOf<RandomTensorOptions>;

interface Made {
  dtype?: DType | undefined;
  device?: DeviceLike | undefined;
  requiresGrad?: boolean;
  generator?: Generator | undefined;
}

const nothing: Made = {};

// Most calls give no options.
const read = (what: string, options: unknown): Made =>
  options === undefined ? nothing : readOptions(what, spec, options);

const readRandom = (what: string, options: unknown): Made =>
  options === undefined ? nothing : readOptions(what, randomSpec, options);

function finish(tensor: Tensor, { requiresGrad }: Made): Tensor {
  if (requiresGrad) tensor.requiresGrad = true;
  return tensor;
}

// The schema's keyword arguments; the device is checked here, where the error can say what is missing.
function keywords({ dtype, device, generator }: Made, initial?: DType): object {
  return {
    dtype: dtype ?? initial,
    device: device === undefined ? undefined : requireDevice(device),
    ...(generator !== undefined && { generator }),
  };
}

function isOptions(value: unknown): value is TensorOptions {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

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

/** Zeros. `zeros(2, 3)`, `zeros([2, 3], { dtype: 'int64' })`. */
export const zeros: Sized = sized('zeros', zerosOp, read);

/** Ones. */
export const ones: Sized = sized('ones', onesOp, read);

/** Memory as it is found: fill it before reading. */
export const empty: Sized = sized('empty', emptyOp, read);

/** One value everywhere: float32 for a number, int64 for a bigint, bool for a boolean. */
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

/** Even random numbers in `[0, 1)`. */
export const rand: RandomSized = sized('rand', randOp, readRandom);

/** Random numbers of the normal distribution with mean 0 and variance 1. */
export const randn: RandomSized = sized('randn', randnOp, readRandom);

/** Random integers in `[low, high)`, int64. */
export function randint(
  low: number | bigint,
  high: number | bigint,
  sizes: readonly number[],
  options?: RandomTensorOptions,
): Tensor {
  atMost('randint', 4, arguments.length);
  const made = readRandom('randint', options);
  return finish(randintOp(low, high, sizes, keywords(made, 'int64')), made);
}

/** The integers 0 … n − 1 in random order, int64. */
export function randperm(n: number, options?: RandomTensorOptions): Tensor {
  atMost('randperm', 2, arguments.length);
  const made = readRandom('randperm', options);
  return finish(randpermOp(n, keywords(made, 'int64')), made);
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
  const made = read('arange', options);
  const dtype = made.dtype ?? (numbers.every(isWhole) ? 'int64' : 'float32');
  // libtorch divides by the step as an integer, which ends the process.
  if (dtype === 'int64' && Math.abs(Number(step)) < 1 && Number(step) !== 0) {
    throw invalidArgument(`arange: step: expected an integer for int64, got ${step}`);
  }
  return finish(arangeOp(start, end, step, keywords(made, dtype)), made);
}

/** `steps` numbers from `start` to `end`, both included, evenly spaced. */
export function linspace(
  start: number,
  end: number,
  steps: number,
  options?: TensorOptions,
): Tensor {
  atMost('linspace', 4, arguments.length);
  const made = read('linspace', options);
  return finish(linspaceOp(start, end, steps, keywords(made)), made);
}

/** Ones on the diagonal, zeros elsewhere: `(n, m)`. @param m - Default n. */
export function eye(n: number, m?: number | TensorOptions, options?: TensorOptions): Tensor {
  atMost('eye', isOptions(m) ? 2 : 3, arguments.length);
  const made = read('eye', isOptions(m) ? m : options);
  return finish(eyeOp(n, isOptions(m) || m === undefined ? n : m, keywords(made)), made);
}

function like(what: string, factory: Factory): (tensor: Tensor, options?: TensorOptions) => Tensor {
  return function (tensor, options) {
    atMost(what, 2, arguments.length);
    const made = read(what, options);
    return finish(factory(tensor, keywords(made)), made);
  };
}

/** Zeros with the shape, dtype and device of another tensor, where `options` do not say otherwise. */
export const zerosLike = like('zerosLike', zerosLikeOp);
/** Ones like another tensor. */
export const onesLike = like('onesLike', onesLikeOp);
/** Memory as it is found, like another tensor. */
export const emptyLike = like('emptyLike', emptyLikeOp);
/** Even random numbers in `[0, 1)`, like another tensor. */
export const randLike = like('randLike', randLikeOp);
/** Random numbers of the normal distribution, like another tensor. */
export const randnLike = like('randnLike', randnLikeOp);
/** One value everywhere, like another tensor. */
export function fullLike(
  tensor: Tensor,
  value: number | bigint | boolean,
  options?: TensorOptions,
): Tensor {
  atMost('fullLike', 3, arguments.length);
  tensorKind.read('fullLike: tensor', tensor);
  const made = read('fullLike', options);
  requireScalar('fullLike', value, { dtype: made.dtype ?? tensor.dtype });
  return finish(fullLikeOp(tensor, value, keywords(made)), made);
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

const fromDataSpec = {
  ...spec,
  shape: anything<readonly number[]>('sizes').optional(),
} satisfies SpecOf<FromDataOptions>;

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
export function tensor(data: Nested<Element> | TypedArray, options?: FromDataOptions): Tensor {
  atMost('tensor', 2, arguments.length);
  const given = readOptions('tensor', fromDataSpec, options);
  const { device } = given;
  let made: Tensor;
  if (ArrayBuffer.isView(data)) {
    const typed = data as TypedArray;
    made = native.fromData(
      typed,
      given.shape ?? [typed.length],
      given.dtype ?? naturalDtype(typed),
    );
  } else {
    if (data instanceof Tensor) {
      throw invalidArgument('tensor: expected numbers, got Tensor; use clone() or to()');
    }
    const flat = readNested(data as Nested<Element>, given.dtype);
    made = native.fromData(flat.data, given.shape ?? flat.shape, flat.dtype);
  }
  if (device !== undefined) made = made.to(requireDevice(device));
  return finish(made, given);
}
