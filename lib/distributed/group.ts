import { explainBackward } from '../context/backward.js';
import { invalidArgument, TorchError } from '../error.js';
import type { NativeAverage, NativeGroup, NativeReducer } from '../native/exports/distributed.js';
import { native } from '../native/load.js';
import type { Tensor } from '../tensor/index.js';
import { type Backend, type BackendName, whyNotOn } from './backend.js';
import { endsGroup, told } from './failure.js';
import { Farewell, within } from './farewell.js';
import { type Call, numbersOf, signatureOf } from './operation.js';
import { agreedSignature } from './signature.js';
import type { Store } from './store.js';

/** What a {@link ProcessGroup} is made of. @internal */
export interface Members {
  readonly native: NativeGroup;
  /** Its keys lie apart from those of other groups. */
  readonly store: Store;
  readonly backend: Backend;
  readonly name: string;
  /** The members' ranks in the default group, in their order here. */
  readonly ranks: readonly number[];
  /** This process's place among them. */
  readonly rank: number;
  /** Milliseconds. */
  readonly timeout: number;
  /** How long a meeting may take for which others may be late, milliseconds. */
  readonly initTimeout: number;
}

/**
 * Processes that compute together; mirrors `torch.distributed.ProcessGroup`. Functions of `torch.distributed` take it.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` when it is made: `initProcessGroup` and `newGroup` do that.
 */
export class ProcessGroup {
  readonly #members: Members;
  readonly #farewell: Farewell;
  readonly #agreed = new Set<string>();
  // Calls go out in the order in which they were made, also where one has to wait for what all ranks say.
  #turn: Promise<unknown> | undefined;
  #ended: TorchError | undefined;
  #closing: Promise<void> | undefined;
  readonly #reducers = new Set<WeakRef<NativeReducer>>();
  #forgetBackward: (() => void) | undefined;
  #meetings = 0;
  /** Whether one of Gloo's threads has stopped for ever. */
  #isBroken = false;
  #timeout: number;

  /** @internal */
  constructor(members: Members) {
    if (members?.native === undefined) {
      throw invalidArgument('ProcessGroup: initProcessGroup() and newGroup() make one');
    }
    this.#members = members;
    this.#farewell = new Farewell(members.store, members.rank, members.ranks.length);
    this.#timeout = members.timeout;
  }

  /** This process's rank in the group. */
  get rank(): number {
    return this.#members.rank;
  }

  /** How many processes it has. */
  get size(): number {
    return this.#members.ranks.length;
  }

  /** The members' ranks in the default group. */
  get ranks(): readonly number[] {
    return this.#members.ranks;
  }

  get name(): string {
    return this.#members.name;
  }

  /** As it was given. */
  get backend(): BackendName {
    return this.#members.backend.name;
  }

