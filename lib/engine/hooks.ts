import type { Module } from '../nn/index.js';
import { hasHooks } from '../nn/module/hooks.js';

/** Why an engine that does not run a model's own forward pass leaves it alone. */
export const hooked = 'the model has hooks, which only its own forward pass calls';

/** Whether a model or a part of it has hooks. */
export function anyHooks(net: Module): boolean {
  for (const module of net.modules()) if (hasHooks(module)) return true;
  return false;
}
