import { access, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { atMost } from '../argument/atMost.js';
import { anything, flag, instance, Kind } from '../argument/kind.js';
import { isPlain, readOptions, type SpecOf } from '../argument/options.js';
import { ProcessGroup } from '../distributed/group.js';
import { fromRankZero } from '../distributed/objects.js';
import type { EpochResult } from '../engine/epoch.js';
import { invalidArgument, TorchError } from '../error.js';
import { attempt } from '../files/atomic.js';
import { makeFolders } from '../files/folders.js';
import { type Cadence, type CheckpointEvery, parseCadence } from './cadence.js';
import {
  type Checkpoint,
  disposeCheckpoint,
  parseCheckpoint,
  readCheckpoint,
} from './checkpoint.js';
import { type RunConfig, readConfig } from './config.js';
import { keptName } from './kept.js';
import { FolderLock, lockName } from './lock.js';
import { Metrics } from './metrics.js';
import { noRun } from './noRun.js';

/** What else is to be saved and put back: a learning rate's schedule, for one. */
export interface Stateful {
  /** Plain data that JSON can hold. */
  stateDict(): unknown;
  // biome-ignore lint/suspicious/noExplicitAny: what its own stateDict() gave
  loadStateDict(state: any): void;
}

/** Options of {@link Run.create} and {@link Run.resume}. */
export interface RunOptions {
  /**
   * When checkpoints are written besides the end of each epoch: `'epoch'` for not at all, `'500steps'`,
   * `'30s'`. Default: `'epoch'`; when resuming, as before.
   */
  checkpointEvery?: CheckpointEvery;
  /** Saved with each checkpoint and put back when `train` resumes, by name. Default: none. */
  extras?: Record<string, Stateful>;
  /** Whether files for TensorBoard are written. Default true. */
  tensorBoard?: boolean;
  /**
   * Whether the weights of each epoch are kept, thinned out beyond 64 epochs. Default: where they are at most 16 MiB.
   */
  keepEpochs?: boolean;
  /** Plain data to find again in `config.json`. Default: none; when resuming, as before. */
  options?: Record<string, unknown>;
  /**
   * The processes that train together, as of `DistributedDataParallel`: all of them call this alike, rank 0 alone keeps
   * the folder, and the others are given what is in it. Default: this process trains alone.
   */
  processGroup?: ProcessGroup;
}

/** @internal */
export const checkpointName = 'checkpoint.safetensors';

// What a process that was killed leaves while it writes.
const leftover = /^\.tmp-\d+-[0-9a-f]+$/;

/**
 * A folder that holds a training: what it was begun with (`config.json`), what its epochs came to
 * (`metrics.jsonl`), where it is (`checkpoint.safetensors`), the weights with the best test accuracy
 * (`best.safetensors`), and files for TensorBoard. A run serves one call of `train`, which closes it.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for a `checkpointEvery` that is none.
 */
export class Run {
  readonly dir: string;
  readonly cadence: Cadence;
  readonly checkpointEvery: CheckpointEvery;
  readonly extras: Readonly<Record<string, Stateful>>;
  readonly tensorBoard: boolean;
  /** `undefined`: where the network is small. */
  readonly keepEpochs: boolean | undefined;
  readonly options: Record<string, unknown>;
  /** What the run was begun with; `undefined` before. */
  readonly config: RunConfig | undefined;
  /** The processes that train together, of which the first keeps the folder. */
  readonly processGroup: ProcessGroup | undefined;
  /** What the epochs that are over came to. */
  readonly epochs: readonly EpochResult[];
  /** @internal */
  readonly metrics: Metrics;
  /** `undefined` where another process keeps the folder. */
  readonly #lock: FolderLock | undefined;
  /** @internal Whether it is trained by the objects that have trained it until now, whatever a schedule has made of them. */
  isSameTraining = false;
  /** @internal Told of each step's loss, in this process. @param before - Steps done before these. */
  onLosses: ((before: number, losses: ArrayLike<number>) => void) | undefined;
  #checkpoint: Checkpoint | undefined;
  #state: 'open' | 'taken' | 'closed' = 'open';

  private constructor(lock: FolderLock | undefined, found: Found, options: RunOptions) {
    atMost('Run', 3, arguments.length);
    const every = options.checkpointEvery ?? found.config?.checkpointEvery ?? 'epoch';
    this.dir = found.dir;
    this.checkpointEvery = every;
    this.cadence = parseCadence(every);
    this.extras = options.extras ?? {};
    this.tensorBoard = options.tensorBoard ?? true;
    this.keepEpochs = options.keepEpochs;
    this.options = options.options ?? found.config?.options ?? {};
    this.processGroup = options.processGroup;
    this.config = found.config;
    this.epochs = found.epochs;
    this.metrics = found.metrics;
    this.#lock = lock;
    this.#checkpoint = found.checkpoint;
  }

  /**
   * Begins a run in a new or empty folder.
   *
   * @param dir - Made where it is missing, with the folders above it.
   * @throws {TypeError} `ERR_INVALID_ARG`
   * @throws {TorchError} `ERR_RUN_EXISTS` for a folder with something in it, `ERR_RUN_LOCKED`,
   *   `ERR_FILE_WRITE`, `ERR_NO_SPACE`.
   */
  static async create(dir: string, options: RunOptions = {}): Promise<Run> {
    atMost('create', 2, arguments.length);
    checkOptions('Run.create', dir, options);
    const { processGroup: group } = options;
    if (group === undefined) return Run.#create(dir, options);
    let own: Run | undefined;
    await fromRankZero(group, async () => {
      own = await Run.#create(dir, options);
    });
    return own ?? new Run(undefined, { dir, epochs: [], metrics: metricsOf(dir) }, options);
  }

  static async #create(dir: string, options: RunOptions): Promise<Run> {
    await attempt(dir, async () => makeFolders(dir));
    const strangers = async (): Promise<string[]> =>
      (await attempt(dir, () => readdir(dir))).filter((name) => name !== lockName);
    // Before the lock too, which would put a file into somebody's folder.
    refuseStrangers(dir, await strangers());
    return withLock(dir, async (lock) => {
      refuseStrangers(dir, await strangers());
      return new Run(lock, { dir, epochs: [], metrics: metricsOf(dir) }, options);
    });
  }

  /**
   * Takes up a run where its last checkpoint is. The model, optimizer and loaders that `train` is then
   * given have to be made as they were made for the run; their state is put back from the checkpoint.
   *
   * @throws {TypeError} `ERR_INVALID_ARG`
   * @throws {TorchError} `ERR_RUN_NOT_FOUND`, `ERR_RUN_LOCKED`, `ERR_RUN_CORRUPT`, `ERR_FILE_CORRUPT`,
   *   `ERR_FILE_READ`, `ERR_FILE_FORMAT`.
   */
  static async resume(dir: string, options: RunOptions = {}): Promise<Run> {
    atMost('resume', 2, arguments.length);
    checkOptions('Run.resume', dir, options);
    const { processGroup: group } = options;
    if (group === undefined) return Run.#resume(dir, options);
    let own: Run | undefined;
    const found = await fromRankZero(group, async () => {
      own = await Run.#resume(dir, options);
      return own.#forOthers();
    });
    if (own !== undefined) return own;
    const { config, epochs, bytes } = found;
    const checkpoint = bytes && (await parseCheckpoint(join(dir, checkpointName), bytes));
    const known = {
      dir,
      config,
      epochs,
      metrics: metricsOf(dir),
      ...(checkpoint && { checkpoint }),
    };
    return new Run(undefined, known, options);
  }

  // What the other processes need of it.
  async #forOthers() {
    const path = join(this.dir, checkpointName);
    const bytes = this.#checkpoint && (await attempt(path, () => readFile(path)));
    return { config: this.config!, epochs: this.epochs, bytes };
  }

  static async #resume(dir: string, options: RunOptions): Promise<Run> {
    const config = await readConfig(join(dir, 'config.json'));
    if (config === undefined) throw await noRun(dir);
    return withLock(dir, async (lock) => {
      // Again: another process may have trained until now.
      return new Run(lock, await find(dir), options);
    });
  }

  /** Whether this process writes the files. @internal */
  get isKeeper(): boolean {
    return this.#lock !== undefined;
  }

  /** Steps done, of the whole training. */
  get step(): number {
    return this.#checkpoint?.state.step ?? 0;
  }

  /** @internal The checkpoint to go on from, which becomes the caller's. */
  take(): Checkpoint | undefined {
    if (this.#state !== 'open') {
      throw invalidArgument(`train: run: ${this.dir} has been trained; use Run.resume to go on`);
    }
    this.#state = 'taken';
    const checkpoint = this.#checkpoint;
    this.#checkpoint = undefined;
    return checkpoint;
  }

  /** Lets go of the folder; for a run that is given to no `train`. */
  async close(): Promise<void> {
    atMost('close', 0, arguments.length);
    this.#state = 'closed';
    disposeCheckpoint(this.#checkpoint);
    this.#checkpoint = undefined;
    await this.#lock?.release();
  }
}

