const exitCode = 130;

/**
 * A signal that Ctrl-C (SIGINT) and SIGTERM abort, so that the command stops where it can be gone on
 * with; the second one ends the process at once.
 */
export function interruptible(): AbortSignal {
  const controller = new AbortController();
  const interrupt = (): void => {
    if (controller.signal.aborted) process.exit(exitCode);
    controller.abort();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  return controller.signal;
}
