import { entriesOf, kindOf } from '../argument/dict.js';
import { noGrad } from '../context/autograd.js';
import { invalidArgument, TorchError } from '../error.js';
import { Tensor, tensor, zeros, zerosLike } from '../tensor/index.js';
import { tidy } from '../tensor/scope.js';
import type { ParamGroup, ParamState } from './group.js';
import { numberOf, scalarDtype } from './settings.js';

/** What is remembered of the parameters, by their numbers: a `Map` (in Python the keys are integers) with fields too. */
export type NumberedStates = ReadonlyMap<number, ParamState> & Readonly<Record<number, ParamState>>;

/** A group in Python's words: `weight_decay`, `initial_lr`; `params` are numbers. */
export type SavedGroup = { params: number[] } & { [option: string]: SavedSetting };

/** What a group's settings are in a state dict. */
export type SavedSetting =
  | number
  | boolean
  | string
  | null
  | Tensor
  | readonly SavedSetting[]
  | { readonly [name: string]: SavedSetting };

/** An optimizer's state as Python has it: parameters are numbered across the groups. */
// An alias and no interface: TypeScript lets only the former be what `save` takes, an object with any keys.
export type OptimizerState = {
  readonly state: NumberedStates;
  readonly param_groups: readonly SavedGroup[];
};

/** What a state is loaded from: {@link OptimizerState}, what Python saved, or Maps of the same. */
export type LoadableState = object;

// What optimizers remember and say that do not say it themselves.
const common = [
  ...['expAvg', 'expAvgSq', 'maxExpAvgSq', 'momentumBuffer', 'weightDecay', 'initialLr'],
  // What schedules leave in groups.
  ...['maxLr', 'minLr', 'maxMomentum', 'baseMomentum', 'swaLr'],
];

