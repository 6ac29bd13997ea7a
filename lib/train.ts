import { inspect } from 'node:util';

import { type BatchIterable, refuseEmpty, requireBatch } from './data/dataloader.js';
import { type Device, type DeviceLike, requireDevice } from './device.js';
import { TrainingLock } from './engine/busy.js';
import { type Progress, ProgressMeter } from './engine/progress.js';
import { turn } from './engine/turn.js';
import { invalidArgument } from './error.js';
import { evaluateBatches } from './evaluate.js';
import { type EpochResult, epochLine, type History } from './history.js';
import { CrossEntropyLoss, Module } from './nn/index.js';
import { Optimizer } from './optim/index.js';
import { tidy } from './scope.js';

/** Options of {@link train}. */
export interface TrainOptions {
  /** Prints the chapter's lines. Default `console.log`; `null` is silent. */
  log?: ((line: string) => void) | null;
  /** Stops at the next step; the promise rejects with the signal's reason, the model keeps its steps. */
  signal?: AbortSignal;
  /** Called after each epoch and waited for; the model may be used in it. */
  onEpoch?: (result: EpochResult) => unknown;
  /** Called at most 30 times a second, with the steps since the last call. */
  onProgress?: (progress: Progress) => void;
  /** `'auto'` (default) or `'eager'`: in this version both run libtorch's operators one by one. */
  engine?: 'auto' | 'eager';
}

const engines = ['auto', 'eager'];
const reasons = {
  auto: 'this version has the eager engine only',
  eager: 'asked for',
};

function checkArguments(
  net: Module,
  iterables: Record<string, unknown>,
  batchSize: number,
  optimizer: unknown,
  numEpochs: number,
  options: TrainOptions,
): void {
  if (!(net instanceof Module)) throw invalidArgument('train: net: expected a Module');
  for (const [name, value] of Object.entries(iterables)) {
    if (typeof (value as BatchIterable | undefined)?.[Symbol.iterator] !== 'function') {
      throw invalidArgument(`train: ${name}: expected an iterable of [images, labels]`);
    }
  }
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw invalidArgument(`train: batchSize: expected an integer ≥ 1, got ${inspect(batchSize)}`);
  }
  if (!(optimizer instanceof Optimizer)) {
    throw invalidArgument('train: optimizer: expected an Optimizer');
  }
  if (!Number.isInteger(numEpochs) || numEpochs < 0) {
    throw invalidArgument(`train: numEpochs: expected an integer ≥ 0, got ${inspect(numEpochs)}`);
  }
  if (typeof options !== 'object' || options === null) {
    throw invalidArgument('train: options: expected an object');
  }
  for (const name of ['log', 'onEpoch', 'onProgress'] as const) {
    const value = options[name] ?? null;
    if (value !== null && typeof value !== 'function') {
      throw invalidArgument(`train: ${name}: expected a function, got ${inspect(value)}`);
    }
  }
  if (options.signal !== undefined && !(options.signal instanceof AbortSignal)) {
    throw invalidArgument('train: signal: expected an AbortSignal');
  }
  const { engine = 'auto' } = options;
  if (!engines.includes(engine)) {
    throw invalidArgument(`train: engine: expected 'auto' or 'eager', got ${inspect(engine)}`);
  }
}

/** Sums over one pass of the training data. */
interface PassSums {
  loss: number;
  correct: number;
  count: number;
  batches: number;
}

// One pass of the chapter's inner loop. Nothing of a step is left set when other tasks run.
async function trainPass(
  net: Module,
  trainIter: BatchIterable,
  optimizer: Optimizer,
  device: Device,
  meter: ProgressMeter | undefined,
  signal: AbortSignal | undefined,
): Promise<PassSums> {
  const loss = new CrossEntropyLoss();
  const sums: PassSums = { loss: 0, correct: 0, count: 0, batches: 0 };
  // The chapter's evaluation leaves the net in training mode; modules frozen on purpose stay so.
  if (!net.training) net.train();
  for (const item of trainIter) {
    signal?.throwIfAborted();
    const batch = requireBatch('train', item);
    tidy(() => {
      const X = batch[0].to(device);
      const y = batch[1].to(device);
      const yHat = net.forward(X);
      const l = loss.forward(yHat, y);
      optimizer.zeroGrad();
      l.backward();
      optimizer.step();
      sums.loss += Number(l.item());
      sums.correct += Number(yHat.argmax({ dim: 1 }).eq(y).sum().item());
      sums.count += y.shape[0] as number;
    });
    sums.batches++;
    meter?.step(sums.count);
    await turn();
  }
  if (sums.batches === 0) refuseEmpty('train');
  return sums;
}

/**
 * Trains a network and prints the chapter's lines; mirrors `train_ch5` position by position. Other
 * tasks run between two steps; using the model meanwhile is an error, except in `onEpoch`.
 *
 * @param net - Moved to the device.
 * @param trainIter - Batches of images and int64 labels `(N)`, 0…K−1.
 * @param testIter - Batches for the accuracy after each epoch.
 * @param batchSize - As in the chapter; the loaders say how large batches are.
 * @param optimizer - Over the network's parameters.
 * @param device - `'cpu'`, `'cuda'`, `'cuda:1'`.
 * @param numEpochs - Integer ≥ 0.
 * @returns What each epoch came to.
 * @throws {TypeError} `ERR_INVALID_ARG` for an argument of the wrong kind.
 * @throws {TorchError} `ERR_DATA_EMPTY`, `ERR_MODEL_BUSY`, `ERR_CUDA_UNAVAILABLE`, `ERR_LIBTORCH`.
 */
export async function train(
  net: Module,
  trainIter: BatchIterable,
  testIter: BatchIterable,
  batchSize: number,
  // biome-ignore lint/suspicious/noExplicitAny: whatever its options are
  optimizer: Optimizer<any>,
  device: DeviceLike,
  numEpochs: number,
  options: TrainOptions = {},
): Promise<History> {
  checkArguments(net, { trainIter, testIter }, batchSize, optimizer, numEpochs, options);
  const { log = console.log, signal, onEpoch, onProgress, engine = 'auto' } = options;
  const place = requireDevice(device);
  const lock = new TrainingLock(net);
  try {
    net.to(place);
    log?.(`training on ${place}`);
    const history: History = { epochs: [] };
    const meter = onProgress && new ProgressMeter(trainIter, onProgress);
    for (let epoch = 1; epoch <= numEpochs; epoch++) {
      const start = performance.now();
      meter?.begin(epoch);
      const sums = await trainPass(net, trainIter, optimizer, place, meter, signal);
      const testAcc = await evaluateBatches(testIter, net, place, signal);
      const result: EpochResult = {
        epoch,
        loss: sums.loss / sums.batches,
        trainAcc: sums.correct / sums.count,
        testAcc,
        seconds: (performance.now() - start) / 1000,
        engine: 'eager',
        engineReason: reasons[engine],
      };
      history.epochs.push(result);
      log?.(epochLine(result));
      if (onEpoch) await lock.pause(() => onEpoch(result));
    }
    meter?.flush();
    return history;
  } finally {
    lock.release();
  }
}
