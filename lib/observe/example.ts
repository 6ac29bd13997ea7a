import { inspect } from 'node:util';

import { anything, Kind } from '../argument/kind.js';
import type { SpecOf, ValuesOf } from '../argument/options.js';
import { invalidArgument, TorchError } from '../error.js';
import type { DType } from '../native/dtype.js';
import type { Module } from '../nn/index.js';
import { isDType } from '../tensor/dtypes.js';
import { Tensor, zeros } from '../tensor/index.js';

/** Sizes of one example, without N; of a network that takes several tensors, a list of them. */
export type InputShape = readonly number[] | readonly (readonly number[])[];

/** What a network is shown, where sizes do not say it all; mirrors the options of torchinfo's `summary`. */
export interface InputOptions {
  /**
   * Dtype of each input. Default: the parameters'; int64 where the network asks for indices, as those that begin with an
   * `Embedding` do.
   */
  dtypes?: readonly DType[];
  /** What `forward` is given, in place of sizes: a tensor with its N, or a list of arguments. Default: zeros. */
  inputData?: Tensor | readonly unknown[];
}

const dtypesKind = new Kind<readonly DType[]>("a list of dtypes, such as ['int64']", (given) =>
  Array.isArray(given) && given.every(isDType) ? given : undefined,
);

/** The spec of {@link InputOptions}. */
export const inputSpec = {
  dtypes: dtypesKind.optional(),
  inputData: anything<Tensor | readonly unknown[]>('a Tensor or a list of arguments').optional(),
} satisfies SpecOf<InputOptions>;

/** What is shown to a network. */
export interface Example {
  readonly shapes: readonly (readonly number[])[];
  readonly dtypes: readonly DType[] | undefined;
  readonly data: readonly unknown[] | undefined;
}

/**
 * Reads sizes and options.
 *
 * @param shape - `undefined` where `inputData` is to be there.
 * @throws {TypeError} `ERR_INVALID_ARG`
 */
export function readExample(
  what: string,
  shape: unknown,
  { dtypes, inputData }: ValuesOf<typeof inputSpec>,
): Example {
  if (inputData !== undefined)
    return { shapes: [], dtypes: undefined, data: dataOf(what, inputData, dtypes) };
  const shapes = shapesOf(shape);
  if (shapes === undefined) {
    throw invalidArgument(
      `${what}: inputShape: expected the sizes of one example, such as [1, 28, 28], got ${inspect(shape)}`,
    );
  }
  if (dtypes !== undefined && dtypes.length !== shapes.length) {
    throw invalidArgument(
      `${what}: dtypes: expected one for each input, ${shapes.length}, got ${dtypes.length}`,
    );
  }
  return { shapes, dtypes, data: undefined };
}

function dataOf(what: string, given: unknown, dtypes: unknown): readonly unknown[] {
  if (dtypes !== undefined) {
    throw invalidArgument(`${what}: dtypes: expected none beside inputData, which has its own`);
  }
  if (given instanceof Tensor) return [given];
  if (Array.isArray(given) && given.some((each) => each instanceof Tensor)) return [...given];
  throw invalidArgument(
    `${what}: inputData: expected a Tensor, or a list of arguments with one, got ${inspect(given)}`,
  );
}

const isSizes = (given: unknown): given is readonly number[] =>
  Array.isArray(given) && given.every((size) => Number.isInteger(size) && size >= 1);

function shapesOf(given: unknown): readonly (readonly number[])[] | undefined {
  if (isSizes(given)) return [given];
  return Array.isArray(given) && given.every(isSizes) ? given : undefined;
}

// How libtorch and layers say that they take indices alone.
const wantsIndices = /\b(long|int|int64|indices|index|longtensor)\b/i;

/**
 * Runs `work` with what a network is shown, each input with N = 1: zeros of the parameters' dtype, and indices of zero
 * where the network then says that it takes these.
 *
 * @param work - Is run again where its first time asked for indices.
 * @throws {TorchError} `ERR_LIBTORCH`, which names the sizes, and what `work` throws.
 */
export function withExample<T>(
  what: string,
  net: Module,
  example: Example,
  work: (inputs: readonly unknown[]) => T,
): T {
  const { data, shapes, dtypes } = example;
  if (data !== undefined) return work(data);
  const [first] = net.parameters();
  const { dtype = 'float32', device = 'cpu' } = first ?? {};
  const attempt = (given: readonly DType[]): T => {
    const inputs = shapes.map((shape, i) => zeros([1, ...shape], { dtype: given[i]!, device }));
    try {
      return work(inputs);
    } finally {
      for (const each of inputs) each.dispose();
    }
  };
  const each = (one: DType): DType[] => shapes.map(() => one);
  try {
    return attempt(dtypes ?? each(dtype));
  } catch (error) {
    if (!isRefusal(error)) throw error;
    if (dtypes !== undefined || !wantsIndices.test(error.message)) {
      throw refusal(what, example, error);
    }
  }
  try {
    return attempt(each('int64'));
  } catch (error) {
    throw isRefusal(error) ? refusal(what, example, error, each('int64')) : error;
  }
}

// What layers and operators throw for a tensor that they do not take.
const isRefusal = (error: unknown): error is Error & { code: string } =>
  error instanceof Error &&
  ['ERR_LIBTORCH', 'ERR_INVALID_ARG'].includes((error as { code?: string }).code ?? '');

function refusal(
  what: string,
  { shapes }: Example,
  error: Error & { code: string },
  dtypes?: readonly DType[],
): Error {
  const sizes = shapes.map((shape) => `[${shape.join(', ')}]`).join(', ');
  const tried =
    dtypes === undefined ? '' : ` of dtypes ${dtypes.join(', ')} (the option dtypes has others)`;
  const message = `${what}: inputShape: ${sizes}${tried}: ${error.message}`;
  if (error instanceof TorchError) {
    return new TorchError(error.code, message, { cause: error });
  }
  return Object.assign(invalidArgument(message), { cause: error });
}

/** Sizes without N: the first dimension of one example; a sequence may have it as its second. */
export function withoutBatch(shape: readonly number[]): readonly number[] {
  const at = shape.indexOf(1);
  return at < 0 || at > 1 ? shape : shape.filter((_, i) => i !== at);
}
