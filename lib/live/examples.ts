import { getRngState, setRngState } from '../context/random.js';
import { batchOf } from '../data/dataset/ask.js';
import type { Dataset } from '../data/dataset/dataset.js';
import { IterableDataset } from '../data/dataset/iterableDataset.js';
import { Subset } from '../data/dataset/subset.js';
import { DataLoader, type LaterBatches } from '../data/loader/dataloader.js';
import { ImageSet } from '../data/sets/imageSet.js';
import { numbers, rangeOf } from '../draw/bitmap.js';
import { TorchError } from '../error.js';
import { cat, Tensor, tensor } from '../tensor/index.js';
import { tidy } from '../tensor/scope.js';

/** An image as the page shows it. */
export interface ShownImage {
  /** `[C, H, W]` */
  readonly shape: readonly number[];
  /** 0–1, channel by channel. */
  readonly values: Float32Array;
  readonly label: number;
}

/** The images that a run is tested with. */
export class Examples {
  readonly count: number;
  /** Names, where the data set has some. */
  readonly classes: readonly string[] | undefined;
  readonly #get: (indices: readonly number[]) => readonly Tensor[];
  readonly #raw:
    | { readonly set: ImageSet; readonly indexOf: (index: number) => number }
    | undefined;

  private constructor(
    count: number,
    get: (indices: readonly number[]) => readonly Tensor[],
    dataset?: Dataset,
  ) {
    this.count = count;
    this.#get = get;
    this.#raw = dataset && rawOf(dataset);
    const { classes } = (this.#raw?.set ?? dataset ?? {}) as { classes?: unknown };
    this.classes = Array.isArray(classes) ? classes.map(String) : undefined;
  }

  /** @returns `undefined` for an iterable whose images have no numbers. */
  static of(batches: LaterBatches): Examples | undefined {
    if (batches instanceof DataLoader) {
      const { dataset, collateFn } = batches;
      // What makes its batches in a way of its own, or has no numbers, is not asked for single images.
      if (dataset instanceof IterableDataset || collateFn !== undefined) return undefined;
      const get = (indices: readonly number[]) =>
        batchOf(dataset, tensor([...indices], { dtype: 'int64' }));
      return new Examples(dataset.length, get, dataset);
    }
    if (!Array.isArray(batches)) return undefined;
    const pairs = batches as readonly (readonly [Tensor, Tensor])[];
    const places = pairs.flatMap(([images], batch) =>
      Array.from({ length: images.shape[0]! }, (_, row) => [batch, row] as const),
    );
    const part = (indices: readonly number[], which: 0 | 1): Tensor =>
      cat(
        indices.map((index) => {
          const [batch, row] = places[index]!;
          return pairs[batch]![which].narrow(0, row, 1);
        }),
      );
    return new Examples(places.length, (indices) => [part(indices, 0), part(indices, 1)]);
  }

  /** `[C, H, W]` of the images as they are before any transform. */
  get rawShape(): readonly number[] | undefined {
    return this.#raw?.set.images.shape.slice(1);
  }

  /** What the data set itself makes of its images; `undefined` where it is not one of the package's. */
  transformed(images: Tensor): Tensor | undefined {
    if (this.#raw === undefined) return undefined;
    return this.#raw.set.transform?.forward(images) ?? images;
  }

  /** Images `(N, …)` as the network takes them, with their labels. A transform that draws leaves the generator as it is. */
  batch(indices: readonly number[]): { readonly images: Tensor; readonly labels: number[] } {
    const state = getRngState();
    try {
      const [images, labels] = this.#get(indices);
      if (images instanceof Tensor && labels instanceof Tensor) {
        return { images, labels: Array.from(labels.cpu().data(), Number) };
      }
      throw new TorchError('ERR_NOT_FOUND', 'the test examples are no images with labels');
    } finally {
      setRngState(state);
      state.dispose();
    }
  }

  /** @throws {TorchError} `ERR_NOT_FOUND` for a number that no image has. */
  shown(index: number): ShownImage {
    if (!(index < this.count)) {
      throw new TorchError(
        'ERR_NOT_FOUND',
        `expected a test image from 0 to ${this.count - 1}, got ${index}`,
      );
    }
    return tidy(() => {
      if (this.#raw !== undefined) {
        const { set, indexOf } = this.#raw;
        const at = indexOf(index);
        const image = set.images.narrow(0, at, 1);
        const values = numbers(image).map((value) => value / 255);
        return {
          shape: image.shape.slice(1),
          values,
          label: Number(set.targets.select(0, at).item()),
        };
      }
      const { images, labels } = this.batch([index]);
      const values = numbers(images);
      return { shape: images.shape.slice(1), values: toUnit(values), label: labels[0]! };
    });
  }
}

// Where numbers are no shares already, from their least to their greatest.
function toUnit(values: Float32Array): Float32Array {
  const [least, most] = rangeOf(values);
  if (least >= 0 && most <= 1) return Float32Array.from(values);
  return values.map((value) => (value - least) / (most - least || 1));
}

function rawOf(dataset: Dataset) {
  let set: unknown = dataset;
  let indexOf = (index: number): number => index;
  while (set instanceof Subset) {
    const inner = indexOf;
    const indices = set.indices.data() as BigInt64Array;
    indexOf = (index) => Number(indices[inner(index)]);
    set = set.dataset;
  }
  return set instanceof ImageSet ? { set, indexOf } : undefined;
}
