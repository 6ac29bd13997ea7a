import type { LaterBatches } from '../data/loader/dataloader.js';
import type { EpochResult } from '../engine/epoch.js';
import type { TrainingListener } from '../engine/listener.js';
import type { Progress as Steps } from '../engine/progress.js';
import { TorchError } from '../error.js';
import { modelMetadata, type Training } from '../run/config.js';
import { EventReader } from '../run/events/reader.js';
import type { Run } from '../run/run.js';
import { Examples } from './examples.js';
import { type Changes, FolderRun, imagesOf, stepsOf } from './folderRun.js';
import { Losses } from './losses.js';
import type { Trained } from './networks.js';
import type { Progress, RunState } from './page/contract.js';
import type { Steered } from './shownRun.js';
import { Speed } from './speed.js';
import type { Weights } from './weights.js';

/** Who is told what of a run that is trained. */
export interface TrainedEvents {
  /** It is known what is trained. */
  known(): void;
  /** There are steps that nobody was told of. */
  steps(): void;
  epoch(result: EpochResult): void;
  state(): void;
}

/** A run that this process trains, and steers. */
export class TrainedRun extends FolderRun {
  readonly #steered: Steered;
  // Whether somebody is in `train`.
  #isTrained = true;
  #wantsOn = false;
  #hasEarlier = false;
  readonly #events: TrainedEvents;
  #training: Training;
  #state: RunState = 'training';
  // Of this stretch, or of the next one: it may be stopped before it begins.
  #controller = new AbortController();
  #target: number;
  #goOn: (() => void) | undefined;
  #leave: (() => void) | undefined;
  #engine: { readonly engine: string; readonly engineReason: string } | undefined;
  readonly #speed = new Speed();
  #at: Steps | undefined;
  #refreshed: Promise<unknown> = Promise.resolve();
  // Of the weights that the network has: they change with each stretch of steps.
  #moment = 0;
  #tested: { readonly batches: LaterBatches; readonly examples: Examples | undefined } | undefined;

  constructor(name: string, dir: string, training: Training, events: TrainedEvents) {
    super(name, dir);
    this.#training = training;
    this.#target = training.numEpochs;
    this.#events = events;
    this.#steered = { stop: () => this.#stop(), continue: (epochs) => this.#continue(epochs) };
  }

  /** While somebody trains it, or waits for more epochs. */
  override get steered(): Steered | undefined {
    return this.#isTrained || this.#goOn !== undefined ? this.#steered : undefined;
  }

  // One at a time: what an earlier one read must not replace what a later one did.
  override refresh(): Promise<Changes> {
    const refreshed = this.#refreshed.then(() => super.refresh());
    this.#refreshed = refreshed.catch(() => {});
    return refreshed;
  }

  // Its steps are told as they are taken.
  protected override async readLosses(): Promise<boolean> {
    return false;
  }

  override get state(): RunState {
    return this.#state;
  }

