import { getNumThreads } from '../context/threads.js';
import type { ProcessGroup } from '../distributed/group.js';
import { gatherObjects } from '../distributed/objects.js';
import { TorchError } from '../error.js';
import type { NativeAverage } from '../native/exports/distributed.js';
import { native } from '../native/load.js';
import type { DistributedDataParallel } from '../nn/parallel/index.js';
import { type Tensor, tensor } from '../tensor/index.js';
import type { EngineChoice } from './choice.js';
import type { EngineName, PassWatch } from './pass.js';

/** What a rank says when all of them meet. */
type Said<T> =
  | { readonly value: T }
  | { readonly failure: { readonly code: string; readonly message: string } }
  | { readonly stopped: string };

/** What the ranks have to agree on before a pass. */
export interface Vote {
  /** Who is to run it here. */
  readonly engine: EngineName;
  /** Why that one. */
  readonly reason: string;
  readonly choice: EngineChoice;
  /** As {@link TrainingPass.variant}. */
  readonly variant: string | undefined;
  /** How many batches this rank has; `undefined` where that is not known. */
  readonly batches: number | undefined;
  /** Whether this rank may have something to say during the pass. */
  readonly mayInterrupt: boolean;
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/** The other processes of a training that is shared, as its passes see them. All ranks call everything here alike. */
export class Peers {
  readonly #model: DistributedDataParallel;
  readonly #group: ProcessGroup;
  #average: NativeAverage | undefined;
  /** With which all ranks end. */
  #agreed: unknown;
  /** Whether that is because one is to stop. */
  #isStop = false;
  /** Of this pass: how many batches all have, where that is known, and whether somebody may interrupt it. */
  #batches: number | undefined;
  #mayInterrupt = true;
  /** What is put back when all ranks have come together. */
  #timeout: number | undefined;

  constructor(model: DistributedDataParallel) {
    this.#model = model;
    this.#group = model.processGroup;
  }

  get group(): ProcessGroup {
    return this.#group;
  }

  get rank(): number {
    return this.#group.rank;
  }

  get size(): number {
    return this.#group.size;
  }

  /** The model as several processes train it: its forward pass prepares {@link backward}. */
  get model(): DistributedDataParallel {
    return this.#model;
  }

  /**
   * What each rank has come to, by rank. Where some have failed or are to stop, all of them throw.
   * @param work - This rank's; what it throws is told to the others.
   * @param signal - Stops all ranks.
   */
  async gather<T>(work: () => T | Promise<T>, signal?: AbortSignal): Promise<readonly T[]> {
    let problem: unknown;
    let own: Said<T>;
    try {
      const value = await work();
      signal?.throwIfAborted();
      own = { value };
    } catch (error) {
      problem = error;
      own = said(error, signal);
    }
    const all = await this.#meet(own, problem);
    for (const [rank, each] of all.entries()) {
      if (!('failure' in each)) continue;
      this.#agreed = 'failure' in own ? problem : failureOf(rank, each.failure);
      throw this.#agreed;
    }
    for (const [rank, each] of all.entries()) {
      if (!('stopped' in each)) continue;
      this.#agreed = 'stopped' in own ? problem : stopOf(rank, each.stopped);
      this.#isStop = true;
      throw this.#agreed;
    }
    return all.map((each) => (each as { value: T }).value);
  }

  async #meet<T>(own: Said<T>, problem: unknown): Promise<Said<T>[]> {
    try {
      return await gatherObjects(this.#group, own);
    } catch (error) {
      // The group has ended: what was wrong here says more.
      throw problem ?? error;
    }
  }

  /**
   * Whether any rank wants a word with all after this step.
   * @param wants - Whether this one does. Nobody is asked where all have said that they never do.
   */
  async wantsWord(wants: boolean): Promise<boolean> {
    if (!this.#mayInterrupt) return false;
    const [all] = await this.sum([wants ? 1 : 0]);
    return all! > 0;
  }

  /** The word: ends all ranks where one is to stop, and has all of them keep where they are where that is due. */
  async haveWord({ signal, keeper }: PassWatch): Promise<void> {
    const late = await this.gather(() => keeper?.isLate === true, signal);
    if (late.some(Boolean)) await keeper?.save();
  }

  /** @throws {TorchError} `ERR_DISTRIBUTED_MISMATCH` on all ranks, where some have no more batches. */
  async requireAllToGoOn(hasBatch: boolean): Promise<void> {
    if (this.#batches !== undefined) return;
    const [all] = await this.sum([hasBatch ? 1 : 0]);
    if (all === 0 || all === this.size) return;
    this.#refuse(
      `the ranks have different numbers of batches: ${all} of ${this.size} have one more, ` +
        `rank ${this.rank} ${hasBatch ? 'too' : 'has none'}. data.DistributedSampler gives all the same`,
    );
  }

  #compare(what: string, values: readonly unknown[]): void {
    const other = values.findIndex((value) => value !== values[0]);
    if (other < 0) return;
    this.#refuse(`${what}: ${values[0]} on rank 0, ${values[other]} on rank ${other}`);
  }

