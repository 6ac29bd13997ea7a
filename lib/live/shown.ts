import { atMost } from '../argument/atMost.js';
import type { Training } from '../run/config.js';
import type { Run } from '../run/run.js';
import type { GuidedStretch } from '../training/guide.js';
import { resumeSame } from '../training/guided.js';
import type { LivePage, MoreEpochs } from './live.js';
import { PageServer, type Wanted } from './server.js';
import type { TrainedRun } from './trainedRun.js';

// A page that is loaded anew is gone for a moment.
const graceMs = 3000;

/** A page that is shown, and guides trainings. */
export class Page implements LivePage {
  readonly #server: PageServer;
  readonly #onPages: { tell(count: number): void };
  // The training that is under way, or was the last.
  #trained: TrainedRun | undefined;
  #run: Run | undefined;

  private constructor(server: PageServer, onPages: { tell(count: number): void }) {
    this.#server = server;
    this.#onPages = onPages;
  }

  static async open(wanted: Wanted): Promise<Page> {
    const onPages = { tell: (_: number): void => {} };
    return new Page(await PageServer.start(wanted, (count) => onPages.tell(count)), onPages);
  }

  get address(): string {
    return this.#server.address;
  }

  get port(): number {
    return this.#server.port;
  }

  get token(): string {
    return this.#server.token;
  }

  get pages(): number {
    return this.#server.stream.pages;
  }

  beginStretch(run: Run, training: Training): GuidedStretch {
    this.#run = run;
    this.#trained = this.#server.shelf.trained(run.dir, training);
    return this.#trained.begin(run, training);
  }

  async nextStretch(signal: AbortSignal | undefined): Promise<number | undefined> {
    return this.#trained?.next(signal);
  }

  endStretches(error?: unknown): void {
    this.#trained?.end(error);
  }

  async moreEpochs(signal?: AbortSignal): Promise<MoreEpochs | undefined> {
    atMost('moreEpochs', 1, arguments.length);
    const left = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const look = (count: number): void => {
      clearTimeout(timer);
      timer = count > 0 ? undefined : setTimeout(() => left.abort(), graceMs);
    };
    // Who never had a page open need not be waited for.
    if (this.pages === 0 && !this.#server.stream.hadPages) return undefined;
    look(this.pages);
    this.#onPages.tell = look;
    try {
      const all = signal === undefined ? [left.signal] : [left.signal, signal];
      const epochs = await this.#trained?.more(AbortSignal.any(all));
      if (epochs === undefined || this.#run === undefined) return undefined;
      return { run: await resumeSame(this.#run), epochs };
    } finally {
      clearTimeout(timer);
      this.#onPages.tell = () => {};
    }
  }

  async close(): Promise<void> {
    atMost('close', 0, arguments.length);
    await this.#server.close();
  }
}
