import { kindOf } from '../argument/dict.js';
import { noGrad } from '../context/autograd.js';
import { invalidArgument, TorchError } from '../error.js';
import { Tensor } from '../tensor/index.js';
import type { ParamState } from './group.js';
import { numberOf } from './settings.js';

/** What an LBFGS remembers: as Python has it, with numbers where Python has tensors of one element. */
export interface Memory {
  funcEvals: number;
  nIter: number;
  /** The last direction, and how far it was gone. */
  d: Tensor | null;
  t: number | null;
  /** Changes of gradients and of parameters, and one by the product of both. */
  oldDirs: Tensor[];
  oldStps: Tensor[];
  ro: number[];
  H_diag: number;
  prevFlatGrad: Tensor | null;
  prevLoss: number | null;
}

export const emptyMemory = (): Memory => ({
  funcEvals: 0,
  nIter: 0,
  d: null,
  t: null,
  oldDirs: [],
  oldStps: [],
  ro: [],
  H_diag: 1,
  prevFlatGrad: null,
  prevLoss: null,
});

const lists = ['oldDirs', 'oldStps', 'ro'];
const isTensor = (key: string) => ['oldDirs', 'oldStps', 'd', 'prevFlatGrad'].includes(key);
const counts = ['funcEvals', 'nIter'];

/**
 * @param size - Numbers of all parameters.
 * @throws {TypeError} `ERR_INVALID_ARG`; {@link TorchError} `ERR_STATE_DICT` for tensors of another size.
 */
export function checkMemory(what: string, state: ReadonlyMap<string, unknown>, size: number): void {
  const known = Object.keys(emptyMemory());
  for (const [key, value] of state) {
    // Python's room for what a step computes anew.
    if (key === 'al') continue;
    const place = `${what}: ${key}`;
    if (!known.includes(key)) {
      throw invalidArgument(`${what}: '${key}' is nothing that this optimizer remembers`);
    }
    if (lists.includes(key) && !Array.isArray(value)) {
      throw invalidArgument(`${place}: expected an array, got ${kindOf(value)}`);
    }
    for (const part of Array.isArray(value) ? value : [value]) {
      if (isTensor(key)) checkTensor(place, part, size);
      else if (part !== null) numberOf(place, part);
    }
  }
  const missing = counts.find((key) => !state.has(key));
  if (state.size > 0 && missing) throw invalidArgument(`${what}: there is no '${missing}'`);
}

function checkTensor(place: string, value: unknown, size: number): void {
  if (value === null) return;
  if (!(value instanceof Tensor)) {
    throw invalidArgument(`${place}: expected a Tensor, got ${kindOf(value)}`);
  }
  if (String(value.shape) === String(size)) return;
  throw new TorchError(
    'ERR_STATE_DICT',
    `${place}: expected all parameters' elements, [${size}], got [${value.shape}]`,
  );
}

/** A copy, on a parameter's device and, as in Python, of its dtype if that is real. */
export function copyMemory(what: string, param: Tensor, state: Map<string, unknown>): ParamState {
  const { device } = param;
  const isFloat = /^b?float/.test(param.dtype);
  const copyOf = (key: string, value: unknown): unknown => {
    if (value === null) return null;
    if (!(value instanceof Tensor) || !isTensor(key)) return numberOf(`${what}: ${key}`, value);
    const there = noGrad(() =>
      value
        .detach()
        .to(device)
        .to(isFloat ? param.dtype : value.dtype),
    );
    return there.clone().keep();
  };
  const copies = [...state]
    .filter(([key]) => key !== 'al')
    .map(([key, value]) => [
      key,
      Array.isArray(value) ? value.map((each) => copyOf(key, each)) : copyOf(key, value),
    ]);
  return { ...emptyMemory(), ...Object.fromEntries(copies) } as unknown as ParamState;
}