  // All ranks see the same and end alike.
  #refuse(problem: string): never {
    this.#agreed = new TorchError('ERR_DISTRIBUTED_MISMATCH', `train: ${problem}`);
    throw this.#agreed;
  }

  /**
   * What all ranks have planned for the next pass.
   * @param plan - Plans this rank's.
   * @throws {TorchError} `ERR_DISTRIBUTED_MISMATCH` on all ranks, where they would not take the same steps.
   */
  async vote(plan: () => Vote, signal: AbortSignal | undefined): Promise<readonly Vote[]> {
    const votes = await this.gather(plan, signal);
    this.#compare(
      'engine',
      votes.map(({ choice }) => choice),
    );
    const isKnown = votes.every(({ batches }) => batches !== undefined);
    if (isKnown) {
      this.#compare(
        'the ranks have different numbers of batches (data.DistributedSampler gives all the same)',
        votes.map(({ batches }) => batches),
      );
    }
    this.#batches = isKnown ? votes[0]!.batches : undefined;
    this.#mayInterrupt = votes.some(({ mayInterrupt }) => mayInterrupt);
    return votes;
  }

  /**
   * What has to be the same on all ranks before a training.
   * @param facts - Plain values by name.
   * @throws {TorchError} `ERR_DISTRIBUTED_MISMATCH` on all ranks.
   */
  async requireSame(facts: Readonly<Record<string, unknown>>): Promise<void> {
    const texts = Object.values(facts).map((value) => JSON.stringify(value));
    const all = await this.gather(() => texts);
    for (const [i, what] of Object.keys(facts).entries()) {
      this.#compare(
        what,
        all.map((each) => each[i]),
      );
    }
  }

  /** Has this rank wait longer for the others until {@link arrived}: they may have to fetch data first. */
  expectLate(): void {
    this.#timeout = this.#group.timeout;
    this.#group.setTimeout(Math.max(this.#group.timeout, this.#group.initTimeout));
  }

  arrived(): void {
    if (this.#timeout !== undefined) this.#group.setTimeout(this.#timeout);
    this.#timeout = undefined;
  }

  /** Sums of numbers over all ranks. */
  async sum(numbers: readonly number[]): Promise<number[]> {
    const values = tensor([...numbers], { dtype: 'float64' }).keep();
    try {
      await this.#group.runUnchecked({
        operation: 'allReduce',
        inputs: [values],
        reduction: 'sum',
      });
      return values.tolist() as number[];
    } finally {
      values.dispose();
    }
  }

  /** Sums over all ranks of what each has come to. @param count - As {@link gather}'s. */
  async total<Sums extends object>(
    count: () => Sums | Promise<Sums>,
    signal: AbortSignal | undefined,
  ): Promise<Sums> {
    const all = (await this.gather(count, signal)) as readonly Record<string, number>[];
    const sumOf = (name: string): number => all.reduce((sum, each) => sum + each[name]!, 0);
    const names = Object.keys(all[0]!);
    return Object.fromEntries(names.map((name) => [name, sumOf(name)])) as Sums;
  }

  /**
   * The backward pass: gradients are averages over all ranks then. Other tasks run meanwhile.
   * @param step - From 1, for errors.
   */
  backward(loss: Tensor, step: number): Promise<void> {
    return this.#group.runAtOnce(`backward pass of step ${step} of the epoch`, () =>
      native.backwardLater(loss, getNumThreads()),
    );
  }

  /** Averages over the ranks, for an engine that waits on a thread of its own. */
  get average(): NativeAverage {
    this.#average ??= this.#group.makeAverage();
    return this.#average;
  }

  /** What an error of {@link average} becomes. @param step - From 1. */
  failed(error: unknown, step: number): Promise<unknown> {
    return this.#group.failed(error, `step ${step} of the epoch`);
  }

  /** Whether all ranks end with this error because one is to stop. */
  haveStopped(error: unknown): boolean {
    return this.#isStop && error === this.#agreed;
  }

  /** Tells the others why this rank ends, unless all do. */
  async end(error: unknown): Promise<void> {
    if (this.#agreed === undefined || error !== this.#agreed) await this.#group.giveUp(error);
  }
}

function said<T>(error: unknown, signal: AbortSignal | undefined): Said<T> {
  const message = messageOf(error);
  if (signal?.aborted && error === signal.reason) return { stopped: message };
  const { code } = error as { code?: unknown };
  return { failure: { code: typeof code === 'string' ? code : 'error', message } };
}

function failureOf(rank: number, { code, message }: { code: string; message: string }): TorchError {
  return new TorchError('ERR_DISTRIBUTED_PEER', `rank ${rank} has failed: ${code}: ${message}`);
}

// As an AbortSignal's own reason, for whoever looks at the name.
function stopOf(rank: number, message: string): DOMException {
  return new DOMException(`rank ${rank} has stopped the training: ${message}`, 'AbortError');
}
