import { atMost } from '../../argument/atMost.js';
import { flag, oneOf } from '../../argument/kind.js';
import type { SpecOf } from '../../argument/options.js';
import { IdxDataset, type IdxOptions } from './idxDataset.js';
import { qmnist } from './idxSets.js';

/** Options of {@link QMNIST}. */
export interface QMNISTOptions extends IdxOptions {
  /** The images for training; all 60,000 for tests; of these MNIST's 10,000, or the other 50,000. Default: as `train` says. */
  what?: 'train' | 'test' | 'test10k' | 'test50k';
  /** Whether labels are the digits alone, as MNIST's; else all eight numbers of an image: who wrote it, and where it is from. Default true. */
  compat?: boolean;
}

const spec = {
  what: oneOf('train', 'test', 'test10k', 'test50k').optional(),
  compat: flag.or(true),
} satisfies SpecOf<Omit<QMNISTOptions, keyof IdxOptions>>;

const mnistTests = 10_000;

/**
 * MNIST's digits as they were written, with who wrote them and with all 60,000 test images; mirrors
 * `torchvision.datasets.QMNIST`, without `what: 'nist'`, whose files are packed by xz. `npx lenet-torch setup --data-set qmnist`
 * brings them.
 *
 * Examples: `[image, label]`, `(1, 28, 28)` uint8 0–255 (or what the transform makes of it) and int64 0…9, `(8)` without
 * `compat`.
 *
 * @throws {TorchError} `ERR_DATA_NOT_FOUND`, or `ERR_DATA_CORRUPT` for a damaged file.
 * @see https://docs.pytorch.org/vision/stable/generated/torchvision.datasets.QMNIST.html
 * @example compile
 * const { targets } = new data.QMNIST({ what: 'test50k', compat: false }); // (50000, 8)
 */
export class QMNIST extends IdxDataset {
  static readonly classes: readonly string[] = qmnist.classes;

  constructor(options?: QMNISTOptions) {
    atMost('QMNIST', 1, arguments.length);
    const { what, train = true } = options ?? {};
    const given =
      what === undefined || what === (train ? 'train' : 'test')
        ? options
        : { ...options, train: what === 'train' };
    super(QMNIST, qmnist, given, {
      spec,
      choose: (images, labels, { what: part, compat }) => {
        const [first, last] = rowsOf(part as QMNISTOptions['what'], images.shape[0]!);
        const own = images.narrow(0, first, last - first).contiguous();
        const rows = labels.narrow(0, first, last - first);
        return [own, compat ? rows.select(1, 0).contiguous() : rows.contiguous()];
      },
    });
  }
}

function rowsOf(what: QMNISTOptions['what'], count: number): readonly [number, number] {
  const middle = Math.min(mnistTests, count);
  if (what === 'test10k') return [0, middle];
  return what === 'test50k' ? [middle, count] : [0, count];
}
