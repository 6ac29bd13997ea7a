import { atMost } from '../argument/atMost.js';
import { callback, flag } from '../argument/kind.js';
import { readOptions } from '../argument/options.js';
import { native } from '../native/load.js';
import { runSynchronously } from './synchronous.js';

const sharedMode = 'the mode would be theirs too';
const work = callback<() => unknown>('a synchronous function');

function withGradMode<T>(enabled: boolean, name: string, fn: () => T): T {
  work.read(`${name}: fn`, fn);
  const before = native.setGradEnabled(enabled);
  return runSynchronously(name, sharedMode, fn, () => {
    native.setGradEnabled(before);
  });
}

/**
 * Runs a synchronous function without recording operations for `backward`; mirrors `torch.no_grad`.
 *
 * @throws {TorchError} `ERR_ASYNC_NO_GRAD` when `fn` returns a promise.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.no_grad.html
 * @example
 * const w = torch.ones(2, { requiresGrad: true });
 * torch.noGrad(() => w.mul(2).requiresGrad); // → false
 */
export function noGrad<T>(fn: () => T): T {
  atMost('noGrad', 1, arguments.length);
  return withGradMode(false, 'noGrad', fn);
}

/**
 * Runs a synchronous function with recording on, inside {@link noGrad}; mirrors `torch.enable_grad`.
 *
 * @example
 * torch.noGrad(() => torch.enableGrad(() => torch.isGradEnabled())); // → true
 */
export function enableGrad<T>(fn: () => T): T {
  atMost('enableGrad', 1, arguments.length);
  return withGradMode(true, 'enableGrad', fn);
}

/**
 * Says whether operations are recorded from now on, for all tasks of this thread; with a function only while that runs.
 * Mirrors `torch.set_grad_enabled`.
 *
 * @returns With a function, what it gives.
 * @throws {TorchError} `ERR_ASYNC_NO_GRAD` when `fn` returns a promise.
 * @example
 * torch.setGradEnabled(false, () => torch.isGradEnabled()); // → false
 * torch.isGradEnabled(); // → true
 */
export function setGradEnabled(mode: boolean): void;
export function setGradEnabled<T>(mode: boolean, fn: () => T): T;
export function setGradEnabled<T>(mode: boolean, fn?: () => T): T | undefined {
  atMost('setGradEnabled', 2, arguments.length);
  flag.read('setGradEnabled: mode', mode);
  if (fn !== undefined) return withGradMode(mode, 'setGradEnabled', fn);
  native.setGradEnabled(mode);
  return undefined;
}

/**
 * Whether operations are recorded now; mirrors `torch.is_grad_enabled`.
 *
 * @example
 * torch.noGrad(() => torch.isGradEnabled()); // → false
 */
export function isGradEnabled(): boolean {
  atMost('isGradEnabled', 0, arguments.length);
  return native.isGradEnabled();
}

/**
 * Runs a synchronous function in inference mode; mirrors `torch.inference_mode`. As {@link noGrad}, and what is made
 * inside is not tracked at all: it can never take part in what is recorded later, and costs a little less.
 *
 * @param options.mode - `false`: the usual mode, inside another one. Default true.
 * @throws {TorchError} `ERR_ASYNC_NO_GRAD` when `fn` returns a promise.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.autograd.grad_mode.inference_mode.html
 * @example
 * const y = torch.inferenceMode(() => torch.ones(2).mul(2));
 * y.requiresGrad; // → false
 * y.isInference(); // → true
 */
export function inferenceMode<T>(fn: () => T, options?: { mode?: boolean }): T {
  atMost('inferenceMode', 2, arguments.length);
  const { mode } = readOptions('inferenceMode', { mode: flag.or(true) }, options);
  work.read('inferenceMode: fn', fn);
  return native.inferenceMode(mode, () =>
    runSynchronously('inferenceMode', sharedMode, fn, () => {}),
  );
}

/**
 * Whether {@link inferenceMode} is on now; mirrors `torch.is_inference_mode_enabled`.
 *
 * @example
 * torch.inferenceMode(() => torch.isInferenceModeEnabled()); // → true
 */
export function isInferenceModeEnabled(): boolean {
  atMost('isInferenceModeEnabled', 0, arguments.length);
  return native.isInferenceMode();
}
