import { atMost } from '../../argument/atMost.js';

/**
 * Always `null`, as Python's `torch.utils.data.get_worker_info` outside its workers: the threads of a loader's `numWorkers` read
 * and decode files, and the data set's own code runs where the loader is iterated. A data set that shares itself out among
 * Python's workers by it gives all of its examples here, once.
 *
 * @see https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.get_worker_info
 * @example
 * data.getWorkerInfo(); // → null
 */
export function getWorkerInfo(): null {
  atMost('getWorkerInfo', 0, arguments.length);
  return null;
}
