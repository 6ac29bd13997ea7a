import { native } from '../native/load.js';
import type { Module } from '../nn/index.js';
import { hasHooks } from '../nn/module/hooks.js';

const hooked = 'the model has hooks, which only its own forward pass calls';
const hookedGradients =
  "the model's parameters have hooks, which only a backward pass of libtorch's calls";

/**
 * Why an engine that does not run a model's own passes leaves it alone, where it or a part of it has hooks.
 * @param trains - Whether gradients are computed.
 */
export function whyHooked(net: Module, trains: boolean): string | undefined {
  for (const module of net.modules()) if (hasHooks(module)) return hooked;
  if (!trains) return undefined;
  for (const parameter of net.parameters()) {
    if (native.hasGradientHooks(parameter)) return hookedGradients;
  }
  return undefined;
}
