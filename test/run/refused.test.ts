import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { coded } from '../coded.js';
import { temporaryFolder } from '../folder.js';
import { lenet, metricsOf, resumed, trained } from './trainings.js';

const built = fileURLToPath(new URL('../../dist/index.js', import.meta.url));

describe('what is no run, or no longer', () => {
  test.each<[string, () => Promise<unknown>, string, string]>([
    [
      'no folder',
      () => torch.Run.resume(join(temporaryFolder(), 'none')),
      'ERR_RUN_NOT_FOUND',
      'no such folder',
    ],
    [
      'no folder, but a file',
      () => torch.Run.resume(built),
      'ERR_RUN_NOT_FOUND',
      `${built} is no run: it is no folder`,
    ],
    [
      'an empty one',
      () => torch.Run.resume(temporaryFolder()),
      'ERR_RUN_NOT_FOUND',
      'no config.json',
    ],
    ['a file', () => torch.Run.create(built), 'ERR_FILE_WRITE', built],
    [
      'nothing to make folders in',
      () => torch.Run.create('/proc/a/b'),
      'ERR_FILE_WRITE',
      '/proc/a/b',
    ],
    ['a device', () => torch.Run.create('/dev/null'), 'ERR_FILE_WRITE', 'no folder'],
    ['a number', () => torch.Run.create(7 as never), 'ERR_INVALID_ARG', 'got 7'],
    ['no string', () => torch.Run.resume(''), 'ERR_INVALID_ARG', "got ''"],
    [
      'when?',
      () => torch.Run.create(temporaryFolder(), { checkpointEvery: '0steps' }),
      'ERR_INVALID_ARG',
      "got '0steps'",
    ],
    [
      'no state',
      () => torch.Run.create(temporaryFolder(), { extras: { a: {} as never } }),
      'ERR_INVALID_ARG',
      "'a': expected stateDict()",
    ],
  ])('%s', async (_, act, code, text) => {
    await expect(act()).rejects.toThrow(coded(code, text));
  });

  test('a description that cannot be read', async () => {
    const dir = temporaryFolder();
    mkdirSync(join(dir, 'config.json'));
    const path = join(dir, 'config.json');
    await expect(torch.Run.resume(dir)).rejects.toThrow(
      coded('ERR_FILE_READ', `${path} cannot be read: it is a folder`),
    );
  });

  test('a folder with something in it is left alone', async () => {
    const dir = temporaryFolder();
    writeFileSync(join(dir, 'thesis.txt'), 'all of it');
    await expect(torch.Run.create(dir)).rejects.toThrow(coded('ERR_RUN_EXISTS', 'thesis.txt'));
    expect(readdirSync(dir)).toEqual(['thesis.txt']);
    const run = await trained();
    await expect(torch.Run.create(run)).rejects.toThrow(coded('ERR_RUN_EXISTS', 'resume it'));
  });

  test('damaged files are named, and nothing is put in their place', async () => {
    const dir = await trained();
    const path = (name: string): string => join(dir, name);
    const damaged = async (name: string, damage: (file: string) => void, code: string) => {
      copyFileSync(path(name), path('copy'));
      damage(path(name));
      await expect(torch.Run.resume(dir)).rejects.toThrow(coded(code, path(name)));
      copyFileSync(path('copy'), path(name));
      rmSync(path('copy'));
    };
    const cut = (file: string): void => truncateSync(file, statSync(file).size - 2);
    await damaged('checkpoint.safetensors', cut, 'ERR_FILE_CORRUPT');
    await damaged('checkpoint.safetensors', rmSync, 'ERR_RUN_CORRUPT');
    const best = (file: string): void => copyFileSync(path('best.safetensors'), file);
    await damaged('checkpoint.safetensors', best, 'ERR_RUN_CORRUPT');
    await damaged('metrics.jsonl', cut, 'ERR_RUN_CORRUPT');
    const other = (file: string): void => writeFileSync(file, 'x'.repeat(statSync(file).size));
    await damaged('metrics.jsonl', other, 'ERR_RUN_CORRUPT');
    await damaged('config.json', cut, 'ERR_RUN_CORRUPT');
    await damaged('config.json', (file) => writeFileSync(file, '{"format":2}'), 'ERR_RUN_CORRUPT');
    await (await torch.Run.resume(dir)).close();
  });

  test('a run that was killed before its first checkpoint begins anew', async () => {
    const dir = await trained();
    const wanted = metricsOf(dir);
    rmSync(join(dir, 'checkpoint.safetensors'));
    writeFileSync(join(dir, 'metrics.jsonl'), '');
    writeFileSync(join(dir, '.tmp-12345-0123456789ab'), 'half');
    await resumed(dir, lenet, 1);
    expect(metricsOf(dir)).toEqual(wanted);
    expect(existsSync(join(dir, '.tmp-12345-0123456789ab'))).toBe(false);
  });
});
