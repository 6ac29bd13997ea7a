import type { OptionsOf } from '../../argument/arguments.js';
import { atMost } from '../../argument/atMost.js';
import { describe } from '../../argument/describe.js';
import { callback, flag, instance, text } from '../../argument/kind.js';
import { readOptions } from '../../argument/options.js';
import { noGrad } from '../../context/autograd.js';
import { runSynchronously } from '../../context/synchronous.js';
import { invalidArgument } from '../../error.js';
import { bind } from '../../native/ops.js';
import { Tensor } from '../../tensor/index.js';
import { tensorKind } from '../../tensor/kinds.js';
import { ModuleList } from '../module/container.js';
import { ModuleDict } from '../module/dictionary.js';
import { Module } from '../module/module.js';
import { Parameter } from '../module/parameter.js';

// Python's `tensor.data = other`.
const setData = bind<(tensor: Tensor, data: Tensor) => void>('set_data');

/**
 * A module that makes a tensor of one or several learned ones: its forward pass gives the tensor, and `rightInverse`,
 * where there is one, the learned ones of a tensor; `undefined` where that cannot be done.
 */
export interface Parametrization extends Module {
  rightInverse?(value: Tensor): Tensor | readonly Tensor[] | undefined;
}

const moduleKind = instance<Parametrization>(
  Module as unknown as { [Symbol.hasInstance](value: unknown): boolean },
  'a Module',
);

/**
 * What a tensor of a module is made of: `original`, or `original0`, `original1`, …, and what it goes through.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for anything but a parameter, and for a parametrization that changes shape or dtype
 *   where `unsafe` is false.
 */
export class ParametrizationList extends ModuleList<Parametrization> {
  unsafe: boolean;
  readonly #names: readonly string[];

  /** @internal {@link registerParametrization} makes it. */
  constructor(parametrization: Parametrization, original: Parameter, unsafe: boolean) {
    atMost('ParametrizationList', 3, arguments.length);
    super([parametrization]);
    this.unsafe = flag.read('ParametrizationList: unsafe', unsafe);
    if (!(original instanceof Parameter)) {
      throw invalidArgument(`ParametrizationList: expected a Parameter, got ${describe(original)}`);
    }
    const { shape, dtype } = original;
    const found = noGrad(() => parametrization.rightInverse?.(original)) ?? original;
    if (found instanceof Tensor) {
      requireLike('rightInverse', found, original, false);
      if (found !== original) noGrad(() => setData(original, found.detach().clone()));
      this.registerParameter('original', original);
      this.#names = ['original'];
    } else {
      if (!Array.isArray(found)) {
        throw invalidArgument(`rightInverse: expected tensors, got ${describe(found)}`);
      }
      this.#names = found.map((each, i) => {
        const name = `original${i}`;
        tensorKind.read(`registerParametrization: rightInverse: ${i}`, each);
        this.registerParameter(name, new Parameter(each, original.requiresGrad));
        return name;
      });
    }
    if (!unsafe) requireLike('the parametrization', this.compute(), { shape, dtype }, true);
  }

  get originals(): Parameter[] {
    return this.#names.map((name) => Reflect.get(this, name) as Parameter);
  }

  /** The tensor. */
  compute(): Tensor {
    atMost('compute', 0, arguments.length);
    const [first, ...others] = [...this] as [Parametrization, ...Parametrization[]];
    let value: Tensor = first.forward(...this.originals);
    for (const each of others) value = each.forward(value);
    return value;
  }

  /** Has the learned tensors give a value. @throws {TypeError} `ERR_INVALID_ARG` where nothing says how. */
  assign(value: Tensor): void {
    atMost('assign', 1, arguments.length);
    tensorKind.read('parametrization: value', value);
    noGrad(() => {
      let found: Tensor | readonly Tensor[] | undefined = value;
      for (const each of [...this].reverse()) {
        found = each.rightInverse?.(found as Tensor);
        if (found === undefined) {
          throw invalidArgument(
            `${each.constructor.name}: cannot be assigned to: there is no rightInverse`,
          );
        }
      }
      const values = found instanceof Tensor ? [found] : (found ?? []);
      const originals = this.originals;
      if (values.length !== originals.length) {
        throw invalidArgument(
          `rightInverse: expected ${originals.length} tensors, got ${values.length}`,
        );
      }
      for (const [i, each] of values.entries()) {
        requireLike('rightInverse', each, originals[i]!, false);
        setData(originals[i]!, each.detach().clone());
      }
    });
  }
}

