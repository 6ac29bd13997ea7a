import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

import { shown, systemPath, within } from '../../lib/cli/systemPath.js';
import * as torch from '../../lib/index.js';
import { temporaryFolder } from '../folder.js';
import { cli } from './run.js';

const folder = temporaryFolder('lenet names é ', afterAll);
const weights = path.join(folder, 'lenet.safetensors');
torch.manualSeed(0);
await torch.save(new torch.LeNet().stateDict(), weights);

// Bytes of names: é in Latin-1, a lone half of a character, and UTF-8 beside them.
const names = ['caf\xe9.raw', '\xf0\x9f.raw', 'a\xfe\xffb.raw', 'caf\xc3\xa9.raw', 'plain.raw'];
const pixels = (i: number) => Buffer.alloc(784, 50 * i);
const inFolder = (name: string) =>
  Buffer.from(`${Buffer.from(folder).toString('latin1')}/${name}`, 'latin1');
fs.mkdirSync(inFolder('photos/below\xe9'), { recursive: true });
for (const [i, name] of names.entries()) {
  fs.writeFileSync(inFolder(`photos/below\xe9/${name}`), pixels(i));
}
fs.writeFileSync(inFolder('photos/\xff.raw'), pixels(5));
fs.writeFileSync(inFolder('w\xe9.pt'), fs.readFileSync(weights));

/** Runs lenet-torch in the folder; `$'…'` is text of bash with bytes. */
function inBash(args: string, more = '') {
  const script = `exec ${JSON.stringify(process.execPath)} ${JSON.stringify(cli)} ${args}`;
  const options = { cwd: folder, encoding: 'utf8', timeout: 60_000 } as const;
  return spawnSync('bash', ['-c', `${more}${script}`], options);
}

test('a folder whose names are not UTF-8: each file with the others, its odd bytes shown', () => {
  const { status, stdout, stderr } = inBash('predict --weights lenet.safetensors --json photos');
  expect([status, stderr]).toEqual([0, '']);
  const files = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).file as string);
  const below = 'photos/below\\xe9/';
  expect(files.toSorted()).toEqual(
    [
      'photos/\\xff.raw',
      ...['caf\\xe9.raw', '\\xf0\\x9f.raw', 'a\\xfe\\xffb.raw', 'café.raw', 'plain.raw'].map(
        (name) => below + name,
      ),
    ].toSorted(),
  );
});

test('files that are named on the command line, two that read alike', () => {
  fs.mkdirSync(path.join(folder, 'alike'));
  fs.writeFileSync(inFolder('alike/\xe9.raw'), pixels(1));
  fs.writeFileSync(inFolder('alike/\xe8.raw'), pixels(5));
  const lines = (args: string) =>
    inBash(`predict --weights lenet.safetensors --json ${args}`)
      .stdout.trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  const [first, second] = lines("$'alike/\\xe9.raw' $'alike/\\xe8.raw'");
  expect([first.file, second.file]).toEqual(['alike/\\xe9.raw', 'alike/\\xe8.raw']);
  expect(first.classes).not.toEqual(second.classes);
  expect(lines('alike')).toHaveLength(2);
  expect(lines("$'photos/below\\xe9'")).toHaveLength(names.length);
  const { status, stderr } = inBash("predict --weights lenet.safetensors $'gone\\xe9.raw'");
  expect([status, stderr]).toEqual([1, 'gone\\xe9.raw: there is no such file\n']);
});

test('a picture of such a file', () => {
  const { status, stdout, stderr } = inBash(
    "draw features --weights lenet.safetensors $'photos/\\xff.raw'",
  );
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^<svg /);
});

describe('what cannot be passed on is refused, and nothing is made', () => {
  test.each([
    ["predict --weights $'w\\xe9.pt' photos", 'w\\xe9.pt'],
    ["predict --weights=$'w\\xe9.pt' photos", '--weights=w\\xe9.pt'],
    ["train --epochs 1 --limit-train 256 --limit-test 256 --out $'run\\xe9'", 'run\\xe9'],
    ["train --epochs 1 --data $'d\\xe9'", 'd\\xe9'],
    ["draw architecture --out $'p\\xe9.svg'", 'p\\xe9.svg'],
    ["draw curves $'c\\xe9'", 'c\\xe9'],
    ["export --weights lenet.safetensors --to pt $'o\\xe9.pt'", 'o\\xe9.pt'],
  ])('%s', (args, name) => {
    const before = fs.readdirSync(folder);
    const { status, stdout, stderr } = inBash(args);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toContain(`ERR_INVALID_ARG: the name ${name} is not UTF-8`);
    expect(fs.readdirSync(folder)).toEqual(before);
  });
});

test('a name that has the replacement character itself is a name', () => {
  expect(systemPath(Buffer.from('a\ufffd'))).toBe('a\ufffd');
  expect(systemPath(Buffer.from('a\xe9', 'latin1'))).toBeInstanceOf(Buffer);
  expect(shown(Buffer.from('\xc3\xa9\n\xe9', 'latin1'))).toBe('é\n\\xe9');
  expect(within('a/', 'b')).toBe('a/b');
  expect(within('a', Buffer.from('\xe9', 'latin1'))).toEqual(Buffer.from('a/\xe9', 'latin1'));
});
