import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { userInfo } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

import { cacheDir } from '../../lib/libtorch/cache.js';
import { temporaryFolder } from '../folder.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

describe('the cache folder', () => {
  const listed = path.join(userInfo().homedir, '.cache/lenet-torch');
  test.each<[string, NodeJS.ProcessEnv, string]>([
    ['HOME', { HOME: '/there' }, '/there/.cache/lenet-torch'],
    ['XDG_CACHE_HOME', { HOME: '/there', XDG_CACHE_HOME: '/caches' }, '/caches/lenet-torch'],
    [
      'a relative XDG_CACHE_HOME',
      { HOME: '/there', XDG_CACHE_HOME: 'caches' },
      '/there/.cache/lenet-torch',
    ],
    [
      'an empty XDG_CACHE_HOME',
      { HOME: '/there', XDG_CACHE_HOME: '' },
      '/there/.cache/lenet-torch',
    ],
    ['no HOME', {}, listed],
    ['an empty HOME', { HOME: '' }, listed],
    ['a relative HOME', { HOME: 'there' }, listed],
  ])('%s', (_, env, dir) => {
    expect(cacheDir(env)).toBe(dir);
  });
});

// A number that the list of users does not have, as `docker run --user` gives.
const isRoot = process.getuid?.() === 0;
const stranger = ['--reuid=54321', '--regid=54321', '--clear-groups', process.execPath];

function asStranger(args: readonly string[], more: NodeJS.ProcessEnv = {}) {
  const { HOME, XDG_CACHE_HOME, LENET_TORCH_LIBTORCH, CI, ...env } = process.env;
  return spawnSync('setpriv', [...stranger, ...args], {
    cwd: root,
    env: { ...env, ...more },
    encoding: 'utf8',
    timeout: 60_000,
  });
}

describe.runIf(isRoot)('a user without a home', () => {
  const cli = 'dist/cli/main.js';
  const named =
    /HOME is not set.*set HOME, or XDG_CACHE_HOME|set HOME, or XDG_CACHE_HOME.*HOME is not set/;

  test.each([
    ['train', 'ERR_LIBTORCH_NOT_FOUND'],
    ['setup', 'ERR_CACHE'],
    ['setup --dry-run', 'ERR_CACHE'],
    ['setup --list', 'ERR_CACHE'],
    ['setup --remove', 'ERR_CACHE'],
    ['evaluate --weights w.pt', 'ERR_LIBTORCH_NOT_FOUND'],
  ])('%s: one line that says what to set', (command, code) => {
    const { status, stdout, stderr } = asStranger([cli, ...command.split(' ')]);
    expect(status).toBe(1);
    expect(stdout).toBe('');
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(new RegExp(`^lenet-torch: ${code}: `));
    expect(stderr).toMatch(named);
  });

  test('doctor reports all the same', () => {
    const { status, stdout, stderr } = asStranger([cli, 'doctor']);
    expect([status, stderr]).toEqual([1, '']);
    expect(stdout).toMatch(/cache: none\n/);
    expect(stdout).toMatch(/Next: set HOME, or XDG_CACHE_HOME/);
  });

  test('import: a code', () => {
    const code = "import('lenet-torch').catch(({ code, message }) => console.log(code, message))";
    const { stdout } = asStranger(['-e', code]);
    expect(stdout).toMatch(/^ERR_LIBTORCH_NOT_FOUND /);
    expect(stdout).toMatch(named);
  });

  test('XDG_CACHE_HOME is enough', () => {
    const folder = temporaryFolder();
    fs.chmodSync(folder, 0o777);
    const { status, stdout } = asStranger([cli, 'setup', '--list'], { XDG_CACHE_HOME: folder });
    expect(status).toBe(0);
    expect(stdout).toContain(`${folder}/lenet-torch holds nothing`);
  });
});

test('a HOME that is a file is an error that says so', () => {
  const file = path.join(temporaryFolder(), 'home');
  fs.writeFileSync(file, '');
  const { XDG_CACHE_HOME, LENET_TORCH_LIBTORCH, ...env } = process.env;
  const { status, stderr } = spawnSync(process.execPath, ['dist/cli/main.js', 'setup', '--yes'], {
    cwd: root,
    env: { ...env, HOME: file, PATH: '/nonexistent' },
    encoding: 'utf8',
  });
  expect(status).toBe(1);
  expect(stderr).toMatch(/ERR_CACHE: cannot write to .*ENOTDIR.*XDG_CACHE_HOME/);
});