function requireLike(
  what: string,
  found: unknown,
  { dtype, shape }: { dtype: string; shape: readonly number[] },
  hasShape: boolean,
): void {
  const tensor = tensorKind.read(`registerParametrization: ${what}`, found);
  const isLike = tensor.dtype === dtype && (!hasShape || String(tensor.shape) === String(shape));
  if (isLike) return;
  throw invalidArgument(
    `registerParametrization: ${what} gives ${tensor.dtype} [${tensor.shape}] for ${dtype} [${shape}]; ` +
      'unsafe: true allows that',
  );
}

/** The parametrizations of a module; `undefined` where it has none. */
function listsOf(module: Module): ModuleDict<ParametrizationList> | undefined {
  const found: unknown = Reflect.get(module, 'parametrizations');
  return found instanceof ModuleDict ? (found as ModuleDict<ParametrizationList>) : undefined;
}

// By module and name, while `cached` runs.
let cache: Map<ParametrizationList, Tensor> | undefined;

/**
 * Computes each parametrized tensor once while a synchronous function runs; mirrors
 * `torch.nn.utils.parametrize.cached`.
 *
 * @throws {TorchError} `ERR_ASYNC_NO_GRAD` when `fn` returns a promise.
 * @example
 * const linear = nn.utils.parametrizations.weightNorm(new nn.Linear(2, 2));
 * linear.weight === linear.weight; // → false
 * nn.utils.parametrize.cached(() => linear.weight === linear.weight); // → true
 */
export function cached<T>(fn: () => T): T {
  atMost('cached', 1, arguments.length);
  callback('a synchronous function').read('cached: fn', fn);
  const before = cache;
  cache ??= new Map();
  return runSynchronously('cached', 'what is kept would be theirs too', fn, () => {
    cache = before;
  });
}

function valueOf(list: ParametrizationList): Tensor {
  if (cache === undefined) return list.compute();
  const value = cache.get(list) ?? list.compute();
  cache.set(list, value);
  return value;
}

/**
 * Whether a module, or a tensor of it, is parametrized; mirrors `torch.nn.utils.parametrize.is_parametrized`.
 *
 * @example
 * const linear = nn.utils.parametrizations.weightNorm(new nn.Linear(2, 2));
 * nn.utils.parametrize.isParametrized(linear); // → true
 * nn.utils.parametrize.isParametrized(linear, 'bias'); // → false
 */
export function isParametrized(module: Module, tensorName?: string): boolean {
  atMost('isParametrized', 2, arguments.length);
  const lists = listsOf(moduleKind.read('isParametrized: module', module));
  if (lists === undefined) return false;
  return tensorName === undefined ? lists.length > 0 : lists.has(tensorName);
}

const registering = {
  /** Whether dtype and shape may change. Default false. */
  unsafe: flag.or(false),
};

/**
 * Has a parameter of a module computed by another module; mirrors
 * `torch.nn.utils.parametrize.register_parametrization`. What is learned stands under `parametrizations.NAME.original`
 * then, also in the state dict. A second one is applied to the result of the first.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` where the module has no such parameter, or they do.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.parametrize.register_parametrization.html
 * @example
 * const linear = new nn.Linear(2, 1);
 * nn.init.constant_(linear.weight, -1);
 * nn.utils.parametrize.registerParametrization(linear, 'weight', new nn.ReLU());
 * linear.weight.detach(); // → tensor([[0., 0.]])
 */
