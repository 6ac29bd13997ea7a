import { inspect } from 'node:util';
import { atMost } from '../argument/atMost.js';
import { flag } from '../argument/kind.js';
import { readOptions } from '../argument/options.js';

import { invalidArgument } from '../error.js';
import type { SwitchName } from '../native/exports/context.js';
import { native } from '../native/load.js';

function requireBoolean(what: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw invalidArgument(`${what}: expected a boolean, got ${inspect(value)}`);
}

// An object whose properties are switches of libtorch's, which all threads share.
function switches<Name extends string>(
  path: string,
  names: Readonly<Record<Name, SwitchName>>,
): Record<Name, boolean> {
  const object = {} as Record<Name, boolean>;
  for (const [name, key] of Object.entries(names) as [Name, SwitchName][]) {
    Object.defineProperty(object, name, {
      enumerable: true,
      get: () => native.getSwitch(key),
      set: (value: unknown) =>
        native.setSwitch(key, requireBoolean(`backends.${path}.${name}`, value)),
    });
  }
  return Object.seal(object);
}

/**
 * Switches of libtorch's backends, under PyTorch's names and with its defaults; mirrors
 * `torch.backends`. All threads of the process share them.
 *
 * @see https://docs.pytorch.org/docs/stable/backends.html
 */
export const backends = {
  /**
   * `enabled`: whether cuDNN is used, default true. `benchmark`: whether it tries out algorithms, default
   * false. `deterministic`: whether it takes only those with the same result each time, default false.
   * `allowTf32`: whether convolutions round to TF32, default true.
   */
  cudnn: switches('cudnn', {
    enabled: 'cudnn.enabled',
    benchmark: 'cudnn.benchmark',
    deterministic: 'cudnn.deterministic',
    allowTf32: 'cudnn.allowTf32',
  }),
  cuda: {
    /** `allowTf32`: whether matrix products round to TF32, default false. */
    matmul: switches('cuda.matmul', { allowTf32: 'cuda.matmul.allowTf32' }),
  },
};

/** Options of {@link useDeterministicAlgorithms}. */
export interface DeterministicOptions {
  /** Whether an operator without such an algorithm warns instead of failing. Default false. */
  warnOnly?: boolean;
}

/**
 * Makes operators take algorithms that give the same result each time, and fail where there is none;
 * mirrors `torch.use_deterministic_algorithms`. On the GPU matrix products need
 * `CUBLAS_WORKSPACE_CONFIG=:4096:8` in the environment, set before the process starts.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for anything but a boolean.
 * @example
 * torch.useDeterministicAlgorithms(true, { warnOnly: true });
 * torch.areDeterministicAlgorithmsEnabled(); // → true
 * torch.useDeterministicAlgorithms(false);
 */
export function useDeterministicAlgorithms(mode: boolean, options?: DeterministicOptions): void {
  atMost('useDeterministicAlgorithms', 2, arguments.length);
  const { warnOnly } = readOptions(
    'useDeterministicAlgorithms',
    { warnOnly: flag.or(false) },
    options,
  );
  requireBoolean('useDeterministicAlgorithms', mode);
  native.setSwitch('deterministicAlgorithms', mode);
  native.setSwitch('deterministicAlgorithms.warnOnly', warnOnly);
}

/**
 * Mirrors `torch.are_deterministic_algorithms_enabled`.
 *
 * @example
 * torch.areDeterministicAlgorithmsEnabled(); // → false
 */
export function areDeterministicAlgorithmsEnabled(): boolean {
  atMost('areDeterministicAlgorithmsEnabled', 0, arguments.length);
  return native.getSwitch('deterministicAlgorithms');
}

/**
 * Mirrors `torch.is_deterministic_algorithms_warn_only_enabled`.
 *
 * @example
 * torch.useDeterministicAlgorithms(true, { warnOnly: true });
 * torch.isDeterministicAlgorithmsWarnOnlyEnabled(); // → true
 * torch.useDeterministicAlgorithms(false);
 */
export function isDeterministicAlgorithmsWarnOnlyEnabled(): boolean {
  atMost('isDeterministicAlgorithmsWarnOnlyEnabled', 0, arguments.length);
  return native.getSwitch('deterministicAlgorithms.warnOnly');
}
