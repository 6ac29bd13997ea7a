// The doctor as several processes, as launchers start it.
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

import type { Diagnosis } from '../../lib/doctor/diagnose.js';
import { freePort } from '../distributed/ranks.js';
import { temporaryFolder } from '../folder.js';
import { cli, run, start } from './run.js';

const server = createServer();
let taken: number;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  taken = (server.address() as { port: number }).port;
});

afterAll(() => void server.close());

const rank = (of: number, port: number, more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  RANK: `${of}`,
  WORLD_SIZE: '2',
  MASTER_ADDR: '127.0.0.1',
  MASTER_PORT: `${port}`,
  ...more,
});

test('two that come together: rank 0 says it, the other one nothing', () => {
  const { status, stdout, stderr } = run(['launch', '--nproc', '2', '--', 'doctor']);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  expect(stdout.match(/^Process group$/gm)).toHaveLength(1);
  expect(stdout).toMatch(/^ {2}the group: comes together$/m);
  expect(stdout).toMatch(/^ {4}rank 1 on .*: lenet-torch \d.*, libtorch 2\.\d+\.\d+/m);
  expect(stdout).toMatch(/^ {2}all-reduce of 178 KB: \d+\.\d\d ms$/m);
  expect(stdout).toMatch(/\nVerdict: healthy/);
});

test('--json: who this is, and the group', () => {
  const { stdout } = run(['launch', '--nproc', '2', '--', 'doctor', '--json']);
  const { place, sections } = JSON.parse(stdout) as Diagnosis;
  expect(place).toEqual({ rank: 0, localRank: 0 });
  const group = sections.find(({ name }) => name === 'Process group');
  expect(group?.facts.processes).toHaveLength(2);
});

test('one does not come: both sides say so, with what is seen at the master', async () => {
  const port = await freePort();
  const words = ['doctor', '--init-timeout', '1'];
  const [first, second] = await Promise.all([
    start(words, rank(0, port)).end,
    start(words, rank(1, await freePort())).end,
  ]);
  expect(first.status).toBe(1);
  expect(first.stdout).toMatch(
    /PROBLEM: the group does not come together: ERR_DISTRIBUTED_TIMEOUT: rank 0 of 2 on .*1\/2 clients joined/,
  );
  expect(first.stdout).toMatch(/^Next: see that all 2 ranks are started/m);
  expect(second).toMatchObject({ status: 1, stdout: '' });
  expect(second.stderr).toMatch(
    /^lenet-torch: rank 1 on .*ERR_DISTRIBUTED_TIMEOUT: .*refuses: the host is there.*Next: .*\n$/,
  );
});

test('the port is taken: rank 0 says so at once', () => {
  const { status, stdout } = run(['doctor'], { env: rank(0, taken) });
  expect(status).toBe(1);
  expect(stdout).toMatch(/^Verdict: not healthy: ERR_DISTRIBUTED_ADDRESS: port \d+ is taken on /m);
});

test('the environment contradicts itself', () => {
  const { status, stdout } = run(['doctor'], { env: rank(2, taken) });
  expect(status).toBe(1);
  expect(stdout).toMatch(/^Verdict: not healthy: ERR_DISTRIBUTED_ENVIRONMENT: RANK is 2/m);
});

test('what a launcher ends says what it knows', async () => {
  const { child, end } = start(['doctor', '--init-timeout', '30'], rank(0, await freePort()));
  await new Promise((resolve) => setTimeout(resolve, 3000));
  child.kill('SIGTERM');
  const { status, stdout } = await end;
  expect(status).toBe(1);
  expect(stdout).toMatch(/PROBLEM: the group does not come together: .*The launcher ends this/);
  expect(stdout).toMatch(/^Next: read what the other ranks say$/m);
});

test('one is not healthy: it says why, and rank 0 reports, though the launcher ends it', () => {
  const script = join(temporaryFolder('lenet doctor é '), 'ill.mjs');
  writeFileSync(
    script,
    `if (process.env.RANK === '1') process.env.LENET_TORCH_LIBTORCH = '/nowhere';
    process.argv = [process.argv[0], ${JSON.stringify(cli)}, 'doctor'];
    await import(${JSON.stringify(cli)});`,
  );
  const { status, stdout, stderr } = run(['launch', '--nproc', '2', '--', script]);
  expect(status).toBe(1);
  expect(stderr).toMatch(
    /^\[rank 1\] lenet-torch: rank 1 on .*: LENET_TORCH_LIBTORCH is \/nowhere.* Next: unset LENET/m,
  );
  expect(stdout).toMatch(/PROBLEM: the group does not come together: .*The launcher ends this/);
});
