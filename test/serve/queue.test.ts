import { connect } from 'node:net';
import { expect, test, vi } from 'vitest';

import * as torch from '../../lib/index.js';
import { Batcher, type BatchLimits } from '../../lib/serve/batcher.js';
import { expected, lenet, pixels, served } from './served.js';

/** A batcher whose computation ends when it is told to. */
function batcher(limits: BatchLimits = { maxBatch: 8, maxDelay: 0 }) {
  const batches: number[] = [];
  const ends: (() => void)[] = [];
  const made = new Batcher<Uint8Array>(
    (length) => new Uint8Array(length),
    async (images, count) => {
      batches.push(count);
      await new Promise<void>((resolve) => ends.push(resolve));
      return Float32Array.from(images.subarray(0, count));
    },
    limits,
    { onBatch: () => {} },
  );
  const add = (...values: number[]) =>
    made.add(Uint8Array.from(values), values.length, () => false).then((rows) => [...rows]);
  const begun = (count: number) => vi.waitFor(() => expect(batches.length).toBe(count));
  return { made, batches, add, begun, end: () => ends.shift()!() };
}

test('what comes in one turn is computed together, in order, and what comes meanwhile is next', async () => {
  const { batches, add, begun, end, made } = batcher();
  const first = [add(1), add(2, 3), add(4)];
  expect(made.waiting).toBe(4);
  await begun(1);
  expect([batches, made.waiting]).toEqual([[4], 0]);
  const second = [add(5), add(6)];
  end();
  expect(await Promise.all(first)).toEqual([[1], [2, 3], [4]]);
  await begun(2);
  end();
  expect(await Promise.all(second)).toEqual([[5], [6]]);
  expect(batches).toEqual([4, 2]);
});

test('a batch has as many images as are allowed; a request with more is several', async () => {
  const { batches, add, begun, end } = batcher();
  const all = [add(1, 2, 3, 4, 5), add(6, 7, 8, 9), add(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)];
  for (let i = 1; i <= 4; i++) {
    await begun(i);
    end();
  }
  expect((await Promise.all(all)).map((each) => each.length)).toEqual([5, 4, 10]);
  expect(batches).toEqual([5, 4, 8, 2]);
});

test('where fewer are computed best, a batch has fewer; a request of more stays whole', async () => {
  const { batches, add, begun, end } = batcher({ maxBatch: 8, maxDelay: 1e9, bestBatch: () => 3 });
  const all = [add(1, 2), add(3), add(4, 5, 6, 7, 8), add(9), add(10)];
  for (let i = 1; i <= 3; i++) {
    await begun(i);
    end();
  }
  await Promise.all(all);
  expect(batches).toEqual([3, 5, 2]);
});

test('behind a batch, what waits is computed when no more comes, whatever the longest wait', async () => {
  const { add, begun, end } = batcher({ maxBatch: 8, maxDelay: 1e9 });
  const first = add(1);
  await begun(1);
  const second = add(2);
  end();
  await first;
  await begun(2);
  end();
  expect(await second).toEqual([2]);
});

test('behind a batch, what waits grows while more comes, up to a batch', async () => {
  const { add, begun, end, batches } = batcher({ maxBatch: 8, maxDelay: 1e9 });
  const all = [add(1)];
  await begun(1);
  all.push(add(2));
  end();
  // One more in each turn.
  for (let i = 0; i < 7; i++) {
    await new Promise<void>((resolve) => setImmediate(resolve));
    all.push(add(i));
  }
  await begun(2);
  expect(batches[1]).toBe(8);
  end();
  await Promise.all(all);
});

