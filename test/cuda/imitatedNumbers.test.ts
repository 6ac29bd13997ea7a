// The GPU's own tests, with its numbers: on the imitation of CUDA, whose operators compute on the CPU here.
// Memory, streams, captures and what graphs read and write are as on a GPU; kernels are not.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';

import { run } from '../cli/run.js';
import { runRanks } from '../distributed/ranks.js';
import { temporaryFolder } from '../folder.js';
import { cudaLibtorch, imitateWithArithmetic, runGpuTests } from './forCuda.js';

const long = process.env.LENET_TORCH_LONG === '1';

describe.runIf(cudaLibtorch)('by an imitation of CUDA', () => {
  let env: NodeJS.ProcessEnv = {};
  beforeAll(() => {
    env = { ...imitateWithArithmetic(), LENET_TORCH_GPU_STEPS: long ? '2000' : '400' };
  }, 300_000);

  test.each([
    ['devices.gpu.mjs', 10],
    ['training.gpu.mjs', 9],
    ['nccl.gpu.mjs', 13],
  ])(
    '%s',
    (file, tests) => {
      const { passed, failed, said } = runGpuTests(file, env);
      expect([passed, failed], said).toEqual([tests, 0]);
    },
    1_800_000,
  );

  test('whatever happens between epochs, captured steps do what eager ones do, bit for bit', () => {
    const { stdout, stderr } = spawnSync(process.execPath, ['test/cuda/imitation/sequences.mjs'], {
      env: { ...process.env, ...env },
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    const apart = JSON.parse(stdout) as Record<string, unknown>;
    expect(Object.keys(apart)).toHaveLength(7);
    for (const [name, each] of Object.entries(apart)) expect(each, name).toEqual([0, 0]);
  }, 300_000);

  test('the command prints the lines that it prints on the CPU', () => {
    const lines = (device: string, engine: string) => {
      const size = ['--limit-train', '2000', '--limit-test', '500', '--epochs', '3', '--seed', '1'];
      const { stdout } = run(['train', ...size, '--device', device, '--engine', engine], { env });
      return stdout.split('\n').map((line) => line.replace(/, time .*/, ''));
    };
    const [first, ...rest] = lines('cuda:1', 'graph');
    expect(first).toBe('training on cuda:1');
    expect(rest).toHaveLength(4);
    expect(lines('cpu', 'eager').slice(1)).toEqual(rest);
  });

  test('two ranks over NCCL: each operation, and a model trained on GPUs as on the CPU', async () => {
    const ends = await runRanks(2, '../cuda/imitation/ranks.mjs', env);
    for (const { status, stderr } of ends) expect([status, stderr]).toEqual([0, '']);
    const [first, second] = ends.map(({ stdout }) => JSON.parse(stdout));
    const { checksum, epochs } = first;
    const common = {
      ...{ sum: [3, 3], avg: [1.5, 1.5], product: [2, 2], min: [1, 1], max: [2, 2] },
      broadcast: [1, 1],
      allGather: [0, 0, 1, 1],
      allGatherIntoTensor: [0, 0, 1, 1],
      objects: [0, 1],
      differ: 'ERR_DISTRIBUTED_MISMATCH',
      ...{ apart: 0, checksum, epochs },
    };
    expect(first).toEqual({
      ...common,
      ...{ reduce: [3, 3], reduceScatter: [10, 10], reduceScatterTensor: [0, 2] },
      ...{ gather: [5, 5, 6, 6], scatter: [7, 7] },
    });
    expect(second).toEqual({
      ...common,
      ...{ reduceScatter: [12, 12], reduceScatterTensor: [4, 6], scatter: [8, 8] },
      ...{ from: 0, recv: [9, 9] },
    });
    expect(epochs[0]).toEqual(epochs[1]);
  }, 120_000);

  test('the command as two processes prints the lines that it prints on the CPU', () => {
    const lines = (device: string) => {
      const size = ['--limit-train', '2000', '--limit-test', '500', '--epochs', '2', '--seed', '1'];
      const command = ['train', ...size, '--device', device, '--engine', 'eager'];
      const { stdout } = run(['launch', '--nproc', '2', '--', ...command], { env });
      return stdout.split('\n').map((line) => line.replace(/, time .*/, ''));
    };
    const [first, ...rest] = lines('cuda');
    expect(first).toBe('training on cuda');
    expect(rest).toHaveLength(3);
    expect(lines('cpu').slice(1)).toEqual(rest);
  }, 120_000);

  test('the doctor tries each GPU', () => {
    const bin = temporaryFolder();
    const rows = Array(2).fill('echo "Imitation, 16384 MiB, 580.65.06, 9.0"').join('\n');
    writeFileSync(join(bin, 'nvidia-smi'), `#!/bin/sh\n${rows}\n`, { mode: 0o755 });
    const { stdout } = run(['doctor', '--json'], {
      env: { ...env, PATH: `${bin}:${process.env.PATH}` },
    });
    const works = expect.stringMatching(/^works: .* graph engine: the step is captured/);
    expect(stdout).toContain('cuda:1 Imitation, compute capability 9.0');
    const training = (
      JSON.parse(stdout) as { sections: { name: string; facts: object }[] }
    ).sections.find(({ name }) => name === 'Training');
    expect(training!.facts).toMatchObject({ 'cuda:0': works, 'cuda:1': works });
  });
});
