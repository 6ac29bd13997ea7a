import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

// However a process ends while it trains: the right exit code, no crash, no wait.
const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const child = file('exit.child.mjs');
// A hang, not a slow machine: where nothing else runs these take some milliseconds.
const mostMs = 10_000;

function ended(run: ChildProcess): Promise<{ code: number | null; signal: string | null }> {
  return once(run, 'exit').then(([code, signal]) => ({ code, signal }));
}

// What a child says first; a child that ends without a word is an error, not a wait.
async function firstWords(run: ChildProcess): Promise<string> {
  const end = ended(run).then((how) => Promise.reject(new Error(`ended: ${JSON.stringify(how)}`)));
  const [words] = await Promise.race([once(run.stdout!, 'data'), end]);
  return `${words}`;
}

async function isGone(pid: number): Promise<boolean> {
  for (const start = Date.now(); Date.now() - start < mostMs; ) {
    if (!existsSync(`/proc/${pid}`)) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
}

describe.each(['fused', 'eager'])('with the %s engine', (engine) => {
  test.each([
    ['natural end', 0, ''],
    ['process.exit', 7, ''],
    ['throw', 1, 'Error: mine'],
    ['rejection', 1, 'Error: mine'],
    ['worker terminated', 0, ''],
  ])('%s', (way, status, message) => {
    const run = spawnSync(process.execPath, [child, engine, way], {
      encoding: 'utf8',
      timeout: 30_000,
    });
    expect(run).toMatchObject({ status, signal: null });
    if (message === '') expect(run.stderr).toBe('');
    else expect(run.stderr).toContain(message);
  });

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s', async (signal) => {
    const run = spawn(process.execPath, [child, engine, 'on and on']);
    const end = ended(run);
    await firstWords(run);
    const before = Date.now();
    run.kill(signal);
    expect(await end).toEqual({ code: null, signal });
    expect(Date.now() - before).toBeLessThan(mostMs);
  });

  test('parent killed', async () => {
    const run = spawn(process.execPath, [child, engine, 'parent']);
    const end = ended(run);
    const pid = Number(await firstWords(run));
    run.kill('SIGKILL');
    await end;
    expect(await isGone(pid)).toBe(true);
  });

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
