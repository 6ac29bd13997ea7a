import { enableGrad, noGrad } from '../autograd.js';
import { invalidArgument } from '../error.js';
import { tidy } from '../scope.js';
import { Tensor, zeros, zerosLike } from '../tensor/index.js';
import { given } from './settings.js';

/** Parameters with options of their own. */
export type ParamGroup<Options extends object> = Options & { params: Tensor[] };

/** What an optimizer is given: parameters, or groups of them. */
export type ParamsOrGroups<Options extends object> =
  | Iterable<Tensor>
  | Iterable<Partial<Options> & { params: Iterable<Tensor> }>;

/** What an optimizer remembers of one parameter. */
export type ParamState = Record<string, Tensor | null>;

/** An optimizer's state in Python's structure: parameters are numbered across the groups. */
export interface OptimizerState<Options extends object> {
  state: Record<number, ParamState>;
  paramGroups: (Options & { params: number[] })[];
}

function listOf<T>(value: Iterable<T>, what: string): T[] {
  if (typeof (value as Iterable<T> | null)?.[Symbol.iterator] !== 'function') {
    throw invalidArgument(`${what}: expected parameters or groups of them`);
  }
  const list = [...value];
  if (list.length === 0) throw invalidArgument(`${what}: got an empty parameter list`);
  return list;
}

/**
 * Base class of optimizers; mirrors `torch.optim.Optimizer`.
 *
 * @see https://docs.pytorch.org/docs/stable/optim.html
 */
export abstract class Optimizer<Options extends object = object> {
  /** Groups in order; options may be changed between steps. */
  readonly paramGroups: ParamGroup<Options>[] = [];
  /** What is remembered of each parameter; filled by the first step. */
  readonly state = new Map<Tensor, ParamState>();
  readonly defaults: Options;

  constructor(params: ParamsOrGroups<Options>, defaults: Options) {
    this.defaults = defaults;
    const list = listOf<unknown>(params as Iterable<unknown>, new.target.name);
    if (list.every((entry) => entry instanceof Tensor)) {
      this.addParamGroup({ params: list as Tensor[] } as never);
    } else {
      for (const group of list) this.addParamGroup(group as never);
    }
  }

  /** Checks the options of a group. @throws {TypeError} `ERR_INVALID_ARG` */
  protected abstract checkOptions(options: Options): void;

  /** One update of a group's parameters that have gradients; runs without gradients, in a scope. */
  protected abstract updateGroup(group: ParamGroup<Options>, params: Tensor[]): void;

  /** Adds parameters with options of their own; missing ones are the optimizer's defaults. */
  addParamGroup(group: Partial<Options> & { params: Iterable<Tensor> | Tensor }): void {
    const name = this.constructor.name;
    if (typeof group !== 'object' || group === null || group instanceof Tensor) {
      throw invalidArgument(`${name}: expected a group { params, … }`);
    }
    const params = group.params instanceof Tensor ? [group.params] : listOf(group.params, name);
    const known = new Set(this.paramGroups.flatMap((each) => each.params));
    for (const param of params) {
      if (!(param instanceof Tensor))
        throw invalidArgument(`${name}: expected tensors to optimize`);
      if (!param.isLeaf) throw invalidArgument(`${name}: can't optimize a non-leaf Tensor`);
      if (known.has(param)) {
        throw invalidArgument(`${name}: some parameters appear in more than one parameter group`);
      }
    }
    if (new Set(params).size < params.length) {
      process.emitWarning(`${name}: a parameter group with duplicate parameters`);
    }
    const complete = { ...this.defaults, ...given(group), params } as ParamGroup<Options>;
    this.checkOptions(complete);
    this.paramGroups.push(complete);
  }

  /** Forgets the gradients. @param options.setToNone - `false` fills them with zeros. Default true. */
  zeroGrad(options: { setToNone?: boolean } = {}): void {
    const { setToNone = true } = options;
    for (const { params } of this.paramGroups) {
      for (const param of params) {
        if (setToNone) param.grad = null;
        else noGrad(() => param.grad?.detach_().zero_());
      }
    }
  }

