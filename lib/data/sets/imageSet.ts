import { atMost } from '../../argument/atMost.js';
import type { Device } from '../../context/device.js';
import { native } from '../../native/load.js';
import type { Tensor } from '../../tensor/index.js';
import { tidy } from '../../tensor/scope.js';
import { forPictures, type Transform } from '../../transforms/transform.js';
import { checkIndex, copyTo, Dataset, type ImagesInMemory } from '../dataset/dataset.js';
import { lookUp } from '../transforms/lookUp.js';
import { changed, type Steps, stepsOf } from '../transforms/steps.js';

/** What an {@link ImageSet} is made of. */
export interface ImageSetParts {
  /** uint8 `(N, C, H, W)` */
  readonly images: Tensor;
  /** int64 `(N)`, or `(N, …)` */
  readonly targets: Tensor;
  readonly classes: readonly string[];
  readonly transform?: Transform | undefined;
}

/** A data set to copy, and where to: what `to` makes a new one of. */
export class Moved {
  constructor(
    readonly from: ImageSet,
    readonly device: Device,
  ) {}
}

/** Images and labels in memory, as uint8; a batch is gathered and scaled in one native call. */
export class ImageSet extends Dataset<readonly [Tensor, Tensor]> {
  /** The names of the classes. */
  readonly classes: readonly string[];
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

  /** @internal */
  constructor(parts: ImageSetParts | Moved) {
    super();
    this.#resident = parts instanceof Moved;
    const from = parts instanceof Moved ? parts.from : parts;
    this.classes = from.classes;
    this.transform = from.transform;
    const { transform } = from;
    const change = transform && forPictures(transform);
    this.#change = change;
    if (parts instanceof Moved) {
      const copy = (tensor: Tensor): Tensor => copyTo(tensor, parts.device).keep();
      const { steps } = parts.from;
      this.images = copy(from.images);
      this.targets = copy(from.targets);
      this.steps = { ...steps, table: steps.table && copy(steps.table) };
    } else {
      this.images = from.images.keep();
      this.targets = from.targets.keep();
      this.steps =
        change === undefined ? { table: undefined, rest: undefined } : tidy(() => stepsOf(change));
    }
    this.length = this.images.shape[0]!;
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

  override to(device: Device): ImageSet {
    atMost('to', 1, arguments.length);
    return new ImageSet(new Moved(this, device));
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