test('a failure is each waiting one’s, and the next batch is computed', async () => {
  let fail = true;
  const made = new Batcher<Uint8Array>(
    (length) => new Uint8Array(length),
    async (images) => {
      if (fail) throw new Error('broken');
      return Float32Array.from(images);
    },
    { maxBatch: 8, maxDelay: 0 },
    { onBatch: () => {} },
  );
  const add = () => made.add(Uint8Array.of(1), 1, () => false);
  const both = await Promise.allSettled([add(), add()]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  fail = false;
  expect([...(await add())]).toEqual([1]);
});

test('of clients that have gone nothing is computed', async () => {
  const { batches, made, add, begun, end } = batcher();
  const gone = made.add(Uint8Array.of(1), 1, () => true);
  const there = add(2);
  await expect(gone).rejects.toThrow('the client went away');
  await begun(1);
  end();
  expect([await there, batches]).toEqual([[2], [1]]);
});

test('many requests at once are answered as if each were alone, and computed in few batches', async () => {
  const { net, url, post } = await served();
  const images = Array.from({ length: 100 }, (_, i) => pixels(1).map((value) => (value + i) % 256));
  const replies = await Promise.all(images.map((each) => post('/predict', each)));
  const all = new Uint8Array(100 * 784);
  for (const [i, each] of images.entries()) all.set(each, i * 784);
  const right = await expected(net, all, 3);
  for (const [i, reply] of replies.entries()) expect(await reply.json()).toEqual(right[i]);
  const text = await (await fetch(`${url}/metrics`)).text();
  expect(text).toContain('lenet_torch_images_total 100\n');
  expect(text).toContain('lenet_torch_requests_total{path="predict",status="200"} 100\n');
  expect(Number(/lenet_torch_batch_images_count (\d+)/.exec(text)![1])).toBeLessThan(100);
});

test('a full queue is a 503 with Retry-After, more images than it has a 413', async () => {
  const { post, handler } = await served({ maxQueue: 4 });
  await handler.ready;
  // Together with what it is asked for, no image fits.
  const replies = await Promise.all(Array.from({ length: 8 }, () => post('/predict', pixels(4))));
  const statuses = replies.map(({ status }) => status);
  expect(statuses).toContain(200);
  for (const reply of replies.filter(({ status }) => status !== 200)) {
    expect([reply.status, reply.headers.get('retry-after')]).toEqual([503, '1']);
  }
  expect((await post('/predict', pixels(5))).status).toBe(413);
});

test('bodies that would fill the memory together are refused, until the first are answered', async () => {
  const { handler, port, url, post } = await served({ bodyLimit: 1000 });
  await handler.ready;
  const sockets = Array.from({ length: 64 }, () => connect(port, '127.0.0.1'));
  const answers = sockets.map(
    (socket) =>
      new Promise<string>((resolve) =>
        socket.setEncoding('latin1').once('data', (text) => resolve(String(text).slice(0, 15))),
      ),
  );
  // Each may become a thousand bytes.
  const head = 'POST /predict HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n';
  for (const socket of sockets) socket.write(head);
  const statusOf = async () => (await post('/predict', pixels(1))).status;
  await vi.waitFor(async () => expect(await statusOf()).toBe(503), { timeout: 10_000 });
  expect((await fetch(`${url}/v2/health/ready`)).status).toBe(200);
  for (const socket of sockets) {
    socket.write('310\r\n');
    socket.write(pixels(1));
    socket.write('\r\n0\r\n\r\n');
  }
  expect(new Set(await Promise.all(answers))).toEqual(new Set(['HTTP/1.1 200 OK']));
  expect(await statusOf()).toBe(200);
  for (const socket of sockets) socket.destroy();
});

test('new weights are taken between two batches, and others refused', async () => {
  const { handler, post } = await served();
  const other = lenet(1);
  await handler.use(other);
  expect(await (await post('/predict', pixels(1))).json()).toEqual(
    (await expected(other, pixels(1), 3))[0],
  );
  const small = new torch.nn.Sequential(new torch.nn.Flatten(), new torch.nn.Linear(784, 2));
  await expect(handler.use(small)).rejects.toThrow('expected 10 classes, as it were, got 2');
  await expect(handler.use({} as never)).rejects.toThrow('expected a Module');
  torch.manualSeed(0);
  await expect(handler.use(new torch.LeNet5())).rejects.toThrow(
    'expected one for images [1,28,28]',
  );
  expect((await post('/predict', pixels(1))).status).toBe(200);
});

test('when it drains, what has begun is answered, and the rest refused', async () => {
  const { handler, url, port, post } = await served();
  await handler.ready;
  const socket = connect(port, '127.0.0.1');
  let said = '';
  socket.setEncoding('latin1').on('data', (text) => {
    said += text;
  });
  socket.write('POST /predict HTTP/1.1\r\nHost: a\r\nContent-Length: 784\r\n\r\n');
  // That it has begun is seen by what a request after it has been answered.
  await vi.waitFor(async () => expect((await fetch(`${url}/v2/health/ready`)).status).toBe(200));
  let isDrained = false;
  const drained = handler.drain().then(() => {
    isDrained = true;
  });
  await vi.waitFor(async () => expect((await fetch(`${url}/v2/health/ready`)).status).toBe(503));
  const refused = await post('/predict', pixels(1));
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
  expect(refused.headers.get('connection')).toBe('close');
  expect((await fetch(`${url}/v2/health/live`)).status).toBe(200);
  expect(isDrained).toBe(false);
  socket.write(pixels(1));
  await drained;
  await vi.waitFor(() => expect(said).toContain('200 OK'));
  socket.destroy();
});
