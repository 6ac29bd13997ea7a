import type { Tensor } from '../tensor.js';
import type { NativeAverage } from './distributed.js';

declare const engineBrand: unique symbol;
/** A native engine of the fused library; opaque to JavaScript. */
export interface NativeEngine {
  readonly [engineBrand]: true;
}

/** Sums of a pass of the fused engine. */
export interface FusedResult {
  readonly correct: number;
  readonly batches: number;
  readonly samples: number;
  readonly stopped: boolean;
  /** When training: the mean loss of each batch. */
  readonly losses?: Float64Array;
  /** When training with an average: why it failed. What is above counts the steps that were taken before. */
  readonly failure?: Error;
}

/** A pass that runs on threads of its own. */
export interface FusedTask {
  readonly promise: Promise<FusedResult>;
  /** At the next step; with an average at the one after which all ranks stop, since one of them was asked to. */
  stop(): void;
}

type FusedPass = [
  engine: NativeEngine,
  images: Tensor,
  labels: Tensor,
  table: Tensor | undefined,
  order: Tensor,
  first: number,
  count: number,
];

/** The CPU engine, whose library is opened at run time. */
export interface FusedExports {
  openFused(path: string): string;
  fmaPeak(path: string, threads: number, seconds: number): number;
  createFused(path: string, network: Float64Array, threads: number): NativeEngine;
  /** @param groupOf - The group of each of the network's tensors. */
  configureFused(
    engine: NativeEngine,
    groups: readonly Readonly<Record<string, number>>[],
    groupOf: Int32Array,
    steps: number,
  ): void;
  /** @param sources - Of parameters: the tensors that they were made of, which may change. */
  loadFused(
    engine: NativeEngine,
    state: number,
    tensors: readonly (Tensor | null)[],
    sources?: readonly Tensor[],
  ): void;
  storeFused(engine: NativeEngine, state: number, tensors: readonly (Tensor | null)[]): void;
  /** Whether these contiguous tensors have their elements in memory, no two of them the same. */
  haveOwnMemory(tensors: readonly Tensor[]): boolean;
  /** About how many multiply-adds one image takes forward. */
  workOfFused(engine: NativeEngine): number;
  isFusedCurrent(engine: NativeEngine): boolean;
  /**
   * @param average - Averages the gradient of each step over a group, whose ranks have to take as many steps. Nobody
   *   else may use the group meanwhile. `stopped` is the same on all ranks; the other sums are this rank's own. Where it
   *   fails the promise is kept, with a `failure`: the engine is as the steps before have left it.
   */
  trainFused(...pass: [...FusedPass, batchSize: number, average?: NativeAverage]): FusedTask;
  evaluateFused(...pass: FusedPass): FusedTask;
  predictFused(engine: NativeEngine, images: Tensor, table: Tensor | undefined): Promise<Tensor>;
  predictFusedPixels(
    engine: NativeEngine,
    values: Uint8Array | Uint8ClampedArray | Float32Array,
    count: number,
  ): Tensor | undefined;
  predictFusedNow(
    engine: NativeEngine,
    images: readonly Tensor[],
    table: Tensor | undefined,
  ): Tensor[] | undefined;
}
