import { noGrad } from '../context/autograd.js';
import { defaultGeneratorOf } from '../context/random.js';
import type { Module } from '../nn/index.js';
import { tidy } from '../tensor/scope.js';

/**
 * Runs `work`, then puts back the states of the default generators and the buffers: a model is as it was,
 * but for what its own JavaScript changes. What `work` makes is released, but for its result.
 */
export function undisturbed<T>(net: Module, work: () => T): T {
  return tidy(() => {
    const devices = new Set(['cpu', ...[...net.parameters()].map(({ deviceName }) => deviceName)]);
    const states = [...devices].map((device) => {
      const generator = defaultGeneratorOf(device);
      return [generator, generator.getState()] as const;
    });
    const buffers = [...net.buffers()].map((buffer) => [buffer, buffer.detach().clone()] as const);
    try {
      return work();
    } finally {
      noGrad(() => {
        for (const [buffer, before] of buffers) buffer.detach().copy_(before);
      });
      for (const [generator, state] of states) generator.setState(state);
    }
  });
}
