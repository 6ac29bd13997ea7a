import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { atMost } from '../argument/atMost.js';
import { anything, instance } from '../argument/kind.js';
import { readOptions, type SpecOf } from '../argument/options.js';
import { runSynchronously } from '../context/synchronous.js';
import { invalidArgument, TorchError } from '../error.js';
import { minorOf } from '../libtorch/version.js';
import type { NativeCudaGraph } from '../native/exports/cuda.js';
import { addonFolder, libtorchVersion, native } from '../native/load.js';
import { type CudaDeviceLike, cudaIndex, sharedPlace } from './device.js';
import { currentStream, Stream, stream } from './stream.js';

/** Memory that captures share: what {@link CUDAGraph.pool} and {@link graphPoolHandle} return. */
export type GraphPool = readonly [bigint, bigint];

// In the order of cudaStreamCaptureMode.
const captureModes = ['global', 'thread_local', 'relaxed'] as const;

/** Options of a capture. */
export interface CaptureOptions {
  /** Memory to share with other graphs. Default: a pool of the graph's own. */
  pool?: GraphPool;
  /**
   * Whose unsafe CUDA calls break the capture: `'global'` (default) every thread's, `'thread_local'`
   * this thread's, `'relaxed'` nobody's.
   */
  captureErrorMode?: (typeof captureModes)[number];
}

// Looked at where the capture begins.
const captureSpec = {
  pool: anything<GraphPool>('a pool').or([0n, 0n]),
  captureErrorMode: anything<(typeof captureModes)[number]>('a mode').or('global'),
} satisfies SpecOf<CaptureOptions>;

// Nothing is captured in a thread that has not opened the library.
let isOpen = false;

/**
 * Opens the library for CUDA graphs, which is one apart: it needs libtorch's CUDA part.
 * @throws {TorchError} `ERR_ENGINE_UNSUPPORTED` where it is missing or belongs to another libtorch.
 */
export function openGraphs(): void {
  const path = join(addonFolder, `liblenet_cuda-${minorOf(libtorchVersion)}.so`);
  if (!existsSync(path)) {
    throw new TorchError(
      'ERR_ENGINE_UNSUPPORTED',
      `the library for CUDA graphs is missing (${path}): it is built where CUDA's headers are, see docs/gpu.md`,
    );
  }
  const builtFor = native.openCuda(path);
  if (!libtorchVersion.startsWith(`${builtFor}.`)) {
    throw new TorchError(
      'ERR_ENGINE_UNSUPPORTED',
      `${path} is built for libtorch ${builtFor}, found ${libtorchVersion}`,
    );
  }
  isOpen = true;
}

/**
 * Work of a GPU, recorded once and started again with one call; mirrors `torch.cuda.CUDAGraph`. Tensors
 * in it are places: fill the inputs in place, replay, read the outputs. {@link graph} is the usual way
 * to capture.
 *
 * @throws {TorchError} `ERR_CUDA_UNAVAILABLE`, `ERR_ENGINE_UNSUPPORTED`
 * @see https://docs.pytorch.org/docs/stable/generated/torch.cuda.CUDAGraph.html
 * @example compile
 * const x = torch.zeros(4, { device: 'cuda' });
 * const g = new torch.cuda.CUDAGraph();
 * torch.cuda.graph(() => void x.add_(1), { graph: g });
 * g.replay();
 * g.replay(); // x is 2 everywhere
 */
export class CUDAGraph {
  readonly #graph: NativeCudaGraph;

  constructor() {
    atMost('CUDAGraph', 0, arguments.length);
    cudaIndex();
    openGraphs();
    this.#graph = native.newGraph();
  }

