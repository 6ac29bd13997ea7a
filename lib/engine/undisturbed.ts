import { noGrad } from '../autograd.js';
import type { Module } from '../nn/index.js';
import { getRngState, setRngState } from '../random.js';
import { tidy } from '../scope.js';

/**
 * Runs `work`, then puts back the default generator's state and the buffers: a model is as it was, but
 * for what its own JavaScript changes. What `work` makes is released, but for its result.
 */
export function undisturbed<T>(net: Module, work: () => T): T {
  return tidy(() => {
    const state = getRngState();
    const buffers = [...net.buffers()].map((buffer) => [buffer, buffer.detach().clone()] as const);
    try {
      return work();
    } finally {
      noGrad(() => {
        for (const [buffer, before] of buffers) buffer.detach().copy_(before);
      });
      setRngState(state);
    }
  });
}
