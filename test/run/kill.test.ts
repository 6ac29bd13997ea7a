// Processes that are killed with SIGKILL, at moments that a seeded generator chooses.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { run, start } from '../cli/run.js';
import { temporaryFolder } from '../folder.js';
import { endOf, numbers } from './kills.js';

const kills = process.env.LENET_TORCH_LONG === '1' ? 50 : 5;

// Both engines on batches that make an epoch long enough to be killed in.
const engines = { fused: ['1500', '10'], eager: ['600', '10'] } as const;

const optionsFor = (engine: keyof typeof engines): string[] => {
  const [images, batchSize] = engines[engine];
  const data = ['--limit-train', images, '--limit-test', '100', '--batch-size', batchSize];
  return [...data, '--engine', engine, '--epochs', '3', '--seed', '1', '--threads', '2'];
};

function train(args: string[]): void {
  const { status, stderr } = run(['train', '--quiet', ...args]);
  expect(status, stderr).toBe(0);
}

/** Starts the command and kills it after so many milliseconds from its first checkpoint on. */
async function killed(args: string[], dir: string, afterMs: number): Promise<void> {
  const { child, end } = start(['train', ...args]);
  while (!existsSync(join(dir, 'checkpoint.safetensors')) && child.exitCode === null) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await new Promise((resolve) => setTimeout(resolve, afterMs));
  child.kill('SIGKILL');
  await end;
}

describe('killed at random moments, it ends as if it never was', () => {
  test.each(['fused', 'eager'] as const)(
    '%s',
    async (engine) => {
      const options = optionsFor(engine);
      const whole = join(temporaryFolder(), 'run');
      const started = performance.now();
      train([...options, '--out', whole]);
      const wholeMs = performance.now() - started;
      const random = numbers(engine.length);
      let resumed = false;
      let dir = '';
      for (let i = 0; i < kills; i++) {
        if (!resumed) {
          dir = join(temporaryFolder(), 'run');
          const args = [...options, '--out', dir, '--checkpoint-every', '7steps'];
          await killed(args, dir, (random.next().value * wholeMs) / 3);
          resumed = true;
        } else {
          // From its start on: sometimes before it has read anything.
          await killed(['--resume', dir], dir, random.next().value * wholeMs);
        }
        if (i % 3 === 2) {
          train(['--resume', dir]);
          expect(await endOf(dir)).toEqual(await endOf(whole));
          resumed = false;
        }
      }
      train(['--resume', dir]);
      expect(await endOf(dir)).toEqual(await endOf(whole));
      // Some ten trainings, one after another, whatever else the machine does.
    },
    1_800_000,
  );
});
