import { atMost } from '../argument/atMost.js';
import { native } from '../native/load.js';
import { usefulThreads } from './quota.js';

// libtorch counts the host's processors, whatever a container may use of them. Who has said a number gets it.
const { OMP_NUM_THREADS, MKL_NUM_THREADS } = process.env;
if (!OMP_NUM_THREADS && !MKL_NUM_THREADS) native.limitThreads(Math.min(1024, usefulThreads()));

/**
 * How many threads libtorch uses on the CPU; mirrors `torch.get_num_threads`. Where neither OMP_NUM_THREADS nor
 * MKL_NUM_THREADS is set, at first as many as processors, and no more than a container's quota of their time, rounded.
 *
 * @example
 * torch.getNumThreads() >= 1; // → true
 */
export function getNumThreads(): number {
  atMost('getNumThreads', 0, arguments.length);
  return native.numThreads();
}

/**
 * Sets how many threads libtorch uses on the CPU; mirrors `torch.set_num_threads`.
 *
 * @param count - Integer from 1 to 1024.
 * @throws {TypeError} `ERR_INVALID_ARG` for anything else.
 * @example
 * const before = torch.getNumThreads();
 * torch.setNumThreads(1);
 * torch.getNumThreads(); // → 1
 * torch.setNumThreads(before);
 */
export function setNumThreads(count: number): void {
  atMost('setNumThreads', 1, arguments.length);
  native.setNumThreads(count);
}
