import type { Tensor } from '../tensor.js';

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
}

/** A pass that runs on threads of its own. */
export interface FusedTask {
  readonly promise: Promise<FusedResult>;
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
  createFused(path: string, network: Int32Array, threads: number): NativeEngine;
  configureFused(engine: NativeEngine, options: Record<string, number>, steps: number): void;
  loadFused(engine: NativeEngine, state: number, tensors: readonly (Tensor | null)[]): void;
  storeFused(engine: NativeEngine, state: number, tensors: readonly (Tensor | null)[]): void;
  isFusedCurrent(engine: NativeEngine): boolean;
  trainFused(...pass: [...FusedPass, batchSize: number]): FusedTask;
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
