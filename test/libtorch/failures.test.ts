// Install failures, each made on purpose; docs/install.md is their table. No pip, a wrong hash, a broken
// download, a kill half-way and two setups at once are in fetch.test.ts.
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, test } from 'vitest';

import { findLibtorch } from '../../lib/libtorch/find.js';
import { isSupportedNode, requireNode } from '../../lib/libtorch/nodeVersion.js';
import { coded } from '../coded.js';
import { temporaryFolder } from '../folder.js';
import { writeTinyRelease } from './wheels.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const main = path.join(root, 'dist/cli/main.js');
const real = findLibtorch();

let folder: string;
let env: NodeJS.ProcessEnv;

beforeEach(() => {
  folder = temporaryFolder('lenet failures é ü ');
  env = { ...process.env, XDG_CACHE_HOME: path.join(folder, 'cache') };
  delete env.LENET_TORCH_LIBTORCH;
});

interface Outcome {
  status: number | null;
  text: string;
}

/** Imports the package as a program would, and prints the error's code and message. */
function importing(libtorch?: string): Outcome {
  if (libtorch) env.LENET_TORCH_LIBTORCH = libtorch;
  const index = JSON.stringify(path.join(root, 'dist/index.js'));
  const script =
    `import(${index}).then((torch) => console.log(torch.ones(2).sum().item()), ` +
    "(error) => { console.log(error.code + ': ' + error.message); process.exitCode = 1; })";
  return run([process.execPath, '-e', script]);
}

const setup = (...args: string[]): Outcome => run([process.execPath, main, 'setup', ...args]);

function run([command, ...args]: string[]): Outcome {
  const options = { env, encoding: 'utf8', timeout: 50_000, killSignal: 'SIGKILL' } as const;
  const { status, stdout, stderr } = spawnSync(command!, args, options);
  return { status, text: stdout + stderr };
}

/** One line with its code and the next command, and no stack. */
function expectFailure({ status, text }: Outcome, code: string, ...parts: RegExp[]): void {
  expect(text).toContain(`${code}: `);
  for (const part of parts) expect(text).toMatch(part);
  expect(text).not.toMatch(/\n\s+at /);
  expect(status).toBe(1);
}

/** Python's torch folder, made of links to the real libraries; `leave` says which to leave out. */
function linked(name: string, leave: (file: string) => boolean = () => false): string {
  const lib = path.join(folder, name, 'lib');
  fs.mkdirSync(lib, { recursive: true });
  for (const file of fs.readdirSync(real.libDir)) {
    if (!leave(file)) fs.symlinkSync(path.join(real.libDir, file), path.join(lib, file));
  }
  fs.writeFileSync(path.join(folder, name, 'version.py'), `__version__ = '${real.version}'\n`);
  return path.join(folder, name);
}

/** A library that needs another one, which is then taken away. */
function needing(library: string, missing: string): void {
  const dir = path.dirname(library);
  const stub = path.join(dir, missing);
  const shared = ['-shared', '-fPIC', '-x', 'c', '-'];
  const cc = process.env.CC ?? 'cc';
  execFileSync(cc, [`-Wl,-soname,${missing}`, '-o', stub, ...shared], { input: 'int f;' });
  execFileSync(cc, ['-Wl,--no-as-needed', '-o', library, ...shared, '-x', 'none', stub], {
    input: 'int g;',
  });
  fs.rmSync(stub);
}

