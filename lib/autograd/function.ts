import { atMost } from '../argument/atMost.js';
import { describe } from '../argument/describe.js';
import { requireSynchronous } from '../context/synchronous.js';
import { invalidArgument } from '../error.js';
import type { AppliedBackward } from '../native/exports/autograd.js';
import { native } from '../native/load.js';
import { Tensor } from '../tensor/index.js';
import { AppliedContext, type FunctionContext } from './context.js';

// biome-ignore lint/suspicious/noExplicitAny: each Function says what it takes and gives
type Any = any;

/** The class of a {@link Function}, by its static methods. */
interface FunctionClass<Args extends unknown[], Result> {
  readonly name: string;
  forward(context: FunctionContext, ...args: Args): Result;
}

interface SetUpClass<Args extends unknown[], Result> {
  readonly name: string;
  forward(...args: Args): Result;
  setupContext(context: FunctionContext, inputs: Args, output: Result): void;
}

type Backward = (context: FunctionContext, ...gradients: Any[]) => unknown;

// Which arguments and which outputs of an application are tensors. Its backward is held by the graph, and must not hold
// the tensors themselves: an output holds the graph.
interface Places {
  readonly inputs: readonly boolean[];
  outputs: readonly boolean[];
}

const isTensor = (value: unknown): value is Tensor => value instanceof Tensor;

// Of what backward gives, the part for tensors.
function gradientsOf(
  name: string,
  isInput: readonly boolean[],
  result: unknown,
): (Tensor | null)[] {
  requireSynchronous(`${name}: backward`, result);
  const given: unknown[] = Array.isArray(result) ? [...result] : [result];
  while (given.length > isInput.length && (given.at(-1) ?? null) === null) given.pop();
  if (given.length !== isInput.length) {
    throw invalidArgument(
      `${name}: backward gives ${given.length} gradients, expected ${isInput.length}, one for each argument of forward`,
    );
  }
  return given.flatMap((gradient, i) => {
    const value = gradient ?? null;
    if (value !== null && !isTensor(value)) {
      throw invalidArgument(`${name}: backward: expected Tensors or null, got ${describe(value)}`);
    }
    if (isInput[i]) return [value];
    if (value === null) return [];
    throw invalidArgument(
      `${name}: backward gives a gradient for argument ${i + 1} of forward, which is no Tensor: expected null`,
    );
  });
}

interface Defined {
  readonly name?: string;
  readonly forward?: (...given: Any[]) => unknown;
  readonly setupContext?: (context: FunctionContext, inputs: unknown, output: unknown) => unknown;
  readonly backward?: Backward;
}

function backwardOf(
  Class: Defined,
  name: string,
  context: AppliedContext,
  places: Places,
): AppliedBackward {
  return (gradients, saved, needed) => {
    if (typeof Class.backward !== 'function') {
      throw invalidArgument(`${name}: static backward() is not defined`);
    }
    const spread = <T>(are: readonly boolean[], values: readonly T[], other: T): T[] => {
      let next = 0;
      return are.map((is) => (is ? values[next++]! : other));
    };
    const result = context.during(saved, spread(places.inputs, needed, false), () =>
      Class.backward!(context, ...spread(places.outputs, gradients, null)),
    );
    return gradientsOf(name, places.inputs, result);
  };
}

function apply(Class: Defined, args: readonly unknown[]): unknown {
  const name = Class.name || 'Function';
  const { forward, setupContext } = Class;
  if (typeof forward !== 'function') {
    throw invalidArgument(`${name}: static forward() is not defined`);
  }
  const isSetUp = typeof setupContext === 'function';
  const context = new AppliedContext(args.map((each) => isTensor(each) && each.requiresGrad));
  const places: Places = { inputs: args.map(isTensor), outputs: [] };
  let result: unknown;
  const outputs = native.applyFunction(
    `${name}Backward`,
    args.filter(isTensor),
    () => {
      result = isSetUp ? forward.apply(Class, [...args]) : forward.apply(Class, [context, ...args]);
      requireSynchronous(`${name}: forward`, result);
      const all = Array.isArray(result) ? result : [result];
      places.outputs = all.map(isTensor);
      if (isSetUp) {
        requireSynchronous(
          `${name}: setupContext`,
          setupContext.call(Class, context, args, result),
        );
      }
      return context.told(all.filter(isTensor));
    },
    backwardOf(Class, name, context, places),
  );
  if (!Array.isArray(result)) return outputs[0] ?? result;
  let next = 0;
  return result.map((each: unknown) => (isTensor(each) ? outputs[next++] : each));
}

/**
 * An operation with a backward of its own, in JavaScript; mirrors `torch.autograd.Function`. A subclass has
 * `static forward(context, …args)`, which gives a tensor or an array of tensors and other values, and
 * `static backward(context, …gradients)`, which is given one gradient for each of them and gives one for each argument
 * of `forward`, `null` for what is no tensor. As in Python, `forward` may leave out the context where there is
 * `static setupContext(context, inputs, output)`.
 *
 * `forward` runs without recording; `backward` records where `createGraph` asks for it, and so can be differentiated
 * again if it calls operators that can. Both are synchronous. What `backward` throws comes out of the pass as it is.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` when it is made: `apply` calls it.
 * @see https://docs.pytorch.org/docs/stable/autograd.html#torch.autograd.Function
 * @example
 * class Cube extends torch.autograd.Function {
 *   static forward(context: torch.autograd.FunctionContext, x: torch.Tensor) {
 *     context.saveForBackward(x);
 *     return x.pow(3);
 *   }
 *   static backward(context: torch.autograd.FunctionContext, gradient: torch.Tensor) {
 *     return gradient.mul(context.savedTensors[0]!.square().mul(3));
 *   }
 * }
 * const x = torch.tensor([2], { requiresGrad: true });
 * Cube.apply(x).backward();
 * x.grad; // → tensor([12.])
 */
export abstract class Function {
  /** @throws {TypeError} `ERR_INVALID_ARG`: as in Python, none is made. */
  constructor() {
    atMost('Function', 0, arguments.length);
    throw invalidArgument(`${new.target.name}: is applied and never made: call apply()`);
  }

  /** Applies it: calls `forward`, and has later passes call `backward`. */
  static apply<Args extends unknown[], Result>(
    this: SetUpClass<Args, Result>,
    ...args: Args
  ): Result;
  static apply<Args extends unknown[], Result>(
    this: FunctionClass<Args, Result>,
    ...args: Args
  ): Result;
  static apply(this: object, ...args: unknown[]): unknown {
    // biome-ignore lint/complexity/noThisInStatic: the subclass that it was called on
    return apply(this, args);
  }
}
