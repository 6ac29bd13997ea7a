import { getRngState, setRngState } from '../context/random.js';
import type { EpochResult } from '../engine/epoch.js';
import type { Module } from '../nn/index.js';
import { tidy } from '../tensor/scope.js';
import type { RunState } from './checkpoint.js';
import type { Training } from './config.js';
import { histogram } from './events/histogram.js';
import { sampleSheet } from './events/sheet.js';
import { type EventValue, EventWriter } from './events/writer.js';

/** What a run tells TensorBoard; steps are those of the whole training. */
export class Curves {
  readonly #writer: EventWriter;
  readonly #training: Training;
  #flushedMs = performance.now();

  private constructor(writer: EventWriter, training: Training) {
    this.#writer = writer;
    this.#training = training;
  }

  /** Begins a file for what follows `state`; at the beginning it shows some images, and the weights. */
  static async begin(dir: string, training: Training, state: RunState): Promise<Curves> {
    const { step, isTrained } = state;
    // What belongs to the end of an epoch bears the number of its last step.
    const isBeginning = step === 0;
    const firstStep = isBeginning || isTrained ? step : step + 1;
    const curves = new Curves(await EventWriter.create(dir, firstStep), training);
    if (isBeginning) {
      curves.#writer.add(0, { ...imagesOf(training), ...weightsOf(training.net) });
      await curves.flush();
    }
    return curves;
  }

  /** Whoever reads the file meanwhile sees the steps at most a second late. @param before - Steps done before these. */
  async steps(before: number, losses: ArrayLike<number>): Promise<void> {
    for (let i = 0; i < losses.length; i++) {
      this.#writer.add(before + i + 1, { 'loss/step': losses[i]! });
    }
    if (performance.now() - this.#flushedMs >= 1000) await this.flush();
  }

  epoch(step: number, { epoch, loss, trainAcc, testAcc, seconds }: EpochResult): void {
    const { net, optimizer } = this.#training;
    const [group] = optimizer.paramGroups as { lr?: unknown }[];
    this.#writer.add(step, {
      'loss/epoch': loss,
      'accuracy/train': trainAcc,
      'accuracy/test': testAcc,
      'progress/epoch': epoch,
      'progress/seconds': seconds,
      ...(typeof group?.lr === 'number' && { 'progress/learning rate': group.lr }),
      ...weightsOf(net),
    });
  }

  flush(): Promise<void> {
    this.#flushedMs = performance.now();
    return this.#writer.flush();
  }

  close(): Promise<void> {
    return this.#writer.close();
  }
}

function imagesOf({ testIter }: Training): Record<string, EventValue> {
  // A transform may draw random numbers; these are not the training's.
  const state = getRngState();
  try {
    const sheet = sampleSheet(testIter);
    return sheet === undefined ? {} : { 'test images': sheet };
  } finally {
    setRngState(state);
    state.dispose();
  }
}

function weightsOf(net: Module): Record<string, EventValue> {
  const entries = [...net.namedParameters()].map(([name, parameter]) => {
    const values = tidy(() => parameter.detach().to('float64').data() as Float64Array);
    return [`weights/${name}`, histogram(values)] as const;
  });
  return Object.fromEntries(entries);
}
