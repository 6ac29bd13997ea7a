import { atMost } from '../../argument/atMost.js';
import { callback, flag, instance, number } from '../../argument/kind.js';
import { readOptions, type SpecOf, type ValuesOf } from '../../argument/options.js';
import { isGradEnabled, noGrad } from '../../context/autograd.js';
import { isPromise } from '../../context/synchronous.js';
import { ProcessGroup } from '../../distributed/group.js';
import { requireGroup } from '../../distributed/world.js';
import { invalidArgument } from '../../error.js';
import type { NativeReducer } from '../../native/exports/distributed.js';
import { native } from '../../native/load.js';
import type { Tensor } from '../../tensor/index.js';
import { Module } from '../module/module.js';
import { requireSameModel } from './sameModel.js';
import { tensorsOf } from './tensorsOf.js';

/** Options of {@link DistributedDataParallel}. */
export interface DistributedDataParallelOptions {
  /** Who trains together. Default: all processes. */
  processGroup?: ProcessGroup;
  /** Whether the buffers of rank 0 are given to all before each forward pass. Default true. */
  broadcastBuffers?: boolean;
  /** Whether parameters and buffers of rank 0 are given to all when the model is made. Default true. */
  initSync?: boolean;
  /** How many mebibytes of gradients are summed at once, while others are still computed. Default 25. */
  bucketCapMb?: number;
  /** Whether each forward pass is looked through for parameters that it leaves out. Default false. */
  findUnusedParameters?: boolean;
  /** Whether gradients lie in the memory that they are summed in. Default false. */
  gradientAsBucketView?: boolean;
}

const spec = {
  processGroup: instance<ProcessGroup>(ProcessGroup, 'a ProcessGroup').optional(),
  broadcastBuffers: flag.or(true),
  initSync: flag.or(true),
  bucketCapMb: number(Number.MIN_VALUE).optional(),
  findUnusedParameters: flag.or(false),
  gradientAsBucketView: flag.or(false),
} satisfies SpecOf<DistributedDataParallelOptions>;

const mebibyte = 2 ** 20;
// Python's `broadcast_bucket_size`.
const broadcastBytes = 250 * mebibyte;

/** The parameters that are learned, with their names. */
function learned(module: Module): [string, Tensor][] {
  const named = [...module.namedParameters()].filter(([, { requiresGrad }]) => requiresGrad);
  if (named.length === 0) {
    throw invalidArgument(
      'DistributedDataParallel: the module has no parameter that requires a gradient: it needs none of this',
    );
  }
  const elsewhere = named.find(([, { deviceName }]) => deviceName !== 'cpu');
  if (elsewhere === undefined) return named;
  throw invalidArgument(
    `DistributedDataParallel: ${elsewhere[0]} is on ${elsewhere[1].deviceName}; Gloo averages gradients on the CPU`,
  );
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
 * `torch.nn.parallel.DistributedDataParallel` for models on the CPU. Gradients become averages over all ranks during
 * `backward()`, so all ranks call it equally often. Made by all ranks, in the same order; waits for them, as
 * `forward` does where the model has buffers, and `backward()`. `torch.train` waits without blocking the process.
 *
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.parallel.DistributedDataParallel.html
 */
export class DistributedDataParallel<Net extends Module = Module> extends Module {
  readonly module: Net;
  readonly #group: ProcessGroup;
  readonly #reducer: NativeReducer;
  readonly #broadcastsBuffers: boolean;
  readonly #findsUnused: boolean;
  #averages = true;
  #hasNewBuffers = true;

  /**
   * @throws {TypeError} `ERR_INVALID_ARG`, also for a module without parameters that are learned.
   * @throws {TorchError} `ERR_DISTRIBUTED_CLOSED` without a process group; `ERR_DISTRIBUTED_MISMATCH` where ranks have
   *   different models; `ERR_DISTRIBUTED_TIMEOUT`, `ERR_DISTRIBUTED_PEER`.
   */
  constructor(module: Net, options?: DistributedDataParallelOptions) {
    atMost('DistributedDataParallel', 2, arguments.length);
    super();
    if (!(module instanceof Module)) {
      throw invalidArgument('DistributedDataParallel: module: expected a Module');
    }
    const given = readOptions('DistributedDataParallel', spec, options);
    const group = requireGroup('DistributedDataParallel', given.processGroup);
    const named = learned(module);
    this.module = module;
    this.#group = group;
    this.#broadcastsBuffers = given.broadcastBuffers;
    this.#findsUnused = given.findUnusedParameters;
    if (given.initSync) {
      requireSameModel(group, module, named);
      this.#broadcast([
        ...module.parameters(),
        ...(given.broadcastBuffers ? module.buffers() : []),
      ]);
    }
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
    const learns = isGradEnabled();
    const averages = learns && this.#averages;
    if (learns)
      this.#group.runNow('DistributedDataParallel.forward', () =>
        native.reducerForward(this.#reducer, averages),
      );
    const buffers =
      this.#hasNewBuffers && this.#broadcastsBuffers ? [...this.module.buffers()] : [];
    if (buffers.length > 0) this.#broadcast(buffers);
    const output: ReturnType<Net['forward']> = this.module.forward(...inputs);
    this.#hasNewBuffers = averages;
    if (averages) native.reducerBackward(this.#reducer, this.#findsUnused ? tensorsOf(output) : []);
    return output;
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

  #broadcast(tensors: readonly Tensor[]): void {
    this.#group.runNow(
      'DistributedDataParallel',
      (group) => noGrad(() => native.groupBroadcast(group, tensors, broadcastBytes, 0)),
      { isMeeting: true },
    );
  }
}
