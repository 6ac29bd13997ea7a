// `train --out` and `--resume` as a user meets them.
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

import { temporaryFolder } from '../folder.js';
import { cli, run, start } from './run.js';

const small = ['--limit-train', '512', '--limit-test', '256', '--threads', '2'];
const root = temporaryFolder('lenet-torch-cli-', afterAll);

// Not under npm, whose users are told of other commands.
const env = { npm_lifecycle_event: '' };
const train = (...args: string[]) => run(['train', ...args], { env });

const withoutTime = (text: string): string => text.replaceAll(/time .*/g, '');

test('a run that is resumed prints what is left, with the settings it had', () => {
  const whole = train('--epochs', '3', '--seed', '7', '--lr', '0.01', ...small);
  const dir = join(root, 'resumed');
  const first = train('--epochs', '1', '--seed', '7', '--lr', '0.01', ...small, '--out', dir);
  expect({ status: first.status, stderr: first.stderr }).toEqual({ status: 0, stderr: '' });
  const rest = train('--resume', dir, '--epochs', '3');
  expect(rest.stderr).toBe(`lenet-torch: resuming ${dir} after step 2, 1 of 3 epochs done\n`);
  const both = first.stdout + rest.stdout.replace('training on cpu\n', '');
  expect(withoutTime(both)).toBe(withoutTime(whole.stdout));

  const finished = train('--resume', dir);
  expect(finished).toMatchObject({ status: 0, stdout: 'training on cpu\n' });
  expect(finished.stderr).toBe(
    `lenet-torch: ${dir}: 3 of 3 epochs done; --epochs says how many there are to be\n`,
  );
});

test('without --seed the drawn one is kept', () => {
  const dir = join(root, 'seed');
  train('--epochs', '1', ...small, '--out', dir);
  const { seed, options } = JSON.parse(readFileSync(join(dir, 'config.json'), 'utf8'));
  expect(seed).toMatch(/^\d+$/);
  expect(options.seed).toBe(seed);
});

test('--json stays a JSON object per line', () => {
  const dir = join(root, 'json');
  train('--epochs', '1', '--json', ...small, '--out', dir);
  const { stdout } = train('--resume', dir, '--epochs', '2', '--json');
  const events = stdout.trim().split('\n');
  expect(events.map((line) => JSON.parse(line).event)).toEqual(['start', 'epoch', 'end']);
  expect(JSON.parse(events[0]!)).toMatchObject({ run: dir, step: 2, trainImages: 512 });
});

describe('refused', () => {
  const dir = join(root, 'refused');
  train('--epochs', '1', '--seed', '7', ...small, '--out', dir);
  test.each<[string[], number, string]>([
    [['--out', dir, ...small], 1, `ERR_RUN_EXISTS: ${dir} holds a run already`],
    [['--resume', root], 1, `ERR_RUN_NOT_FOUND: ${root} is no run: it has no config.json`],
    [['--resume', join(root, 'none')], 1, 'there is no such folder'],
    [['--resume', '/etc/passwd'], 1, 'ERR_RUN_NOT_FOUND: /etc/passwd is no run: it is no folder'],
    [['--resume', dir, '--seed', '8'], 1, 'ERR_RUN_MISMATCH: .*: seed: 7 there, 8 here'],
    [['--resume', dir, '--lr', '0.5'], 1, 'optimizer.groups.0.lr: 0.001 there, 0.5 here'],
    [['--resume', dir, '--batch-size', '64'], 1, 'batchSize: 256 there, 64 here'],
    [['--resume', dir, '--threads', '1'], 1, 'threads: 2 there, 1 here'],
    [['--resume', dir, '--limit-train', '100'], 1, 'data.train.examples: 512 there, 100 here'],
    [['--resume', dir, '--epochs', '0'], 1, '1 epochs are done, more than the 0'],
    [
      ['--resume', dir, '--out', 'x'],
      2,
      "'--resume <dir>' cannot be used with option '--out <dir>'",
    ],
    [['--checkpoint-every', '9steps'], 2, "needs '--out', '--resume' or '--live'"],
    [['--out', join(root, 'x'), '--checkpoint-every', 'often'], 2, 'Expected epoch, steps'],
  ])('%s', (args, status, text) => {
    const result = train(...args);
    expect({ status: result.status, stdout: result.stdout }).toEqual({ status, stdout: '' });
    expect(result.stderr).toMatch(new RegExp(text));
    expect(result.stderr).not.toContain('    at ');
  });
});

// The run's whole epochs, the one it is in, and no more: resuming need not take long.
function oneMore(dir: string): string {
  return String(readFileSync(join(dir, 'metrics.jsonl'), 'utf8').split('\n').length + 1);
}

describe('an interrupt leaves a checkpoint, and says how to go on', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('%s', async (signal) => {
    const dir = join(root, `it's ${signal}`);
    const args = ['--epochs', '9999', '--seed', '1', '--limit-train', '2000', '--limit-test', '10'];
    const { child, end } = start(['train', ...args, '--out', dir], env);
    await once(child.stdout, 'data');
    await new Promise((resolve) => setTimeout(resolve, 200));
    child.kill(signal);
    const { status: code, stderr } = await end;
    expect(code).toBe(130);
    const quoted = dir.replace("'", `'\\''`);
    const command = `lenet-torch train --resume '${quoted}'`;
    expect(stderr).toBe(
      `lenet-torch: interrupted: training stopped after the current step. To go on: ${command}\n`,
    );
    const { status, stdout } = spawnSync(
      'sh',
      [
        '-c',
        `${command.replace('lenet-torch', '"$NODE" "$CLI"')} --quiet --epochs ${oneMore(dir)} && echo done`,
      ],
      { encoding: 'utf8', env: { ...process.env, ...env, NODE: process.execPath, CLI: cli } },
    );
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'done\n' });
  });
});

test('two processes on one folder: the second is refused', async () => {
  const dir = join(root, 'twice');
  const { child, end } = start(['train', '--epochs', '9999', ...small, '--out', dir]);
  await once(child.stdout, 'data');
  const second = train('--resume', dir);
  expect(second.status).toBe(1);
  expect(second.stderr).toContain(`ERR_RUN_LOCKED: ${dir} is in use by process ${child.pid} on `);
  child.kill('SIGKILL');
  await end;
  expect(train('--resume', dir, '--epochs', oneMore(dir), '--quiet').status).toBe(0);
});
