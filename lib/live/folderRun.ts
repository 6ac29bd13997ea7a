import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

import type { EpochResult } from '../engine/epoch.js';
import { TorchError } from '../error.js';
import type { ImageModel } from '../models/imageModel.js';
import type { Module } from '../nn/index.js';
import { type RunConfig, readConfig } from '../run/config.js';
import { EventReader } from '../run/events/reader.js';
import { fromJson } from '../run/json.js';
import { keptEpochs, keptPath } from '../run/kept.js';
import { checkpointName } from '../run/run.js';
import type { Examples } from './examples.js';
import { isHeld } from './held.js';
import { Losses } from './losses.js';
import type { Trained } from './networks.js';
import type { Progress, RunState, Summary } from './page/contract.js';
import type { ShownRun, Steered } from './shownRun.js';
import { testImages } from './testImages.js';
import { WeightFiles, type Weights } from './weights.js';

/** What of a run has changed since one looked last. */
export interface Changes {
  /** Epochs that are new, or of which more is known. */
  readonly epochs: readonly EpochResult[];
  readonly hasSteps: boolean;
  readonly hasState: boolean;
}

/** A run as its folder has it: finished, stopped, or written by another process. */
export class FolderRun implements ShownRun {
  readonly losses = new Losses();
  message: string | undefined;
  config: RunConfig | undefined;
  history: readonly EpochResult[] = [];
  kept: readonly number[] = [];
  protected isHeld = false;
  readonly #events: EventReader;
  readonly #files = new WeightFiles();
  #examples: Examples | undefined;

  protected constructor(
    readonly name: string,
    readonly dir: string,
  ) {
    this.#events = new EventReader(dir, 'loss/step', this.losses);
  }

  /** @throws {TorchError} `ERR_RUN_NOT_FOUND` for a folder without `config.json`; `ERR_RUN_CORRUPT`. */
  static async open(name: string, dir: string): Promise<FolderRun> {
    const run = new FolderRun(name, dir);
    await run.refresh();
    if (run.config === undefined) {
      throw new TorchError('ERR_RUN_NOT_FOUND', `${dir} is no run: it has no config.json`);
    }
    return run;
  }

  /** Reads what has come since the last time. */
  async refresh(): Promise<Changes> {
    const before = {
      state: this.state,
      epochs: this.config?.epochs,
      history: this.history,
      kept: this.kept,
    };
    this.config = await readConfig(join(this.dir, 'config.json')).catch(() => this.config);
    this.history = await readMetrics(join(this.dir, 'metrics.jsonl'));
    this.kept = await keptEpochs(this.dir);
    this.isHeld = await isHeld(this.dir);
    const hasSteps = await this.readLosses();
    const isSame = (a: EpochResult | undefined, b: EpochResult): boolean =>
      a?.loss === b.loss && a.seconds === b.seconds;
    const epochs = this.history.filter((each, i) => !isSame(before.history[i], each));
    const last = this.history.at(-1);
    // An epoch is noted before its weights are kept.
    const hasKept = String(before.kept) !== String(this.kept);
    if (hasKept && last !== undefined && !epochs.includes(last)) epochs.push(last);
    const hasState = before.state !== this.state || before.epochs !== this.config?.epochs;
    return { epochs, hasSteps, hasState };
  }

  protected readLosses(): Promise<boolean> {
    return this.#events.readNew();
  }

  get steered(): Steered | undefined {
    return undefined;
  }

  get state(): RunState {
    if (this.isHeld) return 'elsewhere';
    return this.history.length >= (this.config?.epochs ?? Number.POSITIVE_INFINITY)
      ? 'finished'
      : 'stopped';
  }

  get summary(): Summary {
    const last = this.history.at(-1);
    return {
      name: this.name,
      model: this.config?.model.name ?? '',
      state: this.state,
      epoch: this.history.length,
      epochs: this.config?.epochs ?? 0,
      trainAcc: last?.trainAcc ?? null,
      testAcc: last?.testAcc ?? null,
      loss: last?.loss ?? null,
      writable: this.steered !== undefined,
    };
  }

  get progress(): Progress {
    const last = this.history.at(-1);
    const { config, history, losses } = this;
    const steps = stepsOf(config);
    const isDone = this.state === 'finished';
    return {
      epoch: isDone ? history.length : history.length + 1,
      step: losses.lastStep || history.length * steps,
      steps,
      imagesPerSecond: last === undefined ? null : imagesOf(config) / last.seconds,
      secondsLeft: secondsLeft(this),
      engine: last?.engine ?? null,
      engineReason: last?.engineReason ?? null,
      device: config?.device ?? null,
    };
  }

  get trained(): Trained {
    const { name = '', state = {} } = this.config?.model ?? {};
    return { name, state };
  }

  examples(net: Module): Examples {
    const { transform } = net as Module & Partial<Pick<ImageModel, 'transform'>>;
    this.#examples ??= testImages(this.config, transform?.call(net));
    return this.#examples;
  }

  async weights(epoch: number | undefined): Promise<Weights> {
    if (epoch === undefined) return this.newest();
    if (!this.kept.includes(epoch)) {
      throw new TorchError(
        'ERR_NOT_FOUND',
        `${this.name}: expected an epoch whose weights are kept (${this.kept.join(', ') || 'none'}), got ${epoch}`,
      );
    }
    return this.#read(keptPath(this.dir, epoch));
  }

  /** Those that the run would go on from. */
  protected newest(): Promise<Weights> {
    return this.#read(join(this.dir, checkpointName));
  }

  async #read(path: string): Promise<Weights> {
    const found = await stat(path, { bigint: true }).catch(() => undefined);
    return this.#files.read(path, `${found?.mtimeNs} ${found?.ino}`);
  }

  close(): void {}
}

/** Images that are trained in an epoch; 0 where nobody says. */
export const imagesOf = (config: RunConfig | undefined): number => {
  const { examples } = config?.data.train ?? {};
  return typeof examples === 'number' ? examples : 0;
};

/** Steps of an epoch; 0 where nobody says. */
export function stepsOf(config: RunConfig | undefined): number {
  const { examples, batches, batchSize, dropLast } = config?.data.train ?? {};
  if (typeof batches === 'number') return batches;
  if (typeof examples !== 'number' || typeof batchSize !== 'number') return 0;
  return dropLast === true ? Math.floor(examples / batchSize) : Math.ceil(examples / batchSize);
}

function secondsLeft({ state, history, config }: FolderRun): number | null {
  const last = history.at(-1);
  if (state !== 'elsewhere' || last === undefined || config === undefined) return null;
  return Math.max(0, config.epochs - history.length) * last.seconds;
}

// The last line may be half written.
async function readMetrics(path: string): Promise<EpochResult[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text
    .split('\n')
    .slice(0, -1)
    .flatMap((line) => {
      try {
        return [fromJson(line) as EpochResult];
      } catch {
        return [];
      }
    });
}
