import { readFileSync } from 'node:fs';

import { atMost } from '../../argument/atMost.js';
import { flag, text } from '../../argument/kind.js';
import { readOptions, type Spec, type SpecOf } from '../../argument/options.js';
import type { Device } from '../../context/device.js';
import { TorchError } from '../../error.js';
import { readError } from '../../files/readError.js';
import { type Tensor, tensor } from '../../tensor/index.js';
import { tidy } from '../../tensor/scope.js';
import type { Transform } from '../../transforms/transform.js';
import { type TransformLike, transformKind } from '../dataset/transform.js';
import { type Idx, type IdxType, parseIdx } from './idx.js';
import type { IdxSet } from './idxSets.js';
import { ImageSet, type ImageSetParts, Moved } from './imageSet.js';
import { locateSet } from './locate.js';

/** Options of data sets such as `FashionMNIST`. */
export interface IdxOptions {
  /** Folder with the four IDX files, plain or `.gz`, or torchvision's above `FashionMNIST/raw`. Default: the cache, then Debian's folder. */
  root?: string;
  /** The images for training, or those for tests. Default true. */
  train?: boolean;
  /**
   * What is done to images: a transform, asked for whole batches where it does not change them alike, or a function of one
   * image, uint8 `(1, 28, 28)`. Default: nothing, images stay uint8 0–255.
   */
  transform?: TransformLike;
}

const spec = {
  root: text.optional(),
  train: flag.or(true),
  transform: transformKind.optional(),
} satisfies SpecOf<IdxOptions>;

/** What a set's class has besides. */
export interface IdxExtras {
  /** Options of its own, with which it is called. */
  readonly spec?: Spec;
  /** A part of the images, and what their labels are, by all options. */
  readonly choose?: (
    images: Tensor,
    labels: Tensor,
    options: Readonly<Record<string, unknown>>,
  ) => readonly [images: Tensor, labels: Tensor];
}

/** Images and labels of a set in MNIST's format. */
export class IdxDataset extends ImageSet {
  // biome-ignore lint/complexity/noBannedTypes: a class whose constructor is not called
  readonly #class: Function;
  /** @internal */
  readonly set: IdxSet;
  readonly train: boolean;

  /** @throws {TorchError} `ERR_DATA_NOT_FOUND`, or `ERR_DATA_CORRUPT` for a damaged file. */
  constructor(
    // biome-ignore lint/complexity/noBannedTypes: as above
    Class: Function,
    set: IdxSet,
    options: IdxOptions | Moved | undefined,
    extras: IdxExtras = {},
  ) {
    if (options instanceof Moved) {
      super(options);
      this.train = (options.from as IdxDataset).train;
    } else {
      const given = readOptions(Class.name, { ...spec, ...extras.spec }, options);
      super(tidy(() => load(set, given, extras)));
      this.train = given.train;
    }
    this.#class = Class;
    this.set = set;
  }

  override to(device: Device): this {
    atMost('to', 1, arguments.length);
    // Of the set's own class, and not read again.
    return Reflect.construct(
      IdxDataset,
      [this.#class, this.set, new Moved(this, device)],
      this.#class,
    );
  }
}

function load(
  set: IdxSet,
  given: { root?: string | undefined; train: boolean; transform?: Transform | undefined },
  { choose }: IdxExtras,
): ImageSetParts {
  const { root, train, transform } = given;
  const { files } = locateSet(set, root);
  const imagesFile = train ? files.trainImages : files.testImages;
  const labelsFile = train ? files.trainLabels : files.testLabels;
  const images = read(imagesFile, 3, 'uint8');
  const labels = set.hasLongLabels ? read(labelsFile, 2, 'int32') : read(labelsFile, 1, 'uint8');
  const [length = 0, height = 0, width = 0] = images.dims;
  if (length !== labels.dims[0]) {
    throw new TorchError(
      'ERR_DATA_CORRUPT',
      `${imagesFile}: ${length} images, but ${labels.dims[0]} labels`,
    );
  }
  const made = tensor(images.data, { shape: [length, 1, height, width] });
  const upright = set.isTransposed ? made.transpose(2, 3).contiguous() : made;
  const targets = tensor(labels.data, { shape: [...labels.dims], dtype: 'int64' });
  const [own, ownTargets] = choose?.(upright, targets, given) ?? [upright, targets];
  return { images: own, targets: ownTargets, classes: set.classes, transform };
}

function read<Type extends IdxType>(file: string, dimensions: number, type: Type): Idx<Type> {
  const idx = parseIdx(bytesOf(file), file, type);
  if (idx.dims.length !== dimensions) {
    throw new TorchError(
      'ERR_DATA_CORRUPT',
      `${file}: expected ${dimensions} dimensions, found ${idx.dims.length}`,
    );
  }
  return idx;
}

function bytesOf(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    throw readError(error, file);
  }
}
