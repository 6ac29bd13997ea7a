import { InvalidArgumentError } from 'commander';

import type { EngineChoice } from '../../engine/choice.js';
import { type CheckpointEvery, parseCadence } from '../../run/cadence.js';
import type { ModelChoice } from '../model/modelChoice.js';

/** The options of `lenet-torch train`. */
export interface TrainOptions extends ModelChoice {
  epochs: number;
  batchSize: number;
  lr?: number;
  device: string;
  engine: EngineChoice;
  seed?: number | bigint;
  threads?: number;
  /** A name, or a folder of pictures. */
  dataSet: string;
  data?: string;
  limitTrain?: number;
  limitTest?: number;
  out?: string;
  resume?: string;
  checkpointEvery?: CheckpointEvery;
  /** A port, or true for any that is free. */
  live?: number | true;
  liveHost?: string;
  /** Seconds. */
  timeout: number;
  /** Seconds. */
  initTimeout: number;
  yes?: boolean;
  quiet?: boolean;
  json?: boolean;
}

export function learningRate(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value >= 0) return value;
  throw new InvalidArgumentError('Expected a number ≥ 0.');
}

export function seed(text: string): number | bigint {
  if (!/^\d{1,20}$/.test(text) || BigInt(text) >= 2n ** 64n) {
    throw new InvalidArgumentError('Expected an integer from 0 to 2^64 − 1.');
  }
  const value = BigInt(text);
  return value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
}

export function seconds(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0.001 && value <= 1e6) return value;
  throw new InvalidArgumentError('Expected seconds, from 0.001 to a million.');
}

export function deviceName(text: string): string {
  if (/^(auto|cpu|cuda(:\d{1,3})?)$/.test(text)) return text;
  throw new InvalidArgumentError('Expected auto, cpu, cuda or cuda:NUMBER.');
}

export function cadence(text: string): CheckpointEvery {
  try {
    parseCadence(text);
    return text as CheckpointEvery;
  } catch {
    throw new InvalidArgumentError(
      'Expected epoch, steps such as 500steps or seconds such as 30s.',
    );
  }
}
