import { readFileSync } from 'node:fs';
import { atMost } from '../../argument/atMost.js';

import { flag, text } from '../../argument/kind.js';
import { readOptions, type SpecOf } from '../../argument/options.js';
import type { Device } from '../../context/device.js';
import { TorchError } from '../../error.js';
import { readError } from '../../files/readError.js';
import { native } from '../../native/load.js';
import { type Tensor, tensor } from '../../tensor/index.js';
import { tidy } from '../../tensor/scope.js';
import { Lambda } from '../../transforms/compose.js';
import { forPictures, type Step, stepKind, type Transform } from '../../transforms/transform.js';
import { checkIndex, copyTo, Dataset, type ImagesInMemory } from '../dataset/dataset.js';
import { lookUp } from '../transforms/lookUp.js';
import { changed, type Steps, stepsOf } from '../transforms/steps.js';
import { parseIdx } from './idx.js';
import type { IdxSet } from './idxSets.js';
import { locateSet } from './locate.js';

/** Options of data sets such as `FashionMNIST`. */
export interface IdxOptions {
  /** Folder with the four IDX files, plain or `.gz`, or torchvision's above `FashionMNIST/raw`. Default: the cache, then Debian's folder. */
  root?: string;
  /** The 60,000 images for training, or the 10,000 for tests. Default true. */
  train?: boolean;
  /**
   * What is done to images: a transform, asked for whole batches where it does not change them alike, or a function of one
   * image, uint8 `(1, 28, 28)`. Default: nothing, images stay uint8 0–255.
   */
  transform?: Step;
}

const spec = {
  root: text.optional(),
  train: flag.or(true),
  transform: stepKind.optional(),
} satisfies SpecOf<IdxOptions>;

function read(file: string, dimensions: number): { data: Uint8Array; dims: readonly number[] } {
  const idx = parseIdx(bytesOf(file), file);
  if (idx.dims.length !== dimensions) {
    throw new TorchError(
      'ERR_DATA_CORRUPT',
      `${file}: expected ${dimensions} dimensions, found ${idx.dims.length}`,
    );
  }
  return idx;
}

/** A class for one set. */
export interface IdxClass {
  readonly name: string;
  readonly set: IdxSet;
}

/** A data set to copy, and where to: what `to` makes a new one of. */
class Moved {
  constructor(
    readonly from: IdxDataset,
    readonly device: Device,
  ) {}
}

/**
 * Images and labels of a set in MNIST's format. Images stay in memory as uint8; a batch is gathered and scaled in
 * one native call.
 */
export class IdxDataset extends Dataset<readonly [Tensor, Tensor]> {
  readonly #kind: IdxClass;
  /** The names of the classes. */
  readonly classes: readonly string[];
  readonly train: boolean;
  readonly transform: Transform | undefined;
  /** uint8 `(N, 1, 28, 28)` */
  readonly images: Tensor;
  /** int64 `(N)`, 0…9 */
  readonly targets: Tensor;
  readonly length: number;
  /** The transform, as a table and what comes after. @internal */
  readonly steps: Steps;
  /** The transform as it is for pictures. */
  readonly #change: Transform | undefined;
  /** Whether batches are gathered where the images lie, by libtorch's operators. */
  readonly #resident: boolean;

  /** @throws {TorchError} `ERR_DATA_NOT_FOUND`, or `ERR_DATA_CORRUPT` for a damaged file. */
  constructor(kind: IdxClass, options?: IdxOptions) {
    super();
    this.#kind = kind;
    this.classes = kind.set.classes;
    this.#resident = options instanceof Moved;
    if (options instanceof Moved) {
      const { from, device } = options;
      this.train = from.train;
      this.transform = from.transform;
      this.#change = from.#change;
      this.length = from.length;
      const copy = (tensor: Tensor): Tensor => copyTo(tensor, device).keep();
      this.images = copy(from.images);
      this.targets = copy(from.targets);
      this.steps = { ...from.steps, table: from.steps.table && copy(from.steps.table) };
      return;
    }
    const { root, train, transform } = readOptions(kind.name, spec, options);
    const { files } = locateSet(kind.set, root);
    const images = read(train ? files.trainImages : files.testImages, 3);
    const labels = read(train ? files.trainLabels : files.testLabels, 1);
    const [length = 0, height = 0, width = 0] = images.dims;
    if (length !== labels.dims[0]) {
      throw new TorchError(
        'ERR_DATA_CORRUPT',
        `${files.trainImages}: ${length} images, but ${labels.dims[0]} labels`,
      );
    }
    this.train = train;
    this.transform = typeof transform === 'function' ? new Lambda(transform) : transform;
    this.#change = this.transform && forPictures(this.transform);
    this.length = length;
    this.images = tensor(images.data, { shape: [length, 1, height, width] }).keep();
    this.targets = tensor(labels.data, { dtype: 'int64' }).keep();
    this.steps =
      this.#change === undefined
        ? { table: undefined, rest: undefined }
        : tidy(() => stepsOf(this.#change as Transform));
  }

  override get(index: number): readonly [Tensor, Tensor] {
    atMost('get', 1, arguments.length);
    checkIndex(this, index);
    const image = this.images.narrow(0, index, 1);
    const made = this.#change === undefined ? image : changed(this.#change, image);
    return [made.squeeze(0), this.targets.select(0, index)];
  }

  override getBatch(indices: Tensor): readonly [Tensor, Tensor] {
    atMost('getBatch', 1, arguments.length);
    return [this.#imagesAt(indices), this.targets.indexSelect(0, indices)];
  }

  override to(device: Device): this {
    atMost('to', 1, arguments.length);
    // Of the set's own class, and not read again.
    return Reflect.construct(
      IdxDataset,
      [this.#kind, new Moved(this, device)],
      this.#kind as never,
    );
  }

  override inMemory(): ImagesInMemory {
    atMost('inMemory', 0, arguments.length);
    const { images, targets: labels, steps } = this;
    return { images, labels, steps };
  }

  #imagesAt(indices: Tensor): Tensor {
    const { table, rest } = this.steps;
    let images: Tensor;
    if (table === undefined) images = this.images.indexSelect(0, indices);
    else if (this.#resident) images = lookUp(this.images.indexSelect(0, indices), table);
    else images = native.gather(this.images, indices, table);
    return rest === undefined ? images : changed(rest, images);
  }
}

function bytesOf(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    throw readError(error, file);
  }
}