describe('a libtorch folder', () => {
  test('bad: it has no libraries', () => {
    expectFailure(
      importing(folder),
      'ERR_LIBTORCH_NOT_FOUND',
      /no lib\/libtorch_cpu/,
      /npx lenet-torch setup/,
    );
  });

  test('partial', () => {
    const partial = linked('partial', (file) => file === 'libc10.so');
    expectFailure(
      importing(partial),
      'ERR_LIBTORCH_NOT_FOUND',
      /has no lib\/libc10\.so/,
      /npx lenet-torch setup/,
    );
  });

  test('of another version: found, needed, command', () => {
    const old = linked('old');
    fs.writeFileSync(path.join(old, 'version.py'), "__version__ = '2.1.2'\n");
    expectFailure(
      importing(old),
      'ERR_LIBTORCH_VERSION',
      /is 2\.1\.2, needed is/,
      /npx lenet-torch setup/,
    );
  });

  test('for another processor', () => {
    const foreign = linked('foreign', (file) => file === 'libtorch_cpu.so');
    const header = Buffer.alloc(4096);
    header.write('\x7fELF\x02\x01\x01', 'latin1');
    header.writeUInt16LE(3, 16);
    header.writeUInt16LE(183, 18);
    fs.writeFileSync(path.join(foreign, 'lib/libtorch_cpu.so'), header);
    const parts = [/libraries are for arm64, this machine is x64/, /npx lenet-torch setup/];
    expectFailure(importing(foreign), 'ERR_LIBTORCH_NOT_FOUND', ...parts);
    expectFailure(setup('--yes'), 'ERR_LIBTORCH_NOT_FOUND', ...parts);
  });

  test('with a damaged library', () => {
    const damaged = linked('damaged', (file) => file === 'libtorch_cpu.so');
    fs.writeFileSync(path.join(damaged, 'lib/libtorch_cpu.so'), 'torn off');
    expectFailure(importing(damaged), 'ERR_LIBTORCH_LOAD', /damaged/, /npx lenet-torch setup/);
    expectFailure(
      setup('--yes'),
      'ERR_LIBTORCH_LOAD',
      /no library for this machine/,
      /npx lenet-torch setup/,
    );
  });

  test('without libgomp', () => {
    const without = linked('without', (file) => /^lib(torch_cpu|gomp)/.test(file));
    // PyTorch's wheels bring it under such a name; the system's own would be found.
    needing(path.join(without, 'lib/libtorch_cpu.so'), 'libgomp-24e2ab19.so.1');
    const parts = [/libgomp-24e2ab19\.so\.1 is missing \(.*libgomp1/, /npx lenet-torch setup/];
    expectFailure(importing(without), 'ERR_LIBTORCH_LOAD', ...parts);
    expectFailure(setup('--yes'), 'ERR_LIBTORCH_LOAD', ...parts);
  });

  test('without a CUDA library that it needs even on the CPU', () => {
    const without = linked('without', (file) => file === 'libtorch_cpu.so');
    needing(path.join(without, 'lib/libtorch_cpu.so'), 'libcudart.so.13');
    const parts = [/libcudart\.so\.13 is missing: NVIDIA's/, /npx lenet-torch setup/];
    expectFailure(importing(without), 'ERR_LIBTORCH_LOAD', ...parts);
  });

  test('that is a symbolic link to nowhere', () => {
    fs.symlinkSync('gone', path.join(folder, 'link'));
    expectFailure(
      importing(path.join(folder, 'link')),
      'ERR_LIBTORCH_NOT_FOUND',
      /a symbolic link to gone, which is not there/,
      /npx lenet-torch setup/,
    );
  });

  test('behind symbolic links, with spaces and non-ASCII letters in its path, works', () => {
    fs.symlinkSync(real.root, path.join(folder, 'wörter und 火'));
    expect(importing(path.join(folder, 'wörter und 火'))).toEqual({ status: 0, text: '2\n' });
  });

  test('nowhere', () => {
    expectFailure(importing(), 'ERR_LIBTORCH_NOT_FOUND', /Run: npx lenet-torch setup/);
  });
});

describe('a cache', () => {
  // Root may write everywhere, unless it has lost that capability.
  const powerless = ['setpriv', '--bounding-set=-dac_override,-dac_read_search'];
  const prefix = process.getuid?.() === 0 ? powerless : [];
  const powerlessWorks =
    prefix.length === 0 || spawnSync(prefix[0]!, [...prefix.slice(1), 'true']).status === 0;

  test.skipIf(!powerlessWorks)('without permission (needs setpriv when root)', () => {
    fs.mkdirSync(env.XDG_CACHE_HOME!, { mode: 0o555 });
    env.PATH = `${path.join(folder, 'empty')}:/usr/bin:/bin`;
    const command = [...prefix, process.execPath, main, 'setup', '--yes'];
    expectFailure(run(command), 'ERR_CACHE', /cannot write to .*EACCES/, /set XDG_CACHE_HOME/);
  });

  test('where no folder can be made at all', () => {
    env.XDG_CACHE_HOME = '/proc/x';
    env.PATH = `${path.join(folder, 'empty')}:/usr/bin:/bin`;
    expectFailure(setup('--yes'), 'ERR_CACHE', /cannot write to \/proc\/x/, /set XDG_CACHE_HOME/);
  });

  // A mount namespace of this test's own; not every container may make one.
  const inNamespace = (script: string, ...args: string[]): string[] => [
    ...['unshare', '--mount', '--map-root-user', 'sh', '-euc', script, 'sh'],
    ...args,
  ];
  const canMount =
    spawnSync('unshare', inNamespace('mount -t tmpfs none /mnt').slice(1)).status === 0;

  test.skipIf(!canMount)('below a read-only HOME (needs mount)', () => {
    delete env.XDG_CACHE_HOME;
    env.HOME = path.join(folder, 'home');
    fs.mkdirSync(env.HOME);
    env.PATH = `${path.join(folder, 'empty')}:/usr/bin:/bin`;
    const script = 'mount -t tmpfs -o ro none "$HOME"; exec "$@"';
    const command = inNamespace(script, process.execPath, main, 'setup', '--yes');
    expectFailure(
      run(command),
      'ERR_CACHE',
      /cannot write to .*home\/\.cache/,
      /set XDG_CACHE_HOME/,
    );
  });

  test.skipIf(!canMount)('on a disk that is full (needs mount)', () => {
    fs.mkdirSync(env.XDG_CACHE_HOME!);
    const script = 'mount -t tmpfs -o size=1m none "$XDG_CACHE_HOME"; exec "$@"';
    const command = inNamespace(script, process.execPath, main, 'setup', '--yes');
    expectFailure(
      run(command),
      'ERR_NO_SPACE',
      /1\.\d GB are needed|MB are needed/,
      /Free some space/,
    );
  });

  test.skipIf(!canMount)('on a disk that becomes full while unpacking (needs mount)', () => {
    fs.mkdirSync(env.XDG_CACHE_HOME!);
    const wheels = path.join(folder, 'wheels');
    const release = { ...writeTinyRelease(wheels), unpackedSize: 1 };
    const options = JSON.stringify({ release, wheelFolder: wheels });
    const fetch = JSON.stringify(path.join(root, 'dist/libtorch/fetch.js'));
    const program =
      `import(${fetch}).then((m) => m.fetchLibtorch(${options})).catch((error) => { ` +
      "console.log(error.code + ': ' + error.message); process.exitCode = 1; })";
    const script = 'mount -t tmpfs -o size=200k none "$XDG_CACHE_HOME"; exec "$@"';
    const outcome = run(inNamespace(script, process.execPath, '-e', program));
    expectFailure(
      outcome,
      'ERR_NO_SPACE',
      /the disk \(or quota\) of .* is full/,
      /Free some space/,
    );
  });
});

describe('pip', () => {
  function python(script: string): void {
    fs.mkdirSync(path.join(folder, 'bin'));
    for (const name of ['python3', 'python', 'pip3', 'pip']) {
      const file = path.join(folder, 'bin', name);
      fs.writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    }
    env.PATH = `${folder}/bin:/usr/bin:/bin`;
  }

  test('behind a proxy that is not there: named, without its password', () => {
    Object.assign(env, {
      HTTPS_PROXY: 'http://ann:secret@127.0.0.1:9',
      https_proxy: 'http://ann:secret@127.0.0.1:9',
      PIP_INDEX_URL: 'https://packages.invalid/simple',
      PIP_RETRIES: '1',
    });
    for (const name of ['PIP_FIND_LINKS', 'PIP_NO_INDEX', 'no_proxy', 'NO_PROXY']) delete env[name];
    const outcome = setup('--yes');
    expectFailure(
      outcome,
      'ERR_DOWNLOAD',
      /HTTPS_PROXY is http:\/\/127\.0\.0\.1:9/,
      /npx lenet-torch setup/,
    );
    expect(outcome.text).not.toMatch(/secret|ann:/);
  });

  test('too old: found, needed, how to update, and the ways without it', () => {
    python('case "$*" in *--version*) echo "pip 19.3.1 from /usr/lib (python 3.7)";; esac');
    expectFailure(
      setup('--yes'),
      'ERR_NO_PIP',
      /pip ≥ 20\.3, and python3 -m pip is pip 19\.3\.1/,
      /python3 -m pip install --upgrade pip/,
      /LENET_TORCH_LIBTORCH.*setup --print-urls/,
    );
  });

  test('missing: how to install it, and the ways without it', () => {
    python('exit 127');
    expectFailure(
      setup('--yes'),
      'ERR_NO_PIP',
      /apt-get install python3-pip/,
      /LENET_TORCH_LIBTORCH.*setup --print-urls/,
    );
  });

  test('that does not trust a certificate', () => {
    python(
      'case "$*" in *download*) echo "ERROR: SSLError: CERTIFICATE_VERIFY_FAILED" >&2; exit 1;; esac',
    );
    expectFailure(setup('--yes'), 'ERR_DOWNLOAD', /PIP_CERT/, /npx lenet-torch setup/);
  });
});

describe('Node.js', () => {
  test('too old: one sentence, and nothing else is read', () => {
    const preload = path.join(folder, 'old.cjs');
    fs.writeFileSync(
      preload,
      "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.19.1' } });",
    );
    const outcome = run([process.execPath, '--require', preload, main, 'train']);
    expectFailure(
      outcome,
      'ERR_UNSUPPORTED_PLATFORM',
      /Node\.js \^20\.15 or >=22\.2 is needed, this is 18\.19\.1/,
      /nvm install/,
    );
    expect(outcome.text.trim().split('\n')).toHaveLength(1);
  });

  test('the oldest is the one that package.json names', () => {
    const { engines } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
    expect(engines.node).toBe('^20.15 || >=22.2');
    for (const file of ['cli/main.ts', 'libtorch/nodeVersion.ts']) {
      const source = fs.readFileSync(path.join(root, 'lib', file), 'utf8');
      expect(source).toContain('{ 20: 15, 22: 2 }');
      expect(source).toContain('Node.js ^20.15 or >=22.2');
    }
    expect(fs.readFileSync(path.join(root, 'lib/cli/main.ts'), 'utf8')).not.toMatch(/^import /m);
  });

  test.each([
    ['18.20.4', false],
    ['20.14.0', false],
    ['20.15.0', true],
    ['20.15.0-nightly1', true],
    ['21.7.3', false],
    ['22.1.0', false],
    ['22.2.0', true],
    ['23.0.0', true],
    ['26.10.0', true],
  ])('%s will do: %s, for the command and the import', (node, does) => {
    const file = path.join(folder, 'node.cjs');
    const versions = `{ ...process.versions, node: '${node}' }`;
    fs.writeFileSync(file, `Object.defineProperty(process, 'versions', { value: ${versions} });`);
    const command = run([process.execPath, '--require', file, main, '--version']);
    expect(command.status).toBe(does ? 0 : 1);
    expect(isSupportedNode(node)).toBe(does);
    if (does) expect(() => requireNode(node)).not.toThrow();
    else expect(() => requireNode(node)).toThrow(coded('ERR_UNSUPPORTED_PLATFORM'));
  });
});

test('docs/install.md: every code in its table is one of lib/error.ts, with a command or a step', () => {
  const codes = fs.readFileSync(path.join(root, 'lib/error.ts'), 'utf8').match(/ERR_[A-Z_]+/g)!;
  const text = fs.readFileSync(path.join(root, 'docs/install.md'), 'utf8');
  const rows = text
    .split('\n')
    .filter((line) => /^\|.*`ERR_/.test(line))
    .map((line) => line.split('|').map((cell) => cell.trim()));
  expect(rows.length).toBeGreaterThanOrEqual(16);
  for (const [, failure, message, code, step] of rows) {
    expect(codes, failure).toContain(code!.replaceAll('`', ''));
    expect([failure, message, step].every((cell) => cell && cell.length > 5)).toBe(true);
  }
});
