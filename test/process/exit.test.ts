import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';

// However a process ends while it trains: the right exit code, no crash, no wait.
const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const child = file('exit.child.mjs');
// From the cause to the end of the process. Other work on the machine may delay one attempt, so
// the best of three has to keep to it; what waits for something of its own is late in all of them.
const mostMs = 2000;
const attempts = 3;
// No machine is so slow: an attempt that takes longer has failed.
const hangMs = 10_000;

/** Resolves when `end()` has given how long it took, in ms, and once that was short enough. */
async function expectQuick(end: () => Promise<number>): Promise<void> {
  const all: number[] = [];
  while (all.length < attempts && !all.some((ms) => ms < mostMs)) {
    const ms = await end();
    expect(ms).toBeLessThan(hangMs);
    all.push(ms);
  }
  expect(Math.min(...all), `ms of ${attempts} attempts: ${all}`).toBeLessThan(mostMs);
}

interface Running {
  run: ChildProcess;
  // The first line of its output; a process that ends without a word is an error, not a wait.
  firstWords: Promise<string>;
  end: Promise<{ code: number | null; signal: string | null; stderr: string; at: number }>;
}

function start(engine: string, way: string): Running {
  const run = spawn(process.execPath, [child, engine, way]);
  onTestFinished(() => void run.kill('SIGKILL'));
  let stderr = '';
  run.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
  const at = once(run, 'exit').then(() => Date.now());
  const end = once(run, 'close').then(async ([code, signal]) => {
    return { code, signal, stderr, at: await at };
  });
  const silent = end.then((how) => Promise.reject(new Error(`ended: ${JSON.stringify(how)}`)));
  const firstWords = Promise.race([once(run.stdout, 'data').then(([words]) => `${words}`), silent]);
  return { run, firstWords, end };
}

/** What comes of `end`, or an error where it takes as long as only a hang does. */
async function within<T>(end: Promise<T>): Promise<T> {
  const clock = new AbortController();
  const hang = setTimeout(hangMs, null, { signal: clock.signal }).then(() => {
    throw new Error(`not ended after ${hangMs} ms`);
  });
  hang.catch(() => {});
  return Promise.race([end, hang]).finally(() => clock.abort());
}

/** Whether a process has ended; until its new parent asks for its exit code it stays as a zombie. */
function hasEnded(pid: number): boolean {
  try {
    return /^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return true;
  }
}

async function ended(pid: number): Promise<void> {
  for (const begin = Date.now(); !hasEnded(pid) && Date.now() - begin < hangMs; ) {
    await setTimeout(10);
  }
}

describe.each(['fused', 'eager'])('with the %s engine', (engine) => {
  test.each([
    ['natural end', 0, ''],
    ['process.exit', 7, ''],
    ['throw', 1, 'Error: mine'],
    ['rejection', 1, 'Error: mine'],
    ['worker terminated', 0, ''],
  ])('%s', (way, code, message) =>
    expectQuick(async () => {
      const { firstWords, end } = start(engine, way);
      const begun = Number(await firstWords);
      const { stderr, at, ...how } = await within(end);
      expect(how).toEqual({ code, signal: null });
      if (message === '') expect(stderr).toBe('');
      else expect(stderr).toContain(message);
      return at - begun;
    }),
  );

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s', (signal) =>
    expectQuick(async () => {
      const { run, firstWords, end } = start(engine, 'on and on');
      await firstWords;
      const begun = Date.now();
      run.kill(signal);
      const { at, ...how } = await within(end);
      expect(how).toMatchObject({ code: null, signal });
      return at - begun;
    }),
  );

  test('parent killed', () =>
    expectQuick(async () => {
      const { run, firstWords } = start(engine, 'parent');
      const pid = Number(await firstWords);
      const begun = Date.now();
      run.kill('SIGKILL');
      await ended(pid);
      return Date.now() - begun;
    }));

  test('under node --test', () => {
    const { NODE_TEST_CONTEXT: _, VITEST: __, ...env } = process.env;
    const run = spawnSync(process.execPath, ['--test', file('runner.mjs')], {
      encoding: 'utf8',
      timeout: 60_000,
      env: { ...env, ENGINE: engine },
    });
    expect(run.stdout).toMatch(/\bpass 2\b/);
    expect(run).toMatchObject({ status: 0, signal: null });
  });

  test.each(['threads', 'forks', 'vmThreads'])("in vitest's pool %s", (pool) => {
    const vitest = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));
    const args = ['run', '--config', file('runner.config.mjs'), `--pool=${pool}`];
    const run = spawnSync(process.execPath, [vitest, ...args], {
      encoding: 'utf8',
      timeout: 60_000,
      env: { ...process.env, ENGINE: engine, NO_COLOR: '1' },
    });
    expect(run.stdout).toMatch(/Tests +2 passed/);
    expect(run).toMatchObject({ status: 0, signal: null });
  });
});