  /**
   * Begins to record what goes to the current stream, which must not be the default one.
   * @throws {TorchError} `ERR_LIBTORCH`, `ERR_CUDA_CAPTURE`
   */
  captureBegin(options?: CaptureOptions): void {
    atMost('captureBegin', 1, arguments.length);
    const { pool, captureErrorMode } = readOptions('captureBegin', captureSpec, options);
    const mode = captureModes.indexOf(captureErrorMode);
    if (mode < 0) {
      throw invalidArgument(
        `captureBegin: captureErrorMode: expected ${captureModes.join(', ')}, got ${inspect(captureErrorMode)}`,
      );
    }
    native.graphCaptureBegin(this.#graph, pool[0], pool[1], mode);
  }

  /** Ends the recording. @throws {TorchError} `ERR_CUDA_CAPTURE` when something could not be recorded. */
  captureEnd(): void {
    atMost('captureEnd', 0, arguments.length);
    native.graphCaptureEnd(this.#graph);
  }

  /** Starts the recorded work on the current stream; does not wait for it. */
  replay(): void {
    atMost('replay', 0, arguments.length);
    native.graphReplay(this.#graph);
  }

  /** Forgets the recording and lets go of its memory. */
  reset(): void {
    atMost('reset', 0, arguments.length);
    native.graphReset(this.#graph);
  }

  /** The memory that the recording uses, for another one to share. */
  pool(): GraphPool {
    atMost('pool', 0, arguments.length);
    return native.graphPool(this.#graph);
  }
}

/**
 * New memory for several graphs to share; mirrors `torch.cuda.graph_pool_handle`.
 *
 * @throws {TorchError} `ERR_CUDA_UNAVAILABLE`; `ERR_ENGINE_UNSUPPORTED` where the library for CUDA graphs is missing.
 * @example compile
 * const pool = torch.cuda.graphPoolHandle();
 * const x = torch.zeros(4, { device: 'cuda' });
 * const graphs = [1, 2].map((by) => torch.cuda.graph(() => void x.add_(by), { pool }));
 */
export function graphPoolHandle(): GraphPool {
  atMost('graphPoolHandle', 0, arguments.length);
  cudaIndex();
  openGraphs();
  return native.graphPoolHandle();
}

/**
 * Whether the current stream is being captured; mirrors `torch.cuda.is_current_stream_capturing`.
 *
 * @example compile
 * torch.cuda.graph(() => console.log(torch.cuda.isCurrentStreamCapturing())); // true
 */
export function isCurrentStreamCapturing(): boolean {
  atMost('isCurrentStreamCapturing', 0, arguments.length);
  return isOpen && native.isCapturing();
}

// One for each device, as in PyTorch, and this thread's own, since two cannot capture on one. The lease
// has to be kept with it.
const captureStreams = new Map<number, { readonly side: Stream; readonly lease: object }>();

/** The stream on which captures are made on a device, which must not be its default one. */
export function captureStream(which?: CudaDeviceLike): Stream {
  const device = cudaIndex(which);
  const known = captureStreams.get(device);
  if (known !== undefined) return known.side;
  const lease = native.cudaLeaseStream(device);
  const side = new Stream({ device, streamId: lease.streamId });
  captureStreams.set(device, { side, lease });
  return side;
}

/** Options of {@link graph}. */
export interface GraphOptions extends CaptureOptions {
  /** The graph to record into. Default: a new one. */
  graph?: CUDAGraph;
  /** The stream to record on. Default: one of the current device that all captures share. */
  stream?: Stream;
}

const graphSpec = {
  ...captureSpec,
  graph: instance<CUDAGraph>(CUDAGraph, 'a CUDAGraph').optional(),
  stream: instance<Stream>(Stream, 'a Stream').optional(),
} satisfies SpecOf<GraphOptions>;

/**
 * Records what a synchronous function gives to the GPU; mirrors `with torch.cuda.graph(g)`. Nothing is
 * computed until the graph is replayed. Run the same work a few times before, on another stream than the
 * default one: libraries set themselves up in their first call.
 *
 * @example compile
 * const x = torch.zeros(256, 1, 28, 28, { device: 'cuda' });
 * let y = x;
 * const g = torch.cuda.graph(() => {
 *   y = net.forward(x);
 * });
 * for (const [X] of testIter) {
 *   x.copy_(X);
 *   g.replay(); // y holds the scores of the batch
 * }
 * @throws {TypeError} `ERR_INVALID_ARG` for anything but a function, and for a stream that is none.
 * @throws {TorchError} `ERR_CUDA_CAPTURE` when the function reads a value on the host;
 *   `ERR_ASYNC_NO_GRAD` when it returns a promise.
 */
export function graph(fn: () => void, options?: GraphOptions): CUDAGraph {
  atMost('graph', 2, arguments.length);
  const { graph: given, stream: asked, ...capture } = readOptions('graph', graphSpec, options);
  if (typeof fn !== 'function') {
    throw invalidArgument(`cuda.graph: expected a function, got ${inspect(fn)}`);
  }
  const recorded = given ?? new CUDAGraph();
  const side = asked ?? captureStream();
  // Memory that earlier work still uses cannot be given to the graph. PyTorch waits for the whole device, which
  // would break what another thread captures there.
  currentStream(side.device).synchronize();
  side.synchronize();
  native.cudaEmptyCache();
  stream(side, () => {
    recorded.captureBegin(capture);
    try {
      runSynchronously('cuda.graph', sharedPlace, fn, () => {});
    } catch (error) {
      abandon(recorded);
      throw error;
    }
    try {
      recorded.captureEnd();
    } catch (error) {
      recorded.reset();
      throw error;
    }
  });
  return recorded;
}

// The stream must not stay in capture; why the recording failed is known already.
function abandon(recorded: CUDAGraph): void {
  try {
    recorded.captureEnd();
  } catch {
    // Invalid by what went wrong.
  }
  recorded.reset();
}
