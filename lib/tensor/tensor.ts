import { invalidArgument } from '../error.js';
import { native } from '../native/load.js';
import type { Tensor as TensorType } from '../native/tensor.js';

export type Tensor = TensorType;

/** The native class itself; `instanceof` works, `new` does not. */
export const Tensor = native.Tensor as unknown as {
  readonly prototype: Tensor;
  [Symbol.hasInstance](value: unknown): value is Tensor;
};

/** A tensor, or a number that stands for one, without deciding the result's dtype. */
export type Operand = Tensor | number | bigint | boolean;

// As the addon refuses what it has itself.
function refuseSetting(): never {
  throw invalidArgument('this property of a Tensor is read only');
}

/** Adds a family of methods to every tensor; each family's file calls this once. */
export function extendTensor(methods: object): void {
  for (const name of Reflect.ownKeys(methods)) {
    const property = Object.getOwnPropertyDescriptor(methods, name);
    const isMethod = property !== undefined && 'value' in property;
    Object.defineProperty(Tensor.prototype, name, {
      ...property,
      enumerable: false,
      ...(isMethod ? { writable: false } : { set: property?.set ?? refuseSetting }),
    });
  }
}
