import { integer, Kind, number } from '../argument/kind.js';
import { readOptions, type SpecOf, type ValuesOf } from '../argument/options.js';
import type { Invert } from '../data/images/prepare.js';
import type { EngineChoice } from '../engine/choice.js';

/** Options of {@link handler} and {@link fetchHandler}. */
export interface ServeOptions {
  /** What the model is called in paths, letters, digits and `_.-`. Default: its class's name in lower case. */
  name?: string | undefined;
  /** Names of the classes, one for each output. Default: Fashion-MNIST's for `LeNet` and `LeNet5`, else numbers. */
  classes?: readonly string[] | undefined;
  /** Shape `[C, H, W]` of one image as the model takes it. Default: its `inputShape`, else `[1, 28, 28]`. */
  shape?: readonly [number, number, number] | undefined;
  /** For decoded images: whether light and dark are exchanged. Default `'auto'`, by the border. */
  invert?: Invert | undefined;
  /** Who runs the model, as in `predict`. Default `'auto'`. */
  engine?: Exclude<EngineChoice, 'graph'> | undefined;
  /** Most images that are computed together, integer ≥ 1. Default 256. */
  maxBatch?: number | undefined;
  /**
   * Longest wait for images to be computed with, in milliseconds ≥ 0. What comes while nothing is computed never
   * waits. Default 2.
   */
  maxDelay?: number | undefined;
  /** Most images that may wait, integer ≥ 1; more are refused with 503. Default 4096. */
  maxQueue?: number | undefined;
  /** Largest body, in bytes ≥ 1. Default 10 MB. */
  bodyLimit?: number | undefined;
}

const name = new Kind<string>("a name of letters, digits and '_.-'", (given) =>
  typeof given === 'string' && /^[\w.-]+$/.test(given) ? given : undefined,
);

const isNames = (given: unknown): given is readonly string[] =>
  Array.isArray(given) && given.length > 0 && given.every((each) => typeof each === 'string');
const names = new Kind<readonly string[]>('an array of names', (given) =>
  isNames(given) ? [...given] : undefined,
);

type Shape = readonly [number, number, number];
const isSize = (edge: unknown): boolean => Number.isSafeInteger(edge) && (edge as number) >= 1;
const shape = new Kind<Shape>('[C, H, W], integers ≥ 1', (given) =>
  Array.isArray(given) && given.length === 3 && given.every(isSize)
    ? ([...given] as unknown as Shape)
    : undefined,
);

const invert = new Kind<Invert>("'auto', true or false", (given) =>
  given === 'auto' || typeof given === 'boolean' ? given : undefined,
);

// Graphs are for training.
const engines = ['auto', 'eager', 'fused'] as const;
const engine = new Kind<(typeof engines)[number]>("one of 'auto', 'eager', 'fused'", (given) =>
  engines.find((each) => each === given),
);

const spec = {
  name: name.optional(),
  classes: names.optional(),
  shape: shape.optional(),
  invert: invert.or('auto'),
  engine: engine.or('auto'),
  maxBatch: integer(1).or(256),
  maxDelay: number(0).or(2),
  maxQueue: integer(1).or(4096),
  bodyLimit: integer(1).or(10_000_000),
} satisfies SpecOf<ServeOptions>;

/** Options as they have been read. */
export type Settings = ValuesOf<typeof spec>;

/** @throws {TypeError} `ERR_INVALID_ARG` for an unknown option, or a value of the wrong kind. */
export const readSettings = (what: string, options: unknown): Settings =>
  readOptions(what, spec, options);
