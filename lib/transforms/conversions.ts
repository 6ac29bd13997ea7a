import { inspect } from 'node:util';

import { atMost } from '../argument/atMost.js';
import { describe } from '../argument/describe.js';
import { Kind } from '../argument/kind.js';
import { invalidArgument } from '../error.js';
import type { DType } from '../native/dtype.js';
import { pythonFloats } from '../nn/module/repr.js';
import { Tensor } from '../tensor/index.js';
import { dtypeKind } from '../tensor/kinds.js';
import { transform } from './base.js';
import {
  convertImageDtype,
  normalizeArgs,
  normalizeBy,
  type PerChannel,
  type Scale,
  scaleOf,
  toTensor,
} from './functional/conversion.js';
import { resize, resizeArgs } from './functional/resizing.js';
import { type Antialias, channelsKind, type Edges, floatKind, type ResizeMode } from './kinds.js';
import type { Transform } from './transform.js';

/**
 * uint8 0–255 → float32 0–1, others as they are; mirrors torchvision's `ToTensor`, for which pictures are uint8 tensors
 * here: `(C, H, W)` or batches.
 *
 * @example
 * const pixels = torch.tensor([[[0, 51, 255]]], { dtype: 'uint8' });
 * new data.transforms.ToTensor().forward(pixels); // → tensor([[[0.0000, 0.2000, 1.0000]]])
 */
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
    return toTensor(images);
  }

  /** What Python prints. */
  toString(): string {
    atMost('toString', 0, arguments.length);
    return `${this.constructor.name}()`;
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

/**
 * Images as another dtype, scaled: floats are 0–1, integers from 0 to their largest; mirrors torchvision's
 * `ConvertImageDtype`. Any shape.
 *
 * @param dtype - Such as `'float32'`.
 * @example
 * const bytes = new data.transforms.ConvertImageDtype('uint8');
 * bytes.forward(torch.tensor([[[0, 0.5, 1]]])).tolist(); // → [ [ [ 0, 127, 255 ] ] ]
 */
export class ConvertImageDtype extends transform<[dtype: DType]>()('ConvertImageDtype', {
  dtype: dtypeKind,
}) {
  get pointwise(): boolean {
    return true;
  }

  get fixed(): boolean {
    return true;
  }

  forward(image: Tensor): Tensor {
    atMost('ConvertImageDtype.forward', 1, arguments.length);
    return convertImageDtype(image, this.dtype);
  }
}

/**
 * Makes images larger or smaller; mirrors torchvision's `Resize` of tensors, and in a data set, whose images are
 * pictures, that of Pillow's images, bit for bit.
 *
 * Shape: `(C, H, W)` or `(N, C, H, W)` → the same with `size`.
 *
 * @param size - `[height, width]`, or one number: the shorter edge's size, the aspect being kept.
 * @param interpolation - `'nearest'`, `'nearest-exact'`, `'bilinear'` or `'bicubic'`. Default `'bilinear'`.
 * @param maxSize - What the longer edge may have at most, where `size` is one number. Default: anything.
 * @param antialias - Whether pixels that a smaller image leaves out count too, in the last two modes; `'pillow'` resizes
 *   bytes as Pillow does in mode `'bilinear'`. Default true.
 * @throws {TypeError} `ERR_INVALID_ARG` for anything else.
 * @example
 * const image = torch.tensor([[[0, 4]]]);
 * new data.transforms.Resize([1, 4]).forward(image); // → tensor([[[0., 1., 3., 4.]]])
 * new data.transforms.Resize([1, 4], 'nearest').forward(image); // → tensor([[[0., 0., 4., 4.]]])
 * new data.transforms.Resize(32).forward(torch.rand(3, 64, 96)).shape; // → [ 3, 32, 48 ]
 */
export class Resize
  extends transform<
    [size: Edges],
    [interpolation?: ResizeMode, maxSize?: number | null, antialias?: Antialias]
  >()(
    'Resize',
    resizeArgs,
    'size={size}, interpolation={interpolation}, max_size={maxSize}, antialias={antialias}',
  )
  implements Transform
{
  get fixed(): boolean {
    return true;
  }

  forward(img: Tensor): Tensor {
    atMost('Resize.forward', 1, arguments.length);
    return resize(img, this.size, this.interpolation, this.maxSize, this.antialias);
  }

  forPictures(): Resize {
    atMost('forPictures', 0, arguments.length);
    const { size, interpolation, maxSize } = this;
    return interpolation === 'bilinear' ? new Resize(size, interpolation, maxSize, 'pillow') : this;
  }
}

const normalizing = transform<[mean: PerChannel, std: PerChannel], [inplace?: boolean]>()(
  'Normalize',
  normalizeArgs,
  'mean={mean}, std={std}',
);

/**
 * `(x − mean) / std` per channel; mirrors torchvision's `Normalize`.
 *
 * Shape: floats `(…, C, H, W)`.
 *
 * @param mean - One number per channel, or one for all.
 * @param std - Likewise; not 0.
 * @param inplace - Whether the images themselves are changed. Default false.
 * @throws {TypeError} `ERR_INVALID_ARG` for anything else, and for images of integers, when they come.
 * @example
 * new data.transforms.Normalize(0.5, 0.25).forward(torch.tensor([[[0, 0.5, 1]]])); // → tensor([[[-2., 0., 2.]]])
 */
export class Normalize extends normalizing implements Transform {
  // By device and dtype: a captured graph must not make them anew.
  readonly #scales = new Map<string, Scale>();

  constructor(...given: ConstructorParameters<typeof normalizing>) {
    super(...given);
    // Not first in a forward pass, which would be recorded with it.
    this.#scaleFor({ dtype: 'float32', deviceName: 'cpu' });
  }

  get pointwise(): boolean {
    return [this.mean, this.std].every((each) => [each].flat().length === 1);
  }

  get fixed(): boolean {
    return true;
  }

  forward(tensor: Tensor): Tensor {
    atMost('Normalize.forward', 1, arguments.length);
    const img = floatKind.read('Normalize: tensor', tensor);
    return normalizeBy('Normalize', img, this.#scaleFor(img), this.inplace);
  }

  #scaleFor({ dtype, deviceName: device }: Pick<Tensor, 'dtype' | 'deviceName'>): Scale {
    const key = `${device} ${dtype}`;
    const found = this.#scales.get(key);
    if (found !== undefined) return found;
    const made = scaleOf('Normalize', this.mean, this.std, { dtype, device });
    for (const each of made) each.keep();
    this.#scales.set(key, made);
    return made;
  }
}

const squareKind: Kind<Tensor> = new Kind('a square matrix', (given) =>
  given instanceof Tensor && given.ndim === 2 && given.shape[0] === given.shape[1]
    ? given
    : undefined,
);

const vectorKind: Kind<Tensor> = new Kind('a Tensor of one dimension', (given) =>
  given instanceof Tensor && given.ndim === 1 ? given : undefined,
);

const whitening = transform<[transformationMatrix: Tensor, meanVector: Tensor]>()(
  'LinearTransformation',
  { transformationMatrix: squareKind, meanVector: vectorKind },
);

/**
 * Images as vectors, less a mean, times a matrix: whitening; mirrors torchvision's `LinearTransformation`.
 *
 * Shape: `(C, H, W)` or `(N, C, H, W)` → the same.
 *
 * @param transformationMatrix - `(D, D)`, `D = C · H · W`.
 * @param meanVector - `(D)`, of the same dtype, on the same device.
 * @throws {TypeError} `ERR_INVALID_ARG` for others, and for images of another size when they come.
 * @example
 * const swap = new data.transforms.LinearTransformation(torch.tensor([[0, 1], [1, 0]]), torch.tensor([1, 1]));
 * swap.forward(torch.tensor([[[3, 5]]])); // → tensor([[[4., 2.]]])
 */
export class LinearTransformation extends whitening {
  constructor(...given: ConstructorParameters<typeof whitening>) {
    super(...given);
    const { transformationMatrix: matrix, meanVector: mean } = this;
    const asSaid = ({ shape, dtype, deviceName }: Tensor): string =>
      `${shape[0]} numbers of ${dtype} on ${deviceName}`;
    if (asSaid(matrix) !== asSaid(mean)) {
      throw invalidArgument(
        `LinearTransformation: meanVector: expected the matrix's ${asSaid(matrix)}, got ${asSaid(mean)}`,
      );
    }
    matrix.keep();
    mean.keep();
  }

  override extraRepr(): string {
    atMost('extraRepr', 0, arguments.length);
    const [matrix, mean] = [this.transformationMatrix, this.meanVector].map((each) =>
      pythonFloats(each.tolist()),
    );
    return `transformation_matrix=${matrix}, mean_vector=${mean}`;
  }

  get fixed(): boolean {
    return true;
  }

  forward(tensor: Tensor): Tensor {
    atMost('LinearTransformation.forward', 1, arguments.length);
    const { shape } = channelsKind.read('LinearTransformation: tensor', tensor);
    const numbers = shape.slice(-3).reduce((all, each) => all * each, 1);
    const wanted = this.meanVector.numel();
    if (numbers !== wanted) {
      throw invalidArgument(
        `LinearTransformation: tensor: expected images of ${wanted} numbers, got ${describe(shape.slice(-3))}`,
      );
    }
    const centered = tensor.reshape(-1, numbers).sub(this.meanVector);
    return centered.mm(this.transformationMatrix.to(centered.dtype)).view(shape);
  }
}
