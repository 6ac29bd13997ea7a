import { expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { TrainingLock } from '../../lib/observe/busy.js';
import { recorded } from '../recorded.js';
import { expected, lenet, pixels, served } from './served.js';

const files = new Map(
  recorded<{ name: string; file: string }[]>('images').map(({ name, file }) => [
    name,
    Buffer.from(file, 'base64'),
  ]),
);
const png = files.get('rgb.png') ?? [...files].find(([name]) => name.endsWith('.png'))![1];

test('raw bytes are an image, or several', async () => {
  const { net, post } = await served();
  const one = await post('/predict', pixels(1), { 'Content-Type': 'application/octet-stream' });
  expect(one.headers.get('content-type')).toBe('application/json');
  expect(await one.json()).toEqual((await expected(net, pixels(1), 3))[0]);
  const three = await post('/predict?top_k=10', pixels(3));
  expect(await three.json()).toEqual(await expected(net, pixels(3), 10));
});

test.each([...files.keys()])('%s is read as predict reads it', async (name) => {
  const { net, post, url } = await served();
  const decoded = await torch.data.decodeImage(files.get(name)!);
  const [classes] = await expected(net, torch.data.prepareImage(decoded), 4);
  const body = new Uint8Array(files.get(name)!);
  expect(await (await post('/predict?top_k=4', body)).json()).toEqual(classes);
  // As `curl -T` does.
  const put = await fetch(`${url}/predict?top_k=4`, { method: 'PUT', body });
  expect(await put.json()).toEqual(classes);
});

test('a form has several images, in order; one is a list, too', async () => {
  const { net, post } = await served();
  const form = new FormData();
  form.append('image', new Blob([pixels(2)]), 'two.raw');
  form.append('picture', new Blob([new Uint8Array(png)], { type: 'image/png' }), 'picture.png');
  form.append('more', new Blob([pixels(1)], { type: 'application/octet-stream' }));
  const picture = torch.data.prepareImage(await torch.data.decodeImage(png));
  expect(await (await post('/predict', form as never)).json()).toEqual([
    ...(await expected(net, pixels(2), 3)),
    ...(await expected(net, picture, 3)),
    ...(await expected(net, pixels(1), 3)),
  ]);
  const single = new FormData();
  single.append('image', new Blob([pixels(1)]));
  expect(await (await post('/predict', single as never)).json()).toEqual(
    await expected(net, pixels(1), 3),
  );
});

test.each([
  ['no bytes', '', '', /found no bytes/],
  ['no image', '', 'x'.repeat(783), /expected a PNG, JPEG or WebP, or 784 raw bytes per image/],
  ['half a PNG', '', png.subarray(0, png.length / 2), /expected a whole PNG|expected the size/],
])('%s is a 400 with the code', async (_, query, body, message) => {
  const { post } = await served();
  const reply = await post(`/predict${query}`, body as string);
  expect(reply.status).toBe(400);
  expect(await reply.json()).toEqual({
    error: { code: 'ERR_IMAGE', message: expect.stringMatching(message) },
  });
});

test.each([
  ['?top_k=0', /top_k: expected an integer ≥ 1/],
  ['?top_k=x', /top_k/],
  ['?k=3', /expected top_k in the query, found "k"/],
])('%s is refused', async (query, message) => {
  const { post } = await served();
  const reply = await post(`/predict${query}`, pixels(1));
  expect(reply.status).toBe(400);
  expect(((await reply.json()) as { error: { message: string } }).error.message).toMatch(message);
});

test('forms that are none, or have no image, are refused', async () => {
  const { post } = await served();
  const type = { 'Content-Type': 'multipart/form-data; boundary=b' };
  for (const body of [
    '',
    '--b--\r\n',
    '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nhalf',
  ]) {
    const reply = await post('/predict', body, type);
    expect(reply.status).toBe(400);
  }
  const reply = await post('/predict', 'x', { 'Content-Type': 'multipart/form-data' });
  expect(reply.status).toBe(400);
});

test('what is at no path, by no method, too large or packed, is said', async () => {
  const { url, post } = await served({ bodyLimit: 1000 });
  const codeOf = async (reply: Response) => [
    reply.status,
    ((await reply.json()) as { error: { code: string } }).error.code,
  ];
  expect(await codeOf(await fetch(`${url}/nothing`))).toEqual([404, 'ERR_NOT_FOUND']);
  const get = await fetch(`${url}/predict`);
  expect(get.headers.get('allow')).toBe('POST, PUT');
  expect(await codeOf(get)).toEqual([405, 'ERR_METHOD']);
  expect(await codeOf(await post('/metrics', 'x'))).toEqual([405, 'ERR_METHOD']);
  expect(await codeOf(await post('/predict', pixels(2)))).toEqual([413, 'ERR_BODY_TOO_LARGE']);
  const packed = await post('/predict', pixels(1), { 'Content-Encoding': 'gzip' });
  expect(await codeOf(packed)).toEqual([415, 'ERR_MEDIA_TYPE']);
  const head = await fetch(`${url}/`, { method: 'HEAD' });
  expect([head.status, await head.text()]).toEqual([200, '']);
});

test('a network of another form has its own shape and classes', async () => {
  const net = new torch.nn.Sequential(new torch.nn.Flatten(), new torch.nn.Linear(12, 2));
  const { post } = await served({ shape: [3, 2, 2], classes: ['cat', 'dog'], name: 'pets' }, net);
  const reply = (await (await post('/predict', pixels(1, 12))).json()) as { label: string }[];
  expect(reply.map(({ label }) => label).sort()).toEqual(['cat', 'dog']);
  const encoded = await post('/predict', new Uint8Array(png));
  expect(((await encoded.json()) as { error: { message: string } }).error.message).toMatch(
    /expected 12 raw bytes per image, for a network of 3 channels/,
  );
});

test('LeNet-5 is given what its transform makes, and its penalties become scores', async () => {
  torch.manualSeed(0);
  const net = new torch.LeNet5();
  const { post } = await served({}, net);
  const scores = torch.tidy(() => {
    const images = torch.tensor(pixels(2), { shape: [2, 1, 28, 28] });
    const outputs = net.eval().forward(net.transform().forward(images));
    return outputs.neg().softmax(1).tolist() as number[][];
  });
  const found = (await (await post('/predict?top_k=1', pixels(2))).json()) as {
    score: number;
  }[][];
  scores.forEach((row, i) => {
    expect(found[i]![0]!.score).toBeCloseTo(Math.max(...row), 4);
  });
});

test('a network that cannot be served says so, to whoever waits and to each request', async () => {
  const net = new torch.nn.Sequential(new torch.nn.Linear(3, 2));
  const { handler, post, url } = await served({}, net);
  await expect(handler.ready).rejects.toThrow();
  const reply = await post('/predict', pixels(1));
  expect(reply.status).toBe(500);
  expect(((await reply.json()) as { error: { code: string } }).error.code).toBe('ERR_MODEL_UNFIT');
  expect((await fetch(`${url}/v2/health/ready`)).status).toBe(503);
  const few = torch.serve.handler(lenet(), { classes: ['a'] });
  await expect(few.ready).rejects.toThrow(/expected 10 names, one for each output, got 1/);
});

test('scores that are no numbers are texts, as in all JSON of the package', async () => {
  const net = lenet();
  const [bias] = [...net.parameters()].slice(-1);
  torch.noGrad(() => void bias!.fill_(Number.NaN));
  const { post } = await served({}, net);
  expect(await (await post('/predict?top_k=1', pixels(1))).json()).toEqual([
    { label: 'T-shirt/top', score: 'NaN' },
  ]);
});

test('while the model is trained, requests are asked to come again', async () => {
  const { net, post, handler } = await served();
  await handler.ready;
  const training = new TrainingLock(net);
  const reply = await post('/predict', pixels(1));
  training.release();
  expect([reply.status, reply.headers.get('retry-after')]).toEqual([503, '1']);
  expect((await post('/predict', pixels(1))).status).toBe(200);
});

test('the page is one file without anything from elsewhere', async () => {
  const { url } = await served();
  const reply = await fetch(url);
  const text = await reply.text();
  expect(reply.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(text).toMatch(/<title>lenet<\/title>/);
  expect(text).not.toMatch(/https?:/);
});
