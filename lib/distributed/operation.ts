import type { Tensor } from '../tensor/index.js';
import { type ReduceOpName, reduceOps } from './reduceOp.js';

/** In the order of native/distributed/interface.h. */
export const operations = [
  'allReduce',
  'broadcast',
  'reduce',
  'allGather',
  'allGatherIntoTensor',
  'reduceScatter',
  'reduceScatterTensor',
  'gather',
  'scatter',
  'barrier',
  'send',
  'recv',
] as const;

export type OperationName = (typeof operations)[number];

/** A call of a collective, as this rank makes it. */
export interface Call {
  readonly operation: OperationName;
  readonly inputs?: readonly Tensor[];
  readonly outputs?: readonly Tensor[];
  /** The root; whom to send to or receive from. In the group; −1: anybody. */
  readonly rank?: number;
  readonly reduction?: ReduceOpName;
  readonly tag?: number;
}

/** What runs calls: a process group, as those see it that it is made of. */
export interface Runner {
  readonly size: number;
  readonly rank: number;
  /** Without the question whether all ranks mean the same. */
  runUnchecked(call: Call): Promise<number>;
}

/** What all ranks have to say alike: the operation, its root, and what each of them sends or receives. */
export function signatureOf({ operation, inputs, outputs, rank, reduction }: Call): string {
  const [part] = [...(inputs ?? []), ...(outputs ?? [])];
  // Gathers and scatters have lists on the root only: what travels is one part.
  const isOfParts = operation === 'gather' || operation === 'scatter';
  const wanted =
    !isOfParts && outputs?.length ? ` into ${outputs.length} of [${outputs[0]?.shape}]` : '';
  const op = reduction === undefined ? '' : ` ${reduction}`;
  const root = rank === undefined ? '' : ` root ${rank}`;
  // Which GPU it is differs from rank to rank.
  const place = part === undefined || part.deviceName === 'cpu' ? '' : ' on CUDA';
  return part === undefined
    ? operation
    : `${operation}${op}${root}: ${part.dtype} [${part.shape}]${wanted}${place}`;
}

/** Its numbers for the native side. */
export function numbersOf({
  operation,
  rank,
  reduction,
  tag,
}: Call): [number, number, number, number] {
  return [operations.indexOf(operation), rank ?? 0, reductionNumber(reduction), tag ?? 0];
}

const reductionNumber = (reduction: ReduceOpName | undefined): number =>
  reduction === undefined ? 0 : reduceOps.indexOf(reduction);
