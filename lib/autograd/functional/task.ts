import { describe } from '../../argument/describe.js';
import { callback, flag } from '../../argument/kind.js';
import { readOptions } from '../../argument/options.js';
import { isGradEnabled, setGradEnabled } from '../../context/autograd.js';
import { requireSynchronous } from '../../context/synchronous.js';
import { invalidArgument, TorchError } from '../../error.js';
import type { Tensors } from '../../tensor/gradients.js';
import { Tensor, zerosLike } from '../../tensor/index.js';
import { grad } from '../grad.js';

/** What is differentiated: a function of the inputs that gives a tensor, or a list of them. */
// biome-ignore lint/suspicious/noExplicitAny: as many tensors as there are inputs
export type Differentiable = (...inputs: any[]) => Tensors;

/** Options that all functions here take. */
export interface FunctionalOptions {
  /** Whether the results can be differentiated again. Default false. */
  createGraph?: boolean;
  /** Whether outputs that do not depend on inputs are an error, in place of zeros. Default false. */
  strict?: boolean;
}

export const spec = { createGraph: flag.or(false), strict: flag.or(false) };

// A tensor alone, or a list: results are as what they belong to.
export interface Several {
  readonly tensors: Tensor[];
  readonly isList: boolean;
}

export function several(what: string, given: unknown): Several {
  const isList = Array.isArray(given);
  const tensors: unknown[] = isList ? given : [given];
  if (tensors.length > 0 && tensors.every((each) => each instanceof Tensor)) {
    return { tensors: tensors as Tensor[], isList };
  }
  throw invalidArgument(`${what}: expected a Tensor or a list of them, got ${describe(given)}`);
}

export const asIn = <T>(
  { isList }: { readonly isList: boolean },
  results: readonly T[],
): T | T[] => (isList ? [...results] : results[0]!);

export interface Task {
  readonly name: string;
  readonly createGraph: boolean;
  readonly strict: boolean;
}

export function dependent(task: Task, sentence: string): TorchError {
  return new TorchError('ERR_LIBTORCH', `${task.name}: ${sentence}, which strict does not allow`);
}

// Tensors of their own, so that what is given is told apart from the same tensor used otherwise in the function.
export function own(
  { createGraph }: Task,
  tensors: readonly Tensor[],
  needsGraph: boolean,
): Tensor[] {
  return tensors.map((tensor) =>
    createGraph && tensor.requiresGrad
      ? tensor.viewAs(tensor)
      : tensor.detach().requiresGrad_(needsGraph),
  );
}

export const finished = ({ createGraph }: Task, tensors: readonly Tensor[]): Tensor[] =>
  createGraph ? [...tensors] : tensors.map((tensor) => tensor.detach());

export function call(task: Task, func: Differentiable, inputs: readonly Tensor[]): Several {
  const given = requireSynchronous(`${task.name}: func`, func(...inputs));
  const outputs = several(`${task.name}: what func gives`, given);
  const free = task.strict ? outputs.tensors.findIndex((each) => !each.requiresGrad) : -1;
  if (free >= 0) throw dependent(task, `output ${free} of func does not require gradients`);
  return outputs;
}

export function requireNumber(task: Task, { tensors, isList }: Several): Tensor {
  const [output] = tensors;
  if (!isList && output!.numel() === 1) return output!;
  throw invalidArgument(`${task.name}: expected func to give one Tensor of a single element`);
}

// The vector that is multiplied with; undefined where it is the number 1.
export function vector(task: Task, v: unknown, like: Several, of: string): Tensor[] | undefined {
  if (v === undefined || v === null) {
    if (like.tensors.length === 1 && like.tensors[0]!.numel() === 1) return undefined;
    throw invalidArgument(`${task.name}: v may be left out only where ${of} is a single element`);
  }
  const { tensors } = several(`${task.name}: v`, v);
  if (tensors.length !== like.tensors.length) {
    throw invalidArgument(
      `${task.name}: v: expected ${like.tensors.length} tensors, one for each of ${of}, got ${tensors.length}`,
    );
  }
  for (const [i, each] of tensors.entries()) {
    const [is, wanted] = [each.shape.join(', '), like.tensors[i]!.shape.join(', ')];
    if (is === wanted) continue;
    throw invalidArgument(`${task.name}: v: expected the shape [${wanted}], got [${is}]`);
  }
  return own(task, tensors, false);
}

// Gradients of the outputs that have any.
export function gradients(
  outputs: readonly (Tensor | null)[],
  inputs: readonly Tensor[],
  vectors: readonly Tensor[] | undefined,
  { createGraph, retainGraph = createGraph }: { createGraph: boolean; retainGraph?: boolean },
): (Tensor | null)[] {
  const used = outputs.flatMap((output, i) => (output?.requiresGrad ? [i] : []));
  if (used.length === 0) return inputs.map(() => null);
  return grad(
    used.map((i) => outputs[i]!),
    inputs,
    {
      createGraph,
      retainGraph,
      ...(vectors && { gradOutputs: used.map((i) => vectors[i]!) }),
      allowUnused: true,
    },
  );
}

// Zeros where nothing depends on an input.
export function filled(
  task: Task,
  found: readonly (Tensor | null)[],
  like: readonly Tensor[],
  what: string,
): Tensor[] {
  return found.map((gradient, i) => {
    const isFree = gradient === null || (task.createGraph && !gradient.requiresGrad);
    if (task.strict && isFree) throw dependent(task, `${what} is independent of input ${i}`);
    return gradient ?? zerosLike(like[i]!);
  });
}

// With gradients recorded where the caller does, or wants them.
export const recorded = <T>({ createGraph }: Task, work: () => T): T =>
  setGradEnabled(createGraph || isGradEnabled(), work);

export function begin(name: string, func: unknown, options: unknown): Task {
  callback().read(`${name}: func`, func);
  return { name, ...readOptions(name, spec, options) };
}
