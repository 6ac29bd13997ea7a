import { atMost } from '../argument/atMost.js';
import { callback, Kind, text } from '../argument/kind.js';
import { readOptions, type SpecOf } from '../argument/options.js';
import type { Module } from '../nn/index.js';
import { Run } from '../run/run.js';
import type { TrainingGuide } from '../training/guide.js';

/** A run, by itself or by its folder; a folder with several shows all of them. */
export type LiveRun = Run | string;

/** Options of {@link live}. */
export interface LiveOptions {
  /** What is shown besides the trainings that are given the page. Default: nothing. */
  run?: LiveRun | readonly LiveRun[];
  /** Integer 0–65535; 0 for a free one. Default 0. */
  port?: number;
  /**
   * The name or address to listen on. Default `'127.0.0.1'`: only this machine's users see the page. Another one shows it to
   * whoever reaches this machine there; what starts, stops or deletes needs the page's token in any case.
   */
  host?: string;
  /**
   * Makes a network like the one that is trained, for weights of its epochs to be looked at. Default: the package's own
   * networks by their names, and classes that need no arguments.
   */
  model?: () => Module;
  /** Names of the classes. Default: the data set's, else their numbers. */
  classes?: readonly string[];
}

/** A training that is to go on after its last epoch. */
export interface MoreEpochs {
  /** The run, resumed. */
  readonly run: Run;
  /** How many epochs there are to be in all. */
  readonly epochs: number;
}

/** A page that is shown; see {@link live}. Also the option `live` of `train`. */
export interface LivePage extends TrainingGuide {
  /** `http://127.0.0.1:4711/?token=…`: who knows it may stop the training. */
  readonly address: string;
  readonly port: number;
  readonly token: string;
  /** How many are open. */
  readonly pages: number;
  /**
   * After a training: waits until a page asks for more epochs of it, or until none is open (any more).
   *
   * @param signal - Ends the wait.
   * @returns What `train` is to be called with again, for the same model, optimizer and loaders; `undefined` when nobody
   *   asks.
   */
  moreEpochs(signal?: AbortSignal): Promise<MoreEpochs | undefined>;
  /** Lets the pages go. A training that is stopped by one ends. */
  close(): Promise<void>;
}

const isLiveRun = (given: unknown): boolean => given instanceof Run || typeof given === 'string';

const runsKind = new Kind<LiveRun | readonly LiveRun[], readonly LiveRun[]>(
  'a Run, the path of a folder, or an array of these',
  (given) => {
    const all = Array.isArray(given) ? given : [given];
    return all.every(isLiveRun) ? (all as LiveRun[]) : undefined;
  },
);

const spec = {
  run: runsKind.optional(),
  port: new Kind<number>('an integer from 0 to 65535', (given) =>
    Number.isInteger(given) && Number(given) >= 0 && Number(given) < 65_536
      ? Number(given)
      : undefined,
  ).or(0),
  host: text.or('127.0.0.1'),
  model: callback<() => Module>().optional(),
  classes: new Kind<readonly string[]>('an array of strings', (given) =>
    Array.isArray(given) && given.every((each) => typeof each === 'string') ? given : undefined,
  ).optional(),
} satisfies SpecOf<LiveOptions>;

/**
 * Shows runs on a page, while they are trained and afterwards: curves, every feature map for any image, the weights of each
 * epoch, mistakes. See docs/live.md for the page, and for what programs can ask it.
 *
 * @param options.run - Runs that are finished or written by another process.
 * @param options.port - Default 0: one that is free.
 * @param options.host - Default `'127.0.0.1'`.
 * @param options.model - Makes a network like the trained one.
 * @param options.classes - Names of the classes.
 * @returns A page that listens; `train` shows what it trains there with the option `live`. It keeps the process alive until
 *   it is closed.
 * @throws {TypeError} `ERR_INVALID_ARG`
 * @throws {TorchError} `ERR_PORT_IN_USE`, `ERR_PORT_DENIED`, `ERR_HOST_NOT_FOUND`, `ERR_RUN_NOT_FOUND`
 * @example compile
 * const page = await torch.live();
 * console.log(page.address);
 * await torch.train(net, trainIter, testIter, batchSize, optimizer, 'cpu', 5, { live: page });
 */
export async function live(options?: LiveOptions): Promise<LivePage> {
  atMost('live', 1, arguments.length);
  const { run = [], ...rest } = readOptions('live', spec, options);
  const folders = run.map((each) => (typeof each === 'string' ? each : each.dir));
  const { Page } = await import('./shown.js');
  return Page.open({ folders, ...rest });
}
