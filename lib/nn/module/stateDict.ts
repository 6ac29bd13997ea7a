import { entriesOf, isDict, kindOf } from '../../argument/dict.js';
import { noGrad } from '../../context/autograd.js';
import { invalidArgument, TorchError } from '../../error.js';
import { Tensor } from '../../tensor/index.js';
import { tidy } from '../../tensor/scope.js';

/** Tensors by dotted name, in Python's order and under Python's keys. */
export type StateDict = Record<string, Tensor>;

/** Keys that stand in old files only together, each with the key that took its place. */
export type FormerKeys = Readonly<Record<string, string>>;

/** What did not match between a state dict and a module. */
export interface LoadResult {
  missingKeys: string[];
  unexpectedKeys: string[];
}

const quoted = (keys: string[]): string => keys.map((key) => `"${key}"`).join(', ');

// As Python writes a shape.
const size = (tensor: Tensor): string => `torch.Size([${tensor.shape.join(', ')}])`;

// Python meets unexpected keys module by module: parents first, each with the keys right below it.
function inModuleOrder(keys: string[], paths: readonly string[]): string[] {
  const owner = (key: string): number =>
    paths.findLastIndex((path) => path === '' || key.startsWith(`${path}.`));
  return keys
    .map((key) => ({ key, owner: owner(key) }))
    .sort((a, b) => a.owner - b.owner)
    .map(({ key }) => key);
}

// As Python names the type of what came.
function className(value: unknown): string {
  const python = pythonClass(value);
  return python === undefined ? kindOf(value) : `<class '${python}'>`;
}

function pythonClass(value: unknown): string | undefined {
  if (value === null) return 'NoneType';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
  if (typeof value === 'bigint') return 'int';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string') return 'str';
  if (Array.isArray(value)) return Object.isFrozen(value) ? 'tuple' : 'list';
  if (value instanceof Uint8Array) return 'bytes';
  if (value instanceof Set) return 'set';
  return isDict(value) ? 'dict' : undefined;
}

/** A state dict by its names. @throws {TypeError} `ERR_INVALID_ARG` for anything but an object or Map with names. */
function namesOf(source: unknown): Map<string, unknown> {
  const what = 'loadStateDict';
  const entries = entriesOf(what, source, 'an object or a Map of tensors');
  for (const [key] of entries) {
    if (typeof key === 'string') continue;
    throw invalidArgument(`${what}: expected names as keys, got ${kindOf(key)}`);
  }
  return new Map(entries as [string, unknown][]);
}

// As Python's hooks do it: what stands under an old key takes the place of what stands under the new one.
function renameFormer(given: Map<string, unknown>, former: readonly FormerKeys[]): void {
  for (const keys of former) {
    const pairs = Object.entries(keys);
    if (!pairs.every(([old]) => given.has(old))) continue;
    for (const [old, key] of pairs) {
      given.set(key, given.get(old));
      given.delete(old);
    }
  }
}

// Before PyTorch 0.4 numbers were lists of one.
function asNumber(given: Tensor, like: Tensor): Tensor {
  return like.ndim === 0 && given.ndim === 1 && given.shape[0] === 1 ? given.select(0, 0) : given;
}

/**
 * Copies `source` into the tensors of `target`. Names and shapes are checked before anything is copied.
 *
 * @param paths - Names of all modules, parents first.
 * @param spared - Keys that old files lack, and that stay as they are then.
 * @param former - Keys of old files by those that they are now.
 * @throws {TorchError} `ERR_STATE_DICT` with Python's message.
 */
export function copyState(
  moduleName: string,
  target: ReadonlyMap<string, Tensor>,
  paths: readonly string[],
  source: unknown,
  strict: boolean,
  spared: ReadonlySet<string>,
  former: readonly FormerKeys[],
): LoadResult {
  const given = namesOf(source);
  renameFormer(given, former);
  const missingKeys = [...target.keys()].filter((key) => !given.has(key) && !spared.has(key));
  const unexpectedKeys = inModuleOrder(
    [...given.keys()].filter((key) => !target.has(key)),
    paths,
  );
  const problems: string[] = [];
  if (strict && missingKeys.length > 0) {
    problems.push(`Missing key(s) in state_dict: ${quoted(missingKeys)}. `);
  }
  if (strict && unexpectedKeys.length > 0) {
    problems.push(`Unexpected key(s) in state_dict: ${quoted(unexpectedKeys)}. `);
  }
  const refuse = (): never => {
    throw new TorchError(
      'ERR_STATE_DICT',
      `Error(s) in loading state_dict for ${moduleName}:\n\t${problems.join('\n\t')}`,
    );
  };
  noGrad(() =>
    tidy(() => {
      const copies: [string, Tensor, Tensor][] = [];
      for (const [key, tensor] of target) {
        if (!given.has(key)) continue;
        const value = given.get(key);
        if (!(value instanceof Tensor)) {
          problems.push(
            `While copying the parameter named "${key}", expected torch.Tensor or Tensor-like object ` +
              `from checkpoint but received ${className(value)}`,
          );
          continue;
        }
        const source = asNumber(value, tensor);
        if (size(source) === size(tensor)) copies.push([key, tensor, source]);
        else {
          problems.push(
            `size mismatch for ${key}: copying a param with shape ${size(source)} from checkpoint, ` +
              `the shape in current model is ${size(tensor)}.`,
          );
        }
      }
      if (problems.length > 0) refuse();
      for (const [key, tensor, source] of copies) {
        try {
          tensor.copy_(source);
        } catch (error) {
          problems.push(
            `While copying the parameter named "${key}", whose dimensions in the model are ` +
              `${size(tensor)} and whose dimensions in the checkpoint are ${size(source)}, an ` +
              `exception occurred : ${(error as Error).message}`,
          );
        }
      }
      if (problems.length > 0) refuse();
    }),
  );
  return { missingKeys, unexpectedKeys };
}
