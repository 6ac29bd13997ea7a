import { inspect } from 'node:util';

import { invalidArgument } from '../error.js';

/**
 * When checkpoints are written besides the ends of epochs: `'epoch'` for not at all, `'500steps'`,
 * `'30s'`.
 */
export type CheckpointEvery = 'epoch' | `${number}steps` | `${number}s`;

/** The same, to compute with; `Infinity` for never. */
export interface Cadence {
  readonly steps: number;
  readonly seconds: number;
}

/** @throws {TypeError} `ERR_INVALID_ARG` for anything but a {@link CheckpointEvery}. */
export function parseCadence(every: unknown): Cadence {
  const never = Number.POSITIVE_INFINITY;
  const text = typeof every === 'string' ? every : '';
  const [, steps] = /^([1-9]\d{0,14})steps?$/.exec(text) ?? [];
  const [, seconds] = /^(\d{1,9}(?:\.\d+)?)s$/.exec(text) ?? [];
  if (text === 'epoch') return { steps: never, seconds: never };
  if (steps !== undefined) return { steps: Number(steps), seconds: never };
  if (Number(seconds) > 0) return { steps: never, seconds: Number(seconds) };
  throw invalidArgument(
    `checkpointEvery: expected 'epoch', steps ('500steps') or seconds ('30s'), got ${inspect(every)}`,
  );
}
