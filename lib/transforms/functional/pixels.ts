import { getDefaultDtype } from '../../context/defaultDtype.js';
import type { DType } from '../../native/dtype.js';
import type { Tensor } from '../../tensor/index.js';

/** An image's `[channels, height, width]`. */
export function sizesOf({ shape, ndim }: Tensor): [number, number, number] {
  const [height, width] = shape.slice(-2) as [number, number];
  return [ndim === 2 ? 1 : shape.at(-3)!, height, width];
}

const largest: Readonly<Partial<Record<DType, number | bigint>>> = {
  uint8: 255,
  int8: 127,
  int16: 32_767,
  uint16: 65_535,
  int32: 2_147_483_647,
  int64: 2n ** 63n - 1n,
};

/** The value of white: 1 for floats. */
export const whiteOf = (dtype: DType): number | bigint => largest[dtype] ?? 1;

/** By the name of the dtype: an operator would be recorded with a forward pass. */
export const isFloat = (dtype: DType): boolean => /^b?float/.test(dtype);

/** Where integers are computed with: numbers of their own dtype would wrap around. */
export const asFloats = (image: Tensor): Tensor =>
  isFloat(image.dtype) ? image : image.to(getDefaultDtype());

/** Integers are rounded. */
const backTo = (dtype: DType, image: Tensor): Tensor => {
  if (image.dtype === dtype) return image;
  return (/^int|^uint8$/.test(dtype) ? image.round() : image).to(dtype);
};

/** Does something to `(N, C, H, W)` also for an image without N. */
export function asBatch(image: Tensor, change: (images: Tensor) => Tensor): Tensor {
  return image.ndim < 4 ? change(image.unsqueeze(0)).squeeze(0) : change(image);
}

/** As {@link asBatch}, in floats where the image has none of the dtypes that do. */
export function inFloats(image: Tensor, dtype: DType, change: (images: Tensor) => Tensor): Tensor {
  return asBatch(image, (images) => {
    const changed = change(images.dtype === dtype ? images : images.to(dtype));
    return backTo(images.dtype, changed);
  });
}

/** What is computed in: float32, but float16 and others stay as they are. */
export const floatOf = (image: Tensor): DType => (isFloat(image.dtype) ? image.dtype : 'float32');

// Halves go to the even neighbour, as Python's round() has it.
export function roundHalfEven(value: number): number {
  const up = Math.round(value);
  return up - value === 0.5 && up % 2 !== 0 ? up - 1 : up;
}
