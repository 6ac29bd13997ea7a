// A training that is stopped and gone on with from its page is, bit for bit, one that nobody ever stopped.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { TrainedRun } from '../../lib/live/trainedRun.js';
import type { Training } from '../../lib/run/config.js';
import { coded } from '../coded.js';
import { temporaryFolder } from '../folder.js';
import { endOf } from '../run/kills.js';
import { batchSize, type Make, type Setup, weightsOf } from '../run/trainings.js';
import { ask, type Event, OpenPage, order, shown } from './pages.js';

const { DataLoader, FashionMNIST, Subset } = torch.data;

// Some hundreds of steps, so that there is something to stop.
function loaders(net: { transform(): torch.data.transforms.Transform }, images: number) {
  const transform = net.transform();
  const part = (train: boolean, count: number) =>
    new DataLoader(new Subset(new FashionMNIST({ train, transform }), count), {
      batchSize,
      shuffle: train,
    });
  return { trainIter: part(true, images), testIter: part(false, 200) };
}

const lenet =
  (images: number): Make =>
  () => {
    torch.manualSeed(3);
    const net = new torch.LeNet();
    const optimizer = new torch.optim.Adam(net.parameters(), { lr: 0.01 });
    const scheduler = new torch.optim.lrScheduler.StepLR(optimizer, 1, { gamma: 0.5 });
    return {
      net,
      optimizer,
      ...loaders(net, images),
      extras: { scheduler },
      onEpoch: () => scheduler.step(),
    };
  };

// A dropout draws from the default generator in each step.
class Dropping extends torch.LeNet {
  dropout = new torch.nn.Dropout(0.3);

  override forward(images: torch.Tensor): torch.Tensor {
    return super.forward(this.dropout.forward(images));
  }
}

const dropping =
  (images: number): Make =>
  () => {
    torch.manualSeed(4);
    const net = new Dropping();
    const optimizer = new torch.optim.SGD(net.parameters(), { lr: 0.1, momentum: 0.9 });
    return { net, optimizer, ...loaders(net, images) };
  };

interface Begun {
  readonly dir: string;
  readonly setup: Setup;
  readonly training: Promise<torch.History>;
}

async function begin(make: Make, epochs: number, options: torch.TrainOptions = {}): Promise<Begun> {
  const setup = make();
  const { net, trainIter, testIter, optimizer, onEpoch, extras = {} } = setup;
  const dir = join(temporaryFolder(), 'run');
  const run = await torch.Run.create(dir, { extras });
  const { signal = new AbortController().signal, ...rest } = options;
  const end = new AbortController();
  const training = torch.train(net, trainIter, testIter, batchSize, optimizer, 'cpu', epochs, {
    log: null,
    run,
    ...(onEpoch && { onEpoch }),
    ...rest,
    signal: AbortSignal.any([signal, end.signal]),
  });
  training.catch(() => {});
  // A test that fails may have left it stopped.
  onTestFinished(async () => {
    end.abort();
    await training.catch(() => {});
  });
  return { dir, setup, training };
}

async function comparable({ dir, setup }: Begun) {
  return {
    weights: weightsOf(setup.net),
    ...(await endOf(dir)),
    kept: readdirSync(join(dir, 'epochs')).sort(),
  };
}

test.each([
  ['eager', lenet, 960],
  ['fused', lenet, 40_000],
  ['auto', dropping, 960],
] as const)('stopped in the middle of epochs and gone on with: %s', async (engine, of, images) => {
  const make = of(images);
  const whole = await begin(make, 2, { engine });
  await whole.training;
  const expected = await comparable(whole);

  const page = await shown();
  const open = await OpenPage.open(page.address);
  const lines: string[] = [];
  const stopped = await begin(make, 2, { engine, live: page, log: (line) => lines.push(line) });
  let stops = 0;
  for (; stops < 3; stops++) {
    const told = open.events.length;
    const next = (fits: (event: Event) => boolean) =>
      open.until((event) => fits(event) && open.events.indexOf(event) >= told);
    const isOver = ({ name, data }: Event) => name === 'state' && data.state === 'finished';
    // Of the first stretch nobody waits for steps: they are told a while later, when a small training may be over.
    if (stops > 0) {
      const some = await next((event) => event.name === 'steps' || isOver(event));
      if (isOver(some)) break;
    } else await next(({ name }) => name === 'runs');
    await order(page.address, '/api/runs/run/stop');
    const end = await next((event) => event.data.state === 'stopped' || isOver(event));
    if (isOver(end)) break;
    const { body } = await ask(page.address, '/api/runs/run');
    expect(body).toMatchObject({ state: 'stopped', writable: true });
    expect(body.progress.step).toBeLessThan(body.progress.steps * 2);
    // The model is free meanwhile.
    torch.tidy(() => stopped.setup.net.forward(torch.zeros(1, 1, 28, 28)));
    expect((await order(page.address, '/api/runs/run/continue')).body.state).toBe('training');
    // What was told before is no answer to the next stop.
    await next(({ name, data }) => name === 'state' && data.state === 'training');
  }
  expect(stops).toBeGreaterThan(0);
  const { epochs } = await stopped.training;
  expect(epochs.map(({ epoch }) => epoch)).toEqual([1, 2]);
  expect(await comparable(stopped)).toEqual(expected);
  expect(lines.filter((line) => line.startsWith('training on'))).toHaveLength(1);
  expect(lines.filter((line) => line.startsWith('epoch'))).toHaveLength(2);
  // Of each step there is one loss.
  const { body } = await ask(page.address, '/api/runs/run/losses?points=100000');
  expect(body.steps).toEqual(Array.from({ length: (2 * images) / batchSize }, (_, i) => i + 1));
});

