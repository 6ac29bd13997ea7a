// `train --live` and `live`, as they are installed.
import { existsSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

import { run, start } from '../cli/run.js';
import { temporaryFolder } from '../folder.js';
import { ask, OpenPage, order } from './pages.js';

// Threads wait for each other spinning: on a busy machine that takes most of the time of small trainings.
const longer = ['--limit-test', '200', '--batch-size', '32', '--seed', '0', '--threads', '1'];
// The other is long enough to be stopped, in the fused engine.
const small = [...longer, '--limit-train', '2560'];

type Started = ReturnType<typeof start>;

/** The address that a command says on stderr. */
async function addressOf({ child, said }: Started): Promise<string> {
  for (;;) {
    const found = /live page: (http:\S+)/.exec(said.stderr);
    if (found !== null) return found[1]!;
    await new Promise<void>((resolve, reject) => {
      child.stderr.once('data', () => resolve());
      child.once('close', () => reject(new Error(`it ended: ${said.stderr}`)));
    });
  }
}

test('trains as ever with one more line, and names the folder', async () => {
  const plain = run(['train', '--epochs', '2', ...small]);
  const { status, stdout, stderr } = run(['train', '--epochs', '2', ...small, '--live']);
  expect(status).toBe(0);
  const figures = (text: string) => text.replace(/time .* sec/g, '');
  expect(figures(stdout)).toBe(figures(plain.stdout));
  const [, dir] = /the run is kept in (\S+)\. To keep it elsewhere: --out DIR/.exec(stderr)!;
  expect(stderr).toMatch(/live page: http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]+\n/);
  // Who came too late finds it all the same.
  expect(stderr).toMatch(/the page has ended. To see it again: .*lenet-torch live \S+\n$/);
  expect(existsSync(join(dir!, 'config.json'))).toBe(true);
  rmSync(dir!, { recursive: true });
});

test('stopped, gone on with, more epochs; stays while the page is open, and ends with it', async () => {
  const dir = join(temporaryFolder(), 'run');
  const command = start(['train', '--epochs', '1', '--out', dir, ...longer, '--live']);
  const address = await addressOf(command);
  const open = await OpenPage.open(address);
  await open.until(({ name }) => name === 'steps');
  await order(address, '/api/runs/run/stop');
  await open.state('stopped');
  await order(address, '/api/runs/run/continue');
  await open.until(
    ({ name, data }) => name === 'state' && data.state === 'finished' && data.writable,
  );
  await order(address, '/api/runs/run/continue', { epochs: 1 });
  await open.until(({ name, data }) => name === 'epoch' && data.epoch === 2);
  await open.until(({ name, data }) => name === 'state' && data.epoch === 2 && data.writable);
  open.close();
  const { status, stdout } = await command.end;
  expect(status).toBe(0);
  const plain = run(['train', '--epochs', '2', ...longer]);
  const figures = (text: string) => text.replace(/time .* sec/g, '');
  expect(figures(stdout)).toBe(figures(plain.stdout));
});

test.each(['while it trains', 'while it is stopped', 'when it is done'])(
  'Ctrl-C ends it with pages open, %s',
  async (when) => {
    const dir = join(temporaryFolder(), 'run');
    const epochs = when === 'when it is done' ? '1' : '1000';
    const command = start(['train', '--epochs', epochs, '--out', dir, ...small, '--live']);
    const address = await addressOf(command);
    const pages = await Promise.all([1, 2, 3].map(() => OpenPage.open(address)));
    const [page] = pages;
    if (when === 'when it is done') {
      await page!.until(
        ({ name, data }) => name === 'state' && data.state === 'finished' && data.writable,
      );
    } else await page!.until(({ name }) => name === 'epoch');
    if (when === 'while it is stopped') {
      await order(address, '/api/runs/run/stop');
      await page!.state('stopped');
    }
    command.child.kill('SIGINT');
    const { status, stderr } = await command.end;
    expect(status).toBe(when === 'when it is done' ? 0 : 130);
    if (when !== 'when it is done') expect(stderr).toContain(`--resume ${dir}`);
    await Promise.all(pages.map(({ end }) => end));
    if (when === 'when it is done') return;
    const resumed = start(['train', '--resume', dir]);
    resumed.child.stdout.once('data', () => resumed.child.kill('SIGINT'));
    expect((await resumed.end).stderr).toMatch(/resuming .* after step \d+/);
  },
);

test('a port in use is said before anything is trained', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void other.close());
  await new Promise((resolve) => other.once('listening', resolve));
  const { port } = other.address() as { port: number };
  const dir = join(temporaryFolder(), 'run');
  const { status, stdout, stderr } = run(['train', '--out', dir, '--live', String(port)]);
  expect([status, stdout]).toEqual([1, '']);
  expect(stderr).toContain(`ERR_PORT_IN_USE: port ${port}`);
  expect(existsSync(dir)).toBe(false);
});

test('wrong usage is said', () => {
  for (const [args, message] of [
    [['train', '--live', '70000'], 'Expected a port from 0 to 65535'],
    [['train', '--live-host', '0.0.0.0'], "'--live-host <name>' needs '--live'"],
    [['live'], "missing required argument 'run'"],
  ] as const) {
    const { status, stderr } = run(args);
    expect([status, stderr]).toEqual([2, expect.stringContaining(message)]);
  }
});

test('live shows finished runs until Ctrl-C', async () => {
  const folder = temporaryFolder();
  for (const name of ['a', 'b']) {
    run(['train', '--epochs', '1', ...small, '--limit-train', '320', '--out', join(folder, name)]);
  }
  const command = start(['live', join(folder, 'a'), join(folder, 'b')]);
  const address = await addressOf(command);
  const { body } = await ask(address, '/api/runs');
  expect(
    body.runs.map(({ name, state }: { name: string; state: string }) => [name, state]),
  ).toEqual([
    ['a', 'finished'],
    ['b', 'finished'],
  ]);
  const page = await OpenPage.open(address);
  command.child.kill('SIGINT');
  expect((await command.end).status).toBe(0);
  await page.end;
});
