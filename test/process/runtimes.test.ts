// Node's versions, Deno and Bun, brought from npm: each cell of the table in docs/runtimes.md.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const long = process.env.LENET_TORCH_LONG === '1';
const script = fileURLToPath(new URL('../../scripts/runtimes.js', import.meta.url));

// Without versions, which go on.
const cells = (table: string): string[] =>
  table
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('|  |'))
    .map((line) => line.trim());

test.skipIf(!long)('what the documents say works in which runtime', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script], { encoding: 'utf8' });
  expect(stderr.replace(/^added .*$/gm, '').trim()).toBe('');
  expect(status).toBe(0);
  const text = readFileSync(new URL('../../docs/runtimes.md', import.meta.url), 'utf8');
  expect(cells(stdout)).toEqual(cells(text));
});

test('an unknown runtime is wrong usage', () => {
  const { status, stderr } = spawnSync(process.execPath, [script, 'rhino'], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({
    status: 2,
    stderr: expect.stringContaining("there is no 'rhino'"),
  });
});

test('a runtime that cannot be brought is a failure, and not a table without it', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'lenet-torch-runtimes-'));
  try {
    const nowhere = { npm_config_registry: 'http://127.0.0.1:9/', npm_config_fetch_retries: '0' };
    const env = { ...process.env, ...nowhere, XDG_CACHE_HOME: folder, npm_config_cache: folder };
    const options = { encoding: 'utf8', env } as const;
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, 'bun'], options);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain('runtimes: Bun: not to be had on this machine\n');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
