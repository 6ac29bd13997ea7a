import { atMost } from '../../argument/atMost.js';
import { describe } from '../../argument/describe.js';
import type { Device } from '../../context/device.js';
import { invalidArgument } from '../../error.js';
import { bind } from '../../native/ops.js';
import type { Tensor } from '../../tensor/index.js';
import type { Steps } from '../transforms/steps.js';

const toCopy = bind<(tensor: Tensor, options: { device: string }) => Tensor>('_to_copy');

/** A tensor's copy on a device, also where it is there already: each data set owns its tensors. */
export function copyTo(tensor: Tensor, device: Device): Tensor {
  return toCopy(tensor, { device: String(device) });
}

/** Images and labels as a data set keeps them, for engines that gather batches themselves. */
export interface ImagesInMemory {
  /** uint8 or float32 `(M, C, H, W)`, contiguous. */
  readonly images: Tensor;
  /** uint8 or int64 `(M)`, contiguous. */
  readonly labels: Tensor;
  /** What is done to the images when they are asked for. Default: nothing. */
  readonly steps?: Steps;
  /** Where only some of them belong to the set: their rows, int64, those of the outermost set first. */
  readonly rows?: readonly Tensor[];
}

/**
 * Examples that can be asked for by number; mirrors `torch.utils.data.Dataset`. Subclasses say how
 * many there are and what number `index` is.
 *
 * @typeParam Item - One example: an image and its label, mostly. What its parts may be, {@link defaultCollate} says.
 * @see https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.Dataset
 * @example
 * class Squares extends data.Dataset<[x: number, y: number]> {
 *   readonly length = 4;
 *   get = (index: number): [x: number, y: number] => [index, index ** 2];
 * }
 * const loader = new data.DataLoader(new Squares(), { batchSize: 3 });
 * Array.from(loader, ([, y]) => y.tolist()); // → [ [ 0, 1, 4 ], [ 9 ] ]
 */
export abstract class Dataset<Item = readonly unknown[]> {
  /** How many examples there are. */
  abstract readonly length: number;

  constructor() {
    // A class without a constructor of its own hands on all that it gets.
    atMost(new.target.length === 0 ? new.target.name : 'Dataset', 0, arguments.length);
  }

  /** Example number `index`, from 0 to `length − 1`. */
  abstract get(index: number): Item;

  /**
   * Many examples at once, already put together, as Python's `__getitems__` allows: a data set that
   * can gather a batch faster than example by example has this method. A subclass that overrides `get` alone
   * is asked example by example again.
   *
   * @param indices - int64 `(N)`.
   * @returns New tensors with first dimension N, which the loader will release with the batch.
   */
  getBatch?(indices: Tensor): readonly Tensor[];

  /**
   * What reads examples off the event loop: it begins to read what example `index` is made of, draws no random numbers, and
   * gives what makes the example of it, so that a loader can read ahead and still make examples in their order. For data
   * sets whose examples lie in files; `undefined` where they do not. A subclass that overrides `get` or `getBatch` alone
   * is asked by these again.
   */
  reading?(): Reading<Item> | undefined;

  /**
   * The same examples, kept on a device: `getBatch` then takes indices there and gives batches there. A
   * data set without this method, or of whose examples no such copy can be had, stays where it is, and its loader
   * moves batches one by one. So does a subclass that overrides `get` or `getBatch` without it.
   */
  to?(device: Device): Dataset<Item> | undefined;

  /**
   * What the examples `[image, label]` are in memory, or why they are not: with it, `train` and `evaluate` gather
   * batches without asking example by example, in the fused engine and in CUDA graphs. It holds for the class
   * that has it and for subclasses that override neither `get` nor `getBatch`.
   */
  inMemory?(): ImagesInMemory | string;
}

/** Who reads pictures from files. */
export interface ImageReader {
  /**
   * A picture's pixels as uint8 `(height, width, 3)`, red, green and blue: as Pillow's `convert('RGB')`, which leaves
   * transparency out, but turned as the picture says.
   * @throws {TorchError} `ERR_FILE_NOT_FOUND`, `ERR_FILE_READ`, `ERR_IMAGE`
   */
  read(path: string): Promise<ReadImage>;
}

/** A picture that has been read. */
export interface ReadImage {
  readonly data: Uint8Array | Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

/**
 * Reads what an example is made of, and gives what makes it.
 * @param images - Who decodes pictures: the threads of a loader with `numWorkers`, or those of Node's pool.
 */
export type Reading<Item> = (index: number, images: ImageReader) => Promise<() => Item>;

/** By it a data set says that its examples have no numbers. */
export const streams = Symbol('streams');

/** @throws {TypeError} `ERR_INVALID_ARG`, for one whose examples have no numbers too. */
export function requireDataset<D extends Dataset<unknown>>(what: string, given: D): D {
  const isOne = typeof given?.get === 'function' && Number.isInteger(given.length);
  if (isOne && !(streams in given)) return given;
  throw invalidArgument(
    `${what}: expected a data set with a length and get(), got ${describe(given)}`,
  );
}

/** @throws {TypeError} `ERR_INVALID_ARG` for an index that a data set does not have. */
export function checkIndex(dataset: { readonly length: number }, index: number): void {
  if (!Number.isInteger(index) || index < 0 || index >= dataset.length) {
    throw invalidArgument(
      `${dataset.constructor.name}: expected an index from 0 to ${dataset.length - 1}, got ${describe(index)}`,
    );
  }
}
