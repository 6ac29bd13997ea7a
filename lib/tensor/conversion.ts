import { inspect } from 'node:util';

import { atMost } from '../argument/atMost.js';
import { type Device, device } from '../context/device.js';
import type { TypedArray } from '../native/exports/data.js';
import { native } from '../native/load.js';
import { bind } from '../native/ops.js';
import { jupyterDisplay, type MimeBundle } from '../notebook/bundle.js';
import { formatTensor } from './format.js';
import { type BackwardOptions, readGradients, readPass, runBackward } from './gradients.js';
import { extendTensor, type Tensor } from './tensor.js';

const detach = bind<(a: Tensor) => Tensor>('detach');
const detachInPlace = bind<(a: Tensor) => Tensor>('detach_');
const retainGrad = bind<(a: Tensor) => void>('retain_grad');

/** Numbers nested as deep as the tensor has dimensions. */
export type Nested<T> = T | Nested<T>[];

type Element = number | bigint | boolean;

function nest(elements: Element[], shape: readonly number[], dim: number): Nested<Element> {
  const size = shape[dim];
  if (size === undefined) return elements[0] as Element;
  if (dim === shape.length - 1) return elements;
  const step = size === 0 ? 0 : elements.length / size;
  return Array.from({ length: size }, (_, i) =>
    nest(elements.slice(i * step, (i + 1) * step), shape, dim + 1),
  );
}

function toElements(tensor: Tensor): Element[] {
  const data = native.toData(tensor);
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
    return Array.from(data as Iterable<bigint>, (value) =>
      BigInt(Number(value)) === value && Number.isSafeInteger(Number(value))
        ? Number(value)
        : value,
    );
  }
  const numbers = Array.from(data as Exclude<TypedArray, BigInt64Array | BigUint64Array>);
  return tensor.dtype === 'bool' ? numbers.map((value) => value !== 0) : numbers;
}

/** Gradients, and ways back to JavaScript. */
export const conversion = {
  /**
   * Where the elements live.
   *
   * @example
   * torch.ones(1).device; // → device(type='cpu')
   * torch.ones(1).device.type; // → 'cpu'
   */
  get device(): Device {
    return device((this as unknown as Tensor).deviceName);
  },

  /**
   * The same elements without history; a view.
   *
   * @example
   * torch.ones(2, { requiresGrad: true }).detach().requiresGrad; // → false
   */
  detach(this: Tensor): Tensor {
    atMost('detach', 0, arguments.length);
    return detach(this);
  },
  /** Takes the tensor out of the graph that made it; returns it. */
  detach_(this: Tensor): Tensor {
    atMost('detach_', 0, arguments.length);
    return detachInPlace(this);
  },
  /**
   * Keeps the gradient of a tensor that is not a leaf, for `grad` to show after `backward`.
   *
   * @example
   * const w = torch.tensor([2], { requiresGrad: true });
   * const y = w.mul(3);
   * y.retainGrad();
   * y.square().backward();
   * y.grad; // → tensor([12.])
   */
  retainGrad(this: Tensor): void {
    atMost('retainGrad', 0, arguments.length);
    retainGrad(this);
  },
  /**
   * Adds the gradients of this tensor to the `grad` of the leaves it was computed from; mirrors `torch.Tensor.backward`.
   *
   * @param gradient - Gradient of this tensor, of its shape; may be left out for a single element.
   * @throws {TypeError} `ERR_INVALID_ARG` for a gradient of another shape.
   * @throws {TorchError} `ERR_LIBTORCH` when nothing was recorded, or it has been freed.
   * @see https://docs.pytorch.org/docs/stable/generated/torch.Tensor.backward.html
   * @example
   * const w = torch.tensor([2, 3], { requiresGrad: true });
   * w.square().sum().backward();
   * w.grad; // → tensor([4., 6.])
   */
  backward(
    this: Tensor,
    gradient?: Tensor | null | (BackwardOptions & { gradient?: Tensor | null }),
    options?: BackwardOptions,
  ): void {
    atMost('backward', 2, arguments.length);
    const read = readPass('gradient', gradient, options);
    runBackward('backward', [this], readGradients('backward: gradient', read.from, [this]), read);
  },
  /**
   * A copy of the elements in row-major order: float32, float64 and integers as the typed array of
   * that name (int64: `BigInt64Array`), bool as `Uint8Array`, smaller floats as `Float32Array`.
   *
   * @example
   * torch.tensor([1, 2]).data(); // → Float32Array(2) [ 1, 2 ]
   */
  data(this: Tensor): TypedArray {
    atMost('data', 0, arguments.length);
    return native.toData(this);
  },
  /**
   * The elements in nested arrays; int64 as numbers where these are exact, else bigints.
   *
   * @example
   * torch.tensor([[1, 2], [3, 4]]).tolist(); // → [[1, 2], [3, 4]]
   */
  tolist(this: Tensor): Nested<Element> {
    atMost('tolist', 0, arguments.length);
    return nest(toElements(this), this.shape, 0);
  },
  /**
   * The text that PyTorch prints.
   *
   * @example
   * `${torch.tensor([1, 2])}`; // → 'tensor([1., 2.])'
   */
  toString(this: Tensor): string {
    atMost('toString', 0, arguments.length);
    return this.isDisposed ? 'Tensor(released)' : formatTensor(this);
  },
  [inspect.custom](this: Tensor): string {
    return this.toString();
  },
  [jupyterDisplay](this: Tensor): MimeBundle {
    return { 'text/plain': this.toString() };
  },
  [Symbol.dispose](this: Tensor): void {
    this.dispose();
  },
};

export type Conversion = typeof conversion;
declare module '../native/tensor.js' {
  interface Tensor extends Conversion {}
}
extendTensor(conversion);