  override get summary() {
    return { ...super.summary, epochs: this.#target, state: this.#state };
  }

  override get progress(): Progress {
    const { config, history, losses } = this;
    const { epoch = history.length + 1, done = 0, total } = this.#at ?? {};
    const { device } = this.#training;
    return {
      epoch: Math.min(epoch, Math.max(1, this.#target)),
      step: losses.lastStep,
      steps: total ?? stepsOf(config),
      imagesPerSecond: this.#speed.imagesPerSecond,
      secondsLeft: this.#secondsLeft(epoch, total === undefined ? 0 : done / total),
      engine: this.#engine?.engine ?? history.at(-1)?.engine ?? null,
      engineReason: this.#engine?.engineReason ?? history.at(-1)?.engineReason ?? null,
      device: String(device),
    };
  }

  // By what epochs took, else by the speed of this one.
  #secondsLeft(epoch: number, share: number): number | null {
    if (this.#state !== 'training') return null;
    const { imagesPerSecond } = this.#speed;
    const images = imagesOf(this.config);
    const bySpeed = imagesPerSecond === null || images === 0 ? undefined : images / imagesPerSecond;
    const seconds = this.history.at(-1)?.seconds ?? bySpeed;
    return seconds === undefined ? null : Math.max(0, (this.#target - epoch + 1 - share) * seconds);
  }

  override get trained(): Trained {
    const { net } = this.#training;
    return { ...super.trained, net };
  }

  override examples(net: Parameters<FolderRun['examples']>[0]): Examples {
    const { testIter } = this.#training;
    if (this.#tested?.batches !== testIter) {
      this.#tested = { batches: testIter, examples: Examples.of(testIter) };
    }
    return this.#tested.examples ?? super.examples(net);
  }

  /** Those of the last stretch of steps: nothing writes to them while JavaScript runs. */
  protected override async newest(): Promise<Weights> {
    const { net } = this.#training;
    return {
      key: `now ${this.#moment}`,
      metadata: modelMetadata(net),
      load: (viewer) => {
        const state = net.stateDict();
        viewer.loadStateDict(state);
        for (const tensor of Object.values(state)) tensor.dispose();
      },
    };
  }

  /** A stretch begins. */
  begin(run: Run, training: Training): { signal: AbortSignal; listener: TrainingListener } {
    this.#training = training;
    this.#target = Math.max(this.#target, training.numEpochs);
    this.#isTrained = true;
    this.#wantsOn = false;
    this.#at = undefined;
    this.#moment++;
    this.history = [...run.epochs];
    this.losses.cut(run.step + 1);
    run.onLosses = (before, losses) => {
      for (let i = 0; i < losses.length; i++) this.losses.add(before + i + 1, losses[i]!);
    };
    const { signal } = this.#controller;
    return { signal, listener: this.#listener(run.step) };
  }

  #listener(firstStep: number): TrainingListener {
    return {
      // Nobody waits for a listener: by the time that files are read, a short training may have ended.
      began: async () => {
        if (!this.#controller.signal.aborted) this.#to('training');
        const isNew = this.config === undefined;
        await this.refresh();
        await this.#readEarlier(firstStep);
        if (isNew) this.#events.known();
      },
      stepped: (progress) => {
        this.#moment++;
        this.#speed.note(progress);
        this.#at = progress;
        this.#events.steps();
      },
      epoch: async (result) => {
        this.#moment++;
        const { engine, engineReason } = result;
        this.#engine = { engine, engineReason };
        await this.refresh();
        this.#events.epoch(result);
      },
    };
  }

  // What other processes have trained of it.
  async #readEarlier(firstStep: number): Promise<void> {
    if (this.#hasEarlier || firstStep === 0) return;
    this.#hasEarlier = true;
    const earlier = new Losses();
    await new EventReader(this.dir, 'loss/step', earlier).readNew();
    earlier.cut(firstStep + 1);
    this.losses.precede(earlier);
  }

  #to(state: RunState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#events.state();
  }

  #stop(): void {
    // Who said so last has it: stop, go on, stop is a stop.
    this.#wantsOn = false;
    if (this.#state !== 'training') return;
    this.#to('stopping');
    this.#controller.abort(new TorchError('ERR_ABORTED', 'stopped from the live page'));
  }

  #continue(epochs: number): void {
    const isDone = this.#state === 'finished';
    if (isDone && epochs === 0) {
      throw new TorchError('ERR_REQUEST', 'all epochs are done: say how many more there are to be');
    }
    this.#target += epochs;
    this.#wantsOn = true;
    const goOn = this.#goOn;
    if (goOn !== undefined) {
      this.#isTrained = true;
      this.#controller = new AbortController();
      this.#to('training');
      goOn();
    } else this.#events.state();
  }

  /** Whether the training goes on, and to which epoch; see `TrainingGuide`. */
  async next(signal: AbortSignal | undefined): Promise<number | undefined> {
    await this.refresh();
    if (this.history.length >= this.#target) return undefined;
    if (!this.#controller.signal.aborted) return this.#target;
    if (this.#wantsOn) {
      this.#controller = new AbortController();
      return this.#target;
    }
    this.#moment++;
    this.#state = 'stopped';
    return this.more(signal);
  }

  /** Waits until somebody asks for more. */
  async more(signal: AbortSignal | undefined): Promise<number | undefined> {
    const wait = this.#wait(signal);
    // Whoever looks may say so from now on, and not any more when nobody waits.
    this.#events.state();
    const goesOn = await wait;
    if (!goesOn) this.#events.state();
    return goesOn ? this.#target : undefined;
  }

  #wait(signal: AbortSignal | undefined): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (goesOn: boolean): void => {
        this.#goOn = undefined;
        signal?.removeEventListener('abort', leave);
        resolve(goesOn);
      };
      const leave = (): void => end(false);
      this.#leave = leave;
      if (signal?.aborted) return leave();
      signal?.addEventListener('abort', leave);
      this.#goOn = () => end(true);
    });
  }

  /** Lets go of who waits. */
  override close(): void {
    this.#leave?.();
  }

  /** Nothing more follows, unless it is asked for after the last epoch. */
  end(error: unknown): void {
    this.#isTrained = false;
    this.#controller = new AbortController();
    const isDone = this.history.length >= this.#target;
    this.message = error === undefined ? undefined : (error as Error).message;
    const isAbort = (error as { name?: string } | undefined)?.name === 'AbortError';
    this.#to(isDone ? 'finished' : error === undefined || isAbort ? 'stopped' : 'failed');
  }
}
