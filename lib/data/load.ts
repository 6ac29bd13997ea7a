import { atMost } from '../argument/atMost.js';
import { anything, integer, text } from '../argument/kind.js';
import { readOptions, type SpecOf } from '../argument/options.js';
import type { Tensor } from '../tensor/index.js';
import { Compose, Resize, ToTensor } from '../transforms/index.js';
import { DataLoader } from './loader/dataloader.js';
import { FashionMNIST } from './sets/fashionMnist.js';

/** A loader of images and labels. */
export type ImageLoader = DataLoader<readonly [Tensor, Tensor]>;

/** Options of {@link loadDataFashionMnist}. */
export interface LoadOptions {
  /** Images per batch. Default 256. */
  batchSize?: number;
  /** Edge in pixels that images are resized to. Default: 28, as they are. */
  resize?: number;
  /** Folder with the four IDX files. Default: the cache, then Debian's folder. */
  root?: string;
}

const spec = {
  batchSize: integer(1).or(256),
  resize: anything<number>('an edge in pixels').optional(),
  root: text.optional(),
} satisfies SpecOf<LoadOptions>;

/**
 * The chapter's `d2l.load_data_fashion_mnist`: loaders of the training images, in random order, and
 * of the test images. Batches are float32 `(N, 1, 28, 28)`, 0–1, and int64 `(N)`, 0…9.
 *
 * @throws {TorchError} `ERR_DATA_NOT_FOUND`, or `ERR_DATA_CORRUPT` for a damaged file.
 * @example
 * const [trainIter, testIter] = await torch.loadDataFashionMnist({ batchSize: 256 });
 * trainIter.length; // → 235
 */
export async function loadDataFashionMnist(
  options?: LoadOptions,
): Promise<[ImageLoader, ImageLoader]> {
  atMost('loadDataFashionMnist', 1, arguments.length);
  const { batchSize, resize, root } = readOptions('loadDataFashionMnist', spec, options);
  const transform = new Compose([
    ...(resize === undefined ? [] : [new Resize(resize)]),
    new ToTensor(),
  ]);
  const loader = (train: boolean): ImageLoader => {
    const dataset = new FashionMNIST({ train, transform, ...(root !== undefined && { root }) });
    return new DataLoader(dataset, { batchSize, shuffle: train });
  };
  return [loader(true), loader(false)];
}
