// The weights of each epoch that a run keeps.
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { isKept, keepEpoch, keptEpochs } from '../../lib/run/kept.js';
import { temporaryFolder } from '../folder.js';
import { finish, lenet, resumed, weightsOf } from './trainings.js';

async function hashOf(dir: string, epoch: number): Promise<string> {
  const net = new torch.LeNet();
  net.loadStateDict(await torch.load(join(dir, 'epochs', `${epoch}.safetensors`)));
  return weightsOf(net);
}

test('those before the first step, and at the end of each epoch, bit for bit', async () => {
  const dir = join(temporaryFolder(), 'run');
  const setup = lenet();
  const expected = [weightsOf(setup.net)];
  const onEpoch = () => expected.push(weightsOf(setup.net));
  await finish(await torch.Run.create(dir), { ...setup, onEpoch }, 3);
  expect(await keptEpochs(dir)).toEqual([0, 1, 2, 3]);
  const found = await Promise.all([0, 1, 2, 3].map((epoch) => hashOf(dir, epoch)));
  expect(found).toEqual(expected);
  const { metadata } = await torch.loadSafetensors(join(dir, 'epochs', '2.safetensors'));
  expect(metadata).toEqual({ format: 'pt', model: 'lenet', epoch: '2' });
  // A run that goes on keeps what it had.
  await resumed(dir, lenet, 4);
  expect(await keptEpochs(dir)).toEqual([0, 1, 2, 3, 4]);
});

test('at most 64 besides the first and the last, by powers of two', async () => {
  let kept: number[] = [];
  for (let last = 0; last <= 600; last++) {
    kept = [...kept, last].filter((epoch) => isKept(epoch, last));
    // What is let go is never missed later: the same as if all were there still.
    const all = Array.from({ length: last + 1 }, (_, epoch) => epoch);
    expect(kept).toEqual(all.filter((epoch) => isKept(epoch, last)));
    expect(kept.length).toBeLessThanOrEqual(66);
    if (last <= 64) expect(kept).toEqual(all);
  }
  expect(kept.slice(0, 3)).toEqual([0, 16, 32]);

  const dir = temporaryFolder();
  const net = new torch.nn.Linear(1, 1);
  for (const epoch of [0, 63, 64, 65, 66]) await keepEpoch(dir, epoch, net);
  expect(await keptEpochs(dir)).toEqual([0, 64, 66]);
  // Of a future that a resumed run has lost.
  await keepEpoch(dir, 64, net);
  expect(await keptEpochs(dir)).toEqual([0, 64]);
});

test('none where they are not wanted; what a killed process left is swept', async () => {
  const dir = join(temporaryFolder(), 'run');
  await finish(await torch.Run.create(dir, { keepEpochs: false }), lenet(), 1);
  expect(readdirSync(dir)).not.toContain('epochs');
  const run = await torch.Run.resume(dir, { keepEpochs: true });
  await finish(run, lenet(), 2);
  expect(await keptEpochs(dir)).toEqual([2]);
  writeFileSync(join(dir, 'epochs', '.tmp-4711-0a1b2c3d4e5f'), 'half');
  await (await torch.Run.resume(dir)).close();
  expect(readdirSync(join(dir, 'epochs'))).toEqual(['2.safetensors']);
});

test('large networks: only where it is asked for', async () => {
  class Large extends torch.nn.Module {
    fc = new torch.nn.Linear(28 * 28, 6000);

    override forward(images: torch.Tensor): torch.Tensor {
      return this.fc.forward(images.flatten(1));
    }
  }
  for (const keepEpochs of [undefined, true]) {
    const dir = join(temporaryFolder(), 'run');
    const net = new Large();
    const optimizer = new torch.optim.SGD(net.parameters(), { lr: 0.1 });
    const run = await torch.Run.create(dir, {
      ...(keepEpochs && { keepEpochs }),
      tensorBoard: false,
    });
    await finish(run, { ...lenet(), net, optimizer }, 1);
    expect(await keptEpochs(dir)).toEqual(keepEpochs ? [0, 1] : []);
  }
});
