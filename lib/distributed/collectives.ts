import { inspect } from 'node:util';

import { atMost } from '../argument/atMost.js';
import { flag, instance, number, oneOf } from '../argument/kind.js';
import { readOptions } from '../argument/options.js';
import { invalidArgument } from '../error.js';
import { native } from '../native/load.js';
import { Tensor } from '../tensor/index.js';
import { ProcessGroup } from './group.js';
import { type ReduceOpName, reduceOps } from './reduceOp.js';
import { requireGroup } from './world.js';

/** Options of all collectives. */
export interface GroupOptions {
  /** Whose operation it is. Default: of all processes. */
  group?: ProcessGroup | undefined;
}

/** Options of those that make one value of many. */
export interface ReduceOptions extends GroupOptions {
  /** A {@link ReduceOp}. Default `'sum'`. */
  op?: ReduceOpName;
}

const group = instance<ProcessGroup>(ProcessGroup, 'a ProcessGroup').optional();
/** @internal */
export const groupSpec = { group };
const reduceSpec = { group, op: oneOf(...reduceOps).or('sum') };

function requireTensor(what: string, of: ProcessGroup, value: unknown): Tensor {
  if (!(value instanceof Tensor)) {
    throw invalidArgument(`${what}: expected a Tensor, got ${inspect(value, { depth: 0 })}`);
  }
  const problem = of.whyNotOn(value.deviceName);
  if (problem !== undefined) throw invalidArgument(`${what}: ${problem}`);
  if (!value.isContiguous()) {
    throw invalidArgument(`${what}: expected a contiguous tensor; contiguous() makes one`);
  }
  return value;
}

function requireTensors(what: string, of: ProcessGroup, value: unknown): readonly Tensor[] {
  if (!Array.isArray(value) || value.length !== of.size) {
    throw invalidArgument(`${what}: expected an array of ${of.size} tensors, one for each rank`);
  }
  const tensors = value.map((each) => requireTensor(what, of, each));
  const [first] = tensors;
  const isAlike = tensors.every(
    ({ dtype, shape, deviceName }) =>
      dtype === first?.dtype &&
      deviceName === first.deviceName &&
      String(shape) === String(first.shape),
  );
  if (!isAlike) throw invalidArgument(`${what}: expected tensors of one dtype, shape and device`);
  return tensors;
}

// A rank among all processes, as a place in the group.
function placeIn(what: string, of: ProcessGroup, rank: unknown): number {
  const place = of.ranks.indexOf(rank as number);
  if (place >= 0) return place;
  throw invalidArgument(
    `${what}: expected a rank of the group, ${of.ranks.join(', ')}, got ${inspect(rank)}`,
  );
}

function requireOp(what: string, op: ReduceOpName, tensor: Tensor, mayAverage = true): void {
  const isOnCuda = tensor.deviceName !== 'cpu';
  if (isOnCuda && op.startsWith('b')) {
    throw invalidArgument(`${what}: op: NCCL has no '${op}'`);
  }
  if (op !== 'avg') return;
  if (!mayAverage && !isOnCuda) {
    throw invalidArgument(`${what}: op: Gloo has no average here; sum, and divide by the size`);
  }
  if (!tensor.dtype.includes('float')) {
    throw invalidArgument(`${what}: op: an average of ${tensor.dtype} is no ${tensor.dtype}`);
  }
}

function requireLike(what: string, part: Tensor, other: Tensor, elements: number): void {
  if (part.deviceName !== other.deviceName) {
    throw invalidArgument(`${what}: expected ${other.deviceName}, got ${part.deviceName}`);
  }
  if (part.dtype === other.dtype && part.numel() === elements) return;
  throw invalidArgument(
    `${what}: expected ${other.dtype} with ${elements} elements, got ${part.dtype} [${part.shape}]`,
  );
}

/**
 * Every rank gets the sum, or what `op` says, of all ranks' tensors, in place; mirrors `torch.distributed.all_reduce`.
 * The tensor must not be touched before the promise is kept; this holds for all collectives.
 *
 * @param tensor - Contiguous, of the same shape and dtype on all ranks.
 * @throws {TypeError} `ERR_INVALID_ARG` for a tensor that is not contiguous or not on a device of the group, and for an
 *   operation that the backend does not have.
 * @throws {TorchError} `ERR_DISTRIBUTED_MISMATCH` where ranks differ, `ERR_DISTRIBUTED_TIMEOUT`,
 *   `ERR_DISTRIBUTED_PEER`; after the last two the group is of no use any more. So do all collectives.
 * @example compile
 * const x = torch.tensor([distributed.getRank() + 1]);
 * await distributed.allReduce(x); // of two ranks: 3 on both
 * await distributed.allReduce(x, { op: 'max' });
 */
