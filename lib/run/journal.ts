import { join } from 'node:path';

import { canResumePass, lengthOf } from '../data/loader/position.js';
import type { EpochResult } from '../engine/epoch.js';
import { warnOfListener } from '../engine/listener.js';
import type { EngineUsed, PassKeeper, PassSums } from '../engine/pass.js';
import { invalidArgument, TorchError } from '../error.js';
import { saveSafetensors } from '../io/index.js';
import {
  beginning,
  disposeCheckpoint,
  type RankState,
  type RunState,
  randomMoments,
  restoreCheckpoint,
  writeCheckpoint,
} from './checkpoint.js';
import {
  describeTraining,
  modelMetadata,
  refuseContradictions,
  type Training,
  writeConfig,
} from './config.js';
import type { Curves } from './curves.js';
import { isSmall, keepEpoch } from './kept.js';
import {
  bytesOfStates,
  disposeStates,
  RandomHistory,
  type RandomMoments,
  RandomSources,
  statesOfBytes,
} from './random.js';
import { checkpointName, type Run } from './run.js';

/** Notes in a run's folder how far a training is, and takes it up where the last one stopped. */
export class Journal implements PassKeeper {
  readonly #run: Run;
  readonly #training: Training;
  readonly #random: RandomHistory;
  // TensorBoard's file listens: where it cannot be written, the training goes on without it.
  #curves: Curves | undefined;
  readonly #canResumePass: boolean;
  #state: RunState;
  #epochStartMs: number | undefined;
  #savedAt = '';
  #savedMs = performance.now();

  private constructor(run: Run, training: Training, state: RunState, curves: Curves | undefined) {
    this.#run = run;
    this.#training = training;
    this.#state = state;
    this.#curves = curves;
    this.#random = new RandomHistory(new RandomSources(training));
    this.#canResumePass = canResumePass(training.trainIter);
  }

  /**
   * Begins or takes up a training: its model, optimizer and generators are then as the run has them.
   *
   * @throws {TorchError} `ERR_RUN_MISMATCH` when the run was begun with something else.
   */
  static async open(run: Run, training: Training): Promise<Journal> {
    const { dir, cadence, config: before } = run;
    requireSameGroup(run, training);
    const { net, optimizer, numEpochs } = training;
    if (
      Number.isFinite(Math.min(cadence.steps, cadence.seconds)) &&
      !canResumePass(training.trainIter)
    ) {
      throw invalidArgument(
        `train: run: checkpointEvery: '${run.checkpointEvery}' needs a DataLoader or an array of batches: ` +
          'an epoch over another iterable cannot be gone on with in its middle',
      );
    }
    const config = describeTraining(training, run.checkpointEvery, run.options);
    if (before !== undefined) {
      // The data are described as the first process has them.
      if (run.isKeeper && !run.isSameTraining) refuseContradictions(dir, before, config);
      if (run.epochs.length > numEpochs) {
        const done = run.epochs.length;
        throw new TorchError(
          'ERR_RUN_MISMATCH',
          `${dir}: ${done} epochs are done, more than the ${numEpochs} that are asked for`,
        );
      }
    }
    const checkpoint = run.take();
    try {
      const { created, seed, versions } = before ?? config;
      if (run.isKeeper) {
        const isSame = before !== undefined && run.isSameTraining;
        // What a schedule has changed meanwhile is nothing that the run was begun with.
        const now = isSame ? { ...before, epochs: numEpochs } : config;
        await writeConfig(join(dir, 'config.json'), { ...now, created, seed, versions });
      }
      const state = { ...(checkpoint?.state ?? beginning()) };
      const rank = training.peers?.rank ?? 0;
      state.sums = checkpoint?.sums.get(rank) ?? state.sums;
      if (checkpoint !== undefined) {
        for (const [name, extra] of Object.entries(run.extras)) {
          if (Object.hasOwn(state.extras, name)) extra.loadStateDict(state.extras[name]);
        }
        restoreCheckpoint(checkpoint, net, optimizer);
      }
      if (run.isKeeper) await run.metrics.cutTo(state.metricsSize);
      const hasCurves = run.tensorBoard && run.isKeeper;
      const curves = hasCurves ? await beginCurves(dir, training, state) : undefined;
      const journal = new Journal(run, training, state, curves);
      try {
        if (checkpoint === undefined) {
          await journal.#keepEpoch(0);
          await journal.save();
        } else journal.#takeUp(randomMoments(checkpoint, rank));
        return journal;
      } catch (error) {
        await journal.close();
        throw error;
      }
    } finally {
      disposeCheckpoint(checkpoint);
    }
  }

