import { expect, test } from 'vitest';

import { coresIn } from '../../lib/context/quota.js';
import { launchedBy, threadsPerProcess } from '../../lib/distributed/environment/index.js';
import { byHand, openmpi, srun, torchrun } from './environments.js';

const { OMP_NUM_THREADS: _, ...unset } = torchrun;
const two = { ...srun, SLURM_PROCID: '0', SLURM_GTIDS: '0,1' };

const threads = (env: NodeJS.ProcessEnv, count: number, areOwn = false) =>
  threadsPerProcess(
    env,
    { count, areOwn },
    launchedBy(env, () => false),
  );

test.each<[string, NodeJS.ProcessEnv, number, number | undefined]>([
  ['alone', {}, 8, undefined],
  ['alone, with OMP_NUM_THREADS', { OMP_NUM_THREADS: '1' }, 8, undefined],
  ['torchrun set 1', torchrun, 8, 4],
  ['torchrun set 1, an odd core', torchrun, 7, 3],
  ['torchrun set 1, as many cores', torchrun, 2, 1],
  ['torchrun set 1, fewer cores', torchrun, 1, 1],
  ['torchrun, the user set 3', { ...torchrun, OMP_NUM_THREADS: '3' }, 8, undefined],
  ['torchrun, not set', unset, 8, 4],
  [
    'torchrun, one process on this host',
    { ...torchrun, LOCAL_RANK: '0', LOCAL_WORLD_SIZE: '1' },
    8,
    undefined,
  ],
  ['by hand, alone on its host', byHand, 8, undefined],
  ['by hand on one host', { ...byHand, MASTER_ADDR: '::1' }, 8, 4],
  [
    'by hand, the user set 1',
    { ...byHand, MASTER_ADDR: '::1', OMP_NUM_THREADS: '1' },
    8,
    undefined,
  ],
  ['mpirun', openmpi, 8, 4],
  ['mpirun, many cores', openmpi, 4096, 1024],
  ['srun', two, 8, 4],
  ['srun, cores of its own', { ...two, SLURM_CPUS_PER_TASK: '3' }, 8, 3],
  [
    'srun, cores of its own, the user set 2',
    { ...two, SLURM_CPUS_PER_TASK: '3', OMP_NUM_THREADS: '2' },
    8,
    undefined,
  ],
  ['the user said 6, alone', { LENET_TORCH_THREADS: '6' }, 8, 6],
  ['the user said 1 under torchrun', { ...torchrun, LENET_TORCH_THREADS: '1' }, 8, 1],
])('%s', (_, env, cores, expected) => {
  expect(threads(env, cores)?.threads).toBe(expected);
});

test('cores that a launcher has bound to each process are not divided again', () => {
  expect(threads(openmpi, 8, true)).toEqual({
    threads: 8,
    note: '8 threads each: as many cores are bound to each of the processes on this host',
  });
  expect(threads(openmpi, 1, true)!.threads).toBe(1);
});

test("the kernel's lists of cores", () => {
  expect(coresIn('0')).toEqual([0]);
  expect(coresIn('0-3,8,10-11')).toEqual([0, 1, 2, 3, 8, 10, 11]);
});

test('what is replaced is said, and how to keep it', () => {
  expect(threads(torchrun, 8)!.note).toMatch(
    /^4 threads each .* OMP_NUM_THREADS=1 that torchrun sets; LENET_TORCH_THREADS=1 keeps it$/,
  );
  expect(threads(torchrun, 2)).toEqual({ threads: 1 });
  expect(threads(openmpi, 8)!.note).toBe(
    '4 threads each: 8 cores among the 2 processes on this host',
  );
});

test.each(['0', '1025', 'all', '1.5', '-1'])('LENET_TORCH_THREADS=%s is refused', (text) => {
  const read = () =>
    threadsPerProcess({ LENET_TORCH_THREADS: text }, { count: 8, areOwn: false }, undefined);
  expect(read).toThrow(`LENET_TORCH_THREADS: expected an integer from 1 to 1024, got '${text}'`);
  expect(read).toThrow(expect.objectContaining({ code: 'ERR_DISTRIBUTED_ENVIRONMENT' }));
});