  /** Why it takes no tensors of a device; `undefined` where it does. @internal */
  whyNotOn(deviceName: string): string | undefined {
    return whyNotOn(this.#members.backend, deviceName);
  }

  /** How long an operation waits for the others, milliseconds. */
  get timeout(): number {
    return this.#timeout;
  }

  /** How long a meeting may take for which others may be late, milliseconds. @internal */
  get initTimeout(): number {
    return this.#members.initTimeout;
  }

  /** @internal */
  get store(): Store {
    return this.#members.store;
  }

  /** @internal */
  setTimeout(timeout: number): void {
    this.#timeout = timeout;
    if (this.#ended === undefined) native.groupSetTimeout(this.#members.native, Math.ceil(timeout));
  }

  /** @internal @throws {TorchError} `ERR_DISTRIBUTED_CLOSED` */
  get native(): NativeGroup {
    if (this.#ended !== undefined) throw this.#ended;
    return this.#members.native;
  }

  /**
   * Runs an operation when those before it are under way.
   * @returns Whom it was received from.
   * @internal
   */
  async run(call: Call): Promise<number> {
    if (mustAgree(call)) this.#requireNoJoin(call.operation);
    const signature = signatureOf(call);
    const isKnown = this.#agreed.has(signature) || !mustAgree(call);
    if (this.#turn === undefined && isKnown && !checksAll()) return this.#start(call);
    const before = this.#turn;
    // Not `started` itself: an async function would wait for what it resolves to.
    const started = (async (): Promise<{ done: Promise<number> }> => {
      await before?.catch(() => {});
      if (mustAgree(call) && (checksAll() || !this.#agreed.has(signature))) {
        await agreedSignature(this, signature);
        this.#agreed.add(signature);
      }
      return { done: this.#start(call) };
    })();
    this.#turn = started;
    started
      .finally(() => {
        if (this.#turn === started) this.#turn = undefined;
      })
      .catch(() => {});
    return (await started).done;
  }

  /** The same without the question whether all ranks mean the same. @internal */
  runUnchecked(call: Call): Promise<number> {
    return this.#start(call);
  }

  async #start(call: Call): Promise<number> {
    const { inputs = [], outputs = [] } = call;
    const [operation, rank, reduction, tag] = numbersOf(call);
    try {
      return await this.runAtOnce(call.operation, (group) =>
        native.collective(group, operation, inputs, outputs, rank, reduction, tag),
      );
    } finally {
      if (this.#ended === undefined) {
        native.incrementVersions([...outputs, ...inputs.filter((each) => !each.isDisposed)]);
      }
    }
  }

  /** Begins at once what needs the other ranks. @internal */
  async runAtOnce<T>(where: string, begin: (group: NativeGroup) => Promise<T>): Promise<T> {
    const group = this.native;
    let fail: (error: unknown) => void = () => {};
    // Where ranks disagree on sizes the operation itself never ends.
    const broken = new Promise<never>((_, reject) => {
      fail = reject;
    });
    this.#failures.add(fail);
    try {
      return await Promise.race([begin(group), broken]);
    } catch (error) {
      throw await this.failed(error, where);
    } finally {
      this.#failures.delete(fail);
    }
  }

  readonly #failures = new Set<(error: unknown) => void>();

  /** What to do when ranks disagree on what they send. @internal */
  break(text: string): void {
    this.#isBroken = true;
    const error = new TorchError(
      'ERR_DISTRIBUTED_PEER',
      `another rank has sent more than is expected here: ranks call different operations, or with tensors of different sizes (${text})`,
    );
    for (const average of this.#averages) native.cancelAverage(average);
    for (const fail of this.#failures) fail(error);
  }

  readonly #averages: NativeAverage[] = [];

  /** Averages for an engine that waits on a thread of its own; ends with the group. @internal */
  makeAverage(): NativeAverage {
    const average = native.makeAverage(this.native);
    this.#averages.push(average);
    return average;
  }

  /**
   * What an error becomes. One of the group's ends the group: its other members hear of it at once only if their
   * neighbours close their connections.
   * @internal
   */
  async failed(error: unknown, where: string): Promise<unknown> {
    if (!endsGroup(error)) return told(error, where, this.rank, this.size);
    const why = this.#ended === undefined ? await this.#farewell.ofOthers() : '';
    const result = told(error, where, this.rank, this.size, why) as TorchError;
    this.#endAfter(result);
    return result;
  }

  #endAfter(error: TorchError): void {
    this.#end(
      new TorchError(
        'ERR_DISTRIBUTED_CLOSED',
        `the process group has failed before: ${error.message}`,
        { cause: error },
      ),
    );
  }

  /** Tells the other ranks why this one gives up, before they see its connections end. @internal */
  async giveUp(error: unknown): Promise<void> {
    if (this.#ended !== undefined || this.size === 1) return;
    await this.#farewell.say(error);
    this.#end(new TorchError('ERR_DISTRIBUTED_CLOSED', 'the process group has been given up'));
    await within(1000, this.#closing);
    await this.#farewell.linger();
  }

  /**
   * Runs what blocks until the other ranks do the same.
   * @param options.isMeeting - Whether they may be late.
   * @param options.by - The model, where it is one's.
   * @throws {TorchError} `ERR_DISTRIBUTED_MISMATCH` while an operation is under way that was called before and has not
   *   been begun.
   * @internal
   */
  runNow<T>(
    where: string,
    work: (group: NativeGroup) => T,
    { isMeeting = false, by }: { isMeeting?: boolean; by?: object } = {},
  ): T {
    const group = this.native;
    this.#requireNoJoin(where, by);
    if (this.#turn !== undefined) {
      throw new TorchError(
        'ERR_DISTRIBUTED_MISMATCH',
        `${where}: an operation that was called before has not begun yet: await it first`,
      );
    }
    const { timeout } = this;
    if (isMeeting) this.setTimeout(Math.max(timeout, this.initTimeout));
    try {
      return work(group);
    } catch (error) {
      throw this.failedNow(error, where);
    } finally {
      if (isMeeting) this.setTimeout(timeout);
    }
  }

  /**
   * Runs operations that block, on another thread. What is called meanwhile begins after them.
   * @internal
   */
  async runLater<T>(where: string, work: (group: NativeGroup) => Promise<T>): Promise<T> {
    const before = this.#turn;
    const running = (async () => {
      await before?.catch(() => {});
      return this.runAtOnce(where, work);
    })();
    this.#turn = running;
    try {
      return await running;
    } finally {
      if (this.#turn === running) this.#turn = undefined;
    }
  }

  /**
   * Runs a function in which ranks may have different numbers of batches.
   * @param model - Whose passes ranks take part in that have none left.
   * @param alone - Whether these take part in nothing else.
   * @internal
   */
  async whileJoining<T>(model: object, alone: boolean, fn: () => T): Promise<Awaited<T>> {
    this.#requireNoJoin('join');
    if (alone) this.#joining = model;
    try {
      return await fn();
    } finally {
      this.#joining = undefined;
    }
  }

  #joining: object | undefined;

  #requireNoJoin(where: string, by?: object): void {
    if (this.#joining === undefined || this.#joining === by) return;
    throw new TorchError(
      'ERR_DISTRIBUTED_MISMATCH',
      `${where}: not within another model's join, or beside it: ranks without batches left take part in its passes alone. A group of its own (newGroup), or throwOnEarlyTermination, allows it`,
    );
  }

  /** The same without waiting for what the others have said. @internal */
  failedNow(error: unknown, where: string): unknown {
    const result = told(error, where, this.rank, this.size);
    if (endsGroup(error)) this.#endAfter(result as TorchError);
    return result;
  }

  /**
   * Has all ranks say the same before they rely on it: waits for rank 0, and rank 0 for all. Ranks of Python say
   * nothing and are not asked.
   * @param differs - Makes the error, of what another rank says.
   * @internal
   */
  meet(where: string, label: string, differs: (rank: number, other: string) => TorchError): void {
    const key = `lenet/meeting/${this.#meetings++}`;
    const labels = this.runNow(
      where,
      (group) => native.groupLabels(group, key, label, presenceKey),
      { isMeeting: true },
    );
    for (const [rank, other] of labels.entries()) {
      if (other !== '' && other !== label) throw differs(rank, other);
    }
  }

  /** @internal */
  makeReducer(...[parameters, names, options]: ReducerArguments): NativeReducer {
    const { bucketBytes, firstBucketBytes, findUnused, gradientAsBucketView } = options;
    const reducer = native.makeReducer(
      this.native,
      parameters,
      names,
      bucketBytes,
      firstBucketBytes,
      findUnused,
      gradientAsBucketView,
    );
    this.#reducers.add(new WeakRef(reducer));
    this.#forgetBackward ??= explainBackward((error) =>
      this.#ended === undefined ? this.failedNow(error, 'backward') : error,
    );
    // As long as what it gives gradients: without it these would stay this rank's own.
    held.set(parameters[0] as Tensor, reducer);
    return reducer;
  }

  /** Ends its threads and connections, when what is under way has ended. @internal */
  close(): Promise<void> {
    const error = new TorchError('ERR_DISTRIBUTED_CLOSED', 'the process group has been destroyed');
    this.#end(error, { hasFailed: false });
    return this.#closing as Promise<void>;
  }

  // After a failure what is under way on the GPU would wait for ever.
  #end(error: TorchError, { hasFailed = true } = {}): void {
    this.#ended ??= error;
    if (this.#closing !== undefined) return;
    this.#forgetBackward?.();
    for (const each of this.#reducers) {
      const reducer = each.deref();
      if (reducer !== undefined) native.closeReducer(reducer);
    }
    this.#reducers.clear();
    this.#closing = native.closeGroup(this.#members.native, !this.#isBroken, hasFailed);
  }
}

const held = new WeakMap<Tensor, NativeReducer>();

/** Set for each rank of Node's: a counter of how many have come with it. @internal */
export const presenceKey = 'lenet/rank';

type ReducerArguments = [
  parameters: readonly Tensor[],
  names: readonly string[],
  options: {
    readonly bucketBytes: number;
    readonly firstBucketBytes: number;
    readonly findUnused: boolean;
    readonly gradientAsBucketView: boolean;
  },
];

// What one rank sends and another does not expect ends in a timeout, or worse.
const mustAgree = ({ operation }: Call): boolean =>
  operation !== 'send' && operation !== 'recv' && operation !== 'barrier';

const checksAll = (): boolean => process.env.TORCH_DISTRIBUTED_DEBUG === 'DETAIL';
