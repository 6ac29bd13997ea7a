import { type FSWatcher, watch } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

import { TorchError } from '../error.js';
import type { Training } from '../run/config.js';
import { noRun } from '../run/noRun.js';
import { removeRun } from '../run/remove.js';
import { FolderRun } from './folderRun.js';
import type { Losses } from './losses.js';
import type { MakeNetwork } from './networks.js';
import type { Stream } from './stream.js';
import { TrainedRun } from './trainedRun.js';
import { View } from './view.js';

/** What the page needs to be told of networks and classes that this package does not know. */
export interface Knowledge {
  readonly model?: MakeNetwork | undefined;
  readonly classes?: readonly string[] | undefined;
}

// Where the system does not say that a file has changed, and for new runs in a folder of runs.
const pollMs = 2000;
// What comes together is told together: some ten times a second.
const gatherMs = 100;
// Of the steps that are told at once.
const mostPoints = 400;

interface Shown {
  readonly view: View;
  readonly watcher: FSWatcher | undefined;
  refreshing: Promise<void> | undefined;
  isStale: boolean;
  toldStep: number;
  timer: NodeJS.Timeout | undefined;
}

/** The runs that are shown, by name; what changes in them is told to the stream. */
export class Shelf {
  readonly #runs = new Map<string, Shown>();
  readonly #stream: Stream;
  readonly #knowledge: Knowledge;
  // Folders that are runs or have some; runs may come to be in them.
  readonly #folders: readonly string[];
  readonly #poll: NodeJS.Timeout;
  #looking: Promise<void> | undefined;

  private constructor(folders: readonly string[], stream: Stream, knowledge: Knowledge) {
    this.#folders = folders.map((folder) => resolve(folder));
    this.#stream = stream;
    this.#knowledge = knowledge;
    this.#poll = setInterval(() => void this.#look(), pollMs).unref();
  }

  /** @throws {TorchError} `ERR_RUN_NOT_FOUND` for what is no folder. */
  static async open(
    folders: readonly string[],
    stream: Stream,
    knowledge: Knowledge,
  ): Promise<Shelf> {
    for (const folder of folders) {
      const found = await stat(folder).catch(() => undefined);
      if (found?.isDirectory()) continue;
      throw await noRun(folder);
    }
    const shelf = new Shelf(folders, stream, knowledge);
    await shelf.#look();
    return shelf;
  }

