import { type BatchIterable, refuseEmpty } from '../data/loader/dataloader.js';
import { beginEpoch } from '../data/loader/position.js';

import { ownPartOf } from '../data/loader/shares.js';

import type { Engines } from '../engine/choose.js';
import { type EpochResult, epochLine, type History, makeHistory } from '../engine/epoch.js';
import { Listeners, type TrainingListener } from '../engine/listener.js';
import { type Counts, type EngineName, type EngineUsed, emptySums } from '../engine/pass.js';
import { type Progress, ProgressMeter } from '../engine/progress.js';
import { TrainingLock } from '../observe/busy.js';
import type { Training } from '../run/config.js';
import { Journal } from '../run/journal.js';
import type { Run } from '../run/run.js';

/** Who is told of a training, and what stops it. */
export interface Told {
  readonly log: ((line: string) => void) | null;
  readonly signal: AbortSignal | undefined;
  readonly onEpoch: ((result: EpochResult) => unknown) | undefined;
  readonly onProgress: ((progress: Progress) => void) | undefined;
  readonly listeners: readonly TrainingListener[] | undefined;
  readonly run: Run | undefined;
}

/** Trains with these engines, which are disposed of at the end. */
export async function trainWith(
  engines: Engines,
  training: Training,
  { log, signal, onEpoch, onProgress, listeners: all = [], run }: Told,
): Promise<History> {
  const { net, trainIter, optimizer, device, numEpochs, peers } = training;
  engines.requireDevice('train', device);
  const listeners = new Listeners(all);
  const lock = new TrainingLock(peers?.model ?? net);
  let journal: Journal | undefined;
  try {
    net.to(device);
    peers?.expectLate();
    await peers?.requireSame(factsOf(training, run));
    journal = run && (await Journal.open(run, training));
    await peers?.gather(() => {}, signal);
    const print = peers === undefined || peers.rank === 0 ? log : null;
    print?.(`training on ${device}`);
    const history = makeHistory([...(run?.epochs ?? [])]);
    listeners.tell('began', { device, numEpochs, epochs: [...history.epochs] });
    const meter = meterFor(trainIter, onProgress, listeners);
    const watch = { meter, signal, keeper: journal };
    for (let epoch = history.epochs.length + 1; epoch <= numEpochs; epoch++) {
      const start = performance.now();
      const sums = journal?.beginEpoch() ?? emptySums();
      meter?.begin(epoch, sums.batches, sums.count);
      let used: EngineUsed | undefined = journal?.trainedBy;
      if (used === undefined) {
        if (peers === undefined) signal?.throwIfAborted();
        // The chapter's evaluation leaves the net in training mode; modules frozen on purpose stay so.
        if (!net.training) net.train();
        beginEpoch(trainIter, epoch - 1);
        const task = { net, batches: trainIter, optimizer, device, peers };
        const chosen =
          peers === undefined
            ? engines.training(task)
            : await engines.trainingTogether(task, peers, watch);
        const { pass } = chosen;
        used = { engine: chosen.engine, engineReason: pass.reason || chosen.reason };
        journal?.useEngine(used);
        await pass.run(sums, watch).finally(() => pass.dispose());
      }
      if (sums.batches === 0) refuseEmpty('train');
      journal?.endPass();
      if (peers === undefined) signal?.throwIfAborted();
      const total = (await peers?.total(() => sums, signal)) ?? sums;
      const by = used.engine;
      const test = (): Promise<Counts> => countRight(engines, training, by, signal);
      const { correct, count } = await (peers?.total(test, signal) ?? test());
      if (count === 0) refuseEmpty('evaluate');
      const result: EpochResult = {
        epoch,
        loss: total.loss / total.batches,
        trainAcc: total.correct / total.count,
        testAcc: correct / count,
        seconds: journal?.seconds() ?? (performance.now() - start) / 1000,
        ...used,
      };
      history.epochs.push(result);
      await journal?.noteEpoch(result);
      listeners.tell('epoch', { ...result });
      print?.(epochLine(result));
      if (onEpoch) await lock.pause(() => onEpoch(result));
      await journal?.endEpoch();
    }
    meter?.flush();
    // What one could not write at the end is the end of all.
    await peers?.gather(() => {});
    listeners.tell('ended', {});
    return history;
  } catch (error) {
    listeners.tell('ended', { error });
    const isStop = peers?.haveStopped(error) ?? (signal?.aborted && error === signal.reason);
    if (isStop) await journal?.interrupt();
    await peers?.end(error);
    throw error;
  } finally {
    peers?.arrived();
    lock.release();
    engines.dispose();
    await journal?.close();
    await run?.close();
  }
}

// What processes that train together have to be called with alike, besides model and engine.
const factsOf = ({ numEpochs, device, optimizer }: Training, run: Run | undefined) => ({
  numEpochs,
  'device type': device.type,
  optimizer: optimizer.constructor.name,
  'parameter groups': optimizer.paramGroups.map(({ params, ...rest }) => ({
    ...rest,
    params: params.length,
  })),
  'run (all ranks make one, with processGroup)': run?.checkpointEvery ?? 'none',
  'epochs done': run?.epochs.length ?? 0,
});

// The pass after the epoch: of this process's own share, where there are several.
async function countRight(
  engines: Engines,
  { net, testIter, device, peers }: Training,
  trainedBy: EngineName,
  signal: AbortSignal | undefined,
): Promise<Counts> {
  const batches = peers === undefined ? testIter : ownPartOf(testIter);
  const { pass } = engines.evaluation({ net, batches, device }, trainedBy);
  return pass.run(signal).finally(() => pass.dispose());
}

// The caller's own function may stop the training by an error; listeners may not.
function meterFor(
  batches: BatchIterable,
  onProgress: ((progress: Progress) => void) | undefined,
  listeners: Listeners,
): ProgressMeter | undefined {
  if (onProgress === undefined && !listeners.followSteps) return undefined;
  return new ProgressMeter(batches, (progress) => {
    listeners.tell('stepped', progress);
    onProgress?.(progress);
  });
}
