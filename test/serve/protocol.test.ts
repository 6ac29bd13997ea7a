// The Open Inference Protocol v2, as its documents have it; a client of Triton's is asked in client.test.ts.
import { expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { lenet, pixels, served } from './served.js';

const floats = (count: number): Float32Array =>
  Float32Array.from(pixels(count), (value) => value / 255);
const outputsOf = async (net: torch.nn.Module, images: Float32Array): Promise<number[]> =>
  Array.from((await torch.predict(net, images)).data() as Float32Array);
function closeTo(found: readonly number[], right: readonly number[]): void {
  expect(found).toEqual(right.map((value) => expect.closeTo(value, 4)));
}
const input = (count: number, more: object) => ({
  name: 'input',
  shape: [count, 1, 28, 28],
  datatype: 'FP32',
  ...more,
});
const path = '/v2/models/lenet/infer';
const bytesOf = (values: Float32Array) => Buffer.from(values.buffer);

test('server, health and model say what they are', async () => {
  const { url, handler } = await served();
  await handler.ready;
  const get = async (path: string) => {
    const reply = await fetch(url + path);
    return [reply.status, await reply.json()];
  };
  expect(await get('/v2')).toEqual([
    200,
    { name: 'lenet-torch', version: torch.version, extensions: ['binary_tensor_data'] },
  ]);
  expect(await get('/v2/health/live')).toEqual([200, { live: true }]);
  expect(await get('/v2/health/ready')).toEqual([200, { ready: true }]);
  const metadata = {
    name: 'lenet',
    versions: ['1'],
    platform: 'lenet-torch',
    inputs: [{ name: 'input', datatype: 'FP32', shape: [-1, 1, 28, 28] }],
    outputs: [{ name: 'output', datatype: 'FP32', shape: [-1, 10] }],
  };
  for (const model of ['/v2/models/lenet', '/v2/models/lenet/versions/1']) {
    expect(await get(model)).toEqual([200, metadata]);
    expect(await get(`${model}/ready`)).toEqual([200, { name: 'lenet', ready: true }]);
  }
  expect(await get('/v2/models/other')).toEqual([
    404,
    { error: 'ERR_NOT_FOUND: there is nothing at "/v2/models/other"' },
  ]);
});

test('JSON is computed, flat or nested', async () => {
  const { net, post } = await served();
  const images = floats(2);
  const data = await outputsOf(net, images);
  const nested = torch.tensor(images, { shape: [2, 1, 28, 28] }).tolist();
  for (const given of [Array.from(images), nested]) {
    const reply = await post(
      path,
      JSON.stringify({ id: 'a', inputs: [input(2, { data: given })] }),
    );
    const { outputs, ...head } = (await reply.json()) as { outputs: { data: number[] }[] };
    expect(head).toEqual({ model_name: 'lenet', model_version: '1', id: 'a' });
    expect(outputs).toEqual([
      { name: 'output', datatype: 'FP32', shape: [2, 10], data: expect.anything() },
    ]);
    closeTo(outputs[0]!.data, data);
  }
});

test('tensors are bytes behind the JSON, on the way there, back, or both', async () => {
  const { net, post } = await served();
  const images = floats(3);
  const data = await outputsOf(net, images);
  const bytes = bytesOf(images);
  const inputs = [input(3, { parameters: { binary_data_size: bytes.length } })];
  const send = (more: object) => {
    const json = Buffer.from(JSON.stringify({ inputs, ...more }));
    const headers = {
      'Content-Type': 'application/octet-stream',
      'Inference-Header-Content-Length': String(json.length),
    };
    return post(path, Buffer.concat([json, bytes]) as never, headers);
  };
  const plain = (await (await send({})).json()) as { outputs: { data: number[] }[] };
  closeTo(plain.outputs[0]!.data, data);
  const output = { name: 'output', parameters: { binary_data: true } };
  for (const asked of [{ outputs: [output] }, { parameters: { binary_data_output: true } }]) {
    const reply = await send(asked);
    const length = Number(reply.headers.get('inference-header-content-length'));
    const whole = Buffer.from(await reply.arrayBuffer());
    expect(reply.headers.get('content-type')).toBe('application/octet-stream');
    expect(JSON.parse(whole.subarray(0, length).toString()).outputs).toEqual([
      { name: 'output', datatype: 'FP32', shape: [3, 10], parameters: { binary_data_size: 120 } },
    ]);
    const values = new Float32Array(new Uint8Array(whole.subarray(length)).buffer);
    closeTo([...values], data);
  }
});

const data = Array(784).fill(0);
test.each<[string, object]>([
  ['expected JSON', 'x' as never],
  ['inputs: expected one tensor', {}],
  ['the body: expected an object', [] as never],
  ['found "priority"', { inputs: [input(1, { data })], parameters: { priority: 1 } }],
  ["input: expected the name 'input'", { inputs: [input(1, { data, name: 'x' })] }],
  ['expected datatype FP32', { inputs: [input(1, { data, datatype: 'UINT8' })] }],
  [
    'input: shape: expected [N,1,28,28], found [1,784]',
    { inputs: [input(1, { data, shape: [1, 784] })] },
  ],
  ['expected 784 numbers, found 783', { inputs: [input(1, { data: data.slice(1) })] }],
  ['expected 784 numbers, found 785', { inputs: [input(1, { data: [0, ...data] })] }],
  ['found fewer', { inputs: [input(1e9, { data })] }],
  ['expected numbers, found string', { inputs: [input(1, { data: data.map(String) })] }],
  ['at most 4 nested', { inputs: [input(1, { data: [[[[data]]]] })] }],
  ["expected an array, or 'binary_data_size'", { inputs: [input(1, {})] }],
  [
    'found 0 and binary_data_size 3136',
    { inputs: [input(1, { parameters: { binary_data_size: 3136 } })] },
  ],
  [
    "output: expected the name 'output'",
    { inputs: [input(1, { data })], outputs: [{ name: 'x' }] },
  ],
  ['outputs: expected one', { inputs: [input(1, { data })], outputs: [] }],
  [
    'found "classification"',
    {
      inputs: [input(1, { data })],
      outputs: [{ name: 'output', parameters: { classification: 3 } }],
    },
  ],
])('%s: refused as the protocol refuses', async (message, body) => {
  const { post } = await served();
  const reply = await post(path, typeof body === 'string' ? body : JSON.stringify(body));
  expect(reply.status).toBe(400);
  expect(((await reply.json()) as { error: string }).error).toContain(message);
});

test('deep nesting, and a length that is none, are refused', async () => {
  const { post } = await served({}, lenet());
  const deep = `{"inputs":[{"name":"input","shape":[1,1,28,28],"datatype":"FP32","data":${'['.repeat(100_000)}${']'.repeat(100_000)}}]}`;
  expect((await post(path, deep)).status).toBe(400);
  for (const length of ['x', '-1', '1e9', '99999']) {
    const reply = await post(path, '{}', { 'Inference-Header-Content-Length': length });
    expect(reply.status).toBe(400);
  }
});
