import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from 'vitest';

import { Machine } from './machine.js';
import { cli, run, start } from './run.js';

let machine: Machine;

beforeEach(() => {
  machine = new Machine();
});

const lenetTorch = (...args: string[]) => run(args, { env: machine.env });

describe('main', () => {
  test('--help and --version: 0, on stdout', () => {
    const help = lenetTorch('--help');
    expect(help.status).toBe(0);
    expect(help.stdout).toMatch(/train .*\n(.*\n)*.*setup/);
    expect(lenetTorch('--version').stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(lenetTorch('setup', '--help').stdout).toMatch(/--yes(.*\n)*.*--headers/);
    expect(lenetTorch('help', 'setup').stdout).toMatch(/--headers/);
  });

  test.each(['--help', 'setup --print-urls', 'summary'])(
    '%s: a closed pipe is no failure',
    (args) => {
      const command = `"${process.execPath}" "${cli}" ${args} | true`;
      const { status, stderr } = spawnSync('bash', ['-o', 'pipefail', '-c', command], {
        encoding: 'utf8',
      });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    },
  );

  test.each([
    [['fly'], /unknown command 'fly'/],
    [['setup', '--fast'], /unknown option '--fast'/],
    [['setup', 'extra'], /too many arguments/],
    [[], /Usage: lenet-torch/],
  ])('wrong usage %j: 2, on stderr', (args, message) => {
    const { status, stdout, stderr } = lenetTorch(...args);
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(message);
  });
});

describe('setup', () => {
  test('has nothing to do: says so briefly on stderr', () => {
    machine.env.LENET_TORCH_LIBTORCH = machine.makeTorch();
    machine.makeData();
    const { status, stdout, stderr } = lenetTorch('setup', '--yes');
    expect([status, stdout]).toEqual([0, '']);
    expect(stderr.trim().split('\n')).toEqual([
      `lenet-torch: libtorch 2.11.0+cpu is there (${path.join(machine.folder, 'torch')})`,
      'lenet-torch: Fashion-MNIST is there',
    ]);
  });

  test('LENET_TORCH_LIBTORCH does not fit: one line, nothing is downloaded', () => {
    machine.env.LENET_TORCH_LIBTORCH = machine.makeTorch('torch', { version: '2.1.1' });
    const { status, stderr } = lenetTorch('setup', '--yes');
    expect(status).toBe(1);
    expect(stderr).toMatch(/^lenet-torch: ERR_LIBTORCH_VERSION: .*2\.1\.1, needed is 2\.11.*\n$/);
  });

  test('LENET_TORCH_LIBTORCH has no headers, and they are asked for', () => {
    machine.env.LENET_TORCH_LIBTORCH = machine.makeTorch();
    const { status, stderr } = lenetTorch('setup', '--yes', '--headers');
    expect(status).toBe(1);
    expect(stderr).toMatch(/it has no include\/ATen\/ATen\.h/);
  });

  test('no pip: one line, no stack', () => {
    machine.env.PATH = path.join(machine.folder, 'empty');
    const { status, stderr } = lenetTorch('setup', '--yes');
    expect(status).toBe(1);
    expect(stderr).toMatch(/\nlenet-torch: ERR_NO_PIP: .*apt-get install python3-pip.*\n$/);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  test('no package index: one line', () => {
    Object.assign(machine.env, { PIP_NO_INDEX: '1', PIP_FIND_LINKS: '' });
    const { status, stderr } = lenetTorch('setup', '--yes');
    expect(status).toBe(1);
    expect(stderr).toMatch(/\nlenet-torch: ERR_DOWNLOAD: pip reaches no package index.*\n$/);
  });

  test('records an installed Python torch, and forgets it when it is gone', () => {
    const root = machine.makeTorch();
    machine.command('python3', `echo '${root}'`);
    machine.makeData();
    const { status, stderr } = lenetTorch('setup', '--yes');
    expect(status).toBe(0);
    expect(stderr).toContain(`taking the libtorch of the installed Python torch (${root})`);
    expect(lenetTorch('setup').stderr).toContain(`libtorch 2.11.0+cpu is there (${root})`);

    fs.rmSync(root, { recursive: true });
    machine.env.PATH = path.join(machine.folder, 'empty');
    const gone = lenetTorch('setup', '--yes');
    expect(gone.status).toBe(1);
    expect(gone.stderr).toContain(`chosen before is given up: no such folder (${root})`);
  });

  test.each(['SIGINT', 'SIGTERM'] as const)('%s: 130, nothing stays', async (signal) => {
    // A pip that takes long, and that would outlive a signal to its parent shell alone.
    machine.command('python3', 'case "$*" in *download*) sleep 30; exit 1;; esac');
    const { child, said, end } = start(['setup', '--yes'], machine.env);
    while (!said.stderr.includes('downloading')) await sleep(20);
    await sleep(300);
    child.kill(signal);
    const { status, stderr } = await end;
    expect(status).toBe(130);
    expect(stderr).toMatch(/\nlenet-torch: setup was interrupted \(SIG\w+\)\n$/);
    expect(fs.readdirSync(path.join(machine.cache, 'libtorch'))).toEqual([]);
  });
});
