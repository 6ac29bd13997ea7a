import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

import { draw } from '../../lib/index.js';
import { temporaryFolder } from '../folder.js';

const child = fileURLToPath(new URL('archive.child.mjs', import.meta.url));

function inArchive(isReadable: 'readable' | 'unreadable', makesTemporary = true) {
  const folder = temporaryFolder();
  const temporary = join(folder, 'temporary');
  if (makesTemporary) mkdirSync(temporary);
  const { stdout, stderr } = spawnSync(process.execPath, [child, folder, isReadable], {
    encoding: 'utf8',
    env: { ...process.env, TMPDIR: temporary },
    timeout: 60_000,
  });
  return { lines: stdout.split('\n'), stderr, folder, temporary };
}

test('where packages lie in an archive, pictures have their letters and everything is written', async () => {
  const { lines, stderr, folder, temporary } = inArchive('readable');
  const svg = draw.confusion(
    [
      [5, 1],
      [2, 7],
    ],
    { classes: ['cat', 'dog'] },
  );
  const usual = Buffer.from(await draw.toPng(svg));
  expect(stderr).toBe('');
  expect(lines[0] === usual.toString('base64')).toBe(true);
  expect(lines[1]).toBe('2 fonts, done');
  expect(readdirSync(temporary)).toEqual([]);
  expect(existsSync(join(folder, 'weights.pt'))).toBe(true);
  expect(readdirSync(join(folder, 'run')).sort()).toContain('best.safetensors');
});

test.each([
  ['nobody can read', 'unreadable', true, /^TorchError ERR_FILE_NOT_FOUND: \/archive\.zip\//],
  ['cannot be copied', 'readable', false, /^TorchError ERR_FILE_WRITE: .*Set TMPDIR/],
] as const)(
  'fonts that %s are an error, no picture without letters',
  (_, isReadable, makes, said) => {
    expect(inArchive(isReadable, makes).lines[0]).toMatch(said);
  },
);
