import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, test } from 'vitest';

import { locateFashionMnist } from '../../lib/data/source.js';
import { temporaryFolder } from '../folder.js';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const real = locateFashionMnist();

let folder: string;
let env: NodeJS.ProcessEnv;

beforeEach(() => {
  folder = temporaryFolder('lenet setup é ');
  env = { ...process.env, XDG_CACHE_HOME: path.join(folder, 'cache') };
  delete env.LENET_TORCH_LIBTORCH;
});

function lenetTorch(...args: string[]) {
  return spawnSync(process.execPath, [main, ...args], { env, encoding: 'utf8' });
}

function write(file: string, text: string, mode = 0o644) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text, { mode });
}

/** A folder that passes for libtorch until it is loaded: setup never loads it, but asks `ldd`. */
function makeTorch(version = '2.11.0+cpu'): string {
  const root = path.join(folder, 'torch');
  write(path.join(root, 'version.py'), `__version__ = '${version}'\n`);
  const libraries = ['/lib/x86_64-linux-gnu/libm.so.6', '/lib64/libm.so.6', '/usr/lib/libm.so.6'];
  const library = libraries.find((file) => fs.existsSync(file))!;
  fs.mkdirSync(path.join(root, 'lib'));
  for (const name of ['libtorch_cpu.so', 'libc10.so']) {
    fs.copyFileSync(library, path.join(root, 'lib', name));
  }
  return root;
}

function makeData() {
  const cached = path.join(folder, 'cache/lenet-torch/datasets/fashion-mnist');
  fs.mkdirSync(cached, { recursive: true });
  for (const file of Object.values(real.files)) {
    fs.symlinkSync(file, path.join(cached, path.basename(file)));
  }
}

describe('main', () => {
  test('--help and --version: 0, on stdout', () => {
    const help = lenetTorch('--help');
    expect(help.status).toBe(0);
    expect(help.stdout).toMatch(/train .*\n(.*\n)*.*setup/);
    expect(lenetTorch('--version').stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(lenetTorch('setup', '--help').stdout).toMatch(/--yes(.*\n)*.*--headers/);
    expect(lenetTorch('help', 'setup').stdout).toMatch(/--headers/);
  });

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
    env.LENET_TORCH_LIBTORCH = makeTorch();
    makeData();
    const { status, stdout, stderr } = lenetTorch('setup', '--yes');
    expect([status, stdout]).toEqual([0, '']);
    expect(stderr.trim().split('\n')).toEqual([
      `lenet-torch: libtorch 2.11.0+cpu is there (${path.join(folder, 'torch')})`,
      'lenet-torch: Fashion-MNIST is there',
    ]);
  });

  test('LENET_TORCH_LIBTORCH does not fit: one line, nothing is downloaded', () => {
    env.LENET_TORCH_LIBTORCH = makeTorch('2.1.1');
    const { status, stderr } = lenetTorch('setup', '--yes');
    expect(status).toBe(1);
    expect(stderr).toMatch(/^lenet-torch: ERR_LIBTORCH_VERSION: .*2\.1\.1, needed is 2\.11.*\n$/);
  });

  test('LENET_TORCH_LIBTORCH has no headers, and they are asked for', () => {
    env.LENET_TORCH_LIBTORCH = makeTorch();
    const { status, stderr } = lenetTorch('setup', '--yes', '--headers');
    expect(status).toBe(1);
    expect(stderr).toMatch(/it has no include\/ATen\/ATen\.h/);
  });

  test('no pip: one line, no stack', () => {
    env.PATH = path.join(folder, 'empty');
    const { status, stderr } = lenetTorch('setup', '--yes');
    expect(status).toBe(1);
    expect(stderr).toMatch(/\nlenet-torch: ERR_NO_PIP: .*apt-get install python3-pip.*\n$/);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  test('no package index: one line', () => {
    Object.assign(env, { PIP_NO_INDEX: '1', PIP_FIND_LINKS: '' });
    const { status, stderr } = lenetTorch('setup', '--yes');
    expect(status).toBe(1);
    expect(stderr).toMatch(/\nlenet-torch: ERR_DOWNLOAD: pip reaches no package index.*\n$/);
  });

  test('records an installed Python torch, and forgets it when it is gone', () => {
    const root = makeTorch();
    write(path.join(folder, 'bin/python3'), `#!/bin/sh\necho '${root}'\n`, 0o755);
    env.PATH = `${folder}/bin:/usr/bin:/bin`;
    makeData();
    const { status, stderr } = lenetTorch('setup', '--yes');
    expect(status).toBe(0);
    expect(stderr).toContain(`taking the libtorch of the installed Python torch (${root})`);
    expect(lenetTorch('setup').stderr).toContain(`libtorch 2.11.0+cpu is there (${root})`);

    fs.rmSync(root, { recursive: true });
    env.PATH = path.join(folder, 'empty');
    const gone = lenetTorch('setup', '--yes');
    expect(gone.status).toBe(1);
    expect(gone.stderr).toContain(`chosen before is given up: no such folder (${root})`);
  });

  test.each(['SIGINT', 'SIGTERM'] as const)('%s: 130, nothing stays', async (signal) => {
    // A pip that takes long, and that would outlive a signal to its parent shell alone.
    const script = '#!/bin/sh\ncase "$*" in *download*) sleep 30; exit 1;; esac\n';
    write(path.join(folder, 'bin/python3'), script, 0o755);
    env.PATH = `${folder}/bin:/usr/bin:/bin`;
    const child = spawn(process.execPath, [main, 'setup', '--yes'], {
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    child.stderr.on('data', (data) => {
      stderr += data;
    });
    while (!stderr.includes('downloading')) await sleep(20);
    await sleep(300);
    child.kill(signal);
    const [code] = await once(child, 'close');
    expect(code).toBe(130);
    expect(stderr).toMatch(/\nlenet-torch: setup was interrupted \(SIG\w+\)\n$/);
    expect(fs.readdirSync(path.join(folder, 'cache/lenet-torch/libtorch'))).toEqual([]);
  });
});
