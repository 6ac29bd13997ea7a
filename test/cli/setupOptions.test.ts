import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';

import { releases } from '../../lib/libtorch/version.js';
import { Machine, write } from './machine.js';
import { cli, run } from './run.js';

const torchWheel = releases['2.11']!.wheels[0]!;

let machine: Machine;

beforeEach(() => {
  machine = new Machine().hideAll();
});

const setup = (...args: string[]) => run(['setup', ...args], { env: machine.env });

const choice = () =>
  JSON.parse(fs.readFileSync(path.join(machine.cache, 'libtorch-choice.json'), 'utf8')).root;

describe('usage', () => {
  test.each([
    [['--cpu', '--cuda'], /cannot be used with option '--cuda'/],
    [['--from', 'x', '--from-python'], /cannot be used with option/],
    [['--list', '--remove'], /cannot be used with option/],
    [['--dry-run', '--print-urls'], /cannot be used with option/],
    [['--version', '1.0'], /Expected .*2\.11/],
    [['--no-driver-check'], /needs '--cuda'/],
    ...['--from x', '--from-python', '--headers', '--data-set mnist'].flatMap((given) =>
      ['--list', '--remove', '--print-urls'].map((action): [string[], RegExp] => [
        [action, ...given.split(' ')],
        new RegExp(`option '${action}' cannot be used with option '${given.split(' ')[0]}`),
      ]),
    ),
    [['--list', '--version', '2.11'], /cannot be used with option '--version/],
    [['--list', '--cuda'], /cannot be used with option '--cuda'/],
  ])('%j: 2', (args, message) => {
    const { status, stderr } = setup(...args);
    expect(stderr).toMatch(message);
    expect(status).toBe(2);
  });
});

describe('--dry-run', () => {
  test('steps and sizes on stdout; nothing is touched', () => {
    const { status, stdout, stderr } = setup('--dry-run', '--version', '2.11.0');
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout.split('\n')).toEqual([
      `libtorch 2.11.0 for the CPU: 544 MB to download with pip, 458 MB on the disk (${machine.cache}/libtorch/2.11.0-cpu)`,
      expect.stringMatching(/^Fashion-MNIST: 31 MB to download, 55 MB on the disk \(/),
      '',
    ]);
    expect(fs.existsSync(path.join(machine.folder, 'cache'))).toBe(false);
  });

  test('what is there needs nothing', () => {
    const root = machine.makeDownload();
    machine.makeData();
    expect(setup('--dry-run').stdout).toBe(
      `libtorch 2.11.0+cpu is there (${root})\nFashion-MNIST is there\n`,
    );
  });
});

describe('--print-urls', () => {
  test('names, sizes, SHA-256 and index pages; the data set’s addresses', () => {
    const { status, stdout } = setup('--print-urls');
    expect(status).toBe(0);
    for (const { file, sha256, size, project } of releases['2.11']!.wheels) {
      expect(stdout).toContain(
        `${file}\n  size    ${size}\n  sha256  ${sha256}\n  listed  https://pypi.org/simple/${project}/\n`,
      );
    }
    expect(stdout).toMatch(/train-images-idx3-ubyte\.gz\n {2}sha256 {2}\w{64}\n {2}url {5}https:/);
    expect(stdout).toContain('npx lenet-torch setup --from FOLDER\n');
  });

  test('for CUDA, NVIDIA’s wheels too', () => {
    const { stdout } = setup('--print-urls', '--cuda');
    for (const project of ['nvidia-cublas', 'nvidia-cudnn-cu13', 'nvidia-nccl-cu13']) {
      expect(stdout).toContain(`https://pypi.org/simple/${project}/`);
    }
    expect(stdout).not.toMatch(/triton/);
    expect(stdout).toContain('--from FOLDER --cuda\n');
  });
});

describe('--from', () => {
  test('a libtorch folder becomes the recorded choice', () => {
    const root = machine.makeTorch('site-packages/torch');
    machine.makeData();
    const { status, stderr } = setup('--from', path.dirname(root));
    expect(stderr).toContain(`taking libtorch 2.11.0+cpu (${root})`);
    expect(status).toBe(0);
    expect(choice()).toBe(root);
  });

  test('another machine’s cache, with its data set', () => {
    const other = path.join(machine.folder, 'other/lenet-torch');
    const root = machine.makeDownload(other);
    machine.makeData(path.join(other, 'datasets/fashion-mnist'));
    const { status, stderr } = setup('--from', other);
    expect(stderr).toMatch(/Fashion-MNIST is ready/);
    expect(status).toBe(0);
    expect(choice()).toBe(root);
    expect(
      fs.existsSync(path.join(machine.cache, 'datasets/fashion-mnist/t10k-labels-idx1-ubyte')),
    ).toBe(true);
  });

  test.each([
    [
      'another version',
      () => machine.makeTorch('torch', { version: '2.1.0' }),
      /ERR_LIBTORCH_VERSION: .*2\.1\.0/,
    ],
    [
      'an empty folder',
      () => machine.folder,
      /ERR_LIBTORCH_NOT_FOUND: .*none of the wheels.*--print-urls/,
    ],
    [
      'a missing folder',
      () => path.join(machine.folder, 'no'),
      /ERR_LIBTORCH_NOT_FOUND: .*no such folder/,
    ],
    [
      'a file',
      () => {
        write(path.join(machine.folder, 'file'), 'x');
        return path.join(machine.folder, 'file');
      },
      /NOT_FOUND: .*it is no folder/,
    ],
    [
      'some of the wheels',
      () => {
        write(path.join(machine.folder, 'wheels', torchWheel.file), 'x');
        return path.join(machine.folder, 'wheels');
      },
      /ERR_FILE_NOT_FOUND: .* lacks nvidia_cuda_runtime-.*--print-urls/,
    ],
    [
      'wheels of other bytes',
      () => {
        for (const { file } of releases['2.11']!.wheels)
          write(path.join(machine.folder, 'wheels', file), 'x');
        return path.join(machine.folder, 'wheels');
      },
      /ERR_DOWNLOAD: .*is not the pinned file: expected are 530712279 bytes with SHA-256/,
    ],
  ])('%s: refused, nothing is recorded', (_, make, message) => {
    const { status, stderr } = setup('--from', make());
    expect(stderr).toMatch(message);
    expect(status).toBe(1);
    expect(fs.existsSync(path.join(machine.cache, 'libtorch-choice.json'))).toBe(false);
  });
});

describe('--from-python', () => {
  test('takes the torch of the interpreter that is named', () => {
    const root = machine.makeTorch();
    machine.command('my-python', `echo '${root}'`);
    machine.makeData();
    const { status, stderr } = setup('--from-python', path.join(machine.folder, 'bin/my-python'));
    expect(stderr).toContain(`the installed Python torch (${root})`);
    expect(status).toBe(0);
    expect(choice()).toBe(root);
  });

  test('which has none: says so, downloads nothing', () => {
    const { status, stderr } = setup('--from-python', 'no-such-python');
    expect(status).toBe(1);
    expect(stderr).toMatch(/ERR_LIBTORCH_NOT_FOUND: .*no-such-python: no such command/);
    expect(setup('--from-python').stderr).toMatch(/python3: it does not start/);
  });
});

// util-linux's `script` is a terminal to its child.
const hasTerminal = spawnSync('script', ['-qec', 'true', '/dev/null']).status === 0;

describe.skipIf(!hasTerminal)('on a terminal (needs script)', () => {
  function answer(text: string, ...args: string[]) {
    const words = [process.execPath, cli, 'setup', ...args].map((word) => `'${word}'`);
    return spawnSync('script', ['-qec', `exec ${words.join(' ')}`, '/dev/null'], {
      env: { ...process.env, ...machine.env, CI: undefined },
      encoding: 'utf8',
      input: text,
    });
  }

  test('says sizes first and asks before it downloads', () => {
    const { status, stdout } = answer('n\n');
    expect(stdout).toMatch(
      /544 MB to download[\s\S]*Download libtorch \(544 MB, once\)\? \[Y\/n\]/,
    );
    expect(stdout).toMatch(/nothing was downloaded/);
    expect(status).toBe(130);
  });

  test('asks before it removes, and an empty answer is no', () => {
    const root = machine.makeDownload();
    const no = answer('\n', '--remove');
    expect(no.stdout).toMatch(
      /2\.11\.0-cpu[\s\S]*Remove this\? \[y\/N\][\s\S]*nothing was removed/,
    );
    expect(no.status).toBe(130);
    expect(fs.existsSync(root)).toBe(true);
    expect(answer('y\n', '--remove').status).toBe(0);
    expect(fs.existsSync(root)).toBe(false);
  });

  test('input that ends instead of an answer is no', () => {
    const { status, stdout } = answer('\x04');
    expect(stdout).toMatch(/nobody answered/);
    expect(status).toBe(130);
  });
});

describe('--list and --remove', () => {
  test('an empty cache', () => {
    expect(setup('--list').stdout).toMatch(
      /holds nothing\nin use: none\. Run: npx lenet-torch setup\n/,
    );
    expect(setup('--remove').stderr).toBe('lenet-torch: there is nothing to remove\n');
  });

  test('lists sizes and what is in use; removes only when told, and only what setup fetched', () => {
    const root = machine.makeDownload();
    machine.makeDownload(machine.cache, 'cuda');
    machine.makeData();
    write(path.join(machine.cache, 'bench/mine'), 'x');
    const list = setup('--list').stdout;
    expect(list).toMatch(/^libtorch 2\.11\.0 for the CPU, \d+ MB, .*2\.11\.0-cpu$/m);
    expect(list).toMatch(/^libtorch 2\.11\.0 for CUDA, /m);
    expect(list).toMatch(/^Fashion-MNIST, /m);
    expect(list).toMatch(/^in use: libtorch 2\.11\.0\+cpu, .*2\.11\.0-cuda\/torch \(cache\)$/m);

    const unasked = setup('--remove');
    expect(unasked.status).toBe(130);
    expect(unasked.stderr).toMatch(/nothing was removed: run again with --yes/);
    expect(setup('--remove', '--cuda', '--yes').status).toBe(0);
    expect(fs.readdirSync(path.join(machine.cache, 'libtorch'))).toEqual(['2.11.0-cpu']);
    expect(fs.existsSync(root)).toBe(true);
    expect(setup('--remove', '--yes').stderr).toMatch(/removed\n$/);
    expect(fs.readdirSync(path.join(machine.cache, 'libtorch'))).toEqual([]);
    expect(fs.readdirSync(machine.cache).sort()).toEqual(['bench', 'datasets', 'libtorch']);
    expect(fs.readdirSync(path.join(machine.cache, 'datasets'))).toEqual([]);
  });

  test('a recorded choice is forgotten, its folder stays', () => {
    const root = machine.makeTorch();
    machine.makeData();
    setup('--from', root);
    expect(setup('--list').stdout).toContain(
      `in use: libtorch 2.11.0+cpu, ${root} (choice recorded at setup)`,
    );
    expect(setup('--remove', '--yes').status).toBe(0);
    expect(fs.existsSync(root)).toBe(true);
    expect(setup('--list').stdout).toMatch(/in use: none/);
  });
});
