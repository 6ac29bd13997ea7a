// Runs that another process trains: the page follows their files.
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { run, start } from '../cli/run.js';
import { temporaryFolder } from '../folder.js';
import { ask, OpenPage, order, shown } from './pages.js';

const training = (dir: string, ...more: string[]): string[] => [
  ...['train', '--out', dir, '--seed', '1', '--limit-test', '500', '--threads', '1'],
  ...more,
];

// Slow enough to be found before its first epoch has ended: folders are looked through every two seconds.
const slow = ['--engine', 'eager', '--limit-train', '32000', '--batch-size', '8'];

test('a run that begins, is trained and ends in another process', {
  timeout: 240_000,
}, async () => {
  const folder = temporaryFolder();
  const page = await shown({ run: folder });
  const open = await OpenPage.open(page.address);
  const child = start(training(join(folder, 'far'), '--epochs', '2', ...slow));
  await open.until(({ name }) => name === 'runs');
  const { body } = await ask(page.address, '/api/runs/far');
  const known = { model: 'lenet', state: 'elsewhere', epochs: 2, writable: false, images: 500 };
  expect(body).toMatchObject(known);
  const refused = await order(page.address, '/api/runs/far/stop');
  expect([refused.status, refused.body.error.code]).toEqual([409, 'ERR_RUN_LOCKED']);

  await open.until(({ name }) => name === 'steps');
  const { data } = await open.until(({ name, data }) => name === 'epoch' && data.epoch === 1);
  expect(data).toMatchObject({ run: 'far', loss: expect.any(Number), testAcc: expect.any(Number) });
  await open.until(({ name, data }) => name === 'epoch' && data.kept.includes(2));
  await open.state('finished');
  expect((await child.end).status).toBe(0);
  const losses = await ask(page.address, '/api/runs/far/losses?points=100000');
  expect(losses.body.steps).toEqual(Array.from({ length: 8000 }, (_, i) => i + 1));
  // What was told goes on to the last step, thinned where many came at once.
  const told = open.events
    .filter(({ name }) => name === 'steps')
    .flatMap((each) => each.data.steps);
  expect(told.at(-1)).toBe(8000);
  expect(told).toEqual([...new Set(told)].sort((a, b) => a - b));
  // Weights of what another process has trained.
  const features = await ask(page.address, '/api/features?run=far&epoch=1&image=3', {
    method: 'POST',
  });
  expect(features.body.stages).toHaveLength(8);
});

test('a run that was killed goes on in another process; runs come and go', async () => {
  const folder = temporaryFolder();
  const dir = join(folder, 'killed');
  const first = start(
    training(dir, '--epochs', '500', '--limit-train', '640', '--batch-size', '32'),
  );
  const page = await shown({ run: folder });
  const open = await OpenPage.open(page.address);
  await open.until(({ name, data }) => name === 'epoch' && data.epoch >= 2);
  first.child.kill('SIGKILL');
  await open.state('stopped');
  await first.end;
  const before = open.events.length;
  const second = start(['train', '--resume', dir, '--epochs', '501']);
  const later = (fits: (event: (typeof open.events)[number]) => boolean) =>
    open.until((event) => open.events.indexOf(event) >= before && fits(event));
  await later(({ name, data }) => name === 'state' && data.state === 'elsewhere');
  await later(({ name, data }) => name === 'state' && data.epochs === 501);
  second.child.kill('SIGINT');
  expect((await second.end).status).toBe(130);
  const { body } = await ask(page.address, '/api/runs/killed/losses?points=100000');
  // Each step once, and none of the future that was lost.
  expect(body.steps).toEqual(Array.from({ length: body.steps.length }, (_, i) => i + 1));
  await later(({ name, data }) => name === 'state' && data.state === 'stopped');

  const names = async () => {
    const { body } = await ask(page.address, '/api/runs');
    return body.runs.map((each: { name: string }) => each.name);
  };
  const runs = async () => {
    const told = open.events.length;
    await open.until((event) => event.name === 'runs' && open.events.indexOf(event) >= told);
  };
  const came = runs();
  cpSync(dir, join(folder, 'copy'), { recursive: true });
  await came;
  expect(await names()).toEqual(['killed', 'copy']);
  const went = runs();
  rmSync(dir, { recursive: true });
  await went;
  expect(await names()).toEqual(['copy']);
});

test.each([
  ['/nowhere/at/all', 'there is no such folder'],
  ['/etc/passwd', 'it is no folder'],
])('live refuses %s', (path, reason) => {
  const { status, stderr } = run(['live', path]);
  expect(status).toBe(1);
  expect(stderr).toContain(`ERR_RUN_NOT_FOUND: ${path} is no run: ${reason}`);
});