export async function allReduce(tensor: Tensor, options?: ReduceOptions): Promise<void> {
  atMost('allReduce', 2, arguments.length);
  const { group: given, op } = readOptions('allReduce', reduceSpec, options);
  const of = requireGroup('allReduce', given);
  const own = requireTensor('allReduce', of, tensor);
  requireOp('allReduce', op, own);
  await of.run({ operation: 'allReduce', inputs: [own], reduction: op });
}

/**
 * Every rank gets the tensor of rank `src`, in place; mirrors `torch.distributed.broadcast`.
 *
 * @param tensor - Contiguous, of the same shape and dtype on all ranks.
 * @throws {TypeError} `ERR_INVALID_ARG` for a tensor that is not contiguous or not on a device of the group, and for a rank
 *   that is not in it.
 * @example compile
 * const x = torch.tensor([distributed.getRank()]);
 * await distributed.broadcast(x, 1); // 1 on all
 */
export async function broadcast(
  tensor: Tensor,
  src: number,
  options?: GroupOptions,
): Promise<void> {
  atMost('broadcast', 3, arguments.length);
  const { group: given } = readOptions('broadcast', groupSpec, options);
  const of = requireGroup('broadcast', given);
  const inputs = [requireTensor('broadcast', of, tensor)];
  await of.run({ operation: 'broadcast', inputs, rank: placeIn('broadcast: src', of, src) });
}

/**
 * Rank `dst` gets the sum of all tensors, in place; on the others the tensor is undefined then. Mirrors `torch.distributed.reduce`.
 *
 * @param tensor - Contiguous, of the same shape and dtype on all ranks.
 * @throws {TypeError} `ERR_INVALID_ARG` for a tensor that is not contiguous or not on a device of the group, a rank that is
 *   not in it, and an operation that the backend does not have.
 * @example compile
 * const x = torch.tensor([distributed.getRank() + 1]);
 * await distributed.reduce(x, 0); // of two ranks: 3 on rank 0
 */
export async function reduce(tensor: Tensor, dst: number, options?: ReduceOptions): Promise<void> {
  atMost('reduce', 3, arguments.length);
  const { group: given, op } = readOptions('reduce', reduceSpec, options);
  const of = requireGroup('reduce', given);
  const own = requireTensor('reduce', of, tensor);
  requireOp('reduce', op, own);
  const rank = placeIn('reduce: dst', of, dst);
  await of.run({ operation: 'reduce', inputs: [own], rank, reduction: op });
}

/**
 * Every rank gets all ranks' tensors; mirrors `torch.distributed.all_gather`.
 * @param tensorList - One for each rank, to be filled, each with as many elements as `tensor`.
 * @throws {TypeError} `ERR_INVALID_ARG` for anything but contiguous tensors that fit together, on a device of the group,
 *   one for each rank.
 * @example compile
 * const all = [torch.zeros(1), torch.zeros(1)];
 * await distributed.allGather(all, torch.tensor([distributed.getRank()])); // [0] and [1] on both ranks
 */
export async function allGather(
  tensorList: readonly Tensor[],
  tensor: Tensor,
  options?: GroupOptions,
): Promise<void> {
  atMost('allGather', 3, arguments.length);
  const { group: given } = readOptions('allGather', groupSpec, options);
  const of = requireGroup('allGather', given);
  const own = requireTensor('allGather: tensor', of, tensor);
  const outputs = requireTensors('allGather: tensorList', of, tensorList);
  requireLike('allGather: tensorList', outputs[0] as Tensor, own, own.numel());
  await of.run({ operation: 'allGather', inputs: [own], outputs });
}

/**
 * The same into one tensor; mirrors `torch.distributed.all_gather_into_tensor`.
 * @param output - As many elements as the ranks' tensors together.
 * @throws {TypeError} `ERR_INVALID_ARG` for anything but contiguous tensors that fit together, on a device of the group.
 * @example compile
 * const all = torch.zeros(2);
 * await distributed.allGatherIntoTensor(all, torch.tensor([distributed.getRank()])); // [0, 1] on both ranks
 */
