import { atMost } from '../../argument/atMost.js';
import { IdxDataset, type IdxOptions } from './idxDataset.js';
import { fashionMnist } from './idxSets.js';

/** Options of {@link FashionMNIST}. */
export type FashionMNISTOptions = IdxOptions;

/**
 * Images of clothes, 28 × 28 pixels, in ten classes; mirrors `torchvision.datasets.FashionMNIST`.
 * Images stay in memory as uint8; a batch is gathered and scaled in one native call.
 *
 * Examples: `[image, label]`, `(1, 28, 28)` uint8 0–255 (or what the transform makes of it) and int64
 * 0…9.
 *
 * @throws {TorchError} `ERR_DATA_NOT_FOUND`, or `ERR_DATA_CORRUPT` for a damaged file.
 * @see https://docs.pytorch.org/vision/stable/generated/torchvision.datasets.FashionMNIST.html
 * @example
 * const test = new data.FashionMNIST({ train: false, transform: new data.transforms.ToTensor() });
 * const [image, label] = test.get(0);
 * [test.length, image.shape]; // → [ 10000, [ 1, 28, 28 ] ]
 * data.FashionMNIST.classes[Number(label.item())]; // → 'Ankle boot'
 */
export class FashionMNIST extends IdxDataset {
  static readonly classes = fashionMnist.classes;

  constructor(options?: FashionMNISTOptions) {
    atMost('FashionMNIST', 1, arguments.length);
    super(FashionMNIST, fashionMnist, options);
  }
}
