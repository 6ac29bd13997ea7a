// The README's commands in their order, in an empty folder, as a new user would type them; and the first program of docs/start.md.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { encode } from 'fast-png';
import { afterAll, describe, expect, onTestFinished, test, vi } from 'vitest';

import { FashionMNIST } from '../../lib/data/index.js';
import { temporaryFolder } from '../folder.js';
import { cli, XDG_CACHE_HOME } from './run.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const readme = fs.readFileSync(path.join(root, 'README.md'), 'utf8');
const home = temporaryFolder('lenet readme é ', afterAll);
const folder = path.join(home, 'project');
fs.mkdirSync(path.join(folder, 'node_modules'), { recursive: true });
fs.symlinkSync(root, path.join(folder, 'node_modules/lenet-torch'));
fs.symlinkSync(XDG_CACHE_HOME, path.join(home, '.cache'));
// What the README speaks of as the user's own.
const { images } = new FashionMNIST({ train: false });
for (const [i, name] of ['boot.png', 'pullover.png'].entries()) {
  const data = images.select(0, i).data() as Uint8Array;
  fs.writeFileSync(path.join(folder, name), encode({ data, width: 28, height: 28, channels: 1 }));
}

// As npm puts them into the path; the data is cut down, and nothing is downloaded.
const bin = path.join(home, 'bin');
fs.mkdirSync(bin);
const less = '--limit-train 256 --limit-test 256';
const script = (name: string, lines: string) =>
  fs.writeFileSync(path.join(bin, name), `#!/bin/sh\n${lines}\n`, { mode: 0o755 });
script('npx', 'exec "$@"');
script(
  'lenet-torch',
  `case "$*" in
  *--resume*) ;;
  train*) set -- "$@" ${less} ;;
  setup*) set -- "$@" --dry-run ;;
  serve*) set -- "$@" --port 0 ;;
esac
exec '${process.execPath}' '${cli}' "$@"`,
);

const { XDG_CACHE_HOME: _, CI, ...rest } = process.env;
const env = { ...rest, HOME: home, PATH: `${bin}:${process.env.PATH}` };
const sh = (command: string) =>
  spawnSync('sh', ['-c', command], { cwd: folder, env, encoding: 'utf8', timeout: 60_000 });

// Indented lines and lone code spans that begin with the command.
const commands = [...readme.matchAll(/^(?: {4}(?:\$ )?|`)((?:npx )?lenet-torch [^`\n]*)/gm)]
  .map(([, command]) => command!.replace(/ {2,}#.*$/, ''))
  .filter((command) => !/^lenet-torch (doctor|serve)/.test(command));

test('there are commands', () => {
  expect(commands.length).toBeGreaterThan(8);
  expect(commands.slice(0, 3)).toEqual([
    'npx lenet-torch setup',
    'npx lenet-torch train',
    expect.stringMatching(/^npx lenet-torch predict ~/),
  ]);
});

describe.sequential('in order', () => {
  test.each(commands)('%s', (command) => {
    const { status, stdout, stderr } = sh(command);
    expect({ status, stderr }).toEqual({
      status: 0,
      stderr: expect.not.stringMatching(/ERR_|error/),
    });
    if (!/--out|export/.test(command)) expect(stdout).not.toBe('');
  });
});

test('serving, and what curl sends', async () => {
  const [, command, sent] =
    /\$ (lenet-torch serve.*)\n {4}\$ curl -T (\S+) http:\S+\/predict\n/.exec(readme)!;
  const child = spawn('sh', ['-c', `exec ${command}`], { cwd: folder, env, stdio: 'pipe' });
  onTestFinished(() => void child.kill('SIGKILL'));
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    said += text;
  });
  const address = () => /http:\/\/[\d.]+:\d+/.exec(said)?.[0];
  await vi.waitFor(() => expect(address(), said).toBeDefined(), { timeout: 30_000, interval: 50 });
  const body = fs.readFileSync(path.join(folder, sent!));
  const reply = await fetch(`${address()}/predict`, { method: 'PUT', body: new Uint8Array(body) });
  expect(await reply.json()).toEqual(
    Array(3).fill({ label: expect.any(String), score: expect.any(Number) }),
  );
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
}, 60_000);

test('the first program', () => {
  const start = fs.readFileSync(path.join(root, 'docs', 'start.md'), 'utf8');
  const [, program] = /```js\n(import \* as torch[\s\S]*?)```/.exec(start)!;
  const cut = program!.replace(", 'cpu', 5)", ", 'cpu', 1)");
  fs.writeFileSync(path.join(folder, 'first.mjs'), cut);
  const { status, stdout, stderr } = sh(`'${process.execPath}' first.mjs`);
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^training on cpu\nepoch 1, .*\n.+\n$/);
  expect(fs.existsSync(path.join(folder, 'lenet.safetensors'))).toBe(true);
});
