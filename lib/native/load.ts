import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type ErrorCode, OutOfMemoryError, TorchError } from '../error.js';
import { loadCuda, whyNoDevice } from '../libtorch/cudaProblem.js';
import { loadFailure } from '../libtorch/explain.js';
import { findLibtorch, type Libtorch, loadedAlready } from '../libtorch/find.js';
import { requireNode } from '../libtorch/nodeVersion.js';
import { minorOf } from '../libtorch/version.js';
import type { Tensor } from '../tensor/tensor.js';
import { addonFile, findBinaries } from './binaries.js';
import { collect } from './collect.js';
import type { DType } from './dtype.js';

/** What the native class `Tensor` itself has; the facade extends its prototype. */
export interface NativeTensor {
  /** Size of every dimension. */
  readonly shape: number[];
  /** Elements to skip for one step in each dimension. */
  readonly strides: number[];
  readonly ndim: number;
  readonly dtype: DType;
  readonly deviceName: string;
  /** How the elements lie in memory, as in Python: `'strided'`, `'sparse_coo'`, … */
  readonly layout: string;
  readonly isNested: boolean;
  readonly isLeaf: boolean;
  /** Name of the operator that made this tensor, as Python prints it; `null` for a leaf. */
  readonly gradFn: string | null;
  requiresGrad: boolean;
  /** Gradient that `backward` accumulates; the same object as long as it is the gradient. */
  get grad(): Tensor | null;
  set grad(value: Tensor | null);
  /** Whether a scope or `dispose()` has released this tensor. */
  readonly isDisposed: boolean;
  readonly scopeId: number;
  numel(): number;
  isContiguous(): boolean;
  item(): number | bigint | boolean;
  nativeBackward(gradient: Tensor | undefined, retainGraph: boolean, createGraph: boolean): void;
  /** Takes this tensor out of its scope, for as long as it is referenced. */
  keep(): this;
  moveToScope(id: number): this;
  /** Lets go of the memory now. Any later use of this tensor is an `ERR_TENSOR_RELEASED`. */
  dispose(): void;
}

declare const generatorBrand: unique symbol;
/** A native generator; opaque to JavaScript. */
export interface NativeGenerator {
  readonly [generatorBrand]: true;
}

/** Typed arrays that libtorch has a dtype for. */
export type TypedArray =
  | Uint8Array
  | Uint8ClampedArray
  | Int8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array;

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

/** Switches of libtorch's context. */
export type SwitchName =
  | 'cudnn.enabled'
  | 'cudnn.benchmark'
  | 'cudnn.deterministic'
  | 'cudnn.allowTf32'
  | 'cuda.matmul.allowTf32'
  | 'deterministicAlgorithms'
  | 'deterministicAlgorithms.warnOnly';

/** What a text of libtorch's becomes as an error. */
export interface JudgedError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly asked?: number;
  readonly free?: number;
  readonly total?: number;
}

declare const engineBrand: unique symbol;
/** A native engine of the fused library; opaque to JavaScript. */
export interface NativeEngine {
  readonly [engineBrand]: true;
}

/** A tensor of a recording: the same object wherever the tensor occurs. */
export interface RecordedTensor {
  readonly shape: readonly number[];
  readonly dtype: DType;
  /** The value, where a JavaScript number was given for a tensor. */
  readonly number?: number;
  /** Tensors of one number share their elements. */
  readonly storage: number;
}

/** An argument or result of a recorded call; `null` for what is none of the others. */
export type RecordedValue =
  | RecordedTensor
  | number
  | bigint
  | boolean
  | string
  | null
  | readonly RecordedValue[];

