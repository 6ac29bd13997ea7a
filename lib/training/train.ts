import { inspect } from 'node:util';
import { atMost } from '../argument/atMost.js';
import { callback, instance, Kind, oneOf, orNull, signalKind } from '../argument/kind.js';
import { readOptions, type SpecOf } from '../argument/options.js';
import { type Device, type DeviceLike, requireDevice } from '../context/device.js';
import { cudaIndex } from '../cuda/device.js';
import { areBatches, type LaterBatches } from '../data/loader/dataloader.js';
import { type EngineChoice, engineChoices } from '../engine/choice.js';
import { Engines } from '../engine/choose.js';
import type { EpochResult, History } from '../engine/epoch.js';
import { isListener, type TrainingListener } from '../engine/listener.js';
import { Peers } from '../engine/peers.js';
import type { Progress } from '../engine/progress.js';
import { invalidArgument } from '../error.js';
import type { Module } from '../nn/index.js';
import { requireModule } from '../nn/module/requireModule.js';
import { DistributedDataParallel } from '../nn/parallel/index.js';
import { Optimizer } from '../optim/index.js';
import type { Training } from '../run/config.js';
import { Run } from '../run/run.js';
import type { TrainingGuide } from './guide.js';
import { asNotebooksDo } from './notebook.js';
import { trainWith } from './training.js';

/** Options of {@link train}. */
export interface TrainOptions {
  /**
   * Prints the chapter's lines. Default `console.log`, in a notebook with a line between them that says how far the epoch
   * is (unless `onProgress` is given); `null` is silent.
   */
  log?: ((line: string) => void) | null;
  /**
   * Stops at the next step; the promise rejects with the signal's reason, the model keeps its steps, and
   * a run gets a checkpoint. A notebook's Interrupt does the same, with `ERR_ABORTED`. Default: none.
   */
  signal?: AbortSignal;
  /** Called after each epoch and waited for; the model may be used in it. Default: nothing. */
  onEpoch?: (result: EpochResult) => unknown;
  /** Called at most 30 times a second, with the steps since the last call. Default: nothing. */
  onProgress?: (progress: Progress) => void;
  /**
   * Who else is told: of the beginning, of steps, epochs and the end. Nobody waits for them, and one that fails is told
   * nothing more (a warning, `WARN_LISTENER`), while an error of the functions above ends the training. Default: nobody.
   */
  listeners?: readonly TrainingListener[];
  /**
   * The folder that the training is kept in, so that it survives whatever stops it; closed when the
   * training ends. Default: none.
   */
  run?: Run;
  /**
   * A page of `torch.live`, which shows the training and may stop it, have it go on and give it more epochs; needs `run`.
   * While it is stopped by the page, the promise waits. Default: none.
   */
  live?: TrainingGuide;
  /**
   * Who runs the steps. `'eager'`: libtorch's operators one by one. `'fused'`: the fused engine, an
   * error where it does not support the model, the data or the optimizer. `'graph'`: a captured CUDA
   * graph, an error without a GPU; a model that cannot be captured runs eager. `'auto'` (default): fused
   * or graph where it can be; {@link EpochResult.engineReason} says why not.
   */
  engine?: EngineChoice;
}

