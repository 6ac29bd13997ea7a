import { atMost } from '../../argument/atMost.js';
import { oneOf } from '../../argument/kind.js';
import { IdxDataset, type IdxOptions } from './idxDataset.js';
import { type EmnistSplit, emnist, emnistNames } from './idxSets.js';

/**
 * Handwritten letters and digits, 28 × 28 pixels; mirrors `torchvision.datasets.EMNIST`, but for how images lie: its files have
 * rows and columns exchanged, which torchvision leaves so; here they stand upright. `npx lenet-torch setup --data-set
 * emnist-letters` brings the letters (562 MB to download, since the archive has all splits).
 *
 * Examples: `[image, label]`, `(1, 28, 28)` uint8 0–255 (or what the transform makes of it) and int64. The labels of
 * `'letters'` begin with 1: class 0 is called N/A, as in torchvision.
 *
 * @param split - `'byclass'` (62 classes), `'bymerge'`, `'balanced'` (47), `'letters'` (26), `'digits'`, `'mnist'` (10).
 * @throws {TypeError} `ERR_INVALID_ARG` for another split.
 * @throws {TorchError} `ERR_DATA_NOT_FOUND`, or `ERR_DATA_CORRUPT` for a damaged file.
 * @see https://docs.pytorch.org/vision/stable/generated/torchvision.datasets.EMNIST.html
 * @example compile
 * const letters = new data.EMNIST('letters', { transform: new data.transforms.ToTensor() });
 */
export class EMNIST extends IdxDataset {
  constructor(split: EmnistSplit, options?: IdxOptions) {
    atMost('EMNIST', 2, arguments.length);
    super(EMNIST, emnist(oneOf(...emnistNames).read('EMNIST: split', split)), options);
  }

  /** Which part of EMNIST this is. */
  get split(): EmnistSplit {
    return this.set.folder.slice('emnist-'.length) as EmnistSplit;
  }
}