/** One call of an operator, or (`'item'`, `'data'`) a look at a tensor's elements. */
export interface RecordedCall {
  readonly name: string;
  readonly overload: string;
  readonly arguments: Readonly<Record<string, RecordedValue>>;
  readonly results: readonly RecordedValue[];
  /** Whether gradients were being recorded. */
  readonly withGrad: boolean;
  /** Whether it changes one of its arguments. */
  readonly mutates: boolean;
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

/** Of the same parameters, one after another; no largest second moments where they are not kept. */
export type AdamLists = readonly [
  params: readonly Tensor[],
  grads: readonly Tensor[],
  expAvgs: readonly Tensor[],
  expAvgSqs: readonly Tensor[],
  maxExpAvgSqs: readonly Tensor[],
  steps: readonly Tensor[],
];

type FusedPass = [
  engine: NativeEngine,
  images: Tensor,
  labels: Tensor,
  table: Tensor | undefined,
  order: Tensor,
  first: number,
  count: number,
];

// biome-ignore lint/suspicious/noExplicitAny: an operator's signature is known where it is bound
export type NativeFunction = (...args: any[]) => any;

/** The binary's exports: the only declaration of them. */
interface Native {
  readonly Tensor: { readonly prototype: NativeTensor };
  setErrorClasses(torchError: unknown, outOfMemory: unknown): void;
  setCollector(collect: (isFull: boolean) => void): void;
  setWarningHandler(emit: (message: string) => void): void;
  bind(name: string): NativeFunction;
  bindMethod(overloads: readonly string[]): NativeFunction;
  bindFunction(overloads: readonly string[]): NativeFunction;
  resolve(name: string): NativeFunction;
  overloads(name: string): string[];
  schema(name: string): string;
  openScope(lexical: boolean): number;
  leaveScope(id: number): void;
  leaveAllScopes(): void;
  parentScope(id: number): number;
  closeScope(id: number): void;
  memory(): { tensors: number; bytes: number };
  isGradEnabled(): boolean;
  setGradEnabled(enabled: boolean): boolean;
  incrementVersions(tensors: readonly Tensor[]): void;
  stepAdam(
    ...args: [
      ...lists: AdamLists,
      rate: number | Tensor,
      beta1: number,
      beta2: number,
      weightDecay: number,
      eps: number,
      amsgrad: boolean,
      maximize: boolean,
      decoupled: boolean,
    ]
  ): number[];
  unknownLeaves(result: Tensor, known: readonly Tensor[]): number[][];
  renewAccumulators(parameters: readonly Tensor[]): void;
  newGenerator(cudaIndex?: number): NativeGenerator;
  defaultGenerator(cudaIndex?: number): NativeGenerator;
  generatorDevice(generator: NativeGenerator): string;
  seedGenerator(generator: NativeGenerator, seed: number | bigint): void;
  initialSeed(generator: NativeGenerator): bigint;
  generatorState(generator: NativeGenerator): Tensor;
  setGeneratorState(generator: NativeGenerator, state: Tensor): void;
  manualSeed(seed: number | bigint): void;
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
  dataAddress(tensor: Tensor): bigint;
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
  getSwitch(name: SwitchName): boolean;
  setSwitch(name: SwitchName, on: boolean): void;
  openCuda(path: string): string;
  newGraph(): NativeCudaGraph;
  graphCaptureBegin(graph: NativeCudaGraph, first: bigint, second: bigint, mode: number): void;
  graphCaptureEnd(graph: NativeCudaGraph): void;
  graphReplay(graph: NativeCudaGraph): void;
  graphReset(graph: NativeCudaGraph): void;
  graphPool(graph: NativeCudaGraph): [bigint, bigint];
  graphPoolHandle(): [bigint, bigint];
  isCapturing(): boolean;
  judgeError(text: string, device?: string): JudgedError;
  numThreads(): number;
  setNumThreads(count: number): void;
  fromData(data: TypedArray, shape: readonly number[], dtype: DType): Tensor;
  fromBytes(data: Uint8Array | Uint8ClampedArray, shape: readonly number[]): Tensor;
  toData(tensor: Tensor): TypedArray;
  gather(images: Tensor, indices: Tensor, table: Tensor): Tensor;
  isRecording(): boolean;
  startRecording(): void;
  stopRecording(known: readonly Tensor[]): {
    calls: RecordedCall[];
    known: RecordedTensor[];
    outside: [RecordedTensor, Tensor][];
  };
  newHollow(dtype: DType, device: string): Tensor;
  resizeHollow(tensor: Tensor, shape: readonly number[]): void;
  beginFollowing(): void;
  endFollowing(): boolean;
  openFused(path: string): string;
  fmaPeak(path: string, threads: number, seconds: number): number;
  createFused(path: string, network: Int32Array, threads: number): NativeEngine;
  configureFused(engine: NativeEngine, options: Record<string, number>, steps: number): void;
  loadFused(engine: NativeEngine, state: number, tensors: readonly (Tensor | null)[]): void;
  storeFused(engine: NativeEngine, state: number, tensors: readonly (Tensor | null)[]): void;
  isFusedCurrent(engine: NativeEngine): boolean;
  trainFused(...pass: [...FusedPass, batchSize: number]): FusedTask;
  evaluateFused(...pass: FusedPass): FusedTask;
  lockFile(descriptor: number): boolean;
  predictFused(engine: NativeEngine, images: Tensor, table: Tensor | undefined): Promise<Tensor>;
  predictFusedNow(
    engine: NativeEngine,
    images: readonly Tensor[],
    table: Tensor | undefined,
  ): Tensor[] | undefined;
}

requireNode();
const require = createRequire(import.meta.url);
const binaries = findBinaries();

/** The folder of the addons, where the fused engine's libraries lie too. */
export const addonFolder: string = binaries.folder;

function requireBinary<T>(file: string): T {
  try {
    return require(file) as T;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const next = code === 'ERR_DLOPEN_DISABLED' ? '. Start Node.js with --allow-addons' : '';
    throw new TorchError(
      'ERR_LIBTORCH_LOAD',
      `the addon does not load: ${message.replace(/\.$/, '')}${next}`,
      {
        cause: error,
      },
    );
  }
}

// Why CUDA is not in use; undefined when it is.
let cudaProblem: string | undefined;

interface Loader {
  open(path: string): string | null;
  openOnly(path: string): string | null;
}

/** @returns The libtorch that is loaded: another thread may have brought another one into this process. */
function openLibtorch(found: Libtorch): Libtorch {
  const loader = requireBinary<Loader>(binaries.loader);
  const other = loader.openOnly(join(found.libDir, 'libtorch_cpu.so'));
  const libtorch = other === null ? found : loadedAlready(found, other, binaries.minors);
  const open = (name: string): string | null => loader.open(join(libtorch.libDir, name));
  const failure = open('libtorch_cpu.so');
  if (failure !== null) throw loadFailure(libtorch, failure);
  // libtorch caches its CUDA hooks on first use, so this is decided here, once.
  cudaProblem = loadCuda({
    libtorch,
    opensDriver: () => loader.open('libcuda.so.1') === null,
    open: () => open('libtorch_cuda.so'),
  });
  return libtorch;
}

function find(): Libtorch {
  try {
    return findLibtorch({ minors: binaries.minors });
  } catch (error) {
    const { code, resource } = error as { code?: string; resource?: string };
    if (code !== 'ERR_ACCESS_DENIED') throw error;
    throw new TorchError(
      'ERR_LIBTORCH_NOT_FOUND',
      `Node's permissions do not let ${resource} be looked at, where libtorch may be. Start Node.js with ` +
        '--allow-fs-read for the folder of libtorch, by default ~/.cache/lenet-torch',
      { cause: error },
    );
  }
}

function load(): Native {
  const libtorch = openLibtorch(find());
  const addon = requireBinary<Native>(addonFile(binaries, minorOf(libtorch.version)));
  addon.setErrorClasses(TorchError, OutOfMemoryError);
  addon.setCollector(collect);
  addon.setWarningHandler((message) => process.emitWarning(message, 'TorchWarning'));
  foundVersion = libtorch.version;
  return addon;
}

let foundVersion = '';

/** The addon, loaded with libtorch on first import. */
export const native: Native = load();

/** libtorch's own version, `'2.11.0+cu130'`. */
export const libtorchVersion: string = foundVersion;

/** Why CUDA cannot be used; `undefined` when it can. */
export function whyNoCuda(): string | undefined {
  if (cudaProblem !== undefined) return cudaProblem;
  if (native.cudaDeviceCount() > 0) return undefined;
  return whyNoDevice({ version: libtorchVersion }, native.cudaDriverVersion());
}
