import { atMost } from '../argument/atMost.js';
import { callback } from '../argument/kind.js';
import { native } from '../native/load.js';
import { runSynchronously } from './synchronous.js';

function withGradMode<T>(enabled: boolean, name: string, fn: () => T): T {
  callback('a synchronous function').read(`${name}: fn`, fn);
  const before = native.setGradEnabled(enabled);
  return runSynchronously(name, 'the mode would be theirs too', fn, () => {
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
 * Whether operations are recorded now; mirrors `torch.is_grad_enabled`.
 *
 * @example
 * torch.noGrad(() => torch.isGradEnabled()); // → false
 */
export function isGradEnabled(): boolean {
  atMost('isGradEnabled', 0, arguments.length);
  return native.isGradEnabled();
}
