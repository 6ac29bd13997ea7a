import { getNumThreads, setNumThreads } from './threads.js';

/**
 * Computes what is too little for several threads: libtorch's wait for each other, and some milliseconds afterwards for more
 * to do, spinning, and take the processor from a training. Steps between turns have as many threads as ever.
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
