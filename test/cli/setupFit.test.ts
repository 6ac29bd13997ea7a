// Which libtorch setup takes, by what it is for and by whether it loads.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';

import { Machine, write } from './machine.js';
import { run } from './run.js';

let machine: Machine;

beforeEach(() => {
  machine = new Machine().hideAll();
});

const setup = (...args: string[]) => run(['setup', ...args], { env: machine.env });

describe('--cuda', () => {
  const smi = (driver: string) =>
    machine.command('nvidia-smi', `echo "NVIDIA H100, 81559 MiB, ${driver}, 9.0"`);

  test('without a driver: needed, and what to run instead', () => {
    const { status, stderr } = setup('--cuda', '--yes');
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /ERR_CUDA_UNAVAILABLE: CUDA 13\.0 needs an NVIDIA driver ≥ 580, and this machine has none/,
    );
    expect(stderr).toMatch(/npx lenet-torch setup --cpu.*--no-driver-check/);
  });

  test('with one that is too old: both versions', () => {
    smi('535.104.05');
    const { status, stderr } = setup('--cuda', '--yes');
    expect(status).toBe(1);
    expect(stderr).toMatch(/ERR_CUDA_UNAVAILABLE: .*≥ 580, found 535\.104\.05.*setup --cpu/);
  });

  test('with one that fits, or for another machine: the wheels that torch names', () => {
    smi('580.65.06');
    const expected =
      /^libtorch 2\.11\.0 for CUDA: 2\.\d GB to download with pip, \d\.\d GB on the disk/;
    expect(setup('--cuda', '--dry-run').stdout).toMatch(expected);
    machine.command('nvidia-smi', 'exit 9');
    expect(setup('--cuda', '--no-driver-check', '--dry-run').stdout).toMatch(expected);
  });

  test('is not satisfied with a libtorch for the CPU, and --cpu not with one for CUDA', () => {
    smi('580.65.06');
    machine.makeDownload();
    const cuda = machine.makeDownload(machine.cache, 'cuda');
    expect(setup('--cuda', '--dry-run').stdout).toContain(`is there (${cuda})`);
    fs.rmSync(path.dirname(cuda), { recursive: true });
    expect(setup('--cuda', '--dry-run').stdout).toMatch(/^libtorch 2\.11\.0 for CUDA: /);
    machine.env.LENET_TORCH_LIBTORCH = machine.makeTorch('torch', { cuda: true });
    expect(setup('--cpu', '--yes').stderr).toMatch(/it is built for CUDA\. Name another folder/);
  });

  test('is hinted at where there is a driver and nothing was said', () => {
    smi('580.65.06');
    machine.makeDownload();
    expect(setup('--dry-run').stdout).toContain('for its GPU run: npx lenet-torch setup --cuda');
    expect(setup('--dry-run', '--cpu').stdout).not.toContain('--cuda');
  });
});

describe('a libtorch that does not load', () => {
  const smi = () => machine.command('nvidia-smi', 'echo "NVIDIA H100, 81559 MiB, 580.65.06, 9.0"');

  /** Puts a library into a torch folder that needs another one, which is not there. */
  function breakLinks(root: string, name = 'libtorch_cpu.so') {
    const shared = ['-shared', '-fPIC', '-x', 'c', '-'];
    const stub = path.join(machine.folder, 'libgone.so.1');
    const cc = (args: string[], input: string) =>
      expect(spawnSync(process.env.CC ?? 'cc', args, { input }).status).toBe(0);
    cc(['-Wl,-soname,libgone.so.1', '-o', stub, ...shared], 'int f;');
    const library = path.join(root, 'lib', name);
    cc(['-Wl,--no-as-needed', '-o', library, ...shared, '-x', 'none', stub], 'int g;');
    fs.rmSync(stub);
  }

  test.each(['cache', 'choice'])('a download (%s): another copy would not either', (from) => {
    const root = machine.makeDownload();
    if (from === 'choice')
      write(path.join(machine.cache, 'libtorch-choice.json'), `{"root":"${root}"}`);
    breakLinks(root);
    const { status, stderr } = setup('--yes');
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /ERR_LIBTORCH_LOAD: .*libgone\.so\.1 is missing.*Install what is missing, then run: npx lenet-torch doctor\n$/,
    );
    const doctor = run(['doctor'], { env: machine.env });
    expect(doctor.stdout).toMatch(/\nNext: install what is missing, then run: .* doctor\n$/);
  });

  test('a download with bytes of its size that are no library: fetched anew', () => {
    const root = machine.makeDownload();
    machine.makeData();
    fs.writeFileSync(path.join(root, 'lib/libtorch_cpu.so'), 'no library');
    const again = 'npx lenet-torch setup --remove --cpu --yes && npx lenet-torch setup';
    const { status, stderr } = setup('--yes');
    expect(status).toBe(1);
    expect(stderr).toContain(`is no library for this machine. Run: ${again}\n`);
    const doctor = run(['doctor'], { env: machine.env });
    expect(doctor.stdout).toContain(`\nNext: ${again}\n`);
    expect(setup('--remove', '--cpu', '--yes').status).toBe(0);
    expect(setup('--dry-run').stdout).toMatch(/^libtorch 2\.11\.0 for the CPU: 544 MB/);
  });

  test('a choice that is given up does not lead to a download that does not load', () => {
    const root = machine.makeTorch('torch');
    write(path.join(machine.cache, 'libtorch-choice.json'), `{"root":"${root}"}`);
    breakLinks(root);
    breakLinks(machine.makeDownload());
    expect(setup('--yes').stderr).toMatch(/2\.11\.0-cpu\/torch does not load here: libgone/);
  });

  test('what is given up is said when an installed Python torch is taken', () => {
    write(path.join(machine.cache, 'libtorch-choice.json'), '{"root":"/nowhere"}');
    const root = machine.makeTorch('torch');
    machine.command('python3', `echo '${root}'`);
    expect(setup('--dry-run').stdout).toMatch(
      /^taking .*\nthe libtorch chosen before is given up: no such folder \(\/nowhere\)\n/,
    );
  });

  test('CUDA libraries that do not load are not what --cuda asks for', () => {
    smi();
    const root = machine.makeTorch('torch', { cuda: true });
    write(path.join(machine.cache, 'libtorch-choice.json'), `{"root":"${root}"}`);
    expect(setup('--cuda', '--dry-run').stdout).toContain(`is there (${root})`);
    breakLinks(root, 'libtorch_cuda.so');
    expect(setup('--dry-run').stdout).toContain(`is there (${root})`);
    expect(setup('--cuda', '--dry-run').stdout).toMatch(
      /given up: libgone\.so\.1 is missing.*\nlibtorch 2\.11\.0 for CUDA: 2\.\d GB to download/,
    );
  });
});
