import { rangeOf } from '../draw/bitmap.js';
import { scoresOf } from '../draw/scores.js';
import { type Stage, type Stages, stagesOf } from '../draw/stages.js';
import type { Module } from '../nn/index.js';
import type { Tensor } from '../tensor/index.js';
import { packed } from './packed.js';
import type { Features, Stage as ShownStage } from './page/contract.js';

/** What a network makes of one image, stage by stage as `draw features` counts them. @param image - `(1, C, H, W)` */
export function featuresOf(net: Module, image: Tensor, classes: readonly string[]): Features {
  const stages = stagesOf('features', net, image);
  const { probabilities, predicted } = scoresOf(net, stages.outputs);
  return {
    stages: allOf(stages).map(shown),
    scores: probabilities.map((score, i) => ({ label: nameOf(classes, i), score })),
    label: nameOf(classes, predicted),
  };
}

const allOf = ({ input, layers }: Stages): Stage[] => [input, ...layers];

/** A class's name, or its number where it has none. */
export const nameOf = (classes: readonly string[], index: number): string =>
  classes[index] ?? String(index);

function shown({ name, verb, activation, shape, values, path, module, window }: Stage): ShownStage {
  const [least, most] = rangeOf(values);
  const { stride, padding } = (module ?? {}) as { stride?: unknown; padding?: unknown };
  const kernel = window === undefined ? null : ([...window] as [number, number]);
  return {
    name,
    op: verb,
    activation: activation ?? null,
    shape: shape[1] * shape[2] === 1 ? shape.slice(0, 1) : shape,
    values: packed(values),
    least,
    most,
    layer: path === '' ? null : path,
    kernel,
    // Windows of subsampling touch each other unless it is said otherwise.
    stride: kernel && (pairOf(stride) ?? kernel),
    padding: kernel && (pairOf(padding) ?? [0, 0]),
  };
}

function pairOf(value: unknown): [number, number] | undefined {
  if (typeof value === 'number') return [value, value];
  const isPair = Array.isArray(value) && value.length === 2;
  return isPair ? [Number(value[0]), Number(value[1])] : undefined;
}