  get views(): View[] {
    // One that is about to begin is there when it is known what is trained.
    const all = [...this.#runs.values()].map(({ view }) => view);
    return all.filter(({ run }) => run.config !== undefined);
  }

  /** @throws {TorchError} `ERR_RUN_NOT_FOUND` */
  view(name: string): View {
    const found = this.#runs.get(name)?.view;
    if (found?.run.config !== undefined) return found;
    throw new TorchError('ERR_RUN_NOT_FOUND', `no run is called ${JSON.stringify(name)} here`);
  }

  // Looks for runs that have come, and for what the system did not say.
  #look(): Promise<void> {
    this.#looking ??= this.#lookOnce().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #lookOnce(): Promise<void> {
    const there = new Set([...this.#runs.values()].map(({ view }) => view.run.dir));
    for (const folder of this.#folders) {
      for (const dir of await runsIn(folder)) if (!there.has(dir)) await this.#addFolder(dir);
    }
    await Promise.all([...this.#runs.values()].map((shown) => this.#refresh(shown)));
  }

  async #addFolder(dir: string): Promise<void> {
    const run = await FolderRun.open(this.#nameFor(dir), dir).catch(() => undefined);
    // A training in this process may have begun meanwhile.
    if (run === undefined || this.#byDir(dir) !== undefined) return;
    const shown = this.#add(
      run,
      watched(dir, () => void this.#refresh(shown)),
    );
    shown.toldStep = run.losses.lastStep;
  }

  #add(run: FolderRun, watcher: FSWatcher | undefined): Shown {
    const { model, classes } = this.#knowledge;
    const shown: Shown = {
      view: new View(run, model, classes),
      watcher,
      refreshing: undefined,
      isStale: false,
      toldStep: 0,
      timer: undefined,
    };
    this.#runs.set(run.name, shown);
    if (run.config !== undefined) this.#stream.tell('runs', {});
    return shown;
  }

  #byDir(dir: string): Shown | undefined {
    return [...this.#runs.values()].find(({ view }) => view.run.dir === dir);
  }

  #nameFor(dir: string): string {
    const names = [basename(dir), `${basename(dirname(dir))}/${basename(dir)}`];
    const free = names.find((name) => !this.#runs.has(name));
    if (free !== undefined) return free;
    for (let i = 2; ; i++) if (!this.#runs.has(`${names[0]} (${i})`)) return `${names[0]} (${i})`;
  }

  // One at a time; what changes meanwhile is read after it.
  #refresh(shown: Shown): Promise<void> {
    const { run } = shown.view;
    if (!(run instanceof FolderRun) || run instanceof TrainedRun) return Promise.resolve();
    shown.isStale = true;
    shown.refreshing ??= (async () => {
      while (shown.isStale) {
        shown.isStale = false;
        await this.#readChanges(shown, run);
      }
    })().finally(() => {
      shown.refreshing = undefined;
    });
    return shown.refreshing;
  }

  async #readChanges(shown: Shown, run: FolderRun): Promise<void> {
    const found = await stat(run.dir).catch(() => undefined);
    if (found === undefined) return this.#drop(run.name);
    const { epochs, hasSteps, hasState } = await run.refresh();
    if (hasSteps) this.#soonTell(shown);
    for (const epoch of epochs)
      this.#stream.tell('epoch', { run: run.name, ...epoch, kept: run.kept });
    if (hasState) this.#tellState(shown);
  }

  #soonTell(shown: Shown): void {
    shown.timer ??= setTimeout(() => {
      shown.timer = undefined;
      this.#tellSteps(shown);
    }, gatherMs).unref();
  }

  #tellSteps(shown: Shown): void {
    const { run } = shown.view;
    const losses: Losses = run.losses;
    if (losses.lastStep < shown.toldStep) shown.toldStep = 0;
    const some = losses.thinned(mostPoints, shown.toldStep);
    if (some.steps.length === 0) return;
    shown.toldStep = losses.lastStep;
    const { epoch, step, imagesPerSecond, secondsLeft } = run.progress;
    this.#stream.tell('steps', {
      run: run.name,
      epoch,
      step,
      ...some,
      imagesPerSecond,
      secondsLeft,
    });
  }

  #tellState({ view: { run } }: Shown): void {
    this.#stream.tell('state', { run: run.name, ...run.summary });
  }

  /** The run of a training in this process, which is shown from now on. */
  trained(dir: string, training: Training): TrainedRun {
    const path = resolve(dir);
    const before = this.#byDir(path);
    if (before?.view.run instanceof TrainedRun) return before.view.run;
    const name = before?.view.run.name ?? this.#nameFor(path);
    before?.watcher?.close();
    const run = new TrainedRun(name, path, training, {
      known: () => this.#stream.tell('runs', {}),
      steps: () => this.#soonTell(shown),
      epoch: (result) => {
        this.#tellSteps(shown);
        this.#stream.tell('epoch', { run: name, ...result, kept: run.kept });
      },
      state: () => this.#tellState(shown),
    });
    const shown = this.#add(run, undefined);
    return run;
  }

  /**
   * Deletes a run's files.
   * @throws {TorchError} `ERR_RUN_LOCKED` while it is trained; `ERR_FILE_WRITE`.
   */
  async remove(name: string): Promise<void> {
    const { run } = this.view(name);
    const isBusy = run.steered !== undefined && run.summary.state !== 'finished';
    if (isBusy)
      throw new TorchError('ERR_RUN_LOCKED', `${name} is being trained, and cannot be deleted`);
    await removeRun(run.dir);
    this.#drop(name);
  }

  #drop(name: string): void {
    const shown = this.#runs.get(name);
    if (shown === undefined) return;
    this.#close(shown);
    this.#runs.delete(name);
    this.#stream.tell('runs', {});
  }

  #close({ view, watcher, timer }: Shown): void {
    clearTimeout(timer);
    watcher?.close();
    view.run.close();
  }

  close(): void {
    clearInterval(this.#poll);
    for (const shown of this.#runs.values()) this.#close(shown);
  }
}

const isRun = (dir: string): Promise<boolean> =>
  stat(join(dir, 'config.json')).then(
    (found) => found.isFile(),
    () => false,
  );

// A run's own folder, or the runs in a folder.
async function runsIn(folder: string): Promise<string[]> {
  if (await isRun(folder)) return [folder];
  const names = await readdir(folder).catch(() => []);
  const dirs = names.sort().map((name) => join(folder, name));
  const found = await Promise.all(dirs.map(isRun));
  return dirs.filter((_, i) => found[i]);
}

// Where the system cannot watch (a network's file system, no watches left), the poll has to do.
function watched(dir: string, onChange: () => void): FSWatcher | undefined {
  try {
    return watch(dir, { persistent: false }, onChange).on('error', () => {});
  } catch {
    return undefined;
  }
}