export async function allGatherIntoTensor(
  output: Tensor,
  input: Tensor,
  options?: GroupOptions,
): Promise<void> {
  atMost('allGatherIntoTensor', 3, arguments.length);
  const { group: given } = readOptions('allGatherIntoTensor', groupSpec, options);
  const of = requireGroup('allGatherIntoTensor', given);
  const own = requireTensor('allGatherIntoTensor: input', of, input);
  const all = requireTensor('allGatherIntoTensor: output', of, output);
  requireLike('allGatherIntoTensor: output', all, own, own.numel() * of.size);
  await of.run({ operation: 'allGatherIntoTensor', inputs: [own], outputs: [all] });
}

/**
 * Sums what all ranks have for each rank; mirrors `torch.distributed.reduce_scatter`.
 * @param output - Gets this rank's sum.
 * @param inputList - One for each rank, each with as many elements as `output`.
 * @throws {TypeError} `ERR_INVALID_ARG` for anything but contiguous tensors that fit together, on a device of the group,
 *   one for each rank, and for an operation that the backend does not have.
 * @example compile
 * const mine = torch.zeros(1);
 * await distributed.reduceScatter(mine, [torch.tensor([1]), torch.tensor([10])]); // 2 on rank 0, 20 on rank 1
 */
export async function reduceScatter(
  output: Tensor,
  inputList: readonly Tensor[],
  options?: ReduceOptions,
): Promise<void> {
  atMost('reduceScatter', 3, arguments.length);
  const { group: given, op } = readOptions('reduceScatter', reduceSpec, options);
  const of = requireGroup('reduceScatter', given);
  const own = requireTensor('reduceScatter: output', of, output);
  const inputs = requireTensors('reduceScatter: inputList', of, inputList);
  requireOp('reduceScatter', op, own, false);
  requireLike('reduceScatter: inputList', inputs[0] as Tensor, own, own.numel());
  await of.run({ operation: 'reduceScatter', inputs, outputs: [own], reduction: op });
}

/**
 * The same from one tensor; mirrors `torch.distributed.reduce_scatter_tensor`.
 *
 * @param output - Gets this rank's sum.
 * @param input - As many elements as the ranks' outputs together.
 * @throws {TypeError} `ERR_INVALID_ARG` for anything but contiguous tensors that fit together, on a device of the group,
 *   and for an operation that the backend does not have.
 * @example compile
 * const mine = torch.zeros(1);
 * await distributed.reduceScatterTensor(mine, torch.tensor([1, 10])); // 2 on rank 0, 20 on rank 1
 */
export async function reduceScatterTensor(
  output: Tensor,
  input: Tensor,
  options?: ReduceOptions,
): Promise<void> {
  atMost('reduceScatterTensor', 3, arguments.length);
  const { group: given, op } = readOptions('reduceScatterTensor', reduceSpec, options);
  const of = requireGroup('reduceScatterTensor', given);
  const own = requireTensor('reduceScatterTensor: output', of, output);
  const all = requireTensor('reduceScatterTensor: input', of, input);
  requireOp('reduceScatterTensor', op, own, false);
  requireLike('reduceScatterTensor: input', all, own, own.numel() * of.size);
  await of.run({ operation: 'reduceScatterTensor', inputs: [all], outputs: [own], reduction: op });
}

/** Options of {@link gather} and {@link scatter}. */
export interface RootOptions extends GroupOptions {
  /** Of `gather`: who gets them. Default 0. */
  dst?: number;
  /** Of `scatter`: who has them. Default 0. */
  src?: number;
}

const root = number(0).optional();

/**
 * Rank `dst` gets all ranks' tensors; mirrors `torch.distributed.gather`.
 * @param gatherList - On rank `dst` one for each rank, to be filled, each with as many elements as `tensor`; on the others
 *   `null`.
 * @throws {TypeError} `ERR_INVALID_ARG` for anything but contiguous tensors that fit together, on a device of the group,
 *   for a rank that is not in it, and for a list on another rank than that.
 * @example compile
 * const rank = distributed.getRank();
 * const all = rank === 0 ? [torch.zeros(1), torch.zeros(1)] : null;
 * await distributed.gather(torch.tensor([rank]), all); // [0] and [1] on rank 0
 */
