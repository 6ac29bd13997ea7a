import { type BatchIterable, refuseEmpty } from '../data/loader/dataloader.js';
import { beginEpoch } from '../data/loader/position.js';
import type { Engines } from '../engine/choose.js';
import { type EpochResult, epochLine, type History } from '../engine/epoch.js';
import { Listeners, type TrainingListener } from '../engine/listener.js';
import { type EngineUsed, emptySums } from '../engine/pass.js';
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
  const { net, trainIter, testIter, optimizer, device, numEpochs } = training;
  engines.requireDevice('train', device);
  const listeners = new Listeners(all);
  const lock = new TrainingLock(net);
  let journal: Journal | undefined;
  try {
    net.to(device);
    journal = run && (await Journal.open(run, training));
    log?.(`training on ${device}`);
    const history: History = { epochs: [...(run?.epochs ?? [])] };
    listeners.tell('began', { device, numEpochs, epochs: [...history.epochs] });
    const meter = meterFor(trainIter, onProgress, listeners);
    const watch = { meter, signal, keeper: journal };
    for (let epoch = history.epochs.length + 1; epoch <= numEpochs; epoch++) {
      const start = performance.now();
      const sums = journal?.beginEpoch() ?? emptySums();
      meter?.begin(epoch, sums.batches, sums.count);
      let used: EngineUsed | undefined = journal?.trainedBy;
      if (used === undefined) {
        signal?.throwIfAborted();
        // The chapter's evaluation leaves the net in training mode; modules frozen on purpose stay so.
        if (!net.training) net.train();
        beginEpoch(trainIter, epoch - 1);
        const chosen = engines.training({ net, batches: trainIter, optimizer, device });
        const { pass } = chosen;
        used = { engine: chosen.engine, engineReason: pass.reason || chosen.reason };
        journal?.useEngine(used);
        await pass.run(sums, watch).finally(() => pass.dispose());
      }
      if (sums.batches === 0) refuseEmpty('train');
      journal?.endPass();
      signal?.throwIfAborted();
      const task = { net, batches: testIter, device };
      const { pass: test } = engines.evaluation(task, used.engine);
      const { correct, count } = await test.run(signal).finally(() => test.dispose());
      if (count === 0) refuseEmpty('evaluate');
      const result: EpochResult = {
        epoch,
        loss: sums.loss / sums.batches,
        trainAcc: sums.correct / sums.count,
        testAcc: correct / count,
        seconds: journal?.seconds() ?? (performance.now() - start) / 1000,
        ...used,
      };
      history.epochs.push(result);
      await journal?.noteEpoch(result);
      listeners.tell('epoch', { ...result });
      log?.(epochLine(result));
      if (onEpoch) await lock.pause(() => onEpoch(result));
      await journal?.endEpoch();
    }
    meter?.flush();
    listeners.tell('ended', {});
    return history;
  } catch (error) {
    listeners.tell('ended', { error });
    if (signal?.aborted && error === signal.reason) await journal?.interrupt();
    throw error;
  } finally {
    lock.release();
    engines.dispose();
    await journal?.close();
    await run?.close();
  }
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
