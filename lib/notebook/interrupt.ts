import { TorchError } from '../error.js';
import { findKernel } from './kernel.js';

const running = new Set<AbortController>();
let listens = false;

function stopAll(): void {
  for (const controller of running) {
    controller.abort(new TorchError('ERR_ABORTED', 'interrupted; the model keeps its steps'));
  }
}

// Not in the cell's own stretch of code: Node runs that under a handler of its own (`breakOnSigint`), and what begins to listen
// meanwhile is not heard afterwards: the signal would end the process.
function listen(): void {
  if (!listens) setImmediate(() => process.on('SIGINT', stopAll));
  listens = true;
}

/**
 * Runs what a notebook's Interrupt (SIGINT) shall stop: it aborts the signal. Outside of a notebook nothing is added.
 *
 * A kernel that nobody listens in ends at this signal, with all of the notebook's variables. So from the first call on there is
 * always a listener: a second press may come when the first has stopped all.
 */
export async function interruptible<T>(
  given: AbortSignal | undefined,
  run: (signal: AbortSignal | undefined) => Promise<T>,
): Promise<T> {
  if (findKernel() === undefined) return run(given);
  listen();
  const controller = new AbortController();
  running.add(controller);
  try {
    const { signal } = controller;
    return await run(given === undefined ? signal : AbortSignal.any([given, signal]));
  } finally {
    running.delete(controller);
  }
}
