import { atMost } from '../../argument/atMost.js';
import { IdxDataset, type IdxOptions } from './idxDataset.js';
import { kmnist, mnist } from './idxSets.js';

/**
 * Handwritten digits, 28 × 28 pixels, in ten classes; mirrors `torchvision.datasets.MNIST`. 60,000 images for training, 10,000
 * for tests. `npx lenet-torch setup --data-set mnist` brings them.
 *
 * Examples: `[image, label]`, `(1, 28, 28)` uint8 0–255 (or what the transform makes of it) and int64 0…9.
 *
 * @throws {TorchError} `ERR_DATA_NOT_FOUND`, or `ERR_DATA_CORRUPT` for a damaged file.
 * @see https://docs.pytorch.org/vision/stable/generated/torchvision.datasets.MNIST.html
 * @example compile
 * const digits = new data.MNIST({ train: false, transform: new data.transforms.ToTensor() });
 */
export class MNIST extends IdxDataset {
  static readonly classes: readonly string[] = mnist.classes;

  constructor(options?: IdxOptions) {
    atMost('MNIST', 1, arguments.length);
    super(MNIST, mnist, options);
  }
}

/**
 * Letters of old Japanese script, as MNIST; mirrors `torchvision.datasets.KMNIST`. `npx lenet-torch setup --data-set kmnist`
 * brings them.
 *
 * Examples: `[image, label]`, `(1, 28, 28)` uint8 0–255 (or what the transform makes of it) and int64 0…9.
 *
 * @throws {TorchError} `ERR_DATA_NOT_FOUND`, or `ERR_DATA_CORRUPT` for a damaged file.
 * @see https://docs.pytorch.org/vision/stable/generated/torchvision.datasets.KMNIST.html
 * @example compile
 * const letters = new data.KMNIST({ transform: new data.transforms.ToTensor() });
 */
export class KMNIST extends IdxDataset {
  static readonly classes: readonly string[] = kmnist.classes;

  constructor(options?: IdxOptions) {
    atMost('KMNIST', 1, arguments.length);
    super(KMNIST, kmnist, options);
  }
}
