// What the page's server answers about a run that is finished, against what the network itself computes.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scoresOf } from '../../lib/draw/scores.js';
import { stagesOf } from '../../lib/draw/stages.js';
import * as torch from '../../lib/index.js';
import { Losses } from '../../lib/live/losses.js';
import { EventReader } from '../../lib/run/events/reader.js';
import { temporaryFolder } from '../folder.js';
import { ask, unpacked } from './pages.js';

const { DataLoader, FashionMNIST, Subset } = torch.data;
const epochs = 3;
let folder: string;
let page: torch.LivePage;
const get = (path: string) => ask(page.address, path);
const post = (path: string, body: Uint8Array) => ask(page.address, path, { method: 'POST', body });

// As `lenet-torch train` begins runs, whose options say where the data are.
async function train(name: string, net: torch.LeNet | torch.LeNet5, lr: number): Promise<void> {
  const part = (train: boolean, count: number) =>
    new DataLoader(new Subset(new FashionMNIST({ train, transform: net.transform() }), count), {
      batchSize: 32,
      shuffle: train,
    });
  const run = await torch.Run.create(join(folder, name), { options: { limitTest: 300 } });
  const optimizer = new torch.optim.Adam(net.parameters(), { lr });
  const rest = [32, optimizer, 'cpu', epochs, { run, log: null }] as const;
  await torch.train(net, part(true, 1600), part(false, 300), ...rest);
}

beforeAll(async () => {
  folder = temporaryFolder('lenet-torch-live-', afterAll);
  torch.manualSeed(0);
  await train('first', new torch.LeNet(), 0.01);
  await train('1998', new torch.LeNet5({ squash: 'tanh' }), 0.003);
  page = await torch.live({ run: folder });
}, 120_000);
afterAll(() => page?.close());

async function netOf(name: string, epoch: number): Promise<torch.LeNet | torch.LeNet5> {
  const net = name === 'first' ? new torch.LeNet() : new torch.LeNet5({ squash: 'tanh' });
  net.loadStateDict(await torch.load(join(folder, name, 'epochs', `${epoch}.safetensors`)));
  return net.eval();
}

const raw = new FashionMNIST({ train: false });
const rawImage = (index: number): Uint8Array =>
  Uint8Array.from(raw.images.select(0, index).reshape(-1).contiguous().data() as Uint8Array);