test('more epochs: while it trains, while it is stopped, and after the last one', async () => {
  const make = lenet(20_000);
  const whole = await begin(make, 4);
  await whole.training;
  const expected = await comparable(whole);

  const page = await shown();
  const open = await OpenPage.open(page.address);
  const begun = await begin(make, 1, { live: page });
  const { signal } = new AbortController();
  await open.until(({ name }) => name === 'steps');
  await order(page.address, '/api/runs/run/continue', { epochs: 1 });
  await order(page.address, '/api/runs/run/stop');
  await open.state('stopped');
  const answer = await order(page.address, '/api/runs/run/continue', { epochs: 1 });
  expect(answer.body).toMatchObject({ epochs: 3, state: 'training' });
  expect((await begun.training).epochs).toHaveLength(3);

  expect((await ask(page.address, '/api/runs')).body.runs[0]).toMatchObject({
    state: 'finished',
    epoch: 3,
    epochs: 3,
    writable: false,
  });
  const more = page.moreEpochs(signal);
  await open.until(
    ({ name, data }) => name === 'state' && data.state === 'finished' && data.writable,
  );
  const none = await order(page.address, '/api/runs/run/continue');
  const refused = { status: 400, body: { error: { code: 'ERR_REQUEST' } } };
  expect(none).toMatchObject(refused);
  for (const wrong of [{ epochs: -1 }, { epochs: 1e9 }, { epochs: 0.5 }, { epoch: 1 }, [], [1]]) {
    expect(await order(page.address, '/api/runs/run/continue', wrong)).toMatchObject(refused);
  }
  expect((await order(page.address, '/api/runs/run/continue', { epochs: 1 })).status).toBe(202);
  const { run, epochs } = (await more)!;
  expect(epochs).toBe(4);
  const { net, optimizer, trainIter, testIter, onEpoch } = begun.setup;
  await torch.train(net, trainIter, testIter, batchSize, optimizer, 'cpu', epochs, {
    log: null,
    run,
    live: page,
    ...(onEpoch && { onEpoch }),
  });
  expect(await comparable(begun)).toEqual(expected);
});

test('a stopped training ends with its page, or with the signal of who called it', async () => {
  for (const end of ['page', 'signal'] as const) {
    const page = await shown();
    const open = await OpenPage.open(page.address);
    const controller = new AbortController();
    const { training, dir } = await begin(lenet(40_000), 3, {
      live: page,
      signal: controller.signal,
    });
    await open.until(({ name }) => name === 'steps');
    // Who changes his mind quickly has what he said last, whether it had stopped in between or not.
    for (const wish of ['stop', 'continue', 'stop', 'stop']) {
      expect((await order(page.address, `/api/runs/run/${wish}`)).status).toBe(202);
    }
    const state = async () => (await ask(page.address, '/api/runs')).body.runs[0].state;
    let now = await state();
    while (now === 'stopping') now = await state();
    expect(now).toBe('stopped');
    if (end === 'page') {
      await page.close();
      await expect(training).rejects.toThrow(coded('ERR_ABORTED', 'stopped from the live page'));
    } else {
      controller.abort();
      await expect(training).rejects.toThrow(controller.signal.reason);
    }
    const run = await torch.Run.resume(dir);
    expect(run.step).toBeGreaterThan(0);
    await run.close();
  }
});

test('a training that fails is shown as failed, and why', async () => {
  const page = await shown();
  const open = await OpenPage.open(page.address);
  const setup = lenet(320)();
  const fail = () => {
    throw new Error('the disk is on fire');
  };
  const { training } = await begin(() => ({ ...setup, onEpoch: fail }), 2, { live: page });
  await expect(training).rejects.toThrow('on fire');
  await open.state('failed');
  const failed = { state: 'failed', message: 'the disk is on fire', writable: false };
  // What is open hears of it a moment before the run is read anew.
  await expect
    .poll(async () => (await ask(page.address, '/api/runs/run')).body)
    .toMatchObject(failed);
  const { status } = await order(page.address, '/api/runs/run/continue');
  expect(status).toBe(409);
});

test('what ended while files were read stays ended', async () => {
  const { net, trainIter, testIter, optimizer } = lenet(32)();
  const training: Training = {
    ...{ net, trainIter, testIter, optimizer, batchSize },
    ...{ device: [...net.parameters()][0]!.device, numEpochs: 1, engine: 'auto' },
  };
  const run = await torch.Run.create(join(temporaryFolder(), 'run'));
  onTestFinished(() => run.close());
  const nothing = () => {};
  const events = { known: nothing, steps: nothing, epoch: nothing, state: nothing };
  const shownRun = new TrainedRun('run', run.dir, training, events);
  const { listener } = shownRun.begin(run, training);
  const began = listener.began?.({ device: training.device, numEpochs: 1, epochs: [] });
  shownRun.end(new Error('the disk is on fire'));
  await began;
  expect(shownRun.state).toBe('failed');
});

test('needs a run, and one process', async () => {
  const page = await shown();
  const { net, optimizer, trainIter, testIter } = lenet(32)();
  const training = torch.train(net, trainIter, testIter, 32, optimizer, 'cpu', 1, { live: page });
  await expect(training).rejects.toThrow(/live: it needs the option run/);
});
