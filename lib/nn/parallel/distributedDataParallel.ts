import { atMost } from '../../argument/atMost.js';
import { callback } from '../../argument/kind.js';
import { readOptions, type ValuesOf } from '../../argument/options.js';
import { isGradEnabled } from '../../context/autograd.js';
import { isPromise } from '../../context/synchronous.js';
import type { ProcessGroup } from '../../distributed/group.js';
import { requireGroup } from '../../distributed/world.js';
import { invalidArgument, TorchError } from '../../error.js';
import type { Joining, NativeReducer } from '../../native/exports/distributed.js';
import { native } from '../../native/load.js';
import type { Tensor } from '../../tensor/index.js';
import { Module } from '../module/module.js';
import {
  type DistributedDataParallelOptions,
  type JoinOptions,
  joinSpec,
  spec,
} from './options.js';
import { replaceTensors, tensorsOf } from './results.js';
import { requireSameModel } from './sameModel.js';
import { told } from './told.js';

const where = 'DistributedDataParallel';
const mebibyte = 2 ** 20;
// Python's `WARN_THRESHOLD`.
const manyPasses = 1000;

const endedEarly = ({ rank, size }: ProcessGroup, who: string): TorchError =>
  new TorchError(
    'ERR_DISTRIBUTED_MISMATCH',
    `rank ${rank} of ${size}, join: ${who} no batches left, where all are to end then (throwOnEarlyTermination)`,
  );

// Reducer's buckets are of one device.
function requirePlace(group: ProcessGroup, module: Module): void {
  const named = [...module.namedParameters(), ...module.namedBuffers()];
  for (const [name, { deviceName }] of named) {
    const problem = group.whyNotOn(deviceName);
    if (problem !== undefined) {
      throw invalidArgument(`DistributedDataParallel: ${name}: ${problem}`);
    }
    if (deviceName !== named[0]![1].deviceName) {
      throw invalidArgument(
        `DistributedDataParallel: ${name} is on ${deviceName}, ${named[0]![0]} on ${named[0]![1].deviceName}`,
      );
    }
  }
}

/** The parameters that are learned, with their names. */
function learned(module: Module): [string, Tensor][] {
  const named = [...module.namedParameters()].filter(([, { requiresGrad }]) => requiresGrad);
  if (named.length === 0) {
    throw invalidArgument(
      'DistributedDataParallel: the module has no parameter that requires a gradient: it needs none of this',
    );
  }
  return named;
}

function reducerFor(
  group: ProcessGroup,
  named: readonly [string, Tensor][],
  options: ValuesOf<typeof spec>,
): NativeReducer {
  const { bucketCapMb, findUnusedParameters: findUnused, gradientAsBucketView } = options;
  const bucketBytes = Math.max(1, Math.floor((bucketCapMb ?? 25) * mebibyte));
  return group.makeReducer(
    named.map(([, parameter]) => parameter),
    named.map(([name]) => name),
    {
      bucketBytes,
      firstBucketBytes: bucketCapMb === undefined ? mebibyte : bucketBytes,
      findUnused,
      gradientAsBucketView,
    },
  );
}

/**
 * A model that several processes train, each with its own examples; mirrors
 * `torch.nn.parallel.DistributedDataParallel`. The model is on the CPU with Gloo, on the group's GPU with NCCL, and
 * stays there. Gradients become averages over all ranks during `backward()`, so all ranks call it equally often. Made by
 * all ranks, in the same order; waits for them, as `forward` does where the model has buffers, and `backward()`. `torch.train` waits without blocking the process.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for a module without parameters that require gradients, and for parameters on
 *   several devices or on one that the group is not over.
 * @throws {TorchError} `ERR_DISTRIBUTED_MISMATCH` while another operation of the group is to begin.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.parallel.DistributedDataParallel.html
 * @example compile
 * await distributed.initProcessGroup('gloo');
 * const model = new nn.parallel.DistributedDataParallel(new torch.LeNet());
 * model.forward(images).sum().backward(); // gradients are the averages over all processes
 */
export class DistributedDataParallel<Net extends Module = Module> extends Module {
  readonly module: Net;
  readonly #group: ProcessGroup;
  readonly #reducer: NativeReducer;
  readonly #broadcastsBuffers: boolean;
  readonly #findsUnused: boolean;
  readonly #names: readonly string[];
  #joining: Joining | undefined;
  #averages = true;
  #hasNewBuffers = true;

