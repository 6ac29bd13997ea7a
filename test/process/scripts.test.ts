// Scripts that are called wrongly say so before they do anything: a sentence, how they are called, exit code 2.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const scripts = fileURLToPath(new URL('../../scripts/', import.meta.url));
const texts = new Map(
  readdirSync(scripts)
    .filter((name) => name.endsWith('.js'))
    .map((name) => [name, readFileSync(scripts + name, 'utf8')] as const),
);
const reading = [...texts.keys()].filter((name) => texts.get(name)!.includes("'./arguments.js'"));
// They hand on what they are given: to the command `train`, to vitest, to benchmarks and examples.
const passing = ['bench.js', 'example.js', 'start.js', 'test.js'];
const others = ['arguments.js', 'gpuCheck.js'];

const call = (name: string, ...words: string[]) =>
  spawnSync(process.execPath, [scripts + name, ...words], { encoding: 'utf8', input: '' });

test('whatever reads a command line does it in one place', () => {
  const all = [...texts].filter(([, text]) => /parseArgs|process\.argv(?!\[1\])/.test(text));
  const known = [...reading, ...passing, ...others];
  expect(all.map(([name]) => name).filter((name) => !known.includes(name))).toEqual([]);
  expect(reading.length).toBeGreaterThan(8);
});

test.each(reading)('%s refuses what it does not know', (name) => {
  const { status, stdout, stderr } = call(name, '--zzz');
  expect(stderr).toMatch(/^.*zzz.*\nusage: .+\n$/);
  expect(stdout).toBe('');
  expect(status).toBe(2);
});

test.each([
  ['smoke.js', ['--tarball', 'lib'], /there is no file lib/],
  ['smoke.js', ['--tarball', 'nosuch'], /there is no file nosuch/],
  ['smoke.js', ['word'], /Unexpected argument 'word'/],
  ['runtimes.js', ['node', 'bnu'], /there is no 'bnu'; there are Node 20, /],
  ['docs.js', ['--serve', '--port', '65536'], /expected a port from 0 to 65535, got '65536'/],
  ['docs.js', ['--port', '80'], /goes with --serve/],
  ['notebook.js', ['python'], /there is no kernel 'python'/],
  ['notebook.js', ['deno', 'lib'], /lib is a folder/],
  ['notebook.js', ['deno', 'nosuch/x.ipynb'], /has no folder/],
  ['notebook.js', ['deno', 'x.ipynb', 'many'], /expected 1 to 9999, got 'many'/],
  ['bench.js', ['nosuch'], /usage: .*train/],
  ['example.js', ['nosuch'], /there is no example 'nosuch'/],
])('%s %j', (name, words, text) => {
  const { status, stderr } = call(name, ...words);
  expect(stderr).toMatch(text);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(status).toBe(2);
});
