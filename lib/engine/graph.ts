import { captureStream, type GraphOptions, graph, openGraphs } from '../cuda/graph.js';
import { currentStream, stream } from '../cuda/stream.js';
import type { BatchIterable, DataLoader } from '../data/dataloader.js';
import { type InMemory, inMemory, rowsOf } from '../data/inMemory.js';
import type { Device } from '../device.js';
import type { ErrorCode } from '../error.js';
import type { Module } from '../nn/index.js';
import { Adam, AdamW, type Optimizer } from '../optim/index.js';
import { tidy } from '../scope.js';
import { zeros } from '../tensor/index.js';
import { isPlain } from './fit.js';
import type { PassSums, PassWatch } from './pass.js';
import { type Decision, probe } from './plan.js';
import { record } from './recording.js';
import { Step } from './step.js';
import { turn } from './turn.js';
import { undisturbed } from './undisturbed.js';

// Runs before a capture, in which libraries set themselves up; as many as PyTorch advises.
const warmUps = 3;
// Steps between two turns of the event loop: a step takes the host some microseconds.
const stretch = 16;

/** A step that can be started again. */
export interface Launch {
  replay(): void;
  /** Lets go of what it holds on the device. */
  reset?(): void;
}

/** Makes a step of a number of examples one that can be started again; the step is not run. */
export type Capture = (net: Module, step: Step, size: number) => Launch;

/** Warms up on a side stream, as CUDA's rules demand, then captures on it. */
export const captureOnCuda: Capture = (net, step, size) => {
  const side = captureStream(step.device);
  const main = currentStream(step.device);
  side.waitStream(main);
  stream(side, () =>
    undisturbed(net, () => {
      for (let i = 0; i < warmUps; i++) tidy(() => void step.derive(size));
    }),
  );
  main.waitStream(side);
  // Other threads may train on other devices meanwhile.
  const options: GraphOptions = { stream: side, captureErrorMode: 'thread_local' };
  return graph(() => step.run(size), options);
};

type GraphOptimizer = Adam | AdamW;

/** A model's captured steps over a loader's data: one for full batches, one for a smaller last one. */
export class GraphTrainer {
  readonly step: Step;
  readonly data: InMemory;
  readonly #loader: DataLoader;
  readonly #dataset: unknown;
  readonly #optimizer: GraphOptimizer;
  readonly #launches = new Map<number, Launch>();
  readonly #fingerprint: string;

  constructor(
    net: Module,
    loader: DataLoader,
    data: InMemory,
    optimizer: GraphOptimizer,
    capture: Capture,
  ) {
    const { batchSize, dropLast, dataset } = loader;
    const full = Math.min(batchSize, dataset.length);
    const last = dropLast ? 0 : dataset.length % batchSize;
    this.#loader = loader;
    this.#dataset = dataset;
    this.#optimizer = optimizer;
    this.data = data;
    this.step = new Step(net, data, optimizer, full, dataset.length);
    try {
      // Any rows will do to capture with.
      tidy(() => this.step.begin(zeros([dataset.length], { dtype: 'int64' }), 0));
      this.step.provide(full);
      for (const size of new Set([full, last])) {
        if (size > 0) this.#launches.set(size, capture(net, this.step, size));
      }
    } catch (error) {
      this.dispose();
      throw error;
    }
    this.step.settle();
    this.#fingerprint = this.step.fingerprint();
  }

  /** Whether the captured steps still are those of this model, loader and optimizer. */
  fits(loader: unknown, optimizer: unknown): boolean {
    return (
      loader === this.#loader &&
      optimizer === this.#optimizer &&
      this.#dataset === this.#loader.dataset &&
      this.#fingerprint === this.step.fingerprint()
    );
  }

  /** Starts the step of the next `size` examples. */
  launch(size: number): void {
    this.step.provide(size);
    this.#launches.get(size)!.replay();
  }

