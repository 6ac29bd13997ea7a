import { noGrad } from '../../context/autograd.js';
import type { InMemory } from '../../data/loader/inMemory.js';
import { native } from '../../native/load.js';
import { bind } from '../../native/ops.js';
import type { Module } from '../../nn/index.js';
import { warnOfUnlisted } from '../../observe/unlisted.js';
import type { Optimizer } from '../../optim/index.js';
import type { CapturableSteps } from '../../optim/rule.js';
import { numberOf } from '../../optim/settings.js';
import { cat, empty, onesLike, type Tensor, zeros } from '../../tensor/index.js';
import { tidy } from '../../tensor/scope.js';
import { objectiveOf } from '../objective.js';
import type { PassSums } from '../pass.js';
import type { Program } from './capture.js';
import { addressesOf, addressOf } from './placement.js';
import { StagedBatches } from './stagedBatches.js';

const indexCopy_ =
  bind<(a: Tensor, dim: number, index: Tensor, source: Tensor) => Tensor>('index_copy_');

/**
 * A training step as a program on the device: which examples it takes, the learning rates and the sums
 * are tensors there, so that a step reads and writes nothing on the host and can be captured once and
 * replayed for every batch.
 */
export class TrainingStep implements Program {
  readonly optimizer: Optimizer<object>;
  readonly #steps: CapturableSteps;
  readonly device: string;
  readonly #net: Module;
  readonly #data: InMemory;
  readonly #staged: StagedBatches;
  readonly #rates: readonly { readonly tensor: Tensor; value: number }[];
  readonly #batches: number;
  /** Mean losses of the steps since they were read last, in the loss's own dtype, and how many steps. */
  #losses: Tensor | undefined;
  #unread = 0;
  /** The gradient of a loss: one. */
  #one: Tensor | undefined;
  /** int64 `(batchSize)`: right answers since then, by their place in the batch. */
  readonly #hits: Tensor;

  /**
   * @param data - On the model's device.
   * @param examples - How many a pass takes at most.
   */
  constructor(
    net: Module,
    data: InMemory,
    { optimizer, steps }: { optimizer: Optimizer<object>; steps: CapturableSteps },
    batchSize: number,
    examples: number,
  ) {
    const device = data.images.deviceName;
    this.device = device;
    this.#net = net;
    this.#data = data;
    this.optimizer = optimizer;
    this.#steps = steps;
    this.#staged = new StagedBatches(data, batchSize, examples);
    this.#batches = Math.ceil(examples / batchSize);
    this.#hits = zeros([batchSize], { dtype: 'int64', device }).keep();
    this.#rates = optimizer.paramGroups.map(() => ({
      tensor: zeros([], { dtype: 'float32', device }).keep(),
      value: Number.NaN,
    }));
    steps.prepare();
  }

  begin(rows: Tensor, taken: number): void {
    this.#staged.begin(rows, taken);
    this.#restart();
  }

  // The examples, and the learning rates as they are now.
  provide(size: number): void {
    this.#staged.provide(size);
    this.#unread++;
    this.optimizer.paramGroups.forEach((group, i) => {
      const rate = this.#rates[i]!;
      const lr = numberOf('lr', (group as { lr?: unknown }).lr);
      if (rate.value === lr) return;
      noGrad(() => rate.tensor.fill_(lr));
      rate.value = lr;
    });
  }

  rehearse(size: number): void {
    tidy(() => void this.#derive(size));
  }

  // Forward, loss and backward of the next `size` examples; nothing of it lasts but gradients.
  #derive(size: number): { loss: Tensor; hits: Tensor } {
    const objective = objectiveOf(this.#net);
    const [X, y] = noGrad(() => this.#staged.batch(size));
    const yHat = this.#net.forward(X);
    const loss = objective.forward(yHat, y);
    this.optimizer.zeroGrad();
    if (this.#one === undefined) warnOfUnlisted(this.#net, loss);
    // In the first run, which is no part of what is captured.
    this.#one ??= onesLike(loss.detach()).keep();
    this.#losses ??= empty([this.#batches], { dtype: loss.dtype, device: this.device }).keep();
    loss.backward(this.#one);
    const hits = noGrad(() => objective.hits(yHat, y));
    return { loss, hits };
  }

  run(size: number): void {
    tidy(() => {
      const { loss, hits } = this.#derive(size);
      noGrad(() => {
        this.#steps.stepWithRates(this.#rates.map(({ tensor }) => tensor));
        indexCopy_(this.#losses!, 0, this.#staged.number, loss.detach().view([1]));
        this.#hits.narrow(0, 0, size).add_(hits);
        this.#staged.moveOn();
      });
    });
  }

  /**
   * Waits for the device, adds what the steps since the last call came to, and begins anew.
   * @returns Their losses.
   */
  moveTo(sums: Pick<PassSums, 'loss' | 'correct'>): readonly number[] {
    if (this.#unread === 0) return [];
    const all = tidy(() =>
      noGrad(() => {
        const losses = this.#losses!.narrow(0, 0, this.#unread).to('float64');
        return cat([losses, this.#hits.sum().to('float64').view([1])]).tolist();
      }),
    ) as number[];
    const correct = all.at(-1)!;
    const losses = all.slice(0, -1);
    // In float64 and in their order, as the eager engine adds them.
    for (const loss of losses) sums.loss += loss;
    sums.correct += correct;
    this.#restart();
    return losses;
  }

  #restart(): void {
    this.#staged.restart();
    noGrad(() => this.#hits.zero_());
    this.#unread = 0;
  }

  fingerprint(): string {
    const { paramGroups, state } = this.optimizer;
    const states = paramGroups.flatMap(({ params }) =>
      params.flatMap((param) => [param, ...Object.values(state.get(param) ?? {})]),
    );
    const options = paramGroups.map(
      ({ params, lr: _, ...rest }: { params: Tensor[]; lr?: unknown }) => ({
        ...rest,
        trained: params.map((param) => param.requiresGrad),
      }),
    );
    const modes = [...this.#net.modules()].map(({ training }) => training);
    const addresses = [...addressesOf(this.#net, this.#data), ...states.map(addressOf)];
    return JSON.stringify([addresses, options, modes]);
  }

  /** Says that the steps have changed the parameters; their gradients belong to the steps. */
  settle(): void {
    tidy(() => this.optimizer.zeroGrad());
    for (const { params } of this.optimizer.paramGroups) native.incrementVersions(params);
  }

  dispose(): void {
    this.#staged.dispose();
    for (const { tensor } of this.#rates) tensor.dispose();
    for (const each of [this.#hits, this.#losses, this.#one]) each?.dispose();
  }
}