  /**
   * Updates the parameters from their gradients; those without are left alone.
   * @param closure - Computes the loss anew, with gradients; its result is returned.
   */
  step<T>(closure?: () => T): T | undefined {
    const loss = closure && enableGrad(closure);
    noGrad(() =>
      tidy(() => {
        for (const group of this.paramGroups) {
          const params = group.params.filter((param) => param.grad !== null);
          this.followParameters(params);
          for (const alike of splitByKind(params)) this.updateGroup(group, alike);
        }
      }),
    );
    return loss;
  }

  /**
   * Moves what is remembered of parameters to where they are: a network may be moved after its optimizer
   * was made, and after steps.
   * @internal
   */
  followParameters(params: readonly Tensor[]): void {
    for (const param of params) {
      const state = this.state.get(param);
      const place = param.deviceName;
      for (const [key, value] of Object.entries(state ?? {})) {
        // All of a parameter's state lies together.
        if (value === null) continue;
        if (value.deviceName === place) break;
        state![key] = tidy(() => noGrad(() => value.detach().to(place))).keep();
        value.dispose();
      }
    }
  }

  /** The state tensors themselves and the options, in Python's structure. */
  stateDict(): OptimizerState<Options> {
    const numbers = new Map<Tensor, number>();
    const paramGroups = this.paramGroups.map((group) => {
      const params = group.params.map((param) => {
        if (!numbers.has(param)) numbers.set(param, numbers.size);
        return numbers.get(param) as number;
      });
      return { ...group, params };
    });
    const state = Object.fromEntries(
      [...this.state].map(([param, value]) => [numbers.get(param), { ...value }]),
    );
    return { state, paramGroups } as OptimizerState<Options>;
  }

  /**
   * Takes over a state, as a copy on each parameter's device.
   * @throws {TypeError} `ERR_INVALID_ARG` when the groups or their sizes differ.
   */
  loadStateDict(saved: OptimizerState<Options>): void {
    const name = this.constructor.name;
    if (!Array.isArray(saved?.paramGroups) || typeof saved.state !== 'object') {
      throw invalidArgument(`${name}: loadStateDict: expected { state, paramGroups }`);
    }
    if (saved.paramGroups.length !== this.paramGroups.length) {
      throw invalidArgument(`${name}: loaded state has a different number of parameter groups`);
    }
    const byNumber = new Map<number, Tensor>();
    saved.paramGroups.forEach((group, i) => {
      const own = this.paramGroups[i] as ParamGroup<Options>;
      if (group.params.length !== own.params.length) {
        throw invalidArgument(
          `${name}: loaded state has a parameter group that doesn't match the size of optimizer's group`,
        );
      }
      this.checkOptions(group);
      group.params.forEach((number, k) => {
        byNumber.set(number, own.params[k] as Tensor);
      });
    });
    const loaded = new Map<Tensor, ParamState>();
    for (const [number, values] of Object.entries(saved.state)) {
      const param = byNumber.get(Number(number));
      if (param === undefined) continue;
      const copies = Object.entries(values).map(([key, value]) => [
        key,
        copyFor(param, key, value),
      ]);
      loaded.set(param, Object.fromEntries(copies));
    }
    this.state.clear();
    for (const [param, value] of loaded) this.state.set(param, value);
    saved.paramGroups.forEach((group, i) => {
      const own = this.paramGroups[i] as ParamGroup<Options>;
      const { params: _, ...options } = group;
      Object.assign(own, structuredClone(options));
    });
  }
}

// The kernels take lists of one dtype on one device.
function splitByKind(params: Tensor[]): Iterable<Tensor[]> {
  const kinds = new Map<string, Tensor[]>();
  for (const param of params) {
    const kind = `${param.deviceName} ${param.dtype}`;
    const alike = kinds.get(kind);
    if (alike === undefined) kinds.set(kind, [param]);
    else alike.push(param);
  }
  return kinds.values();
}

// Moments take the parameter's dtype and device, and lie in memory as the parameter does; the kernels count
// steps in float32 beside them.
function copyFor(param: Tensor, key: string, value: Tensor | null): Tensor | null {
  if (value === null) return null;
  return tidy(() => {
    if (key === 'step') return value.detach().to(param.device, 'float32').clone();
    const isAlike = String(value.shape) === String(param.shape);
    const copy = isAlike
      ? zerosLike(param)
      : zeros(value.shape, { dtype: param.dtype, device: param.device });
    return noGrad(() => copy.copy_(value));
  }).keep();
}