  #takeUp(random: RandomMoments): void {
    const { sums, isTrained } = this.#state;
    this.#savedAt = this.#place();
    if (isTrained) this.#random.restore(random, 'trained');
    else this.#random.restore(random, sums.batches === 0 ? 'beginning' : 'middle');
  }

  // Where the training is, to see whether anything has been done since a checkpoint.
  #place(): string {
    const { epoch, step, isTrained } = this.#state;
    return `${epoch} ${step} ${isTrained}`;
  }

  /** Says that the epoch begins or goes on; gives the sums of what has been done of it. */
  beginEpoch(): PassSums {
    this.#epochStartMs = performance.now();
    return this.#state.sums;
  }

  /** Who has trained the epoch, where only its test pass is missing. */
  get trainedBy(): EngineUsed | undefined {
    const { isTrained, engine } = this.#state;
    return isTrained && engine !== null ? engine : undefined;
  }

  get drawn(): (() => void) | undefined {
    return this.#random.drawn;
  }

  get isTimed(): boolean {
    return Number.isFinite(this.#run.cadence.seconds);
  }

  get isLate(): boolean {
    const { isKeeper, cadence } = this.#run;
    return isKeeper && performance.now() - this.#savedMs >= cadence.seconds * 1000;
  }

  stepsToGo(): number {
    const { steps } = this.#run.cadence;
    return Number.isFinite(steps) ? steps - (this.#state.step % steps) : steps;
  }

  /** @throws {TorchError} `ERR_RUN_MISMATCH`: the engines agree within rounding only. */
  useEngine(used: EngineUsed): void {
    const { engine, epoch } = this.#state;
    if (engine !== null && engine.engine !== used.engine) {
      throw new TorchError(
        'ERR_RUN_MISMATCH',
        `${this.#run.dir}: epoch ${epoch} was begun by the ${engine.engine} engine and would go on in the ` +
          `${used.engine} one: ${used.engineReason}`,
      );
    }
    this.#state.engine = used;
  }

  async stepped(losses: ArrayLike<number>): Promise<void> {
    const state = this.#state;
    await this.#tellCurves((curves) => curves.steps(state.step, losses));
    this.#run.onLosses?.(state.step, losses);
    state.step += losses.length;
    const { steps } = this.#run.cadence;
    // By the clock only where nobody else has to take part.
    const isDue =
      (losses.length > 0 && state.step % steps === 0) ||
      (this.#training.peers === undefined && this.isLate);
    const length = lengthOf(this.#training.trainIter);
    // Not after the last step: the pass has random numbers to draw, and the epoch's end follows.
    if (isDue && state.sums.batches !== length) await this.save();
  }

  /** Says that all steps of the epoch are done. */
  endPass(): void {
    this.#state.isTrained = true;
    this.#random.endPass();
  }

  /** Seconds spent on the epoch, by earlier processes too. */
  seconds(): number {
    const start = this.#epochStartMs;
    return this.#state.seconds + (start === undefined ? 0 : (performance.now() - start) / 1000);
  }

  /** Writes down what the epoch came to, and the weights if they are the best so far. */
  async noteEpoch(result: EpochResult): Promise<void> {
    const state = this.#state;
    const { net } = this.#training;
    const { epoch, testAcc, loss } = result;
    const { isKeeper, metrics } = this.#run;
    if (isKeeper) await metrics.append(result);
    const isBest = state.best === null || testAcc > state.best.testAcc;
    if (isBest) state.best = { epoch, testAcc };
    if (isBest && isKeeper) {
      const metadata = {
        format: 'pt',
        ...modelMetadata(net),
        epoch: String(epoch),
        loss: String(loss),
        testAcc: String(testAcc),
      };
      const weights = net.stateDict();
      try {
        await saveSafetensors(weights, join(this.#run.dir, 'best.safetensors'), { metadata });
      } finally {
        for (const tensor of Object.values(weights)) tensor.dispose();
      }
    }
    await this.#keepEpoch(epoch);
    await this.#tellCurves((curves) => {
      curves.epoch(state.step, result);
      return curves.flush();
    });
  }

  async #keepEpoch(epoch: number): Promise<void> {
    const { dir, isKeeper, keepEpochs } = this.#run;
    const { net } = this.#training;
    if (isKeeper && (keepEpochs ?? isSmall(net))) await keepEpoch(dir, epoch, net);
  }

  /** Goes to the next epoch, with a checkpoint. */
  async endEpoch(): Promise<void> {
    const { epoch, step, best } = this.#state;
    const metricsSize = this.#run.metrics.size;
    this.#state = { ...beginning(), epoch: epoch + 1, step, best, metricsSize };
    this.#random.beginEpoch();
    this.#epochStartMs = undefined;
    await this.save();
  }

  /** Writes a checkpoint of where an interrupt has stopped the training, if there is something new. */
  async interrupt(): Promise<void> {
    const { sums, isTrained } = this.#state;
    const isInPass = sums.batches > 0 && !isTrained;
    if (isInPass && !this.#canResumePass) return;
    await this.save();
  }

  async save(): Promise<void> {
    if (this.#place() === this.#savedAt) return;
    const { dir, extras, isKeeper } = this.#run;
    const { net, optimizer } = this.#training;
    const state = this.#state;
    // Before the checkpoint: what it counts as done is on the curves too, whatever happens next.
    await this.#tellCurves((curves) => curves.flush());
    const random = this.#random.moments(state.sums.batches > 0);
    const others = await this.#others(random);
    try {
      if (isKeeper) {
        const extra = Object.entries(extras).map(([name, each]) => [name, each.stateDict()]);
        const told = { ...state, seconds: this.seconds(), extras: Object.fromEntries(extra) };
        await writeCheckpoint(join(dir, checkpointName), net, optimizer, random, told, others);
      }
    } finally {
      for (const { now, epoch } of others.values())
        for (const each of [now, epoch]) disposeStates(each);
    }
    this.#savedAt = this.#place();
    this.#savedMs = performance.now();
  }

  // What the other processes have of their own, for the one that writes it down.
  async #others({ now, epoch }: RandomMoments): Promise<Map<number, RankState>> {
    const { peers } = this.#training;
    const others = new Map<number, RankState>();
    if (peers === undefined) return others;
    const own = { sums: this.#state.sums, now: bytesOfStates(now), epoch: bytesOfStates(epoch) };
    const all = await peers.gather(() => own);
    if (!this.#run.isKeeper) return others;
    for (const [rank, { sums, now, epoch }] of all.entries()) {
      if (rank === 0) continue;
      others.set(rank, { sums, now: statesOfBytes(now), epoch: statesOfBytes(epoch) });
    }
    return others;
  }

  async #tellCurves(tell: (curves: Curves) => unknown): Promise<void> {
    if (this.#curves === undefined) return;
    try {
      await tell(this.#curves);
    } catch (error) {
      warnOfListener('TensorBoard', error);
      const curves = this.#curves;
      this.#curves = undefined;
      await curves.close().catch(() => {});
    }
  }

  async close(): Promise<void> {
    this.#random.dispose();
    await this.#tellCurves((curves) => curves.close());
  }
}

function requireSameGroup({ processGroup }: Run, { peers }: Training): void {
  if (processGroup === peers?.group) return;
  throw invalidArgument(
    processGroup === undefined
      ? 'train: run: it is for one process, and several train this model: Run.create(dir, { processGroup: net.processGroup })'
      : 'train: run: it is for several processes: the model has to be a DistributedDataParallel of the same process group',
  );
}

async function beginCurves(
  dir: string,
  training: Training,
  state: RunState,
): Promise<Curves | undefined> {
  try {
    // Loaded when it is needed: what writes TensorBoard's format is a fifth of the package's files.
    const { Curves } = await import('./curves.js');
    return await Curves.begin(dir, training, state);
  } catch (error) {
    warnOfListener('TensorBoard', error);
    return undefined;
  }
}
