import { describe } from '../argument/describe.js';
import { anything, flag, type Setting } from '../argument/kind.js';
import { isPlain, readOptions, type ValuesOf } from '../argument/options.js';
import { failedBackward } from '../context/backward.js';
import { invalidArgument } from '../error.js';
import { native } from '../native/load.js';
import { Tensor } from './tensor.js';

/** A tensor, or several. */
export type Tensors = Tensor | readonly Tensor[];

/** Of a result, or of each of several; `null` for one of a single element: 1. */
export type GradientsOf = Tensor | null | readonly (Tensor | null | undefined)[];

/** What backward passes have in common. */
export interface PassOptions {
  /** Keeps what a second pass needs. Default: `createGraph`. */
  retainGraph?: boolean;
  /** Records the computation of the gradients too. Default false. */
  createGraph?: boolean;
}

/** Options of {@link Tensor.backward}. */
export interface BackwardOptions extends PassOptions {
  /** The tensors whose `grad` is added to, and no others; need not be leaves. Default: all leaves. */
  inputs?: Tensors;
}

/** The spec of {@link PassOptions}. */
export type PassSpec = {
  readonly retainGraph: Setting<boolean, boolean | undefined>;
  readonly createGraph: Setting<boolean>;
};

export const passSpec: PassSpec = { retainGraph: flag.optional(), createGraph: flag.or(false) };

const backwardSpec = {
  ...passSpec,
  inputs: anything<Tensors>('a Tensor or a list of them').optional(),
};

/**
 * What a pass was given: gradients to begin with and options, or both by name in one object.
 *
 * @param name - Of the gradients.
 * @throws {TypeError} `ERR_INVALID_ARG`
 */
export function readPass(
  name: 'gradient' | 'gradTensors',
  gradients: unknown,
  options: unknown,
): ValuesOf<typeof backwardSpec> & { readonly from: unknown } {
  if (options !== undefined || !isPlain(gradients)) {
    return { ...readOptions('backward', backwardSpec, options), from: gradients };
  }
  const spec = { [name]: anything<unknown>('gradients').optional(), ...backwardSpec };
  const { [name]: from, ...read } = readOptions('backward', spec, gradients) as Record<
    string,
    unknown
  > &
    ValuesOf<typeof backwardSpec>;
  return { ...read, from };
}

/** A list of tensors, of one or several. @throws {TypeError} `ERR_INVALID_ARG` for anything else. */
export function readTensors(what: string, given: unknown): Tensor[] {
  const tensors: unknown[] = Array.isArray(given) ? given : [given];
  for (const each of tensors) {
    if (each instanceof Tensor) continue;
    const expected = Array.isArray(given) ? 'a list of Tensors' : 'a Tensor or a list of them';
    throw invalidArgument(`${what}: expected ${expected}, got ${describe(given)}`);
  }
  return tensors as Tensor[];
}

/**
 * The gradients that a pass begins with, one for each result.
 * @throws {TypeError} `ERR_INVALID_ARG` for another number of them, or another shape.
 */
export function readGradients(
  what: string,
  given: unknown,
  results: readonly Tensor[],
): (Tensor | undefined)[] {
  if (given === undefined || given === null) return results.map(() => undefined);
  const gradients: unknown[] = Array.isArray(given) ? given : [given];
  if (gradients.length !== results.length) {
    throw invalidArgument(
      `${what}: expected one for each of ${results.length} tensors, got ${gradients.length}`,
    );
  }
  return gradients.map((gradient, i) => {
    if (gradient === undefined || gradient === null) return undefined;
    if (!(gradient instanceof Tensor)) {
      throw invalidArgument(`${what}: expected a Tensor or null, got ${describe(gradient)}`);
    }
    const [is, wanted] = [gradient.shape, results[i]!.shape];
    if (is.length !== wanted.length || is.some((size, k) => size !== wanted[k])) {
      throw invalidArgument(
        `${what}: expected the shape of the tensor, [${wanted.join(', ')}], got [${is.join(', ')}]`,
      );
    }
    return gradient;
  });
}

/** Has libtorch add gradients to those of leaves. */
export function runBackward(
  what: string,
  results: readonly Tensor[],
  gradients: readonly (Tensor | undefined)[],
  {
    retainGraph,
    createGraph,
    inputs,
  }: {
    retainGraph: boolean | undefined;
    createGraph: boolean;
    inputs: unknown;
  },
): void {
  const into = inputs === undefined ? undefined : readTensors(`${what}: inputs`, inputs);
  if (into?.length === 0) throw invalidArgument(`${what}: inputs: expected at least one tensor`);
  try {
    native.backward(results, gradients, retainGraph, createGraph, into);
  } catch (error) {
    throw failedBackward(error);
  }
}
