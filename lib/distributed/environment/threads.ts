import type { Cores } from './cores.js';
import type { Launched } from './launched.js';
import { isSet, Variables } from './variables.js';

export interface Threads {
  readonly threads: number;
  /** A line for who reads along, where a variable was not followed or there is something to say. */
  readonly note?: string;
}

// As many as `setNumThreads` takes.
const most = 1024;

/**
 * How many threads of the CPU this process shall use, so that the processes of one host do not fight for its cores.
 * `undefined`: nothing speaks for another number than libtorch's own, which follows OMP_NUM_THREADS.
 *
 * LENET_TORCH_THREADS is followed in any case. torchrun sets OMP_NUM_THREADS=1 where its user has not set it, and
 * nothing tells that from a user's own 1: it is replaced, with a note.
 *
 * @param cores - Those of this process: its own, or the ones that the processes of this host share.
 * @throws {TorchError} `ERR_DISTRIBUTED_ENVIRONMENT` for a LENET_TORCH_THREADS that is no integer from 1 to 1024.
 */
export function threadsPerProcess(
  env: NodeJS.ProcessEnv,
  { count, areOwn }: Cores,
  launched: Launched | undefined,
): Threads | undefined {
  const given = new Variables(env, 'threads');
  if (given.has('LENET_TORCH_THREADS')) {
    return { threads: given.integer('LENET_TORCH_THREADS', 1, most) };
  }
  if (launched === undefined || launched.localWorldSize === 1) return undefined;
  const { localWorldSize } = launched;
  const share = Math.min(most, areOwn ? count : Math.max(1, Math.floor(count / localWorldSize)));
  const isOfTorchrun = isSet(env, 'TORCHELASTIC_RUN_ID') && env.OMP_NUM_THREADS === '1';
  if (isSet(env, 'OMP_NUM_THREADS') && !isOfTorchrun) return undefined;
  // srun gives each task cores of its own then.
  const perTask = launched.launcher === 'slurm' ? Number(env.SLURM_CPUS_PER_TASK) : Number.NaN;
  if (perTask >= 1) return { threads: Math.min(most, Math.floor(perTask)) };
  const among = areOwn
    ? 'as many cores are bound to each of the processes on this host'
    : `${count} cores among the ${localWorldSize} processes on this host`;
  if (!isOfTorchrun) return { threads: share, note: `${counted(share)} each: ${among}` };
  if (share === 1) return { threads: 1 };
  return {
    threads: share,
    note: `${counted(share)} each (${among}) in place of the OMP_NUM_THREADS=1 that torchrun sets; LENET_TORCH_THREADS=1 keeps it`,
  };
}

const counted = (threads: number): string => `${threads} ${threads === 1 ? 'thread' : 'threads'}`;