function checkArguments(
  net: Module,
  iterables: Record<string, unknown>,
  batchSize: number,
  optimizer: unknown,
  numEpochs: number,
): void {
  requireModule('train', net);
  for (const [name, value] of Object.entries(iterables)) {
    if (!areBatches(value)) {
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
}

// What averages the gradients is made for where the parameters were then.
function requireToStay(net: DistributedDataParallel, place: Device): void {
  const [first] = net.parameters();
  const { type, index } = first!.device;
  if (type === place.type && index === (type === 'cuda' ? cudaIndex(place) : null)) return;
  throw invalidArgument(
    `train: device: several processes train this model on ${first!.deviceName}, got '${place}': ` +
      'move a model before DistributedDataParallel is made of it, whose group is over NCCL for a GPU',
  );
}

const listenersKind = new Kind<readonly TrainingListener[]>(
  'an array of listeners such as { epoch(result) {} }',
  (given) => (Array.isArray(given) && given.every(isListener) ? given : undefined),
);

const guideKind = new Kind<TrainingGuide>('a page of torch.live', (given) =>
  typeof (given as TrainingGuide | null)?.beginStretch === 'function'
    ? (given as TrainingGuide)
    : undefined,
);

const spec = {
  log: orNull(callback<(line: string) => void>()).optional(),
  signal: signalKind.optional(),
  onEpoch: callback<(result: EpochResult) => unknown>().optional(),
  onProgress: callback<(progress: Progress) => void>().optional(),
  listeners: listenersKind.optional(),
  run: instance<Run>(Run, 'a Run').optional(),
  live: guideKind.optional(),
  engine: oneOf(...engineChoices).or('auto'),
} satisfies SpecOf<TrainOptions>;

/**
 * Trains a network and prints the chapter's lines; mirrors `train_ch5` position by position. Other
 * tasks run meanwhile; using the model then is an error, except in `onEpoch`.
 *
 * @param net - Moved to the device. What is minimised is cross entropy of its outputs, or the loss of
 *   its property `objective` where it has one (see `Objective`). A `DistributedDataParallel` is trained by all its
 *   processes, which all call this: each takes its own batches, results are of all of them, rank 0 alone prints, and what
 *   stops one stops all after the same step.
 * @param trainIter - Batches of images and int64 labels `(N)`, 0…K−1.
 * @param testIter - Batches for the accuracy after each epoch.
 * @param batchSize - As in the chapter; the loaders say how large batches are.
 * @param optimizer - Over the network's parameters. `LBFGS` computes each batch's loss several times; the first is told.
 * @param device - `'cpu'`, `'cuda'`, `'cuda:1'`.
 * @param numEpochs - Integer ≥ 0.
 * @returns What each epoch came to; with a run that is resumed, all of its epochs.
 * @throws {TypeError} `ERR_INVALID_ARG` for an argument of the wrong kind.
 * @throws {TorchError} `ERR_DATA_EMPTY`, `ERR_MODEL_BUSY`, `ERR_CUDA_UNAVAILABLE`, `ERR_LIBTORCH`,
 *   `ERR_ENGINE_UNSUPPORTED`; among processes `ERR_DISTRIBUTED_PEER`, `ERR_DISTRIBUTED_TIMEOUT`,
 *   `ERR_DISTRIBUTED_MISMATCH`; with a run `ERR_RUN_MISMATCH`, `ERR_NO_SPACE`, `ERR_FILE_WRITE`.
 * @example
 * const { epochs } = await torch.train(net, trainIter, testIter, 256, optimizer, 'cpu', 1);
 * epochs[0]!.engine; // → 'fused'
 */
export async function train(
  net: Module,
  trainIter: LaterBatches,
  testIter: LaterBatches,
  batchSize: number,
  // biome-ignore lint/suspicious/noExplicitAny: whatever its options are
  optimizer: Optimizer<any>,
  device: DeviceLike,
  numEpochs: number,
  options?: TrainOptions,
): Promise<History> {
  atMost('train', 8, arguments.length);
  checkArguments(net, { trainIter, testIter }, batchSize, optimizer, numEpochs);
  const given = readOptions('train', spec, options);
  const { engine, live, ...asked } = given;
  const place = requireDevice(device);
  const isShared = net instanceof DistributedDataParallel;
  if (isShared) requireToStay(net, place);
  if (isShared && optimizer.needsClosure) {
    throw invalidArgument(
      `train: optimizer: ${optimizer.constructor.name} computes the loss several times in a step, which several processes cannot do together`,
    );
  }
  const training: Training = {
    net: isShared ? net.module : net,
    trainIter,
    testIter,
    batchSize,
    optimizer,
    device: place,
    numEpochs,
    engine,
    peers: isShared ? new Peers(net) : undefined,
  };
  return asNotebooksDo(asked, async (told) => {
    if (live === undefined) return trainWith(new Engines(engine), training, told);
    const { trainGuided } = await import('./guided.js');
    return trainGuided(live, training, told);
  });
}
