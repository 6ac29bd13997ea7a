import { copyFileSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

import * as torch from '../../lib/index.js';
import { run, start } from '../cli/run.js';
import { temporaryFolder } from '../folder.js';
import { expected, lenet, pixels } from './served.js';

// The command starts a process each time, on a machine that may have much else to do.
vi.setConfig({ testTimeout: 60_000 });
const soon = { timeout: 30_000, interval: 20 };

const folder = temporaryFolder('lenet-serve-', afterAll);
const at = (name: string): string => join(folder, name);
const nets = [0, 1].map(lenet);

beforeAll(async () => {
  for (const [i, net] of nets.entries()) {
    const metadata = { format: 'pt', model: 'lenet' };
    await torch.saveSafetensors(net.stateDict(), at(`${i}.safetensors`), { metadata });
  }
});

async function serving(...args: string[]) {
  const started = start(['serve', '--port', '0', '--threads', '1', ...args]);
  const address = () => /http:\/\/127\.0\.0\.1:(\d+)/.exec(started.said.stderr);
  await vi.waitFor(() => expect(address(), started.said.stderr).toBeTruthy(), soon);
  const [url, port] = address()!;
  const predict = async () => {
    const reply = await fetch(`${url}/predict`, { method: 'POST', body: pixels(1) });
    return [reply.status, await reply.json()];
  };
  return { ...started, url, port: Number(port), predict };
}

const answerOf = async (net: torch.nn.Module) => [200, (await expected(net, pixels(1), 3))[0]];

test('it serves the weights, and ends at SIGTERM with 0', async () => {
  const { child, end, url, predict } = await serving('--weights', at('0.safetensors'));
  expect(await predict()).toEqual(await answerOf(nets[0]!));
  expect((await fetch(`${url}/v2/models/lenet/ready`)).status).toBe(200);
  child.kill('SIGTERM');
  expect((await end).status).toBe(0);
});

test('at SIGTERM what is in flight is answered; what never ends is cut off in time', async () => {
  const { child, end, port, said } = await serving('--weights', at('0.safetensors'));
  const head = 'POST /predict HTTP/1.1\r\nHost: a\r\nContent-Length: 784\r\n\r\n';
  const [inFlight, stuck] = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')];
  let answered = '';
  inFlight.setEncoding('latin1').on('data', (text) => {
    answered += text;
  });
  const cut = new Promise((resolve) => stuck.once('close', resolve));
  stuck.on('error', () => {}).write(head);
  inFlight.write('GET /v2/health/live HTTP/1.1\r\nHost: a\r\n\r\n');
  await vi.waitFor(() => expect(answered).toContain('"live":true'), soon);
  inFlight.write(head);
  // Both have been read when this, which was sent later, is answered.
  await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  child.kill('SIGTERM');
  await vi.waitFor(() => expect(said.stderr).toContain('SIGTERM'), soon);
  inFlight.write(pixels(1));
  await vi.waitFor(() => expect(answered).toMatch(/"score"/), soon);
  await cut;
  expect((await end).status).toBe(0);
});

test('at SIGTERM a client that asks again on its connection is told, and not cut off', async () => {
  const { child, end, port, said } = await serving('--weights', at('0.safetensors'));
  const client = connect(port, '127.0.0.1');
  let answered = '';
  client.setEncoding('latin1').on('data', (text) => {
    answered += text;
  });
  const gone = new Promise((resolve) => client.once('close', resolve));
  client.write('GET /v2/health/live HTTP/1.1\r\nHost: a\r\n\r\n');
  await vi.waitFor(() => expect(answered).toContain('"live":true'), soon);
  child.kill('SIGTERM');
  const asked = new Promise((resolve) => child.stderr.once('data', resolve));
  await asked;
  client.write('POST /predict HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n');
  await gone;
  expect(said.stderr).toContain('SIGTERM');
  expect(answered).toMatch(/503 [\s\S]*Connection: close[\s\S]*ERR_CLOSING/);
  expect((await end).status).toBe(0);
});

test('killed under load and started again on its port, it serves as before', async () => {
  const first = await serving('--weights', at('0.safetensors'));
  const outcomes = new Set<string>();
  let isDone = false;
  const clients = Array.from({ length: 8 }, async () => {
    while (!isDone) {
      outcomes.add(
        await first.predict().then(
          (answer) => JSON.stringify(answer),
          () => 'not reached',
        ),
      );
    }
  });
  await vi.waitFor(() => expect(outcomes.size).toBe(1), soon);
  first.child.kill('SIGKILL');
  await first.end;
  await vi.waitFor(() => expect(outcomes).toContain('not reached'), soon);
  // The last of two --port counts.
  const args = ['--weights', at('0.safetensors'), '--port', String(first.port)];
  const second = await serving(...args);
  expect(second.port).toBe(first.port);
  expect(await first.predict()).toEqual(await answerOf(nets[0]!));
  isDone = true;
  await Promise.all(clients);
  // What was answered was right.
  expect(outcomes.size).toBe(2);
});

test('SIGHUP takes new weights while requests go on, and keeps the old ones where the new are none', async () => {
  copyFileSync(at('0.safetensors'), at('hup.safetensors'));
  writeFileSync(at('names.txt'), torch.data.FashionMNIST.classes.join('\n'));
  const args = ['--weights', at('hup.safetensors'), '--classes', at('names.txt')];
  const { child, said, predict } = await serving(...args);
  // Names are those of the beginning.
  writeFileSync(at('names.txt'), 'one');
  const statuses = new Set<number>();
  let isDone = false;
  const asking = (async () => {
    while (!isDone) statuses.add((await predict())[0] as number);
  })();
  copyFileSync(at('1.safetensors'), at('hup.safetensors'));
  child.kill('SIGHUP');
  await vi.waitFor(() => expect(said.stderr).toContain('took the weights'), soon);
  expect(await predict()).toEqual(await answerOf(nets[1]!));
  writeFileSync(at('hup.safetensors'), 'garbage');
  child.kill('SIGHUP');
  await vi.waitFor(
    () => expect(said.stderr).toMatch(/goes on with the weights before: ERR_FILE_CORRUPT/),
    soon,
  );
  expect(await predict()).toEqual(await answerOf(nets[1]!));
  isDone = true;
  await asking;
  expect([...statuses]).toEqual([200]);
});

test('--watch takes new weights when their file is another one', async () => {
  copyFileSync(at('0.safetensors'), at('watched.safetensors'));
  const { said, predict } = await serving('--weights', at('watched.safetensors'), '--watch');
  expect(await predict()).toEqual(await answerOf(nets[0]!));
  copyFileSync(at('1.safetensors'), at('next.safetensors'));
  renameSync(at('next.safetensors'), at('watched.safetensors'));
  await vi.waitFor(() => expect(said.stderr).toContain('took the weights'), soon);
  expect(await predict()).toEqual(await answerOf(nets[1]!));
});

test('what cannot be served, or where, is one line', async () => {
  const missing = run(['serve', '--weights', at('none.safetensors'), '--port', '0']);
  expect([missing.status, missing.stderr]).toEqual([
    1,
    expect.stringMatching(/^lenet-torch: ERR_FILE_NOT_FOUND: .*\n$/),
  ]);
  mkdirSync(at('early'));
  writeFileSync(at('early/config.json'), '{}');
  expect(run(['serve', '--weights', at('early'), '--port', '0']).stderr).toMatch(
    /ERR_FILE_NOT_FOUND: .*early: the run has no best\.safetensors/,
  );
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const taken = run(['serve', '--weights', at('0.safetensors'), '--port', String(port)]);
  server.close();
  expect([taken.status, taken.stderr]).toEqual([
    1,
    expect.stringMatching(/^lenet-torch: ERR_PORT_IN_USE: port \d+ on 127.0.0.1 is in use.*\n$/),
  ]);
  for (const [option, value] of [
    ['--max-delay', '2'],
    ['--body-limit', '10x'],
    ['--port', '70000'],
    ['--max-batch', '0'],
  ] as const) {
    expect(run(['serve', option, value]).status).toBe(2);
  }
});
