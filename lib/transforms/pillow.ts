import { native } from '../native/load.js';
import { bind } from '../native/ops.js';
import type { Tensor } from '../tensor/index.js';

const matmul = bind<(a: Tensor, b: Tensor) => Tensor>('matmul');

type Edges = readonly [height: number, width: number];

/**
 * Resizes images of bytes `(…, H, W)` as Pillow's `resize(size, BILINEAR)`, bit for bit: whole numbers of 22 bits weigh
 * the pixels, half of one is added, the rest cut off, first in one direction, then in the other.
 */
export function resizeBytes(images: Tensor, to: Edges): Tensor {
  if (images.deviceName !== 'cpu') return resizeByProducts(images, to);
  return native.resizeBytes(images, ...to, isDownFirst(images, to));
}

// Pillow 13's choice of what comes first; the other order may differ by a level.
function isDownFirst({ shape }: Tensor, [height, width]: Edges): boolean {
  const [fromHeight, fromWidth] = shape.slice(-2) as [number, number];
  return fromHeight > height && fromHeight - height > 2 * (fromWidth - width);
}

/** The same by operators that every device has, and that a graph captures. */
export function resizeByProducts(images: Tensor, to: Edges): Tensor {
  const [height, width] = images.shape.slice(-2) as [number, number];
  const across = (pixels: Tensor): Tensor =>
    to[1] === width ? pixels : cut(matmul(pixels, weightsOn(images, width, to[1]).t()));
  const down = (pixels: Tensor): Tensor =>
    to[0] === height ? pixels : cut(matmul(weightsOn(images, height, to[0]), pixels));
  const pixels = images.to('float64');
  const made = isDownFirst(images, to) ? across(down(pixels)) : down(across(pixels));
  return made.to('uint8');
}

// Sums of whole numbers below 2 ** 31 are exact in float64, in any order.
const cut = (sums: Tensor): Tensor =>
  sums
    .div(2 ** 22)
    .add(0.5)
    .floor();

const kept = new Map<string, Tensor>();

/** What each old pixel of an edge weighs in each new one, float64 `(to, from)`; made once, for a captured graph may read it. */
function weightsOn({ deviceName }: Tensor, from: number, to: number): Tensor {
  const key = `${deviceName} ${from} ${to}`;
  const found = kept.get(key) ?? native.resizeWeights(from, to).to('float64').to(deviceName).keep();
  kept.set(key, found);
  return found;
}