/** Python's names, by ours: `weight_decay` by `weightDecay`. Other keys have one name. */
export function pythonNamesOf(own: readonly string[]): ReadonlyMap<string, string> {
  const toSnakeCase = (name: string) => name.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`);
  // An AdamW is told of it by Python, and has no such option.
  const names = [...common, 'decoupledWeightDecay', ...own];
  return new Map(names.map((name) => [name, toSnakeCase(name)]));
}

type Names = ReadonlyMap<string, string>;

/** What is one number of a parameter, whatever its shape. */
const numbers = ['step', 'eta', 'mu', 'muProduct'];

// How Python computes, which changes no number: taken note of by nobody here.
const pythonOnly = ['foreach', 'capturable', 'differentiable', 'fused'];

/** Python's form of an object with our names. */
export function toPython(own: object, names: Names): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(own).map(([key, value]) => [names.get(key) ?? key, value]),
  );
}

// By our names, whichever the dict has; what is `undefined` is not given.
function fromPython(what: string, dict: unknown, ownNames: Names): Map<string, unknown> {
  const own = new Map<string, unknown>();
  for (const [key, value] of entriesOf(what, dict)) {
    if (typeof key !== 'string') {
      throw invalidArgument(`${what}: expected names as keys, got ${kindOf(key)}`);
    }
    const name = ownNames.get(key) ?? key;
    if (own.has(name)) throw invalidArgument(`${what}: '${name}' is there under two names`);
    if (value !== undefined) own.set(name, value);
  }
  return own;
}

/** The states, for {@link OptimizerState}. */
export function numbered(states: Iterable<[number, ParamState]>): NumberedStates {
  const map = new Map(states);
  const fields = Object.fromEntries(map);
  return Object.assign(map, fields) as unknown as NumberedStates;
}

/** A state dict, read: by our names, and nothing left out. */
export interface ReadState {
  readonly groups: {
    readonly params: readonly unknown[];
    readonly options: Map<string, unknown>;
  }[];
  /** By the parameters' numbers. */
  readonly states: Map<number, Map<string, unknown>>;
}

/** @throws {TypeError} `ERR_INVALID_ARG` for anything that is no state dict, or holds more. */
export function readState(what: string, saved: unknown, names: Names): ReadState {
  const ownNames = new Map([...names].map(([own, python]) => [python, own]));
  const parts = new Map(entriesOf(what, saved, '{ state, param_groups }'));
  for (const key of parts.keys()) {
    if (!['state', 'param_groups', 'paramGroups'].includes(key as string)) {
      throw invalidArgument(`${what}: expected { state, param_groups }, got '${String(key)}' too`);
    }
  }
  if (parts.has('param_groups') && parts.has('paramGroups')) {
    throw invalidArgument(`${what}: it has both param_groups and paramGroups`);
  }
  const list = parts.get('param_groups') ?? parts.get('paramGroups');
  if (!Array.isArray(list)) {
    throw invalidArgument(`${what}: param_groups: expected an array, got ${kindOf(list)}`);
  }
  const groups = Array.from(list, (group, i) => {
    const options = fromPython(`${what}: param_groups[${i}]`, group, ownNames);
    const params = options.get('params');
    if (!Array.isArray(params)) {
      throw invalidArgument(
        `${what}: param_groups[${i}]: params: expected an array of numbers, got ${kindOf(params)}`,
      );
    }
    for (const key of ['params', ...pythonOnly]) options.delete(key);
    return { params, options };
  });
  const states = new Map<number, Map<string, unknown>>();
  for (const [key, state] of entriesOf(`${what}: state`, parts.get('state'))) {
    const number = typeof key === 'string' && /^\d+$/.test(key) ? Number(key) : key;
    if (!Number.isSafeInteger(number)) {
      throw invalidArgument(`${what}: state: expected numbers as keys, got ${kindOf(key)}`);
    }
    states.set(number as number, fromPython(`${what}: state[${number}]`, state, ownNames));
  }
  return { groups, states };
}

/**
 * A copy of what is remembered of a parameter: in its dtype and on its device, and in memory as the parameter is.
 * Steps are counted as the kernels want them; Python's older versions count in a number.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for anything but tensors.
 */
export function copyState(what: string, param: Tensor, values: Map<string, unknown>): ParamState {
  const copies = [...values].map(([key, value]) => [
    key,
    copyOf(`${what}: ${key}`, param, key, value),
  ]);
  return Object.fromEntries(copies) as ParamState;
}

function copyOf(what: string, param: Tensor, key: string, value: unknown): Tensor | null {
  if (value === null) return null;
  const { device } = param;
  if (numbers.includes(key)) {
    const number = numberOf(what, value);
    return tensor(number, { dtype: numberDtype(param, key, value), device }).keep();
  }
  if (!(value instanceof Tensor)) {
    throw invalidArgument(`${what}: expected a Tensor, got ${kindOf(value)}`);
  }
  const dtype = /float|complex/.test(param.dtype) ? param.dtype : value.dtype;
  return noGrad(() =>
    tidy(() => {
      const isAlike = String(value.shape) === String(param.shape);
      const copy =
        isAlike && dtype === param.dtype ? zerosLike(param) : zeros(value.shape, { dtype, device });
      return copy.copy_(value);
    }),
  ).keep();
}

// As in Python: all but the count of steps takes a real parameter's dtype.
function numberDtype(param: Tensor, key: string, value: unknown): Tensor['dtype'] {
  if (key === 'step' || !(value instanceof Tensor)) return scalarDtype();
  return param.dtype.startsWith('complex') ? value.dtype : param.dtype;
}

/**
 * Checks what is to be remembered of a parameter: nothing that would be left out, and elements of their own for each
 * of the parameter's. Nothing at all is a parameter that has not been updated yet.
 *
 * @throws {TypeError} `ERR_INVALID_ARG`; {@link TorchError} `ERR_STATE_DICT` for another shape.
 */
export function requireStates(
  what: string,
  param: Tensor,
  state: ReadonlyMap<string, unknown>,
  {
    required,
    optional,
    shapeOf = () => param.shape,
  }: {
    required: readonly string[];
    optional: readonly string[];
    /** Default: the parameter's. */
    shapeOf?: (key: string) => readonly number[];
  },
): void {
  for (const [key, value] of state) {
    if (!required.includes(key) && !optional.includes(key)) {
      throw invalidArgument(`${what}: '${key}' is nothing that this optimizer remembers`);
    }
    if (numbers.includes(key) || (value === null && optional.includes(key))) continue;
    if (!(value instanceof Tensor)) {
      throw invalidArgument(`${what}: ${key}: expected a Tensor, got ${kindOf(value)}`);
    }
    const shape = shapeOf(key);
    if (String(value.shape) === String(shape)) continue;
    const whose = shape === param.shape ? 'the shape of the parameter, ' : '';
    throw new TorchError(
      'ERR_STATE_DICT',
      `${what}: ${key}: expected ${whose}[${shape}], got [${value.shape}]`,
    );
  }
  const missing = required.filter((key) => !state.has(key));
  if (state.size > 0 && missing.length > 0) {
    throw invalidArgument(`${what}: there is no '${missing[0]}'`);
  }
}

/** Options of a group, as copies: numbers and lists of them, whatever else a user put there. */
export function copyOptions(options: Iterable<[string, unknown]>): Record<string, unknown> {
  return Object.fromEntries(
    [...options].map(([key, value]) => [key, Array.isArray(value) ? [...value] : value]),
  );
}

/** A group in Python's words. */
export function saveGroup(
  group: ParamGroup<object>,
  params: number[],
  names: Names,
  also: Readonly<Record<string, unknown>>,
): SavedGroup {
  const { params: _, ...own } = group;
  const options = Object.entries(toPython(own, names)).map(([key, value]) => {
    // Python has a tuple here.
    if (Array.isArray(value)) return [key, Object.freeze([...value])];
    return [key, value instanceof Tensor ? numberOf(key, value) : value];
  });
  return { ...Object.fromEntries(options), ...also, params };
}
