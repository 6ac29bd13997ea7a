import { isPlain } from '../argument/options.js';
import type { Device } from '../context/device.js';
import type { EpochResult } from './epoch.js';
import type { Progress } from './progress.js';

/** What a training is when it begins or goes on. */
export interface TrainingStart {
  readonly device: Device;
  /** How many epochs it is to have. */
  readonly numEpochs: number;
  /** Those that are done already, by a run that goes on. */
  readonly epochs: readonly EpochResult[];
}

/** How a training ended: with what it threw, if it did. */
export interface TrainingEnd {
  readonly error?: unknown;
}

/**
 * Who is told of a training and has no say in it: a bar, a page, a log. Nobody waits for a listener, and one that
 * throws or rejects is told nothing more, which a warning (`WARN_LISTENER`) says; the training goes on.
 */
export interface TrainingListener {
  began?(start: TrainingStart): unknown;
  /** At most 30 times a second. */
  stepped?(progress: Progress): unknown;
  /** After each epoch. */
  epoch?(result: EpochResult): unknown;
  ended?(end: TrainingEnd): unknown;
}

const events = ['began', 'stepped', 'epoch', 'ended'] as const;
type EventName = (typeof events)[number];

/** Whether something can listen: functions of these names, at least one; no other names in a plain object. */
export function isListener(value: unknown): value is TrainingListener {
  if (typeof value !== 'object' || value === null) return false;
  const own = events.filter((event) => (value as TrainingListener)[event] !== undefined);
  return (
    own.length > 0 &&
    own.every((event) => typeof (value as TrainingListener)[event] === 'function') &&
    (!isPlain(value) ||
      Object.keys(value).every((name) => (events as readonly string[]).includes(name)))
  );
}

/** Says that a listener failed and is told nothing more. */
export function warnOfListener(what: string, error: unknown): void {
  const reason = error instanceof Error ? error.message : String(error);
  process.emitWarning(
    `train: a listener failed and is told nothing more of this training: ${what}: ${reason}`,
    { type: 'TorchWarning', code: 'WARN_LISTENER' },
  );
}

type Told = { readonly [Name in EventName]?: (what: unknown) => unknown };

/** The listeners of one training. */
export class Listeners {
  readonly #all: Set<TrainingListener>;

  constructor(listeners: readonly TrainingListener[]) {
    this.#all = new Set(listeners);
  }

  /** Whether anybody wants to be told of steps: an engine then works in shorter stretches. */
  get followSteps(): boolean {
    return [...this.#all].some(({ stepped }) => stepped !== undefined);
  }

  /** Tells each of them; whatever they do stays theirs. */
  tell<Name extends EventName>(
    name: Name,
    what: Parameters<NonNullable<TrainingListener[Name]>>[0],
  ): void {
    for (const listener of this.#all) {
      try {
        const told: unknown = (listener as Told)[name]?.(what);
        if (told instanceof Promise) told.catch((error) => this.#drop(listener, name, error));
      } catch (error) {
        this.#drop(listener, name, error);
      }
    }
  }

  #drop(listener: TrainingListener, name: EventName, error: unknown): void {
    if (this.#all.delete(listener)) warnOfListener(name, error);
  }
}
