import { TorchError } from '../error.js';
import { type EngineName, engineNames } from './pass.js';

/** Who is to run a model: an engine by name, or the best that can. */
export const engineChoices = ['auto', ...engineNames] as const;
/** Who is to run a model: an engine by its name, or `'auto'`, the first that can. Default `'auto'`. */
export type EngineChoice = (typeof engineChoices)[number];

/** Kinds of devices in messages. */
export const deviceWords = { cpu: 'the CPU', cuda: 'a GPU' } as const;

/** What is said where an engine was asked for by name that does not run this. */
export function refusal(what: string, engine: EngineName, reason: string): TorchError {
  return new TorchError('ERR_ENGINE_UNSUPPORTED', `${what}: engine: '${engine}': ${reason}`);
}

/** Why an engine cannot be had at all; other errors are thrown again. */
export function unavailable(error: unknown): string {
  if ((error as { code?: string }).code !== 'ERR_ENGINE_UNSUPPORTED') throw error;
  return (error as Error).message;
}