interface Found {
  readonly dir: string;
  readonly metrics: Metrics;
  readonly epochs: readonly EpochResult[];
  readonly config?: RunConfig;
  readonly checkpoint?: Checkpoint;
}

const metricsOf = (dir: string): Metrics => new Metrics(join(dir, 'metrics.jsonl'));

async function find(dir: string): Promise<Found> {
  for (const folder of [dir, join(dir, keptName)]) {
    for (const name of await readdir(folder).catch(() => [])) {
      if (leftover.test(name)) await rm(join(folder, name), { force: true });
    }
  }
  const config = await readConfig(join(dir, 'config.json'));
  if (config === undefined) throw new TorchError('ERR_RUN_NOT_FOUND', `${dir} is no run any more`);
  const metrics = metricsOf(dir);
  const path = join(dir, checkpointName);
  if (!(await isThere(path))) {
    // The first one is written before anything is trained: a process was killed just before.
    if (!(await metrics.hasLines())) return { dir, config, metrics, epochs: [] };
    throw new TorchError('ERR_RUN_CORRUPT', `${path} is missing, though epochs have been trained`);
  }
  const checkpoint = await readCheckpoint(path);
  const { metricsSize, epoch } = checkpoint.state;
  const epochs = await metrics.read(metricsSize, epoch - 1);
  return { dir, config, metrics, checkpoint, epochs };
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function withLock<T>(dir: string, work: (lock: FolderLock) => Promise<T>): Promise<T> {
  const lock = await attempt(dir, () => FolderLock.take(dir));
  try {
    return await work(lock);
  } catch (error) {
    await lock.release();
    throw error;
  }
}

function refuseStrangers(dir: string, names: readonly string[]): void {
  if (names.length === 0) return;
  const isRun = names.includes('config.json');
  throw new TorchError(
    'ERR_RUN_EXISTS',
    isRun
      ? `${dir} holds a run already: resume it, or choose another folder`
      : `${dir} is not empty (${names[0]}): choose a new or empty folder`,
  );
}

const spec = {
  checkpointEvery: anything<CheckpointEvery>('a cadence').optional(),
  extras: anything<Record<string, Stateful>>('objects with a state').optional(),
  tensorBoard: flag.optional(),
  keepEpochs: flag.optional(),
  options: new Kind<Record<string, unknown>>('an object', (given) =>
    isPlain(given) ? given : undefined,
  ).optional(),
  processGroup: instance<ProcessGroup>(ProcessGroup, 'a ProcessGroup').optional(),
} satisfies SpecOf<RunOptions>;

function checkOptions(what: string, dir: unknown, options: RunOptions): void {
  if (typeof dir !== 'string' || dir === '') {
    throw invalidArgument(`${what}: dir: expected the path of a folder, got ${inspect(dir)}`);
  }
  readOptions(what, spec, options);
  if (options.checkpointEvery !== undefined) parseCadence(options.checkpointEvery);
  for (const [name, extra] of Object.entries(options.extras ?? {})) {
    if (typeof extra?.stateDict === 'function' && typeof extra.loadStateDict === 'function')
      continue;
    throw invalidArgument(`${what}: extras: '${name}': expected stateDict() and loadStateDict()`);
  }
}
