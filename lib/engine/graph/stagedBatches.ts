import { noGrad } from '../../context/autograd.js';
import { asGiven, gatherInto, type InMemory } from '../../data/loader/inMemory.js';
import { arange, empty, type Tensor, zeros } from '../../tensor/index.js';
import { tidy } from '../../tensor/scope.js';

// Bytes of images that are made ready at once. With more, the tensors in between are so large that V8
// collects garbage for them, which costs milliseconds; with less, it has to be done more often.
const mostBytes = 16 << 20;

/**
 * The next examples of a pass, on the device, in its order and as the model takes them. A captured step takes
 * its batch from there and moves on, without a number from the host; what goes before happens for many
 * batches at once.
 */
export class StagedBatches {
  /** int64 `(1)`: number of the next batch, counted from {@link restart}. */
  readonly number: Tensor;
  readonly #data: InMemory;
  readonly #batchSize: number;
  /** int64 `(N)`: rows of the images in the order of the pass. */
  readonly #rows: Tensor;
  readonly #images: Tensor;
  readonly #labels: Tensor;
  /** int64 `(batchSize + 1)`: where the next batch lies, and its number; and what a step adds. */
  readonly #cursor: Tensor;
  readonly #places: Tensor;
  readonly #stride: Tensor;
  #taken = 0;
  #ready = 0;

  /**
   * @param data - On the model's device.
   * @param examples - How many a pass takes at most.
   */
  constructor(data: InMemory, batchSize: number, examples: number) {
    const device = data.images.deviceName;
    this.#data = data;
    this.#batchSize = batchSize;
    this.#rows = empty([examples], { dtype: 'int64', device }).keep();
    const one = tidy(() => asGiven(data, data.images.narrow(0, 0, 1)).keep());
    const bytes = one.numel() * (one.dtype === 'uint8' ? 1 : 4);
    const batches = Math.max(1, Math.floor(mostBytes / (bytes * batchSize)));
    const places = Math.min(Math.ceil(examples / batchSize), batches) * batchSize;
    const [, ...image] = one.shape;
    this.#images = empty([places, ...image], { dtype: one.dtype, device }).keep();
    this.#labels = empty([places], { dtype: 'int64', device }).keep();
    one.dispose();
    this.#cursor = zeros([batchSize + 1], { dtype: 'int64', device }).keep();
    this.#places = this.#cursor.narrow(0, 0, batchSize).keep();
    this.number = this.#cursor.narrow(0, batchSize, 1).keep();
    this.#stride = tidy(() => {
      const stride = zeros([batchSize + 1], { dtype: 'int64' }).fill_(batchSize);
      stride.narrow(0, batchSize, 1).fill_(1);
      return stride.to(device).keep();
    });
  }

  /** Begins a pass. @param rows - int64 `(N)`, rows of the images in its order. */
  begin(rows: Tensor, taken: number): void {
    noGrad(() => this.#rows.copy_(rows));
    this.#taken = taken;
    this.#ready = taken;
  }

  /** Numbers batches from 0 again. */
  restart(): void {
    noGrad(() => this.number.zero_());
  }

  /** Makes the next `size` examples ready; to be called before each step. */
  provide(size: number): void {
    if (this.#taken + size > this.#ready) this.#fill();
    this.#taken += size;
  }

  #fill(): void {
    const count = Math.min(this.#rows.numel() - this.#taken, this.#labels.numel());
    tidy(() =>
      noGrad(() => {
        const rows = this.#rows.narrow(0, this.#taken, count);
        gatherInto(this.#images.narrow(0, 0, count), this.#data, rows);
        this.#labels.narrow(0, 0, count).copy_(this.#data.labels.indexSelect(0, rows));
        this.#places.copy_(arange(this.#batchSize, { device: this.#places.deviceName }));
      }),
    );
    this.#ready = this.#taken + count;
  }

  /** The next `size` examples, at most a batch: a part of the step. */
  batch(size: number): [images: Tensor, labels: Tensor] {
    const places = this.#places.narrow(0, 0, size);
    return [this.#images.indexSelect(0, places), this.#labels.indexSelect(0, places)];
  }

  /** Moves on to the next batch: a part of the step. */
  moveOn(): void {
    this.#cursor.add_(this.#stride);
  }

  dispose(): void {
    const views = [this.#places, this.number];
    for (const each of [...views, this.#rows, this.#images, this.#labels, this.#cursor]) {
      each.dispose();
    }
    this.#stride.dispose();
  }
}
