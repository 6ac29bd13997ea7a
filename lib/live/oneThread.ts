import { getNumThreads, setNumThreads } from '../context/threads.js';

/**
 * Computes what one image asks for, within a turn of the event loop. It is too little for several threads: they would wait
 * for each other, spinning, and take the processor from a training. Steps between turns have as many threads as ever.
 */
export function onOneThread<T>(work: () => T): T {
  const threads = getNumThreads();
  setNumThreads(1);
  try {
    return work();
  } finally {
    setNumThreads(threads);
  }
}
