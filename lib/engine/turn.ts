/**
 * Lets timers, I/O and other tasks run. What the caller has set for the thread (grad mode, a module's
 * mode) must be restored before: it would be theirs too. The ambient scope ends by itself.
 */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
