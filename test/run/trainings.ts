// Small trainings that can be begun, broken off and gone on with, as a program of its own would.
import { createHash } from 'node:crypto';
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';

import * as torch from '../../lib/index.js';
import { temporaryFolder } from '../folder.js';

export interface Setup {
  net: torch.nn.Module;
  // biome-ignore lint/suspicious/noExplicitAny: whatever its options are
  optimizer: torch.optim.Optimizer<any>;
  trainIter: Iterable<readonly [torch.Tensor, torch.Tensor]>;
  testIter: Iterable<readonly [torch.Tensor, torch.Tensor]>;
  extras?: Record<string, torch.Stateful>;
  onEpoch?: (result: torch.EpochResult) => unknown;
}

/** Makes everything anew, from a seed. */
export type Make = () => Setup;

export const batchSize = 32;

const { DataLoader, TensorDataset } = torch.data;

// A piece of Fashion-MNIST of its own, so that a training begins at once.
function piece(
  train: boolean,
  count: number,
): torch.data.TensorDataset<readonly [torch.Tensor, torch.Tensor]> {
  const all = new torch.data.FashionMNIST({
    train,
    transform: new torch.data.transforms.ToTensor(),
  });
  const [images, labels] = all.getBatch(torch.arange(count));
  return new TensorDataset(images, labels);
}

export const trainData = piece(true, 150);
const testData = piece(false, 64);

export function smallLoaders() {
  return {
    trainIter: new DataLoader(trainData, { batchSize, shuffle: true }),
    testIter: new DataLoader(testData, { batchSize }),
  };
}

export const lenet: Make = () => {
  torch.manualSeed(3);
  const net = new torch.LeNet();
  const optimizer = new torch.optim.Adam(net.parameters(), { lr: 0.01 });
  return { net, optimizer, ...smallLoaders() };
};

/** Lets every look at the clock take 50 ms, so that progress is told after each step. */
export function slowClock(): void {
  let now = 0;
  const spy = vi.spyOn(performance, 'now').mockImplementation(() => (now += 50));
  onTestFinished(() => spy.mockRestore());
}

/** A hash of all weights: equal for the same bits only. */
export function weightsOf(net: torch.nn.Module): string {
  const hash = createHash('sha256');
  for (const [key, value] of Object.entries(net.stateDict())) {
    hash.update(key).update(new Uint8Array(value.data().buffer));
  }
  return hash.digest('hex');
}

/** The lines of `metrics.jsonl` without durations, which no two runs have in common. */
export function metricsOf(dir: string): string[] {
  const lines = readFileSync(join(dir, 'metrics.jsonl'), 'utf8').split('\n');
  return lines.map((line) => line.replace(/"seconds":[\d.e-]+,/, ''));
}

export interface Result {
  weights: string;
  metrics: string[];
  history: torch.History;
}

export async function finish(
  run: torch.Run,
  { net, optimizer, trainIter, testIter, onEpoch }: Setup,
  epochs: number,
  options: torch.TrainOptions = {},
): Promise<Result> {
  const history = await torch.train(net, trainIter, testIter, batchSize, optimizer, 'cpu', epochs, {
    log: null,
    run,
    ...(onEpoch && { onEpoch }),
    ...options,
  });
  return { weights: weightsOf(net), metrics: metricsOf(run.dir), history };
}

/** A run that has ended: its folder. */
export async function trained(epochs = 1): Promise<string> {
  const dir = join(temporaryFolder(), 'run');
  await finish(await torch.Run.create(dir), lenet(), epochs);
  return dir;
}

/**
 * A training that is never stopped, and copies of its folder as a `kill -9` after each report would
 * have left it.
 */
export async function undisturbed(
  make: Make,
  epochs: number,
  checkpointEvery: torch.CheckpointEvery,
  options: torch.TrainOptions = {},
): Promise<Result & { copies: string[] }> {
  const dir = temporaryFolder();
  const setup = make();
  const run = await torch.Run.create(join(dir, 'run'), { checkpointEvery, extras: setup.extras });
  const copies: string[] = [];
  const onProgress = (): void => {
    const copy = join(dir, `copy-${copies.length}`);
    cpSync(run.dir, copy, { recursive: true });
    copies.push(copy);
  };
  return { ...(await finish(run, setup, epochs, { onProgress, ...options })), copies };
}

export async function resumed(
  dir: string,
  make: Make,
  epochs: number,
  options: torch.TrainOptions = {},
): Promise<Result> {
  const setup = make();
  return finish(
    await torch.Run.resume(dir, { checkpointEvery: 'epoch', extras: setup.extras }),
    setup,
    epochs,
    options,
  );
}
