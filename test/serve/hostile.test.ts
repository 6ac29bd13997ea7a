// Clients that do what they should not: none of it ends the service, hangs it, or is answered with a 500.
import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test, vi } from 'vitest';

import { recorded } from '../recorded.js';
import { exchange, expected, pixels, served } from './served.js';

const long = process.env.LENET_TORCH_LONG === '1';
vi.setConfig({ testTimeout: long ? 600_000 : 60_000 });

const post = (path: string, body: Uint8Array | string, more = '', length = body.length) => [
  `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n${more}\r\n`,
  body,
];

/** Whether a well-behaved client is served as ever. */
async function works({ net, post }: Awaited<ReturnType<typeof served>>): Promise<void> {
  const reply = await post('/predict', pixels(1));
  expect(await reply.json()).toEqual((await expected(net, pixels(1), 3))[0]);
}

test.each([
  ['nothing', []],
  ['garbage', ['\x00\x01\xff'.repeat(100)]],
  ['half a head', ['POST /predict HTT']],
  ['half a body', post('/predict', pixels(1), '', 1000)],
  ['another protocol', ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n']],
  [
    'two lengths',
    ['POST /predict HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
  ],
  ['a length that is none', ['POST /predict HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\n']],
  [
    'a chunk that is none',
    ['POST /predict HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'],
  ],
])('a client that sends %s and goes away', async (_, pieces) => {
  const service = await served();
  const socket = connect(service.port, '127.0.0.1');
  socket.on('error', () => {}).resume();
  await once(socket, 'connect');
  for (const piece of pieces) socket.write(piece);
  await new Promise<void>((resolve) => socket.end(resolve));
  socket.destroy();
  await works(service);
});

test('headers of a megabyte are refused, and so are paths of one', async () => {
  const service = await served();
  const many = `X-Long: ${'x'.repeat(1_000_000)}\r\n`;
  expect(await exchange(service.port, ...post('/predict', pixels(1), many))).toMatch(
    /^HTTP\/1.1 431 |^$/,
  );
  const path = `GET /${'x'.repeat(1_000_000)} HTTP/1.1\r\nHost: a\r\n\r\n`;
  expect(await exchange(service.port, path)).toMatch(/^HTTP\/1.1 4(14|31) |^$/);
  await works(service);
});

test.each([
  ['/%', 404],
  ['/%00', 404],
  ['//predict', 404],
  ['/predict/', 404],
  ['/../../etc/passwd', 404],
  ['/predict?top_k=%', 400],
  ['/predict?top_k=1&top_k=x', 400],
  ['/v2/models/__proto__', 404],
  ['/__proto__', 404],
  // What proxies are sent (RFC 9112, 3.2.2).
  ['http://elsewhere/predict', 200],
  ['http://elsewhere', 405],
  ['ftp://elsewhere/predict', 404],
])('%s is a %d', async (path, status) => {
  const { port } = await served();
  const said = await exchange(port, ...post(path, pixels(1), 'Connection: close\r\n'));
  expect(said).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
});

test.each(['DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'CONNECT', 'PROPFIND'])(
  '%s is refused',
  async (method) => {
    const { port } = await served();
    const said = await exchange(
      port,
      `${method} /predict HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
    );
    // node:http itself closes on CONNECT.
    expect(said).toMatch(method === 'CONNECT' ? /^$/ : /^HTTP\/1.1 405 /);
  },
);

test('requests in a row on one connection are answered in their order', async () => {
  const { net, port } = await served();
  const images = Array.from({ length: 20 }, (_, i) => pixels(1).map((value) => (value * i) % 256));
  const requests = images.flatMap((image, i) =>
    post('/predict?top_k=1', image, i === 19 ? 'Connection: close\r\n' : ''),
  );
  const said = await exchange(port, ...requests);
  const all = new Uint8Array(20 * 784);
  for (const [i, image] of images.entries()) all.set(image, i * 784);
  const found = [...said.matchAll(/^\[.*\]/gm)].map(([json]) => JSON.parse(json));
  expect(found).toEqual(await expected(net, all, 1));
});

test('a thousand connections at once are all served', async () => {
  const service = await served();
  await service.handler.ready;
  const [head, body] = post('/predict', pixels(1), 'Connection: close\r\n') as [string, Uint8Array];
  const sockets = await Promise.all(
    Array.from({ length: 1000 }, async () => {
      const socket = connect(service.port, '127.0.0.1');
      await once(socket, 'connect');
      return socket;
    }),
  );
  const answers = sockets.map(async (socket) => {
    let said = '';
    socket.setEncoding('latin1').on('data', (text) => {
      said += text;
    });
    socket.write(head);
    socket.write(body);
    await once(socket, 'close');
    return said.slice(0, 15);
  });
  expect(new Set(await Promise.all(answers))).toEqual(new Set(['HTTP/1.1 200 OK']));
});

test('clients that go away while their images are computed take nothing from the others', async () => {
  const service = await served();
  await service.handler.ready;
  const body = pixels(300);
  for (let i = 0; i < 20; i++) {
    const socket = connect(service.port, '127.0.0.1');
    socket.on('error', () => {});
    await once(socket, 'connect');
    for (const piece of post('/predict', body)) socket.write(piece);
    await new Promise<void>((resolve) => socket.write('', () => resolve()));
    socket.destroy();
  }
  await works(service);
});

/** Numbers that are the same in each run. */
function randomness(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function mutated(bytes: Buffer, random: (below: number) => number): Buffer {
  let made = Buffer.from(bytes);
  for (let k = random(4); k >= 0; k--) {
    const at = random(made.length + 1);
    const kind = random(5);
    if (kind === 0 && made.length > 0) made[random(made.length)] = random(256);
    else if (kind === 1) made = made.subarray(0, at);
    else if (kind === 2)
      made = Buffer.concat([made.subarray(0, at), made.subarray(random(made.length + 1))]);
    else if (kind === 3)
      made = Buffer.concat([
        made.subarray(0, at),
        Buffer.alloc(random(20), random(256)),
        made.subarray(at),
      ]);
    else if (made.length > 8) made.writeUInt32LE(random(2 ** 32), random(made.length - 4));
  }
  return made;
}

const images = recorded<{ name: string; file: string }[]>('images').map(({ file }) =>
  Buffer.from(file, 'base64'),
);
const json = JSON.stringify({
  id: '1',
  inputs: [{ name: 'input', shape: [1, 1, 28, 28], datatype: 'FP32', data: Array(784).fill(0.5) }],
  outputs: [{ name: 'output', parameters: { binary_data: true } }],
});
const form = (image: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from('--b\r\nContent-Disposition: form-data; name="a"; filename="a.png"\r\n\r\n'),
    image,
    Buffer.from('\r\n--b--\r\n'),
  ]);

/** Bodies and whole requests that are a little wrong. */
function requestOf(random: (below: number) => number): Buffer {
  const image = images[random(images.length)]!;
  const kinds = [
    () => ['/predict', '', image],
    () => [
      '/predict?top_k=2',
      'Content-Type: application/octet-stream\r\n',
      Buffer.from(pixels(2)),
    ],
    () => ['/predict', 'Content-Type: multipart/form-data; boundary=b\r\n', form(image)],
    () => ['/v2/models/lenet/infer', '', Buffer.from(json)],
    () => [
      '/v2/models/lenet/infer',
      `Inference-Header-Content-Length: ${random(300)}\r\n`,
      Buffer.concat([Buffer.from(json.slice(0, 250)), Buffer.alloc(3136, 7)]),
    ],
  ] as const;
  const [path, headers, whole] = kinds[random(kinds.length)]!() as [string, string, Buffer];
  const isBody = random(4) > 0;
  const body = isBody ? mutated(whole, random) : whole;
  const head = Buffer.from(
    `POST ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: ${body.length}\r\n${headers}\r\n`,
  );
  return Buffer.concat([isBody ? head : mutated(head, random), body]);
}

const count = long ? 20_000 : 400;
test(`${count} mutated requests: no crash, no hang, no 500`, async () => {
  const service = await served({ bodyLimit: 100_000 });
  await service.handler.ready;
  const random = randomness(7);
  const statuses = new Map<string, number>();
  const ask = async (): Promise<void> => {
    const request = requestOf(random);
    const socket = connect(service.port, '127.0.0.1');
    let said = '';
    socket.setEncoding('latin1').on('error', () => {});
    socket.on('data', (text) => {
      said += text;
    });
    // What is half a request is ended by its client.
    socket.end(request);
    await new Promise((resolve) => socket.on('close', resolve));
    const status = /^HTTP\/1.1 (\d+)/.exec(said)?.[1] ?? 'closed';
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    if (status === '500') throw new Error(`a 500 for ${request.toString('base64')}: ${said}`);
  };
  for (let i = 0; i < count; i += 20) await Promise.all(Array.from({ length: 20 }, ask));
  expect(statuses.get('200')).toBeGreaterThan(0);
  expect(statuses.get('400')).toBeGreaterThan(0);
  await works(service);
});
