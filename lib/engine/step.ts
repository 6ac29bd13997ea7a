import { noGrad } from '../autograd.js';
import { asGiven, type InMemory } from '../data/inMemory.js';
import { native } from '../native.js';
import type { Module } from '../nn/index.js';
import type { Adam, AdamW } from '../optim/index.js';
import { tidy } from '../scope.js';
import { arange, empty, type Tensor, zeros } from '../tensor/index.js';
import { objectiveOf } from './objective.js';
import { Tally } from './tally.js';

/**
 * A training step as a program on the device: which examples it takes, the learning rates and the sums
 * are tensors there, so that a step reads and writes nothing on the host and can be captured once and
 * replayed for every batch.
 */
export class Step {
  readonly tally: Tally;
  /** Name of the device that everything lies on. */
  readonly device: string;
  readonly #net: Module;
  readonly #data: InMemory;
  readonly #optimizer: Adam | AdamW;
  /** int64 `(N)`: rows of the images in the order of the pass. */
  readonly #rows: Tensor;
  /** int64 `()`: how many of them have been taken. */
  readonly #taken: Tensor;
  readonly #rates: readonly { readonly tensor: Tensor; value: number }[];
  readonly #lanes = new Map<number, Tensor>();

  /**
   * @param data - On the model's device.
   * @param examples - How many a pass takes at most.
   */
  constructor(net: Module, data: InMemory, optimizer: Adam | AdamW, examples: number) {
    const device = data.images.deviceName;
    this.device = device;
    this.#net = net;
    this.#data = data;
    this.#optimizer = optimizer;
    this.tally = new Tally(device);
    this.#rows = empty([examples], { dtype: 'int64', device }).keep();
    this.#taken = zeros([], { dtype: 'int64', device }).keep();
    this.#rates = optimizer.paramGroups.map(() => ({
      tensor: zeros([], { dtype: 'float32', device }).keep(),
      value: Number.NaN,
    }));
    optimizer.prepare();
  }

  /** Begins a pass. @param rows - int64 `(N)`, rows of the images in its order. */
  begin(rows: Tensor, taken: number): void {
    noGrad(() => {
      this.#rows.copy_(rows);
      this.#taken.fill_(taken);
    });
  }

  /** Lets the optimizer's learning rates, as they are now, act on the steps to come. */
  fillRates(): void {
    this.#optimizer.paramGroups.forEach(({ lr }, i) => {
      const rate = this.#rates[i]!;
      if (rate.value === lr) return;
      noGrad(() => rate.tensor.fill_(lr));
      rate.value = lr;
    });
  }

  /** Makes what a step of `size` examples needs and must not be made while it is captured. */
  prepare(size: number): void {
    if (this.#lanes.has(size)) return;
    this.#lanes.set(size, tidy(() => arange(size).to(this.device)).keep());
  }

  /** Forward, loss and backward of the next `size` examples; nothing of it lasts but gradients. */
  derive(size: number): { loss: Tensor; correct: Tensor } {
    const { images, labels } = this.#data;
    const objective = objectiveOf(this.#net);
    const [X, y] = noGrad(() => {
      const rows = this.#rows.indexSelect(0, this.#lanes.get(size)!.add(this.#taken));
      return [asGiven(this.#data, images.indexSelect(0, rows)), labels.indexSelect(0, rows)];
    });
    const yHat = this.#net.forward(X);
    const loss = objective.forward(yHat, y);
    this.#optimizer.zeroGrad();
    loss.backward();
    const correct = noGrad(() => objective.right(yHat, y));
    return { loss, correct };
  }

  /** One step with the next `size` examples. */
  run(size: number): void {
    tidy(() => {
      const { loss, correct } = this.derive(size);
      noGrad(() => {
        this.#optimizer.stepWithRates(this.#rates.map(({ tensor }) => tensor));
        this.tally.add(loss, correct);
        this.#taken.add_(size);
      });
    });
  }

  /**
   * Where everything lies that the steps read and write, and what they take as constants: a captured
   * step is good as long as this stays the same.
   */
  fingerprint(): string {
    const net = this.#net;
    const optimizer = this.#optimizer;
    const { images, labels, table } = this.#data;
    const tensors = [
      images,
      labels,
      ...(table ? [table] : []),
      ...net.parameters(),
      ...net.buffers(),
    ];
    const states = optimizer.paramGroups.flatMap(({ params }) =>
      params.flatMap((param) => [param, ...Object.values(optimizer.state.get(param) ?? {})]),
    );
    const addresses = [...tensors, ...states].map((tensor) =>
      tensor === null ? 'none' : `${tensor.deviceName} ${native.dataAddress(tensor)}`,
    );
    const options = optimizer.paramGroups.map(({ params, lr: _, ...rest }) => ({
      ...rest,
      trained: params.map((param) => param.requiresGrad),
    }));
    const modes = [...net.modules()].map(({ training }) => training);
    return JSON.stringify([addresses, options, modes]);
  }

  /** Says that the steps have changed the parameters; their gradients belong to the steps. */
  settle(): void {
    tidy(() => this.#optimizer.zeroGrad());
    for (const { params } of this.#optimizer.paramGroups) native.incrementVersions(params);
  }

  dispose(): void {
    this.tally.dispose();
    for (const { tensor } of this.#rates) tensor.dispose();
    for (const lanes of this.#lanes.values()) lanes.dispose();
    this.#rows.dispose();
    this.#taken.dispose();
  }
}
