import { numbers } from '../draw/bitmap.js';
import { isConnected, portraitOf } from '../draw/portrait.js';
import type { Module } from '../nn/index.js';
import { type Tensor, Tensor as TensorClass } from '../tensor/index.js';
import { tidy } from '../tensor/scope.js';
import { packed } from './packed.js';
import type { Layer, Weights } from './page/contract.js';

/** The weights of every layer that has some, under the layer's name. */
export function weightsOf(net: Module): Weights {
  const layers = [...net.namedModules()].flatMap(([name, module]) => {
    const weight = tensorOf(module, 'weight') ?? tensorOf(module, 'centers');
    if (weight === undefined) return [];
    return [tidy(() => layerOf(name, module, weight))];
  });
  return { layers };
}

function tensorOf(module: Module, name: string): Tensor | undefined {
  const value = (module as unknown as Record<string, unknown>)[name];
  return value instanceof TensorClass ? value : undefined;
}

function layerOf(name: string, module: Module, weight: Tensor): Layer {
  const { denseWeight } = module as { denseWeight?: () => Tensor };
  // With zeros where there is no connection, so that it is read like any other.
  const shown = typeof denseWeight === 'function' ? denseWeight.call(module) : weight;
  const bias = tensorOf(module, 'bias');
  const portrait = portraitOf(module);
  const isPartial = portrait !== undefined && isConnected(portrait) && shown !== weight;
  return {
    name,
    shape: [...shown.shape],
    values: packed(numbers(shown)),
    bias: bias === undefined ? null : packed(numbers(bias)),
    ...(isPartial && { table: portrait.connections.table }),
  };
}
