import { atMost } from '../argument/atMost.js';
import { native } from '../native/load.js';

/** How many threads libtorch uses on the CPU; mirrors `torch.get_num_threads`. */
export function getNumThreads(): number {
  atMost('getNumThreads', 0, arguments.length);
  return native.numThreads();
}

/**
 * Sets how many threads libtorch uses on the CPU; mirrors `torch.set_num_threads`.
 *
 * @param count - Integer from 1 to 1024.
 * @throws {TypeError} `ERR_INVALID_ARG` for anything else.
 */
export function setNumThreads(count: number): void {
  atMost('setNumThreads', 1, arguments.length);
  native.setNumThreads(count);
}
