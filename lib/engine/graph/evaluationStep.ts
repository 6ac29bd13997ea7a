import { noGrad } from '../../context/autograd.js';
import type { InMemory } from '../../data/loader/inMemory.js';
import type { Module } from '../../nn/index.js';
import { inEvalMode } from '../../observe/mode.js';
import { type Tensor, zeros } from '../../tensor/index.js';
import { tidy } from '../../tensor/scope.js';
import { objectiveOf } from '../objective.js';
import type { Program } from './capture.js';
import { addressesOf } from './placement.js';
import { StagedBatches } from './stagedBatches.js';

/** The evaluation of a batch as a program on the device, which counts right answers there. */
export class EvaluationStep implements Program {
  readonly device: string;
  readonly #net: Module;
  readonly #data: InMemory;
  readonly #staged: StagedBatches;
  /** int64 `(batchSize)`: right answers, by their place in the batch. */
  readonly #hits: Tensor;

  /**
   * @param data - On the model's device.
   * @param examples - How many a pass takes at most.
   */
  constructor(net: Module, data: InMemory, batchSize: number, examples: number) {
    this.device = data.images.deviceName;
    this.#net = net;
    this.#data = data;
    this.#staged = new StagedBatches(data, batchSize, examples);
    this.#hits = zeros([batchSize], { dtype: 'int64', device: this.device }).keep();
  }

  begin(rows: Tensor, taken: number): void {
    this.#staged.begin(rows, taken);
    noGrad(() => this.#hits.zero_());
  }

  provide(size: number): void {
    this.#staged.provide(size);
  }

  rehearse(size: number): void {
    tidy(() => void this.#hitsOf(size));
  }

  run(size: number): void {
    tidy(() =>
      noGrad(() => {
        this.#hits.narrow(0, 0, size).add_(this.#hitsOf(size));
        this.#staged.moveOn();
      }),
    );
  }

  #hitsOf(size: number): Tensor {
    return noGrad(() => {
      const [X, y] = this.#staged.batch(size);
      const output = inEvalMode(this.#net, () => this.#net.forward(X));
      return objectiveOf(this.#net).hits(output, y);
    });
  }

  /** Waits for the device. @returns How many answers were right since {@link begin}. */
  correct(): number {
    return tidy(() => Number(this.#hits.sum().item()));
  }

  fingerprint(): string {
    return addressesOf(this.#net, this.#data).join();
  }

  dispose(): void {
    this.#staged.dispose();
    this.#hits.dispose();
  }
}
