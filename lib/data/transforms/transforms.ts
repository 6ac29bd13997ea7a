import { inspect } from 'node:util';

import { atMost } from '../../argument/atMost.js';
import { number } from '../../argument/kind.js';
import { readOptions } from '../../argument/options.js';
import { invalidArgument } from '../../error.js';
import { bind } from '../../native/ops.js';
import { type Tensor, tensor } from '../../tensor/index.js';
import { tensorKind } from '../../tensor/kinds.js';
import { resizeBytes } from './pillow.js';
import { isFixed, isPointwise, type Transform } from './transform.js';

export type { Transform } from './transform.js';

const upsample =
  bind<(images: Tensor, size: number[], alignCorners: boolean) => Tensor>(
    '_upsample_bilinear2d_aa',
  );
const constantPad =
  bind<(images: Tensor, padding: number[], value: number) => Tensor>('constant_pad_nd');

/** uint8 0–255 → float32 0–1; mirrors torchvision's `ToTensor` on `(N, C, H, W)`. */
export class ToTensor implements Transform {
  get pointwise(): boolean {
    return true;
  }

  get fixed(): boolean {
    return true;
  }

  constructor() {
    atMost('ToTensor', 0, arguments.length);
  }

  forward(images: Tensor): Tensor {
    atMost('ToTensor.forward', 1, arguments.length);
    tensorKind.read('ToTensor: images', images);
    return images.dtype === 'uint8' ? images.to('float32').div(255) : images;
  }
}

/**
 * Resizes by linear interpolation with antialiasing; mirrors torchvision's `Resize`: bytes are resized as it resizes
 * Pillow's images, bit for bit, floats as it resizes tensors.
 *
 * Shape: uint8 or float32 `(N, C, H, W)` → `(N, C, size, size)`.
 *
 * @param size - `[height, width]`, or one integer ≥ 1: the shorter edge's size.
 * @throws {TypeError} `ERR_INVALID_ARG` for anything else.
 */
export class Resize implements Transform {
  readonly size: number | readonly [number, number];

  constructor(size: number | readonly [number, number]) {
    atMost('Resize', 1, arguments.length);
    const sizes = typeof size === 'number' ? [size] : size;
    const fits = Array.isArray(sizes) && sizes.length <= 2 && sizes.length > 0;
    if (!fits || !sizes.every((edge) => Number.isInteger(edge) && edge >= 1 && edge <= 16_384)) {
      throw invalidArgument(
        `Resize: expected an integer from 1 to 16384 or two of them, got ${inspect(size)}`,
      );
    }
    this.size = size;
  }

  get pointwise(): boolean {
    return false;
  }

  get fixed(): boolean {
    return true;
  }

  forward(images: Tensor): Tensor {
    atMost('Resize.forward', 1, arguments.length);
    tensorKind.read('Resize: images', images);
    const [height, width] = images.shape.slice(-2) as [number, number];
    const target = this.#target(height, width);
    if (target[0] === height && target[1] === width) return images;
    if (images.dtype === 'uint8') return resizeBytes(images, target);
    return upsample(images, target, false);
  }

  // One number is for the shorter edge; the other follows, rounded down as in torchvision.
  #target(height: number, width: number): [number, number] {
    if (typeof this.size !== 'number') return [...this.size];
    const edge = this.size;
    if (height <= width) return [edge, Math.trunc((edge * width) / height)];
    return [Math.trunc((edge * height) / width), edge];
  }
}

/**
 * `(x − mean) / std` per channel; mirrors torchvision's `Normalize`.
 *
 * @param mean - One number per channel, or one for all.
 * @param std - Likewise; not 0.
 */
export class Normalize implements Transform {
  /** Means and deviations `(C, 1, 1)`, by the device that they lie on. */
  readonly #constants = new Map<string, readonly [mean: Tensor, std: Tensor]>();

  constructor(mean: number | readonly number[], std: number | readonly number[]) {
    atMost('Normalize', 2, arguments.length);
    const means = [mean].flat() as number[];
    const stds = [std].flat() as number[];
    const numbers = [...means, ...stds].every(Number.isFinite) && !stds.includes(0);
    if (!numbers || means.length === 0 || means.length !== stds.length) {
      throw invalidArgument(
        `Normalize: expected as many means as deviations, these not 0, got ${inspect(mean)} and ${inspect(std)}`,
      );
    }
    const constant = (values: number[]): Tensor => tensor(values).view(-1, 1, 1).keep();
    this.#constants.set('cpu', [constant(means), constant(stds)]);
  }

  get pointwise(): boolean {
    return this.#constants.get('cpu')![0].numel() === 1;
  }

  get fixed(): boolean {
    return true;
  }

  forward(images: Tensor): Tensor {
    atMost('Normalize.forward', 1, arguments.length);
    tensorKind.read('Normalize: images', images);
    const [mean, std] = this.#on(images.deviceName);
    return images.sub(mean).div(std);
  }

  #on(device: string): readonly [mean: Tensor, std: Tensor] {
    const known = this.#constants.get(device);
    if (known !== undefined) return known;
    const [mean, std] = this.#constants.get('cpu')!;
    const moved = [mean.to(device).keep(), std.to(device).keep()] as const;
    this.#constants.set(device, moved);
    return moved;
  }
}

/**
 * Adds pixels of one value around the images; mirrors torchvision's `Pad`.
 *
 * Shape: `(N, C, H, W)` → `(N, C, H + 2·padding, W + 2·padding)`, any dtype.
 *
 * @param padding - Pixels on each side, integer from 0 to 16384; or `[left and right, top and bottom]`.
 * @param options.fill - The value. Default 0.
 * @throws {TypeError} `ERR_INVALID_ARG` for anything else.
 */
export class Pad implements Transform {
  readonly padding: readonly [number, number];
  readonly fill: number;

  constructor(padding: number | readonly [number, number], options?: { fill?: number }) {
    atMost('Pad', 2, arguments.length);
    const both: unknown[] = Array.isArray(padding) ? padding : [padding, padding];
    const fits = (edge: unknown): boolean =>
      Number.isInteger(edge) && (edge as number) >= 0 && (edge as number) <= 16_384;
    if (both.length !== 2 || !both.every(fits)) {
      throw invalidArgument(
        `Pad: padding: expected an integer from 0 to 16384 or two of them, got ${inspect(padding)}`,
      );
    }
    const { fill } = readOptions('Pad', { fill: number().or(0) }, options);
    this.padding = both as [number, number];
    this.fill = fill;
  }

  get pointwise(): boolean {
    return false;
  }

  get fixed(): boolean {
    return true;
  }

  forward(images: Tensor): Tensor {
    atMost('Pad.forward', 1, arguments.length);
    const [across, down] = this.padding;
    return constantPad(images, [across, across, down, down], this.fill);
  }
}

/** Transforms one after another; mirrors torchvision's `Compose`. */
export class Compose implements Transform {
  readonly transforms: readonly Transform[];

  constructor(transforms: readonly Transform[]) {
    atMost('Compose', 1, arguments.length);
    if (!Array.isArray(transforms) || !transforms.every((t) => typeof t?.forward === 'function')) {
      throw invalidArgument('Compose: expected an array of transforms');
    }
    this.transforms = [...transforms];
  }

  get pointwise(): boolean {
    return this.transforms.every(isPointwise);
  }

  get fixed(): boolean {
    return this.transforms.every(isFixed);
  }

  forward(images: Tensor): Tensor {
    atMost('Compose.forward', 1, arguments.length);
    return this.transforms.reduce((result, transform) => transform.forward(result), images);
  }
}
