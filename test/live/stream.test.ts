// The event stream: pages that come back, read slowly, are many, or go.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';

import { Stream } from '../../lib/live/stream.js';
import { OpenPage } from './pages.js';

async function served(): Promise<{
  stream: Stream;
  server: Server;
  address: string;
  counts: number[];
}> {
  const counts: number[] = [];
  const stream = new Stream((count) => counts.push(count));
  const server = createServer((request, response) => stream.join(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    stream.close();
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { stream, server, address: `http://127.0.0.1:${port}/?token=x`, counts };
}

const last =
  (n: number) =>
  ({ data }: { data: { n?: number } }) =>
    data.n === n;

test('ten pages are told the same in the same order, each beginning with reset', async () => {
  const { stream, address } = await served();
  stream.tell('steps', { n: 0 });
  const pages = await Promise.all(Array.from({ length: 10 }, () => OpenPage.open(address)));
  await Promise.all(pages.map((page) => page.until(({ name }) => name === 'reset')));
  for (let n = 1; n <= 50; n++) stream.tell('steps', { n, loss: Number.NaN });
  for (const page of pages) {
    await page.until(last(50));
    expect(page.events[0]).toEqual({ id: 1, name: 'reset', data: {} });
    expect(page.events.slice(1).map(({ id, data }) => [id, data.n])).toEqual(
      Array.from({ length: 50 }, (_, i) => [i + 2, i + 1]),
    );
    expect(page.events[1]!.data.loss).toBe('NaN');
  }
});

test('who comes back is told what it missed, once', async () => {
  const { stream, address } = await served();
  const first = await OpenPage.open(address);
  for (let n = 1; n <= 5; n++) stream.tell('steps', { n });
  const { id } = await first.until(last(3));
  first.close();
  for (let n = 6; n <= 9; n++) stream.tell('epoch', { n });
  const again = await OpenPage.open(address, id);
  await again.until(last(9));
  expect(again.events.map(({ data }) => data.n)).toEqual([4, 5, 6, 7, 8, 9]);
  // Who missed nothing is told nothing.
  const upToDate = await OpenPage.open(address, again.events.at(-1)!.id);
  stream.tell('runs', { n: 10 });
  await upToDate.until(last(10));
  expect(upToDate.events).toHaveLength(1);
});

test('who was away too long, or comes from another server, begins anew', async () => {
  const { stream, address } = await served();
  for (let n = 1; n <= 5000; n++) stream.tell('steps', { n });
  for (const id of [3, 999_999]) {
    const page = await OpenPage.open(address, id);
    expect((await page.until(() => true)).name).toBe('reset');
    expect(page.events[0]!.id).toBe(5000);
  }
});

test('a page that does not read is let go, and the others are not held up', async () => {
  const { stream, address, counts } = await served();
  const { port } = new URL(address);
  const slow = connect(Number(port), '127.0.0.1');
  onTestFinished(() => void slow.destroy());
  slow.on('error', () => {});
  slow.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await new Promise((resolve) => slow.once('data', resolve));
  slow.pause();
  const quick = await OpenPage.open(address);
  const text = 'x'.repeat(100_000);
  // More than the system's buffers and the server's take for one page.
  let n = 0;
  for (; stream.pages === 2 && n < 2000; n++) {
    stream.tell('steps', { n, text });
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(stream.pages).toBe(1);
  expect(counts).toEqual([1, 2, 1]);
  stream.tell('runs', { n: -1 });
  await quick.until(last(-1));
});

test('pages that go are forgotten; when the server ends, all are let go', async () => {
  const { stream, address, counts } = await served();
  const pages = await Promise.all([1, 2, 3].map(() => OpenPage.open(address)));
  pages[0]!.close();
  while (stream.pages > 2) {
    stream.tell('steps', {});
    await new Promise((resolve) => setImmediate(resolve));
  }
  stream.close();
  await Promise.all(pages.map(({ end }) => end));
  expect(stream.pages).toBe(0);
  expect(counts.at(-1)).toBe(0);
  expect(stream.hadPages).toBe(true);
});
