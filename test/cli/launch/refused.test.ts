// `lenet-torch launch`: what it does not start.
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { byHand, srun, torchrun, trainer } from '../../distributed/environments.js';
import { folder, launch, script } from './scripts.js';

describe('refused', () => {
  const path = script('console.log("started");');
  const usage = 2;
  test.each<[readonly string[], number, RegExp]>([
    [[path], usage, /required option '--nproc <n>' not specified/],
    [['--nproc', '2'], usage, /missing required argument 'command'/],
    [['--nproc', '2', '--'], usage, /missing required argument 'command'/],
    [
      ['--nproc', '0', path],
      usage,
      /'--nproc <n>' argument '0' is invalid. Expected an integer from 1 to 1024/,
    ],
    [['--nproc', 'auto', path], usage, /argument 'auto' is invalid/],
    [['--nproc', '2', 'trian'], usage, /'trian' cannot be launched: expected a command/],
    [['--nproc', '2', 'launch'], usage, /'launch' cannot be launched/],
    [['--nproc', '2', '--epochs', '5', 'train'], usage, /unknown option '--epochs'/],
    [
      ['--nproc', '2', join(folder, 'none.mjs')],
      1,
      /ERR_FILE_NOT_FOUND: .*none\.mjs does not exist/,
    ],
    [['--nproc', '2', '--node-rank', '1', path], usage, /--node-rank 1: there is one host/],
    [['--nproc', '2', '--nnodes', '2', path], usage, /--nnodes 2 needs --node-rank, --master-addr/],
    [
      ['--nproc', '2', '--nnodes', '2', '--node-rank', '0', '--master-addr', 'a', path],
      usage,
      /needs .* --master-port/,
    ],
    [
      '--nproc 1 --nnodes 2 --node-rank 2 --master-addr a --master-port 1'.split(' ').concat(path),
      usage,
      /--node-rank 2: expected one below --nnodes 2/,
    ],
    [
      '--nproc 1 --nnodes 2 --node-rank 0 --master-addr a --master-port 70000'
        .split(' ')
        .concat(path),
      usage,
      /'70000' is invalid/,
    ],
    [
      '--nproc 1 --nnodes 2 --node-rank 0 --master-addr a --master-port 1 --max-restarts 1'
        .split(' ')
        .concat(path),
      usage,
      /--max-restarts goes with one host/,
    ],
    [['--nproc', '1', '--max-restarts', '-1', path], usage, /'-1' is invalid/],
  ])('%s', (words, code, text) => {
    const { status, stdout, stderr } = launch(words);
    expect({ status, stdout }).toEqual({ status: code, stdout: '' });
    expect(stderr).toMatch(text);
    expect(stderr).not.toContain('    at ');
  });

  test.each<[string, NodeJS.ProcessEnv, number, RegExp]>([
    ['in torchrun', torchrun, 1, /ERR_DISTRIBUTED_ENVIRONMENT: TORCHELASTIC_RUN_ID is set/],
    ['in another launch', { ...byHand, LOCAL_RANK: '0' }, 1, /: LOCAL_RANK is set/],
    ['a pod with auto', { ...trainer, PET_NPROC_PER_NODE: 'auto' }, 0, /^\[rank \d\] started\n/],
    [
      'a pod with elastic hosts',
      { ...trainer, PET_NNODES: '1:3' },
      2,
      /'1:3' from env 'PET_NNODES' is inv/,
    ],
  ])('%s', (_, env, code, text) => {
    const { status, stderr } = launch(['--nproc', '1', path], env);
    expect(status).toBe(code);
    expect(stderr).toMatch(text);
  });

  test('a launch in each task of a step would start a group in each: its processes do not', () => {
    const who = script(`
      const { launchedBy } = await import(${JSON.stringify(new URL('../../../dist/distributed/environment/index.js', import.meta.url).href)});
      try { console.log(launchedBy().launcher); } catch (error) { console.log(error.code); }`);
    const { stdout } = launch(['--nproc', '2', who], { ...srun, SLURM_GTIDS: '2' });
    expect(stdout).toBe('ERR_DISTRIBUTED_ENVIRONMENT\n');
  });
});
