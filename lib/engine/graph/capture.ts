import { enableGrad, noGrad } from '../../context/autograd.js';
import { captureStream, type GraphOptions, graph } from '../../cuda/graph.js';
import { currentStream, stream } from '../../cuda/stream.js';
import type { DataLoader, LaterBatches } from '../../data/loader/dataloader.js';
import { type InMemory, rowsOf } from '../../data/loader/inMemory.js';
import { native } from '../../native/load.js';
import type { Module } from '../../nn/index.js';
import { inEvalMode } from '../../observe/mode.js';
import type { Trail } from '../../observe/trail.js';
import { undisturbed } from '../../observe/undisturbed.js';
import { type Tensor, zeros } from '../../tensor/index.js';
import { tidy } from '../../tensor/scope.js';
import { batchSizes, fullBatch } from '../batchSizes.js';

// Runs before a capture, in which libraries set themselves up; as many as PyTorch advises.
const warmUps = 3;

/** What is to be done with each batch of a pass, as work for a device that reads nothing on the host. */
export interface Program {
  /** Name of the device. */
  readonly device: string;
  /** Begins a pass. @param rows - int64 `(N)`, rows of the images in its order. */
  begin(rows: Tensor, taken: number): void;
  /** Makes ready what the step of the next `size` examples reads; to be called before each step. */
  provide(size: number): void;
  /** Runs the step without what lasts of it. */
  rehearse(size: number): void;
  /** Runs the step. */
  run(size: number): void;
  /** Where everything lies that the steps read and write, and what they take as constants. */
  fingerprint(): string;
  dispose(): void;
}

/** A step that can be started again. */
export interface Launch {
  replay(): void;
  /** Lets go of what it holds on the device. */
  reset?(): void;
}

/** What the forward pass did when its steps were captured. */
export interface Passage {
  /** `undefined` where another pass cannot be held against it. */
  readonly trail: Trail | undefined;
  readonly trains: boolean;
}

/** Makes a step of a number of examples one that can be started again; the step is not run. */
export type Capture = (net: Module, program: Program, size: number) => Launch;

/** Warms up on a side stream, as CUDA's rules demand, then captures on it. */
export const captureOnCuda: Capture = (net, program, size) => {
  const side = captureStream(program.device);
  const main = currentStream(program.device);
  side.waitStream(main);
  stream(side, () =>
    undisturbed(net, () => {
      for (let i = 0; i < warmUps; i++) program.rehearse(size);
    }),
  );
  main.waitStream(side);
  // Other threads may use CUDA meanwhile.
  const options: GraphOptions = { stream: side, captureErrorMode: 'thread_local' };
  return graph(() => program.run(size), options);
};

/**
 * The captured steps of a pass over a loader's data: one for full batches, one for a smaller last one.
 * They are good as long as the program's fingerprint stays the same.
 */
export class CapturedPass<P extends Program> {
  readonly program: P;
  readonly #net: Module;
  readonly #passage: Passage;
  readonly #loader: DataLoader;
  readonly #dataset: unknown;
  readonly #examples: number;
  readonly #data: InMemory;
  readonly #launches = new Map<number, Launch>();
  #fingerprint = '';

  /**
   * Captures; `program` is disposed of where that fails.
   * @param loader - With its data set on the program's device.
   */
  constructor(
    net: Module,
    passage: Passage,
    loader: DataLoader,
    data: InMemory,
    program: P,
    capture: Capture,
  ) {
    const { dataset, sampler } = loader;
    this.program = program;
    this.#net = net;
    this.#passage = passage;
    this.#loader = loader;
    this.#dataset = dataset;
    this.#examples = sampler.length!;
    this.#data = data;
    try {
      // Any rows will do to capture with.
      tidy(() => program.begin(zeros([this.#examples], { dtype: 'int64' }), 0));
      program.provide(fullBatch(loader));
      for (const size of batchSizes(loader)) {
        // Only where there is a backward pass: what averages over processes waits for the old ones.
        if (passage.trains) native.renewAccumulators([...net.parameters()]);
        this.#launches.set(size, capture(net, program, size));
      }
      this.#fingerprint = program.fingerprint();
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  /** Whether the captured steps still are those of this model and loader. */
  fits(loader: LaterBatches): boolean {
    return (
      loader === (this.#loader as unknown) &&
      this.#dataset === this.#loader.dataset &&
      this.#examples === this.#loader.sampler.length &&
      this.#fingerprint === this.program.fingerprint() &&
      this.#doesTheSame()
    );
  }

  // The forward pass is followed, not computed: whatever it reads may have changed.
  #doesTheSame(): boolean {
    const { trail, trains } = this.#passage;
    const follow = (): boolean =>
      trail?.leadsFor(fullBatch(this.#loader), (images) => this.#net.forward(images)) ?? false;
    return trains ? enableGrad(follow) : inEvalMode(this.#net, () => noGrad(follow));
  }

  /**
   * Begins a pass, of which `taken` examples are done.
   * @param drawn - Called when the order has been drawn.
   * @returns How many examples it has, and what to call at its end.
   */
  begin(taken: number, drawn?: () => void): { examples: number; finish: () => void } {
    const { order, examples, finish } = this.#loader.beginPass();
    drawn?.();
    tidy(() => this.program.begin(rowsOf(this.#data, order.to(this.program.device)), taken));
    order.dispose();
    return { examples, finish };
  }

  /** Starts the step of the next examples, of which `left` are left. @returns How many it takes. */
  launch(left: number): number {
    const size = Math.min(this.#loader.batchSize!, left);
    this.program.provide(size);
    this.#launches.get(size)!.replay();
    return size;
  }

  dispose(): void {
    for (const launch of this.#launches.values()) launch.reset?.();
    this.#launches.clear();
    this.program.dispose();
  }
}
