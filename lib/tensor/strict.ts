import { inspect } from 'node:util';

import { invalidArgument } from '../error.js';
import { Tensor } from './tensor.js';

const instead: Record<string, string> = {
  data: 'copy_() or set() changes the elements, noGrad() keeps that out of gradients',
  gard: "did you mean 'grad'?",
  requires_grad: "it is called 'requiresGrad' here",
};

const isIndex = (name: string): boolean => /^(0|[1-9]\d*)$/.test(name);

// What no tensor has ends up at what stands above the class. There, and not in each tensor, it costs
// nothing where a property is known.
const unknown = new Proxy(Object.create(Object.prototype) as object, {
  get(target, name, receiver) {
    if (typeof name === 'string' && isIndex(name)) {
      throw invalidArgument(
        `a Tensor is not indexed by brackets: at(${name}) instead of [${name}]`,
      );
    }
    return Reflect.get(target, name, receiver);
  },
  set(_target, name, value, receiver: object) {
    if (typeof name === 'symbol' || receiver === Tensor.prototype) {
      const own = { value, writable: true, enumerable: true, configurable: true };
      return Reflect.defineProperty(receiver, name, own);
    }
    const hint = isIndex(name) ? `set(${name}, …) assigns to its elements` : instead[name];
    throw invalidArgument(
      `a Tensor has no property ${inspect(name)} to set${hint === undefined ? '' : `: ${hint}`}`,
    );
  },
});

Object.setPrototypeOf(Tensor.prototype, unknown);
