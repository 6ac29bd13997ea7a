import { TorchError } from './error.js';
import { native } from './native.js';

function withGradMode<T>(enabled: boolean, name: string, fn: () => T): T {
  const before = native.setGradEnabled(enabled);
  try {
    const result = fn();
    if (typeof (result as { then?: unknown } | null | undefined)?.then === 'function') {
      // Its rejection would otherwise be reported in place of this error.
      Promise.resolve(result).catch(() => {});
      throw new TorchError(
        'ERR_ASYNC_NO_GRAD',
        `${name}: expected a synchronous function, got one that returns a promise; other tasks run ` +
          `while it waits, and the mode would be theirs too. Call ${name} inside it, around the ` +
          'synchronous parts',
      );
    }
    return result;
  } finally {
    native.setGradEnabled(before);
  }
}

/**
 * Runs a synchronous function without recording operations for `backward`; mirrors `torch.no_grad`.
 *
 * @throws {TorchError} `ERR_ASYNC_NO_GRAD` when `fn` returns a promise.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.no_grad.html
 */
export function noGrad<T>(fn: () => T): T {
  return withGradMode(false, 'noGrad', fn);
}

/** Runs a synchronous function with recording on, inside {@link noGrad}; mirrors `torch.enable_grad`. */
export function enableGrad<T>(fn: () => T): T {
  return withGradMode(true, 'enableGrad', fn);
}

/** Whether operations are recorded now; mirrors `torch.is_grad_enabled`. */
export function isGradEnabled(): boolean {
  return native.isGradEnabled();
}
