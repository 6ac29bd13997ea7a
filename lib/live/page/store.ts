// What the page knows, and who wants to hear of it.
import type { Detail, Features, Summary, Weights } from './contract.js';
import { read } from './numbers.js';
import { type Picture, runPath, type Source } from './source.js';

/** What may change. */
export type Topic =
  | 'runs' // which runs there are, which are shown, their state
  | 'losses' // points of a curve
  | 'epoch' // an epoch is done
  | 'chosen' // another run or another epoch is looked at
  | 'picture' // another picture, or a stroke on it
  | 'features' // what the network makes of it
  | 'weights'
  | 'theme'
  | 'connection';

/** A run as the page keeps it. */
export interface Run {
  summary: Summary;
  detail: Detail | undefined;
  /** `[step, loss]`, from the first step on. */
  losses: (readonly [number, number])[];
  isHidden: boolean;
  /** Its colour, and the shape of its marks. */
  readonly color: number;
}

/** The epoch whose weights are looked at; `'now'` follows the training. */
export type Chosen = number | 'now';

export class Store {
  readonly runs = new Map<string, Run>();
  run = '';
  epoch: Chosen = 'now';
  picture: Picture | undefined;
  /** The right class of the picture, where it is known. */
  label: number | undefined;
  features: Features | undefined;
  /** Milliseconds between the last question for maps and the answer on the page. */
  delay = Number.NaN;
  weights: Weights | undefined;
  connection: 'open' | 'lost' = 'open';
  /** Settles when the last load is over. */
  loading: Promise<void> = Promise.resolve();
  private readonly listeners = new Map<Topic, (() => void)[]>();
  private colors = 0;

  constructor(readonly source: Source) {}

  on(topics: readonly Topic[], listener: () => void): void {
    for (const topic of topics) {
      this.listeners.set(topic, [...(this.listeners.get(topic) ?? []), listener]);
    }
  }

  tell(topic: Topic): void {
    for (const listener of this.listeners.get(topic) ?? []) listener();
  }

  /** The run that is looked at. */
  get chosen(): Run | undefined {
    return this.runs.get(this.run);
  }

  get detail(): Detail | undefined {
    return this.chosen?.detail;
  }

  /** `'run=NAME&epoch=N'`: which weights an answer shall be from. A saved file has kept ones only. */
  get which(): string {
    const run = `run=${encodeURIComponent(this.run)}`;
    const epoch = this.epochOrLast;
    return epoch === undefined ? run : `${run}&epoch=${epoch}`;
  }

  /** `undefined` for the newest weights there are. */
  get epochOrLast(): number | undefined {
    if (this.epoch !== 'now') return this.epoch;
    return this.source.isSaved ? this.detail?.kept.at(-1) : undefined;
  }

  choose(run: string, epoch: Chosen): void {
    if (run === this.run && epoch === this.epoch) return;
    this.run = run;
    this.epoch = epoch;
    this.tell('chosen');
  }

  /** Takes up a run, or what is new of it. */
  meet(summary: Summary): Run {
    const known = this.runs.get(summary.name);
    if (known !== undefined) {
      known.summary = summary;
      return known;
    }
    const made: Run = {
      summary,
      detail: undefined,
      losses: [],
      isHidden: false,
      color: this.colors++,
    };
    this.runs.set(summary.name, made);
    return made;
  }

  /** Asks for all runs anew; events wait meanwhile, {@link loading}. */
  load(): Promise<void> {
    const done = this.read();
    this.loading = done.catch(() => undefined);
    return done;
  }

  private async read(): Promise<void> {
    const { runs } = await this.source.get<{ runs: Summary[] }>('/api/runs');
    const names = new Set(runs.map(({ name }) => name));
    for (const name of this.runs.keys()) if (!names.has(name)) this.runs.delete(name);
    for (const summary of runs) this.meet(summary);
    await Promise.all(runs.map(({ name }) => this.loadRun(name)));
    if (!this.runs.has(this.run)) this.choose(firstOf(runs), 'now');
    for (const topic of ['runs', 'losses', 'epoch'] as const) this.tell(topic);
  }

  private async loadRun(name: string): Promise<void> {
    const path = runPath(name);
    const [detail, { steps, losses }] = await Promise.all([
      this.source.get<Detail>(path),
      this.source.get<{ steps: number[]; losses: (number | 'NaN')[] }>(
        `${path}/losses?points=2000`,
      ),
    ]);
    const run = this.runs.get(name);
    if (run === undefined) return;
    run.detail = detail;
    run.losses = steps.map((step, i) => [step, read(losses[i])] as const);
  }
}

// The one that trains, else the last.
const firstOf = (runs: readonly Summary[]): string =>
  (runs.find(({ state }) => state === 'training') ?? runs.at(-1))?.name ?? '';