export function registerParametrization<M extends Module>(
  module: M,
  tensorName: string,
  parametrization: Parametrization,
  options?: OptionsOf<typeof registering>,
): M {
  const what = 'registerParametrization';
  atMost(what, 4, arguments.length);
  const { unsafe } = readOptions(what, registering, options);
  moduleKind.read(`${what}: module`, module);
  text.read(`${what}: tensorName`, tensorName);
  moduleKind.read(`${what}: parametrization`, parametrization).train(module.training);
  const known = listsOf(module)?.has(tensorName) ? listsOf(module)?.get(tensorName) : undefined;
  if (known !== undefined) {
    if (!unsafe) {
      const before = known.compute();
      requireLike('the parametrization', parametrization.forward(before), before, true);
    }
    known.append(parametrization);
    known.unsafe ||= unsafe;
    return module;
  }
  const original: unknown = Reflect.get(module, tensorName);
  if (!(original instanceof Parameter)) {
    throw invalidArgument(`${what}: the module has no parameter ${describe(tensorName)}`);
  }
  const list = new ParametrizationList(parametrization, original, unsafe);
  Reflect.deleteProperty(module, tensorName);
  if (listsOf(module) === undefined) {
    setClass(module);
    module.registerModule('parametrizations', new ModuleDict());
  }
  Object.defineProperty(module, tensorName, {
    get: () => valueOf(list),
    set: (value: Tensor) => list.assign(value),
    // Not enumerable: a module's enumerable fields are its members.
    enumerable: false,
    configurable: true,
  });
  listsOf(module)!.set(tensorName, list);
  return module;
}

// It prints under another name.
function setClass(module: Module): void {
  const Base = module.constructor as unknown as new () => object;
  const name = `Parametrized${Base.name}`;
  const Class = { [name]: class extends Base {} }[name]!;
  Object.setPrototypeOf(module, Class.prototype);
}

/**
 * A module's class as it was before; mirrors `torch.nn.utils.parametrize.type_before_parametrizations`.
 *
 * @example
 * const linear = nn.utils.parametrizations.weightNorm(new nn.Linear(2, 2));
 * nn.utils.parametrize.typeBeforeParametrizations(linear) === nn.Linear; // → true
 */
export function typeBeforeParametrizations(module: Module): unknown {
  atMost('typeBeforeParametrizations', 1, arguments.length);
  return isParametrized(module) ? Object.getPrototypeOf(module.constructor) : module.constructor;
}

const removing = {
  /** Whether the parameter keeps the value that it has now; else it is the original one again. Default true. */
  leaveParametrized: flag.or(true),
};

/**
 * Takes the parametrizations of a tensor away; mirrors `torch.nn.utils.parametrize.remove_parametrizations`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` where there are none, and where several originals would have to be one.
 * @example
 * const linear = nn.utils.parametrizations.weightNorm(new nn.Linear(2, 2));
 * nn.utils.parametrize.removeParametrizations(linear, 'weight');
 * Object.keys(linear.stateDict()); // → [ 'bias', 'weight' ]
 */
export function removeParametrizations<M extends Module>(
  module: M,
  tensorName: string,
  options?: OptionsOf<typeof removing>,
): M {
  const what = 'removeParametrizations';
  atMost(what, 3, arguments.length);
  const { leaveParametrized } = readOptions(what, removing, options);
  if (!isParametrized(module, tensorName)) {
    throw invalidArgument(`${what}: ${describe(tensorName)} is not parametrized`);
  }
  const lists = listsOf(module)!;
  const list = lists.get(tensorName);
  let [original, ...others] = list.originals as [Parameter, ...Parameter[]];
  if (others.length > 0 && !leaveParametrized) {
    throw invalidArgument(`${what}: several originals cannot be left as one parameter`);
  }
  if (leaveParametrized) {
    const value = list.compute().detach().clone();
    if (others.length === 0) noGrad(() => setData(original, value));
    else
      original = new Parameter(
        value,
        list.originals.some((each) => each.requiresGrad),
      );
  }
  Reflect.deleteProperty(module, tensorName);
  lists.delete(tensorName);
  module.registerParameter(tensorName, original);
  if (lists.length === 0) {
    Reflect.deleteProperty(module, 'parametrizations');
    Object.setPrototypeOf(module, Object.getPrototypeOf(Object.getPrototypeOf(module)));
  }
  return module;
}