test('the runs of a folder', async () => {
  const { status, body } = await get('/api/runs');
  expect(status).toBe(200);
  expect(body.runs.map(({ name }: { name: string }) => name)).toEqual(['1998', 'first']);
  const [last] = readFileSync(join(folder, 'first', 'metrics.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .slice(-1);
  const { loss, trainAcc, testAcc } = JSON.parse(last!);
  expect(body.runs[1]).toEqual({
    ...{ name: 'first', model: 'lenet', state: 'finished', epoch: 3, epochs: 3 },
    ...{ loss, trainAcc, testAcc, writable: false },
  });
});

test('a run: configuration, history, kept epochs, progress, images', async () => {
  const { body } = await get('/api/runs/first');
  expect(body).toMatchObject({
    kept: [0, 1, 2, 3],
    configuration: { batchSize: 32, model: { name: 'lenet' } },
    progress: { epoch: 3, step: 150, steps: 50, engine: 'fused', device: 'cpu' },
    input: [1, 28, 28],
    images: 300,
    classes: raw.classes,
  });
  expect(body.history.map(({ epoch }: { epoch: number }) => epoch)).toEqual([1, 2, 3]);
});

test('losses: of each step, or the least and largest of stretches', async () => {
  const all = await get('/api/runs/first/losses');
  expect(all.body.steps).toEqual(Array.from({ length: 150 }, (_, i) => i + 1));
  const some = await get('/api/runs/first/losses?points=10');
  expect(some.body.steps.length).toBeLessThanOrEqual(10);
  for (const extreme of [Math.min, Math.max]) {
    expect(extreme(...some.body.losses)).toBe(extreme(...all.body.losses));
  }
});

describe.each(['first', '1998'])('what the network sees: %s', (name) => {
  test('stages and scores are those of the network itself', async () => {
    const net = await netOf(name, 2);
    const { images } = raw;
    const image = net.transform().forward(images.narrow(0, 7, 1));
    const expected = stagesOf('test', net, image);
    const { body } = await post(`/api/features?run=${name}&epoch=2`, rawImage(7));
    const layers = [expected.input, ...expected.layers];
    expect(body.stages.map(({ name }: { name: string }) => name)).toEqual(
      layers.map((stage) => stage.name),
    );
    for (const [i, stage] of layers.entries()) {
      expect(unpacked(body.stages[i])).toEqual(Float32Array.from(stage.values));
    }
    const { probabilities, predicted } = scoresOf(net, expected.outputs);
    expect(body.scores.map(({ score }: { score: number }) => score)).toEqual(probabilities);
    expect(body.label).toBe(raw.classes[predicted]);
    // A test image by its number is the same one.
    const byIndex = await post(`/api/features?run=${name}&epoch=2&image=7`, new Uint8Array());
    expect(byIndex.body).toEqual(body);
  });

  test('weights are those of the epoch, under the names that the stages have', async () => {
    const [first, last] = [
      await get(`/api/runs/${name}/weights?epoch=0`),
      await get(`/api/runs/${name}/weights?epoch=3`),
    ];
    const net = await netOf(name, 3);
    const state = net.stateDict();
    const { stages } = (await post(`/api/features?run=${name}`, rawImage(0))).body;
    const names = last.body.layers.map((layer: { name: string }) => layer.name);
    for (const { layer, op } of stages)
      if (op === 'convolution' || op === 'full') expect(names).toContain(layer);
    const [layer] = last.body.layers;
    expect(unpacked(layer)).toEqual(state[`${layer.name}.weight`]!.data());
    expect(unpacked({ values: layer.bias })).toEqual(state[`${layer.name}.bias`]!.data());
    expect(first.body.layers[0].values).not.toBe(layer.values);
  });

  test('the confusion matrix counts all test images, and its cells name them', async () => {
    const net = await netOf(name, 3);
    const { body } = await get(`/api/runs/${name}/confusion?epoch=3`);
    const batches = new DataLoader(
      new Subset(new FashionMNIST({ train: false, transform: net.transform() }), 300),
      { batchSize: 100 },
    );
    const diagonal = body.counts.reduce(
      (sum: number, row: number[], i: number) => sum + row[i]!,
      0,
    );
    expect(diagonal / 300).toBe(await torch.evaluate(batches, net));
    expect(body.counts.flat().reduce((a: number, b: number) => a + b)).toBe(300);
    const [worst] = body.mistakes;
    expect(worst.actual).toBe(Number(raw.targets.select(0, worst.index).item()));
    const { actual, predicted } = worst;
    const cell = await get(
      `/api/runs/${name}/cell?epoch=3&actual=${actual}&predicted=${predicted}`,
    );
    expect(cell.body.images).toHaveLength(body.counts[actual][predicted]);
    expect(cell.body.images[0]).toEqual({ index: worst.index, score: worst.score });
  });

  test('decisive pixels: the gradient is one, and occlusion is what covering does', async () => {
    const net = await netOf(name, 3);
    const image = torch.tidy(() =>
      net
        .transform()
        .forward(raw.images.narrow(0, 3, 1))
        .keep(),
    );
    const exact = (await netOf(name, 3)).to('float64');
    const scores = (input: torch.Tensor): torch.Tensor => {
      const outputs = (input.dtype === 'float64' ? exact : net).forward(input);
      return name === 'first' ? outputs : outputs.neg();
    };
    const winner = Number(
      torch
        .noGrad(() => scores(image))
        .argmax()
        .item(),
    );
    const [, , height, width] = image.shape as [number, number, number, number];
    const gradient = await post(`/api/decisive?run=${name}&epoch=3`, rawImage(3));
    expect(gradient.body).toMatchObject({ shape: [height, width], label: raw.classes[winner] });
    // By differences, where the gradient is largest.
    const values = unpacked(gradient.body);
    const at = values.reduce(
      (best, value, i) => (Math.abs(value) > Math.abs(values[best]!) ? i : best),
      0,
    );
    const score = (by: number) =>
      torch.noGrad(() => {
        const moved = image.to('float64');
        moved.view(-1).narrow(0, at, 1).add_(by);
        return Number(scores(moved).select(1, winner).item());
      });
    const slope = (score(1e-4) - score(-1e-4)) / 2e-4;
    expect(values[at]! / slope).toBeCloseTo(1, 2);

    const occlusion = await post(`/api/decisive?run=${name}&epoch=3&method=occlusion`, rawImage(3));
    const [row, column] = [12, 14];
    const share = (input: torch.Tensor) =>
      torch.noGrad(() => Number(scores(input).softmax(1).select(1, winner).item()));
    const covered = image.clone();
    covered
      .narrow(2, row - 2, 5)
      .narrow(3, column - 2, 5)
      .fill_(Number(image.min().item()));
    const drop = share(image) - share(covered);
    expect(unpacked(occlusion.body)[row * width + column]).toBeCloseTo(drop, 4);
    expect(occlusion.body.score).toBeCloseTo(share(image), 5);
  });
});

test('a picture is centred and scaled as predict does it', async () => {
  const { width, height } = { width: 50, height: 90 };
  const data = Uint8Array.from({ length: width * height }, (_, i) => (i % 7 === 0 ? 200 : 0));
  const { encode } = await import('fast-png');
  const png = encode({ width, height, data, channels: 1, depth: 8 });
  const pixels = torch.data.prepareImage({ data, width, height, channels: 1 });
  const [sent, prepared] = [
    await post('/api/features?run=first', png),
    await post('/api/features?run=first', pixels),
  ];
  expect(sent.body).toEqual(prepared.body);
});

test('a test image, 0 to 1, and its label', async () => {
  const { body } = await get('/api/images/5?run=first');
  expect(body).toMatchObject({
    shape: [1, 28, 28],
    label: Number(raw.targets.select(0, 5).item()),
  });
  expect(unpacked(body)).toEqual(Float32Array.from(rawImage(5), (value) => value / 255));
});

test('what is not there or not understood is said with a code', async () => {
  const cases = [
    [await get('/api/runs/none'), 404, 'ERR_RUN_NOT_FOUND'],
    [await get('/api/runs/first/weights?epoch=9'), 404, 'ERR_NOT_FOUND'],
    [await get('/api/runs/first/weights?epoch=-1'), 400, 'ERR_REQUEST'],
    [await get('/api/images/300?run=first'), 404, 'ERR_NOT_FOUND'],
    [await get('/api/images/3'), 400, 'ERR_REQUEST'],
    [await get('/api/none'), 404, 'ERR_NOT_FOUND'],
    [await get('/api/features?run=first'), 405, 'ERR_METHOD'],
    [await get('/api/runs/first/cell?actual=1'), 400, 'ERR_REQUEST'],
    [await post('/api/features?run=first', new Uint8Array(7)), 400, 'ERR_IMAGE'],
    [await post('/api/features?run=first', new Uint8Array()), 400, 'ERR_IMAGE'],
    // Of several images none is dropped.
    [await post('/api/features?run=first', new Uint8Array(2 * 784)), 400, 'ERR_IMAGE'],
    [await post('/api/features?run=first', new Uint8Array(2 ** 24 + 1)), 413, 'ERR_BODY_TOO_LARGE'],
    [await post('/api/decisive?run=first&method=guess', rawImage(0)), 400, 'ERR_REQUEST'],
  ] as const;
  for (const [{ status, body }, expected, code] of cases) {
    expect([status, body.error?.code]).toEqual([expected, code]);
  }
});

test.each([
  ['GET', '/api/features', 'POST'],
  ['POST', '/api/runs', 'GET, HEAD'],
  ['PUT', '/api/runs/first', 'GET, DELETE, HEAD'],
  ['POST', '/api/events', 'GET'],
  ['HEAD', '/api/events', 'GET'],
])('%s %s is refused, with what is expected', async (method, path, expected) => {
  const response = await fetch(new URL(path, page.address), { method });
  expect([response.status, response.headers.get('allow')]).toEqual([405, expected]);
});

test('HEAD: the headers of GET', async () => {
  const [head, got] = await Promise.all(
    ['HEAD', 'GET'].map((method) => fetch(new URL('/api/runs', page.address), { method })),
  );
  expect([head!.status, await head!.text()]).toEqual([200, '']);
  expect(head!.headers.get('content-length')).toBe(got!.headers.get('content-length'));
  await got!.text();
});

test('a run of data that nobody here knows: all but what needs the images', async () => {
  const dir = join(folder, 'own', 'strange');
  const net = new torch.LeNet();
  const batch = [torch.rand(8, 1, 28, 28), torch.zeros(8).to('int64')] as const;
  const run = await torch.Run.create(dir);
  const optimizer = new torch.optim.Adam(net.parameters());
  await torch.train(net, [batch], [batch], 8, optimizer, 'cpu', 1, { run, log: null });
  const other = await torch.live({ run: dir });
  try {
    expect((await ask(other.address, '/api/runs/strange')).body).toMatchObject({
      images: 0,
      input: [1, 28, 28],
    });
    const features = await ask(other.address, '/api/features', {
      method: 'POST',
      body: rawImage(0),
    });
    expect(features.body.stages).toHaveLength(8);
    const { status, body } = await ask(other.address, '/api/runs/strange/confusion');
    expect([status, body.error.code]).toEqual([404, 'ERR_NOT_FOUND']);
  } finally {
    await other.close();
  }
});

test('the file of a run has the page and the answers in it', async () => {
  const { headers, body } = await get('/api/runs/first/file');
  expect(headers.get('content-disposition')).toBe('attachment; filename="first.html"');
  const [, json] = /<script type="application\/json" id="answers">(.*?)<\/script>/s.exec(body)!;
  const answers = JSON.parse(json!);
  expect(answers['/api/runs/first'].writable).toBe(false);
  const asked = await post('/api/features?run=first&epoch=2&image=0', new Uint8Array());
  expect(answers['/api/features?run=first&epoch=2&image=0']).toEqual(asked.body);
  expect(answers['/api/runs/first/confusion?epoch=3']).toEqual(
    (await get('/api/runs/first/confusion?epoch=3')).body,
  );
  expect(body).not.toMatch(/(src|href)="(?!data:|#)/);
});

test('losses come back from the event file bit for bit, and 100,000 stay smooth', async () => {
  const losses = new Losses();
  const reader = new EventReader(join(folder, 'first'), 'loss/step', losses);
  expect(await reader.readNew()).toBe(true);
  expect(await reader.readNew()).toBe(false);
  const { body } = await get('/api/runs/first/losses');
  expect(losses.thinned(1000).losses.map((loss) => Math.fround(loss))).toEqual(body.losses);

  const many = new Losses();
  for (let step = 1; step <= 100_000; step++) many.add(step, Math.sin(step / 5000));
  many.add(100_001, 50);
  const thin = many.thinned(2000);
  expect(thin.steps.length).toBeLessThanOrEqual(2000);
  expect(thin.losses).toContain(50);
  expect(thin.steps).toEqual([...thin.steps].sort((a, b) => a - b));
  many.add(40_000, Number.NaN);
  expect(many.lastStep).toBe(40_000);
  expect(many.thinned(100).losses.at(-1)).toBeNaN();
});
