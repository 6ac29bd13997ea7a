import { type ChildProcess, spawn } from 'node:child_process';

import { onTestFinished } from 'vitest';

import { cli, XDG_CACHE_HOME } from '../cli/run.js';
import type { RankEnd } from './ranks.js';

/** One process of `lenet-torch train`, as a launcher starts it. */
export interface Training {
  readonly child: ChildProcess;
  /** What it has written on stderr so far. */
  stderr(): string;
  stdout(): string;
  readonly end: Promise<RankEnd & { readonly at: number }>;
}

const quick = ['--limit-train', '2000', '--limit-test', '200', '--batch-size', '20', '--seed', '1'];

/**
 * @param args - Behind `train`: more than the few images that are trained.
 * @param env - Where the group meets, and who this one is.
 * @param before - Words before the command.
 */
export function startTraining(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  before: readonly string[] = [],
): Training {
  const words = [...before, process.execPath, cli, 'train', ...quick, ...args];
  const child = spawn(words[0]!, words.slice(1), {
    env: { ...process.env, XDG_CACHE_HOME, OMP_NUM_THREADS: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // A test that fails half-way may leave it stopped, or training on.
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]!.setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  }
  const end = new Promise<RankEnd & { at: number }>((resolve) => {
    child.once('close', (status, signal) => {
      resolve({ status, signal, ...output, at: performance.now() });
    });
  });
  return { child, stderr: () => output.stderr, stdout: () => output.stdout, end };
}
