import { type NativeTensor, native } from '../native/load.js';
import type { Arithmetic } from './arithmetic.js';
import type { Comparison } from './comparison.js';
import type { Conversion } from './conversion.js';
import type { Indexing } from './indexing.js';
import type { InPlace } from './inPlace.js';
import type { Pointwise } from './pointwise.js';
import type { Reduction } from './reduction.js';
import type { Shaping } from './shaping.js';
import type { Values } from './values.js';

/**
 * An array of numbers of one dtype on one device, with automatic gradients; mirrors `torch.Tensor`.
 * Made by `torch.tensor`, `torch.zeros` and their like, and by every operator.
 *
 * Memory is released by the scope that the tensor belongs to, by `dispose()`, or else by the garbage
 * collector, which is asked to collect when much was made, also in the middle of a synchronous loop.
 *
 * @see https://docs.pytorch.org/docs/stable/tensors.html
 */
export interface Tensor
  extends NativeTensor,
    Arithmetic,
    Comparison,
    Conversion,
    Indexing,
    InPlace,
    Pointwise,
    Reduction,
    Shaping,
    Values {}

/** The native class itself; `instanceof` works, `new` does not. */
export const Tensor = native.Tensor as unknown as {
  readonly prototype: Tensor;
  [Symbol.hasInstance](value: unknown): value is Tensor;
};

/** A tensor, or a number that stands for one, without deciding the result's dtype. */
export type Operand = Tensor | number | bigint | boolean;

/** Adds a family of methods to every tensor; each family's file calls this once. */
export function extendTensor(methods: object): void {
  for (const name of Reflect.ownKeys(methods)) {
    const property = Object.getOwnPropertyDescriptor(methods, name);
    const isMethod = property !== undefined && 'value' in property;
    Object.defineProperty(Tensor.prototype, name, {
      ...property,
      enumerable: false,
      ...(isMethod ? { writable: false } : {}),
    });
  }
}