  /**
   * @throws {TypeError} `ERR_INVALID_ARG`, also for a module without parameters that are learned.
   * @throws {TorchError} `ERR_DISTRIBUTED_CLOSED` without a process group; `ERR_DISTRIBUTED_MISMATCH` where ranks have
   *   different models; `ERR_DISTRIBUTED_TIMEOUT`, `ERR_DISTRIBUTED_PEER`.
   */
  constructor(module: Net, options?: DistributedDataParallelOptions) {
    atMost(where, 2, arguments.length);
    super();
    if (!(module instanceof Module)) {
      throw invalidArgument('DistributedDataParallel: module: expected a Module');
    }
    const given = readOptions(where, spec, options);
    const group = requireGroup(where, given.processGroup);
    const named = learned(module);
    requirePlace(group, module);
    this.module = module;
    this.#group = group;
    this.#broadcastsBuffers = given.broadcastBuffers;
    this.#findsUnused = given.findUnusedParameters;
    if (given.initSync) {
      requireSameModel(group, module, named);
      const tensors = [...module.parameters(), ...this.#buffers()];
      group.runNow(where, (opened) => native.groupBroadcast(opened, tensors, 0), {
        isMeeting: true,
      });
    }
    this.#names = named.map(([name]) => name);
    this.#reducer = reducerFor(group, named, given);
  }

  /** Who trains together. */
  get processGroup(): ProcessGroup {
    return this.#group;
  }

  /** Whether the next `backward()` averages; not in {@link noSync}. @internal */
  get averages(): boolean {
    return this.#averages;
  }

  forward(...inputs: Parameters<Net['forward']>): ReturnType<Net['forward']> {
    const records = isGradEnabled();
    const averages = records && this.#averages;
    const buffers = this.#hasNewBuffers ? this.#buffers() : [];
    const goesOn = this.#runNow(() =>
      native.reducerForward(this.#reducer, records, averages, buffers, this.#joining),
    );
    if (!goesOn) throw endedEarly(this.#group, 'another rank has');
    const output: ReturnType<Net['forward']> = this.module.forward(...inputs);
    this.#hasNewBuffers = averages;
    const looked = records && this.#findsUnused ? tensorsOf(output) : [];
    if (averages) native.reducerBackward(this.#reducer, looked);
    const computed = looked.filter(({ gradFn }) => gradFn !== null);
    if (computed.length === 0) return output;
    const copies = native.sinkResults(computed);
    return replaceTensors(output, new Map(computed.map((each, i) => [each, copies[i] as Tensor])));
  }

  /**
   * Runs a training loop for which ranks may have different numbers of batches; mirrors `join`. When this rank's has
   * ended, it takes part in what the others' `forward` and `backward()` wait for, without blocking the process; when all
   * have, every rank gets the model of the last. Within it and until then, other operations of this group are refused.
   * As in Python, passes after it still ask who has batches left, until a `join` with `enable: false`.
   *
   * @param fn - The loop; may be asynchronous.
   * @returns What it returns. Where it throws, nobody takes part in anything.
   * @throws {TorchError} `ERR_DISTRIBUTED_MISMATCH` with `throwOnEarlyTermination`, on all ranks.
   */
  async join<T>(fn: () => T, options?: JoinOptions): Promise<Awaited<T>> {
    atMost('join', 2, arguments.length);
    callback().read('join: fn', fn);
    const given = readOptions('join', joinSpec, options);
    const joining: Joining = {
      dividesByInitialSize: given.divideByInitialWorldSize,
      throwsEarly: given.throwOnEarlyTermination,
    };
    const group = this.#group;
    return group.whileJoining(this, given.enable && !joining.throwsEarly, async () => {
      this.#joining = given.enable ? joining : undefined;
      const result = await fn();
      if (given.enable) await this.#shadow(joining);
      return result;
    });
  }

  async #shadow(joining: Joining): Promise<void> {
    const { passes, hasNewBuffers, isEarly } = await this.#group.runLater('join', () =>
      native.reducerShadow(
        this.#reducer,
        joining,
        [...this.module.parameters()],
        this.#buffers(),
        this.#hasNewBuffers,
      ),
    );
    if (isEarly) throw endedEarly(this.#group, 'this rank has');
    this.#hasNewBuffers = hasNewBuffers;
    if (passes <= manyPasses) return;
    process.emitWarning(
      `join: rank ${this.#group.rank} had ${passes} batches fewer than another`,
      'TorchWarning',
    );
  }

  /**
   * Runs a function in which gradients are added up without being averaged; the first pass after it averages all of
   * them. Mirrors `no_sync`. The forward pass belongs in it too.
   *
   * @param fn - May be asynchronous.
   * @returns What it returns.
   */
  noSync<T>(fn: () => T): T {
    atMost('noSync', 1, arguments.length);
    callback().read('noSync: fn', fn);
    const before = this.#averages;
    this.#averages = false;
    const restore = (): void => {
      this.#averages = before;
    };
    let result: T;
    try {
      result = fn();
    } catch (error) {
      restore();
      throw error;
    }
    if (!isPromise(result)) {
      restore();
      return result;
    }
    return result.finally(restore) as T;
  }

  /**
   * Gives the buffers of rank 0 to all, as the next forward pass would, for what is done with the model before.
   * @internal
   */
  syncBuffers(): void {
    const buffers = this.#hasNewBuffers ? this.#buffers() : [];
    this.#hasNewBuffers = false;
    if (buffers.length === 0) return;
    this.#group.runNow(where, (opened) => native.groupBroadcast(opened, buffers, 0));
  }

  /** What rank 0 gives to all. */
  #buffers(): Tensor[] {
    return this.#broadcastsBuffers ? [...this.module.buffers()] : [];
  }

  #runNow<T>(work: () => T): T {
    try {
      return this.#group.runNow('DistributedDataParallel.forward', work, { by: this });
    } catch (error) {
      throw told(error, this.#group.rank, this.#names);
    }
  }
}
