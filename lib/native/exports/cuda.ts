declare const cudaEventBrand: unique symbol;
/** A native CUDA event; opaque to JavaScript. */
export interface NativeCudaEvent {
  readonly [cudaEventBrand]: true;
}

declare const cudaGraphBrand: unique symbol;
/** A native CUDA graph; opaque to JavaScript. */
export interface NativeCudaGraph {
  readonly [cudaGraphBrand]: true;
}

/** What the driver says of a GPU. */
export interface CudaDeviceProperties {
  readonly name: string;
  /** Compute capability, `major.minor`. */
  readonly major: number;
  readonly minor: number;
  /** Bytes. */
  readonly totalMemory: number;
  readonly multiProcessorCount: number;
}

/** Bytes that libtorch's caching allocator has given out, and holds, on one GPU. */
export interface CudaMemoryStats {
  readonly allocated: number;
  readonly maxAllocated: number;
  readonly reserved: number;
  readonly maxReserved: number;
}

/** GPUs, their memory, streams, events and graphs. */
export interface CudaExports {
  hasCuda(): boolean;
  cudaDeviceCount(): number;
  cudaCurrentDevice(): number;
  cudaSetDevice(index: number): void;
  cudaSynchronize(index?: number): void;
  cudaDeviceProperties(index: number): CudaDeviceProperties;
  cudaDriverVersion(): number;
  cudaMemoryStats(index: number): CudaMemoryStats;
  cudaResetPeakStats(index: number): void;
  cudaEmptyCache(): void;
  cudaMemGetInfo(index: number): [free: number, total: number];
  cudaNewStream(device: number, isHighPriority: boolean): bigint;
  cudaLeaseStream(device: number): { readonly streamId: bigint };
  cudaCurrentStream(device: number): bigint;
  cudaDefaultStream(device: number): bigint;
  cudaExchangeStream(device: number, stream: bigint): bigint;
  cudaQueryStream(device: number, stream: bigint): boolean;
  cudaSynchronizeStream(device: number, stream: bigint): void;
  cudaNewEvent(enableTiming: boolean): NativeCudaEvent;
  cudaRecordEvent(event: NativeCudaEvent, device: number, stream: bigint): void;
  cudaWaitEvent(event: NativeCudaEvent, device: number, stream: bigint): void;
  cudaQueryEvent(event: NativeCudaEvent): boolean;
  cudaSynchronizeEvent(event: NativeCudaEvent): void;
  cudaElapsedTime(from: NativeCudaEvent, to: NativeCudaEvent): number;
  openCuda(path: string): string;
  newGraph(): NativeCudaGraph;
  graphCaptureBegin(graph: NativeCudaGraph, first: bigint, second: bigint, mode: number): void;
  graphCaptureEnd(graph: NativeCudaGraph): void;
  graphReplay(graph: NativeCudaGraph): void;
  graphReset(graph: NativeCudaGraph): void;
  graphPool(graph: NativeCudaGraph): [bigint, bigint];
  graphPoolHandle(): [bigint, bigint];
  isCapturing(): boolean;
}
