import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { loadSafetensors } from '../../lib/index.js';
import { metricsOf } from './trainings.js';

/** Numbers from 0 to 1, the same ones each time. */
export function* numbers(seed: number): Generator<number, never> {
  let state = seed;
  for (;;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

/** What a run has come to. */
export async function endOf(dir: string) {
  const { tensors, metadata } = await loadSafetensors(join(dir, 'checkpoint.safetensors'));
  const names = Object.keys(tensors).filter((name) => !name.startsWith('random.epoch'));
  const state = JSON.parse(metadata.state as string);
  return {
    tensors: names.map((name) => [name, Buffer.from(tensors[name]!.data().buffer).toString('hex')]),
    step: state.step,
    metrics: metricsOf(dir),
    best: readFileSync(join(dir, 'best.safetensors')).toString('hex'),
  };
}
