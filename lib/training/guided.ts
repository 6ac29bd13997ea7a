import { Engines } from '../engine/choose.js';
import type { History } from '../engine/epoch.js';
import { invalidArgument } from '../error.js';
import type { Training } from '../run/config.js';
import { Run } from '../run/run.js';
import type { TrainingGuide } from './guide.js';
import { type Told, trainWith } from './training.js';

/**
 * Trains in stretches: where the guide stops it, the run gets a checkpoint, and the next stretch goes on from there, as
 * another process would.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` without a run, or for a model that several processes train.
 */
export async function trainGuided(
  guide: TrainingGuide,
  training: Training,
  told: Told,
): Promise<History> {
  const { signal, listeners = [], log } = told;
  let { run } = told;
  if (run === undefined) {
    throw invalidArgument(
      'train: live: it needs the option run, a folder that the training is kept in',
    );
  }
  if (training.peers !== undefined) {
    throw invalidArgument(
      'train: live: several processes train this model, and a page can stop one alone',
    );
  }
  let { numEpochs } = training;
  let isFirst = !run.isSameTraining;
  for (;;) {
    const now: Training = { ...training, numEpochs };
    const stretch = guide.beginStretch(run, now);
    // The first line is said once.
    const print = isFirst || log === null ? log : afterFirst(log);
    isFirst = false;
    const part: Told = {
      ...told,
      run,
      log: print,
      signal: signal === undefined ? stretch.signal : AbortSignal.any([signal, stretch.signal]),
      listeners: [...listeners, stretch.listener],
    };
    let history: History | undefined;
    try {
      history = await trainWith(new Engines(training.engine), now, part);
    } catch (error) {
      const isStop = stretch.signal.aborted && error === stretch.signal.reason;
      if (!isStop) {
        guide.endStretches(error);
        throw error;
      }
    }
    const next = await guide.nextStretch(signal);
    if (next === undefined) {
      guide.endStretches();
      if (history !== undefined) return history;
      signal?.throwIfAborted();
      throw stretch.signal.reason;
    }
    numEpochs = next;
    run = await resumeSame(run);
  }
}

/** The same run, to be gone on with by the objects that have trained it until now. */
export async function resumeSame({
  dir,
  checkpointEvery,
  extras,
  tensorBoard,
  keepEpochs,
  options,
}: Run): Promise<Run> {
  const kept = keepEpochs === undefined ? {} : { keepEpochs };
  const run = await Run.resume(dir, { checkpointEvery, extras, tensorBoard, options, ...kept });
  run.isSameTraining = true;
  return run;
}

function afterFirst(log: (line: string) => void): (line: string) => void {
  let isFirst = true;
  return (line) => {
    if (!isFirst) log(line);
    isFirst = false;
  };
}
