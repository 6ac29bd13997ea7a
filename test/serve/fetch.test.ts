import { expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { coded, invalid } from '../coded.js';
import { expected, lenet, pixels } from './served.js';

const at = (path: string, init?: RequestInit) => new Request(`http://localhost${path}`, init);

test('a Request becomes a Response', async () => {
  const net = lenet();
  const handler = torch.serve.fetchHandler(net);
  const reply = await handler(at('/predict?top_k=2', { method: 'POST', body: pixels(1) }));
  expect(reply.headers.get('content-type')).toBe('application/json');
  expect(await reply.json()).toEqual((await expected(net, pixels(1), 2))[0]);
  expect((await handler(at('/'))).headers.get('content-type')).toContain('text/html');
  const head = await handler(at('/', { method: 'HEAD' }));
  expect([head.status, await head.text()]).toEqual([200, '']);
});

test('bodies beyond the limit, and such as have been read, are refused', async () => {
  const handler = torch.serve.fetchHandler(lenet(), { bodyLimit: 1000 });
  const large = await handler(at('/predict', { method: 'POST', body: pixels(2) }));
  expect(large.status).toBe(413);
  const read = at('/predict', { method: 'POST', body: pixels(1) });
  await read.arrayBuffer();
  expect((await handler(read)).status).toBe(400);
  const nothing = await handler(at('/predict', { method: 'POST' }));
  expect(nothing.status).toBe(400);
});

test('a client that has gone costs no computation', async () => {
  const handler = torch.serve.fetchHandler(lenet());
  await handler.ready;
  const gone = new AbortController();
  const reply = handler(at('/predict', { method: 'POST', body: pixels(1), signal: gone.signal }));
  gone.abort();
  expect((await reply).status).toBe(400);
  expect(await (await handler(at('/metrics'))).text()).toContain('lenet_torch_images_total 0\n');
});

test('it drains and takes other weights, too', async () => {
  const handler = torch.serve.fetchHandler(lenet());
  const other = lenet(1);
  await handler.use(other);
  const ask = () => handler(at('/predict', { method: 'POST', body: pixels(1) }));
  expect(await (await ask()).json()).toEqual((await expected(other, pixels(1), 3))[0]);
  await handler.drain();
  expect((await ask()).status).toBe(503);
});

test('arguments of other kinds are refused at once', () => {
  for (const make of [torch.serve.handler, torch.serve.fetchHandler]) {
    expect(() => make({} as never)).toThrow(invalid('net: expected a Module'));
    for (const [options, message] of [
      [{ name: 'a/b' }, 'name'],
      [{ classes: [] }, 'classes'],
      [{ shape: [1, 28] }, 'shape'],
      [{ maxBatch: 0 }, 'maxBatch'],
      [{ maxDelay: -1 }, 'maxDelay'],
      [{ maxQueue: 1.5 }, 'maxQueue'],
      [{ bodyLimit: 0 }, 'bodyLimit'],
      [{ invert: 'no' }, 'invert'],
      [{ engine: 'graph' }, 'engine'],
    ] as [object, string][]) {
      expect(() => make(lenet(), options)).toThrow(coded('ERR_INVALID_ARG', message));
    }
  }
});
