import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

import { writeErrorFile } from '../../lib/distributed/environment/index.js';
import { TorchError } from '../../lib/error.js';
import { temporaryFolder } from '../folder.js';

const folder = temporaryFolder('lenet-torch-error-', afterAll);
const path = join(folder, 'error.json');
const env = { TORCHELASTIC_ERROR_FILE: path };
const written = () => JSON.parse(readFileSync(path, 'utf8'));

test("the cause as torchrun's report quotes it", async () => {
  await writeErrorFile(new TorchError('ERR_DISTRIBUTED_PEER', 'rank 1 has ended'), env);
  const { message, ...rest } = written();
  expect(rest).toEqual({});
  expect(message.message).toBe('ERR_DISTRIBUTED_PEER: rank 1 has ended');
  expect(message.extraInfo.py_callstack).toMatch(
    /^ERR_DISTRIBUTED_PEER: TorchError: rank 1 has ended\n {4}at /,
  );
  // int() of Python reads it.
  expect(message.extraInfo.timestamp).toMatch(/^\d+$/);
  expect(Math.abs(Number(message.extraInfo.timestamp) - Date.now() / 1000)).toBeLessThan(60);
  expect(readdirSync(folder)).toEqual(['error.json']);
});

test.each<[unknown, string]>([
  ['a text', 'a text'],
  [undefined, 'undefined'],
  [null, 'null'],
  [{ message: 7 }, '[object Object]'],
  [Object.assign(new Error('x'), { code: 7 }), 'x'],
  [Object.assign(new Error('"\ud800\n'), { stack: undefined }), '"\ud800\n'],
])('whatever is thrown: %o', async (error, text) => {
  await writeErrorFile(error, env);
  expect(written().message.message).toBe(text);
});

test('nothing is thrown, whatever is wrong', async () => {
  await writeErrorFile('last', env);
  const hostile = {
    get message(): string {
      throw new Error('no');
    },
  };
  await writeErrorFile(hostile, env);
  expect(written().message.message).toBe('last');
  await writeErrorFile(Object.create(null), env);
  expect(written().message.message).toBe('last');
  for (const to of [folder, join(folder, 'none', 'x'), '/proc/x', 'a\0b', '']) {
    await writeErrorFile(new Error('x'), { TORCHELASTIC_ERROR_FILE: to });
  }
  await writeErrorFile(new Error('x'), {});
  expect(readdirSync(folder)).toEqual(['error.json']);
});
