// Networks and data of a program's own on the page of their training.
import { join } from 'node:path';
import { expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { temporaryFolder } from '../folder.js';
import { ask, shown, unpacked } from './pages.js';

const { nn } = torch;

class Small extends nn.Module {
  conv = new nn.Conv2d(2, 3, 3);
  fc = new nn.Linear(3 * 36, 4);

  override forward(images: torch.Tensor): torch.Tensor {
    return this.fc.forward(this.conv.forward(images).relu().flatten(1));
  }
}

class Sized extends Small {
  constructor(readonly width: number) {
    super();
    this.conv = new nn.Conv2d(2, width, 3);
    this.fc = new nn.Linear(width * 36, 4);
  }
}

const images = torch.rand(6, 2, 8, 8).keep();
const batches = [
  [images.narrow(0, 0, 4), torch.tensor([0n, 1n, 2n, 3n])],
  [images.narrow(0, 4, 2), torch.tensor([0n, 1n])],
] as const;

async function train(net: Small, page: torch.LivePage): Promise<void> {
  const run = await torch.Run.create(join(temporaryFolder(), 'run'));
  const optimizer = new torch.optim.SGD(net.parameters(), { lr: 0.1 });
  await torch.train(net, batches, batches, 4, optimizer, 'cpu', 2, { run, live: page, log: null });
}

test('a class without arguments is known by itself, images by their place in the batches', async () => {
  const classes = ['a', 'b', 'c', 'd'];
  const page = await shown({ classes });
  const net = new Small();
  await train(net, page);
  const { body } = await ask(page.address, '/api/runs/run');
  expect(body).toMatchObject({ model: 'small', input: [2, 8, 8], images: 6, classes });
  const features = await ask(page.address, '/api/features?image=5', { method: 'POST' });
  expect(features.body.stages.map(({ shape }: { shape: number[] }) => shape)).toEqual([
    [2, 8, 8],
    [3, 6, 6],
    [4],
  ]);
  const expected = torch.noGrad(() => net.forward(images.narrow(0, 5, 1)));
  expect(unpacked(features.body.stages[2])).toEqual(expected.reshape(-1).data());
  const confusion = await ask(page.address, '/api/runs/run/confusion?epoch=2');
  expect(confusion.body.counts.flat().reduce((a: number, b: number) => a + b)).toBe(6);
  const shownImage = await ask(page.address, '/api/images/5');
  expect(shownImage.body.label).toBe(1);
  expect(unpacked(shownImage.body)).toEqual(images.select(0, 5).reshape(-1).contiguous().data());
});

test('one with arguments is made by the option model, without a random number of the training', async () => {
  const page = await shown({ model: () => new Sized(5) });
  torch.manualSeed(7);
  const net = new Sized(5);
  const before = torch.getRngState();
  await train(net, page);
  const features = await ask(page.address, '/api/features?image=0&epoch=0', { method: 'POST' });
  expect(features.body.stages[1].shape).toEqual([5, 6, 6]);
  expect(torch.getRngState().equal(before)).toBe(true);

  for (const options of [{}, { model: () => new Sized(4) }]) {
    const other = await shown(options);
    await train(new Sized(5), other);
    const { status, body } = await ask(other.address, '/api/features?image=0', { method: 'POST' });
    expect([status, body.error.code]).toEqual([404, 'ERR_NOT_FOUND']);
    expect(body.error.message).toContain('give torch.live the option model');
    // Its curves are there all the same.
    expect((await ask(other.address, '/api/runs/run')).body).toMatchObject({ images: 0, epoch: 2 });
  }
});

test('a page of several networks: the option is for those that it fits', async () => {
  const page = await shown({ model: () => new Sized(5), classes: ['a', 'b', 'c'] });
  for (const [name, net] of [
    ['small', new Small()],
    ['sized', new Sized(5)],
  ] as const) {
    const run = await torch.Run.create(join(temporaryFolder(), name));
    const optimizer = new torch.optim.SGD(net.parameters(), { lr: 0.1 });
    await torch.train(net, batches, batches, 4, optimizer, 'cpu', 1, {
      run,
      live: page,
      log: null,
    });
    const weights = await ask(page.address, `/api/runs/${name}/weights`);
    expect(weights.body.layers[0].shape[0]).toBe(name === 'small' ? 3 : 5);
    // Names for another number of classes would be wrong ones.
    for (const path of [`/api/features?image=0&run=${name}`, `/api/runs/${name}/confusion`]) {
      const method = path.includes('features') ? 'POST' : 'GET';
      const { body } = await ask(page.address, path, { method });
      expect(body.error).toMatchObject({
        code: 'ERR_INVALID_ARG',
        message: expect.stringContaining(`expected 4 names, one for each output of ${name}, got 3`),
      });
    }
  }
});

test('what the option makes of it is said', async () => {
  const wrong: [() => torch.nn.Module, string][] = [
    [() => undefined as unknown as torch.nn.Module, 'what was made is no Module'],
    [
      () => {
        throw new Error('of its own');
      },
      '(of its own)',
    ],
  ];
  for (const [model, message] of wrong) {
    const page = await shown({ model });
    await train(new Sized(5), page);
    const { status, body } = await ask(page.address, '/api/features?image=0', { method: 'POST' });
    expect([status, body.error.code]).toEqual([404, 'ERR_NOT_FOUND']);
    expect(body.error.message).toContain(message);
  }
});
