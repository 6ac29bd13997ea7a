import type { InMemory } from '../../data/loader/inMemory.js';
import { native } from '../../native/load.js';
import type { Module } from '../../nn/index.js';
import type { Tensor } from '../../tensor/index.js';

/** Where a tensor lies. */
export function addressOf(tensor: Tensor | null): string {
  return tensor === null ? 'none' : `${tensor.deviceName} ${native.dataAddress(tensor)}`;
}

/** Where a model's parameters and buffers lie, and the data that it is given. */
export function addressesOf(net: Module, { images, labels, table }: InMemory): string[] {
  const data = table === undefined ? [images, labels] : [images, labels, table];
  return [...data, ...net.parameters(), ...net.buffers()].map(addressOf);
}
