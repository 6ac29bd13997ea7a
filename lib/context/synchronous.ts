import { TorchError } from '../error.js';

/** Whether a function was asynchronous. */
export function isPromise(value: unknown): value is Promise<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}

/**
 * What a function of the user's gave, which was to be no promise: whoever called it does not wait.
 * @throws {TorchError} `ERR_ASYNC_NO_GRAD`
 */
export function requireSynchronous<T>(what: string, result: T): T {
  if (!isPromise(result)) return result;
  Promise.resolve(result).catch(() => {});
  throw new TorchError(
    'ERR_ASYNC_NO_GRAD',
    `${what}: expected a synchronous function, got one that returns a promise; nothing waits for it here`,
  );
}

/**
 * Runs a function for which something has been set that all tasks share, and puts it back.
 *
 * @param name - Of the caller, for the error.
 * @param why - What other tasks would do while the function waits.
 * @throws {TorchError} `ERR_ASYNC_NO_GRAD` when it returns a promise.
 */
export function runSynchronously<T>(
  name: string,
  why: string,
  fn: () => T,
  restore: () => void,
): T {
  try {
    const result = fn();
    if (isPromise(result)) {
      // Its rejection would otherwise be reported in place of this error.
      Promise.resolve(result).catch(() => {});
      throw new TorchError(
        'ERR_ASYNC_NO_GRAD',
        `${name}: expected a synchronous function, got one that returns a promise; other tasks run ` +
          `while it waits, and ${why}. Call ${name} inside it, around the synchronous parts`,
      );
    }
    return result;
  } finally {
    restore();
  }
}
