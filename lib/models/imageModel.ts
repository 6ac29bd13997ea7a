import type { Module } from '../nn/index.js';
import type { Transform } from '../transforms/transform.js';

/** A network of images that says what it takes; the commands ask, and so does `exportOnnx`. */
export interface ImageModel extends Module {
  /** Sizes of one image, `[C, H, W]`. */
  readonly inputShape: readonly [channels: number, height: number, width: number];
  /** What makes that of images as Fashion-MNIST and MNIST have them, uint8 `(N, 1, 28, 28)`. */
  transform(): Transform;
}

/** The sizes of one example that a network says it takes; `undefined` for one that does not say. */
export function ownInputShape(net: Module): readonly number[] | undefined {
  const { inputShape } = net as { inputShape?: unknown };
  return Array.isArray(inputShape) ? inputShape : undefined;
}
