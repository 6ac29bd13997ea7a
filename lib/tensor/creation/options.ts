import { type Args, type ArgsOf, Signature } from '../../argument/arguments.js';
import { anything, flag, integer, Kind } from '../../argument/kind.js';
import { readOptions, type SpecOf } from '../../argument/options.js';
import { type DeviceLike, requireDevice } from '../../context/device.js';
import type { Generator } from '../../context/random.js';
import type { DType } from '../../native/dtype.js';
import { dtypeKind } from '../kinds.js';
import { type Operand, Tensor } from '../tensor.js';

/** What every factory takes last. */
export interface TensorOptions {
  /** Default: see each factory; mostly that of `getDefaultDtype()`. */
  dtype?: DType | undefined;
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
export type Factory = (...args: any[]) => Tensor;

export type Integer = number | bigint;

export const spec = {
  dtype: dtypeKind.optional(),
  device: anything<DeviceLike>('a device').optional(),
  requiresGrad: flag.or(false),
} satisfies SpecOf<TensorOptions>;

const randomSpec = {
  ...spec,
  generator: anything<Generator>('a Generator').optional(),
} satisfies SpecOf<RandomTensorOptions>;

export interface Made {
  dtype?: DType | undefined;
  device?: DeviceLike | undefined;
  requiresGrad?: boolean;
  generator?: Generator | undefined;
}

const nothing: Made = {};

// Most calls give no options.
export const read = (what: string, options: unknown): Made =>
  options === undefined ? nothing : readOptions(what, spec, options);

export const readRandom = (what: string, options: unknown): Made =>
  options === undefined ? nothing : readOptions(what, randomSpec, options);

export function finish(tensor: Tensor, { requiresGrad }: Made): Tensor {
  if (requiresGrad) tensor.requiresGrad = true;
  return tensor;
}

/** The schema's keyword arguments; the device is checked here, where the error can say what is missing. */
export function keywords({ dtype, device, generator }: Made, initial?: DType): object {
  return {
    dtype: dtype ?? initial,
    device: device === undefined ? undefined : requireDevice(device),
    ...(generator !== undefined && { generator }),
  };
}

export function isOptions(value: unknown): value is TensorOptions {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Tensor)
  );
}

/** A factory whose arguments may be given by name too. */
export function factory<A extends Args, F>(
  what: string,
  args: A,
  make: (values: ArgsOf<A>, made: Made) => Tensor,
): F {
  const signature = new Signature(what, args, spec);
  return ((...given: unknown[]): Tensor => {
    const values = {};
    const made = signature.read(given, values);
    return finish(make(values as ArgsOf<A>, made), made);
  }) as F;
}

export const sizeKind = integer(0);

export const sizesKind = new Kind<readonly number[]>('sizes', (given) =>
  Array.isArray(given) && given.every((size) => sizeKind.convert(size) !== undefined)
    ? given
    : undefined,
);

export const scalarKind = new Kind<number | bigint | boolean>('a number', (given) =>
  ['number', 'bigint', 'boolean'].includes(typeof given) ? (given as number) : undefined,
);

/** A number, or a tensor of one element. */
export const operandKind = new Kind<Operand>('a number or a Tensor', (given) =>
  given instanceof Tensor ? given : (scalarKind.convert(given) as Operand | undefined),
);
