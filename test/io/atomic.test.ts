import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';

import { writeAtomically } from '../../lib/files/atomic.js';
import { temporaryFolder } from '../folder.js';

let folder = '';
beforeEach(() => {
  folder = temporaryFolder('lenet-torch-atomic-');
});

const at = (name: string): string => join(folder, name);

test('the file appears whole, after the last piece', async () => {
  await writeAtomically(at('a'), async (write) => {
    await write('one ');
    expect(readdirSync(folder)).not.toContain('a');
    await write(Buffer.from('two'));
  });
  expect(readFileSync(at('a'), 'utf8')).toBe('one two');
  expect(readdirSync(folder)).toEqual(['a']);
});

test('a failure leaves the old file and nothing else', async () => {
  writeFileSync(at('a'), 'old');
  const failing = writeAtomically(at('a'), async (write) => {
    await write('new');
    throw new Error('stop');
  });
  await expect(failing).rejects.toThrow('stop');
  expect(readFileSync(at('a'), 'utf8')).toBe('old');
  expect(readdirSync(folder)).toEqual(['a']);
});

test('permissions and symbolic links stay', async () => {
  writeFileSync(at('a'), 'old');
  chmodSync(at('a'), 0o640);
  symlinkSync('a', at('link'));
  await writeAtomically(at('link'), (write) => write('new'));
  expect(readFileSync(at('a'), 'utf8')).toBe('new');
  expect(statSync(at('a')).mode & 0o777).toBe(0o640);
  expect(readdirSync(folder).sort()).toEqual(['a', 'link']);
});

test('what cannot be written is said in one sentence', async () => {
  const nothing = async () => {};
  const refused = { code: 'ERR_FILE_WRITE' };
  mkdirSync(at('folder'));
  await expect(writeAtomically(at('folder'), nothing)).rejects.toMatchObject(refused);
  await expect(writeAtomically('/dev/null', nothing)).rejects.toThrow('it is no regular file');
  await expect(writeAtomically(at('none/a'), nothing)).rejects.toThrow('its folder does not exist');
  writeFileSync(at('a'), '');
  await expect(writeAtomically(at('a/b'), nothing)).rejects.toMatchObject(refused);
  const long = at('x'.repeat(300));
  await expect(writeAtomically(long, nothing)).rejects.toThrow('the name is too long');
});

// A file system of its own needs a right that containers may lack; a limit of the process does not.
test('a write that the system cuts short leaves the old file', () => {
  writeFileSync(at('a.pt'), 'old');
  const script = `
    import * as torch from '${new URL('../../dist/index.js', import.meta.url).href}';
    process.on('SIGXFSZ', () => {});
    for (const name of ['a.pt', 'b.safetensors']) {
      const saving = torch.save({ a: torch.zeros(3_000_000) }, ${JSON.stringify(folder)} + '/' + name);
      await saving.catch((error) => console.log(error.code));
    }`;
  const limited = 'ulimit -f 4096 && exec "$0" --input-type=module -e "$1"';
  const { stdout } = spawnSync('bash', ['-c', limited, process.execPath, script], {
    encoding: 'utf8',
  });
  expect(stdout).toBe('ERR_FILE_WRITE\nERR_FILE_WRITE\n');
  expect(readFileSync(at('a.pt'), 'utf8')).toBe('old');
  expect(readdirSync(folder)).toEqual(['a.pt']);
});
