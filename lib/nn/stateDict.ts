import { describe } from '../argument/describe.js';
import { noGrad } from '../autograd.js';
import { invalidArgument, TorchError } from '../error.js';
import { Tensor } from '../tensor/index.js';

/** Tensors by dotted name, in Python's order and under Python's keys. */
export type StateDict = Record<string, Tensor>;

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

/**
 * Copies `source` into the tensors of `target`. Everything is checked before anything is copied.
 *
 * @param paths - Names of all modules, parents first.
 * @throws {TorchError} `ERR_STATE_DICT` with Python's message.
 */
export function copyState(
  moduleName: string,
  target: ReadonlyMap<string, Tensor>,
  paths: readonly string[],
  source: StateDict,
  strict: boolean,
): LoadResult {
  if (typeof source !== 'object' || source === null || source instanceof Tensor) {
    throw invalidArgument(`loadStateDict: expected an object of tensors, got ${describe(source)}`);
  }
  const missingKeys = [...target.keys()].filter((key) => !Object.hasOwn(source, key));
  const unexpectedKeys = inModuleOrder(
    Object.keys(source).filter((key) => !target.has(key)),
    paths,
  );
  const problems: string[] = [];
  if (strict && missingKeys.length > 0) {
    problems.push(`Missing key(s) in state_dict: ${quoted(missingKeys)}. `);
  }
  if (strict && unexpectedKeys.length > 0) {
    problems.push(`Unexpected key(s) in state_dict: ${quoted(unexpectedKeys)}. `);
  }
  const copies: [Tensor, Tensor][] = [];
  for (const [key, tensor] of target) {
    if (!Object.hasOwn(source, key)) continue;
    const given = source[key] as Tensor;
    if (!(given instanceof Tensor)) {
      problems.push(
        `While copying the parameter named "${key}", expected torch.Tensor or Tensor-like object ` +
          `from checkpoint but received ${describe(given)}`,
      );
    } else if (size(given) !== size(tensor)) {
      problems.push(
        `size mismatch for ${key}: copying a param with shape ${size(given)} from checkpoint, ` +
          `the shape in current model is ${size(tensor)}.`,
      );
    } else {
      copies.push([tensor, given]);
    }
  }
  if (problems.length > 0) {
    throw new TorchError(
      'ERR_STATE_DICT',
      `Error(s) in loading state_dict for ${moduleName}:\n\t${problems.join('\n\t')}`,
    );
  }
  noGrad(() => {
    for (const [tensor, given] of copies) tensor.copy_(given);
  });
  return { missingKeys, unexpectedKeys };
}