  dispose(): void {
    for (const launch of this.#launches.values()) launch.reset?.();
    this.#launches.clear();
    this.step.dispose();
  }
}

// Why a step failed while it was captured, where that is a reason to do without.
function reasonOf(error: unknown): string {
  const { code, message } = error as { code?: ErrorCode; message: string };
  const fatal: (ErrorCode | undefined)[] = ['ERR_OUT_OF_MEMORY', 'ERR_CUDA_CONTEXT_LOST'];
  if (fatal.includes(code)) throw error;
  return `the step cannot be captured: ${message}`;
}

function optimizerOf(optimizer: Optimizer<object>): GraphOptimizer | undefined {
  const fits = isPlain(optimizer, Adam) || isPlain(optimizer, AdamW);
  return fits ? (optimizer as unknown as GraphOptimizer) : undefined;
}

// A forward pass that reads a number on the host would wait for the GPU, which no capture allows.
function hostRead(net: Module, data: InMemory): string | undefined {
  const { calls } = record(net, probe(data, 2), true);
  const read = calls.find(
    (call) => Object.keys(call.arguments).length === 0 && call.results.length === 0,
  );
  return read && `the forward pass reads a value on the host (${read.name})`;
}

/** The captured steps of a training: kept from epoch to epoch as long as they fit. */
export class Graphs {
  readonly #capture: Capture;
  #trainer: GraphTrainer | undefined;
  // What could not be captured once is not tried again in each epoch.
  #refusal: { reason: string } | undefined;

  /** @param capture - Default: on CUDA. */
  constructor(capture: Capture = captureOnCuda) {
    this.#capture = capture;
  }

  /**
   * Captures what is not captured yet, or says why it cannot be.
   * @param loader - With its data set on the device.
   * @throws {TorchError} `ERR_ENGINE_UNSUPPORTED` without the library for graphs; `ERR_OUT_OF_MEMORY`,
   *   `ERR_CUDA_CONTEXT_LOST`.
   */
  plan(
    net: Module,
    loader: BatchIterable,
    optimizer: Optimizer<object>,
    device: Device,
  ): Decision<GraphTrainer> {
    if (this.#trainer?.fits(loader, optimizer)) return { plan: this.#trainer };
    this.dispose();
    if (this.#refusal !== undefined) return this.#refusal;
    const adam = optimizerOf(optimizer);
    if (adam === undefined) {
      return { reason: `the optimizer ${optimizer.constructor.name} is neither Adam nor AdamW` };
    }
    const [first] = net.parameters();
    if (first === undefined) return { reason: 'the model has no parameters' };
    const data = inMemory(loader, first.deviceName);
    if (typeof data === 'string') return { reason: data };
    if (data.labels.dtype !== 'int64') return { reason: 'the labels are not int64' };
    if (data.images.numel() === 0) return { reason: 'there are no images' };
    if (device.type === 'cuda') openGraphs();
    try {
      const read = tidy(() => hostRead(net, data));
      if (read !== undefined) return { reason: read };
      const own = loader as unknown as DataLoader;
      this.#trainer = new GraphTrainer(net, own, data, adam, this.#capture);
      return { plan: this.#trainer };
    } catch (error) {
      this.#refusal = { reason: reasonOf(error) };
      return this.#refusal;
    }
  }

  dispose(): void {
    this.#trainer?.dispose();
    this.#trainer = undefined;
  }
}

/**
 * One epoch of captured steps: a launch each, without waiting for the device. Gradients are null
 * afterwards.
 * @param sums - Loss and right answers are complete at the end, or whenever a keeper is told of steps.
 */
export async function trainGraph(
  trainer: GraphTrainer,
  loader: BatchIterable,
  sums: PassSums,
  { meter, signal, keeper }: PassWatch,
): Promise<void> {
  const { step, data } = trainer;
  const { batchSize } = loader as unknown as DataLoader;
  const { order, examples, finish } = (loader as unknown as DataLoader).beginPass();
  keeper?.drawn?.();
  tidy(() => step.begin(rowsOf(data, order.to(data.images.deviceName)), sums.count));
  order.dispose();
  try {
    while (sums.count < examples) {
      await turn();
      const end = sums.batches + Math.min(stretch, keeper?.stepsToGo() ?? stretch);
      while (sums.batches < end && sums.count < examples) {
        signal?.throwIfAborted();
        const size = Math.min(batchSize, examples - sums.count);
        trainer.launch(size);
        sums.count += size;
        sums.batches++;
        meter?.step(sums.count);
      }
      if (keeper !== undefined) await keeper.stepped(step.moveTo(sums));
    }
    finish();
  } finally {
    step.settle();
    step.moveTo(sums);
  }
}