export async function gather(
  tensor: Tensor,
  gatherList?: readonly Tensor[] | null,
  options?: Pick<RootOptions, 'group' | 'dst'>,
): Promise<void> {
  atMost('gather', 3, arguments.length);
  const { group: given, dst } = readOptions('gather', { group, dst: root }, options);
  const of = requireGroup('gather', given);
  const rank = placeIn('gather: dst', of, dst ?? of.ranks[0]);
  const own = requireTensor('gather: tensor', of, tensor);
  const outputs = partsOfRoot('gather: gatherList', of, rank, gatherList);
  if (outputs.length > 0) {
    requireLike('gather: gatherList', outputs[0] as Tensor, own, own.numel());
  }
  await of.run({ operation: 'gather', inputs: [own], outputs, rank });
}

/**
 * Every rank gets its part of what rank `src` has; mirrors `torch.distributed.scatter`.
 * @param tensor - To be filled.
 * @param scatterList - On rank `src` one for each rank, each with as many elements as `tensor`; on the others `null`.
 * @throws {TypeError} `ERR_INVALID_ARG` for anything but contiguous tensors that fit together, on a device of the group,
 *   for a rank that is not in it, and for a list on another rank than that.
 * @example compile
 * const mine = torch.zeros(1);
 * const parts = distributed.getRank() === 0 ? [torch.tensor([5]), torch.tensor([6])] : null;
 * await distributed.scatter(mine, parts); // 5 on rank 0, 6 on rank 1
 */
export async function scatter(
  tensor: Tensor,
  scatterList?: readonly Tensor[] | null,
  options?: Pick<RootOptions, 'group' | 'src'>,
): Promise<void> {
  atMost('scatter', 3, arguments.length);
  const { group: given, src } = readOptions('scatter', { group, src: root }, options);
  const of = requireGroup('scatter', given);
  const rank = placeIn('scatter: src', of, src ?? of.ranks[0]);
  const own = requireTensor('scatter: tensor', of, tensor);
  const inputs = partsOfRoot('scatter: scatterList', of, rank, scatterList);
  if (inputs.length > 0) {
    requireLike('scatter: scatterList', inputs[0] as Tensor, own, own.numel());
  }
  await of.run({ operation: 'scatter', inputs, outputs: [own], rank });
}

function partsOfRoot(
  what: string,
  of: ProcessGroup,
  rank: number,
  list: readonly Tensor[] | null | undefined,
): readonly Tensor[] {
  if (of.rank === rank) return requireTensors(what, of, list);
  if (list === undefined || list === null) return [];
  throw invalidArgument(`${what}: only rank ${of.ranks[rank]} has one, got one on another rank`);
}

/**
 * Waits until all ranks have come here; mirrors `torch.distributed.barrier`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for a group that is none.
 * @example compile
 * if (distributed.getRank() === 0) await torch.save(net.stateDict(), 'shared.pt');
 * await distributed.barrier(); // the file is there for all
 */
export async function barrier(options?: GroupOptions): Promise<void> {
  atMost('barrier', 1, arguments.length);
  const { group: given } = readOptions('barrier', groupSpec, options);
  await requireGroup('barrier', given).run({ operation: 'barrier' });
}

/** Options of {@link monitoredBarrier}. */
export interface MonitoredBarrierOptions extends GroupOptions {
  /** Milliseconds. Default: the group's. */
  timeout?: number;
  /** Whether the error names all ranks that are missing, or the first. Default false. */
  waitAllRanks?: boolean;
}

const monitoredSpec = { group, timeout: number(1).optional(), waitAllRanks: flag.or(false) };

/**
 * A barrier whose error says who did not come; mirrors `torch.distributed.monitored_barrier`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for a group that is none.
 * @throws {TorchError} `ERR_DISTRIBUTED_TIMEOUT` on rank 0, which names the rank.
 * @example compile
 * await distributed.monitoredBarrier({ timeout: 10_000, waitAllRanks: true }); // says who did not come
 */
export async function monitoredBarrier(options?: MonitoredBarrierOptions): Promise<void> {
  atMost('monitoredBarrier', 1, arguments.length);
  const {
    group: given,
    timeout,
    waitAllRanks,
  } = readOptions('monitoredBarrier', monitoredSpec, options);
  const of = requireGroup('monitoredBarrier', given);
  try {
    const most = Math.ceil(timeout ?? of.timeout);
    await native.groupMonitoredBarrier(of.native, most, waitAllRanks);
  } catch (error) {
    throw await of.failed(error, 'monitoredBarrier');
  }
}
