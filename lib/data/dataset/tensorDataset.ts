import { atMost } from '../../argument/atMost.js';
import type { Device } from '../../context/device.js';
import { invalidArgument } from '../../error.js';
import type { Tensor } from '../../tensor/index.js';
import { tensorKind } from '../../tensor/kinds.js';
import { checkIndex, copyTo, Dataset, type ImagesInMemory } from './dataset.js';

/**
 * Tensors whose first dimensions are equal: example i is row i of each; mirrors
 * `torch.utils.data.TensorDataset`. The tensors are kept as long as the data set.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for tensors of different numbers of rows, and for none.
 * @example
 * new data.TensorDataset(torch.rand(10, 3), torch.zeros(10)).length; // → 10
 */
export class TensorDataset<const Item extends readonly Tensor[]> extends Dataset<Item> {
  readonly tensors: Item;
  readonly length: number;

  /** @throws {TypeError} `ERR_INVALID_ARG` without tensors, or when the numbers of rows differ. */
  constructor(...tensors: Item) {
    super();
    for (const part of tensors) tensorKind.read('TensorDataset', part);
    const rows = tensors.map(({ shape }) => shape[0]);
    const [length] = rows;
    if (length === undefined || rows.some((count) => count !== length)) {
      throw invalidArgument(
        'TensorDataset: expected tensors with the same number of rows, ' +
          `got ${rows.length === 0 ? 'none' : rows.join(' and ')}`,
      );
    }
    for (const part of tensors) part.keep();
    this.tensors = tensors;
    this.length = length;
  }

  override get(index: number): Item {
    atMost('get', 1, arguments.length);
    checkIndex(this, index);
    return this.tensors.map((part) => part.select(0, index)) as unknown as Item;
  }

  override getBatch(indices: Tensor): readonly Tensor[] {
    atMost('getBatch', 1, arguments.length);
    return this.tensors.map((part) => part.indexSelect(0, indices));
  }

  override to(device: Device): TensorDataset<Item> {
    atMost('to', 1, arguments.length);
    return new TensorDataset(
      ...(this.tensors.map((part) => copyTo(part, device)) as unknown as Item),
    );
  }

  override inMemory(): ImagesInMemory | string {
    atMost('inMemory', 0, arguments.length);
    const { tensors } = this;
    if (tensors.length !== 2) return `the data set has ${tensors.length} tensors, not 2`;
    const [images, labels] = tensors as readonly Tensor[] as [Tensor, Tensor];
    if (images.isDisposed || labels.isDisposed) return 'the data set has been released';
    return { images, labels };
  }
}
