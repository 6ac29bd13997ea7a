import { join } from 'node:path';

import { unset } from '../libtorch/explain.js';
import { codeFolder } from '../location.js';
import { type Answer, ask } from './child.js';
import type { Problem, Section } from './section.js';

/** What a training that succeeded says. */
export interface TrialResult {
  readonly libtorch: string;
  readonly loss: number;
  readonly seconds: number;
  readonly engine: string;
  readonly engineReason: string;
  /** Why CUDA is not available; `null` when it is. */
  readonly noCuda: string | null;
}

/** How the trial ended. */
export type Trial = Answer<TrialResult>;

/** What differs in tests. */
export interface TrialOptions {
  env?: NodeJS.ProcessEnv;
  /** In ms. Default one minute: the first use of a GPU may take many seconds. */
  timeoutMs?: number;
  /** The child's program. */
  program?: string;
}

const stepProgram = join(codeFolder, 'doctor/trialStep.js');

/** Trains a small network for a moment in a process of its own. */
export function tryTraining(device: string, options: TrialOptions = {}): Promise<Trial> {
  const { env = process.env, timeoutMs = 60_000, program = stepProgram } = options;
  return ask<TrialResult>(program, [device], { env, timeoutMs });
}

// Everything that setup would bring was found before the trial.
const otherwise = (gpu: boolean): string =>
  gpu ? 'train with --device cpu' : 'report this with the output of: npx lenet-torch doctor --json';

/** A failed trial as a problem with its next step. */
export function problemOf(device: string, failed: { code?: string; message: string }): Problem {
  const { message } = failed;
  const gpu = device !== 'cpu';
  if (/no kernel image/.test(message)) {
    return {
      text: `this libtorch has no code for the GPU ${device} (no kernel image): its compute capability is older or newer than those it was built for`,
      next: 'take another libtorch version: npx lenet-torch setup --cuda --version MINOR, or train with --device cpu',
      minor: true,
    };
  }
  // The package's own messages name their command; setup goes by LENET_TORCH_LIBTORCH while it is set.
  const command = /(?:npx lenet-torch \w+(?: --[\w-]+)*(?: && )?)+/.exec(message)?.[0];
  const isNamed = /LENET_TORCH_LIBTORCH, or unset it/.test(message);
  return {
    text: `training on ${device} failed: ${failed.code ? `${failed.code}: ` : ''}${message}`,
    next: command ? `${isNamed ? unset : ''}${command}` : otherwise(gpu),
    minor: gpu,
  };
}

/** The trials, one after another, as a section. */
export async function trialSection(
  devices: readonly string[],
  options: TrialOptions = {},
): Promise<Section> {
  const facts: Record<string, string> = {};
  const problems: Problem[] = [];
  for (const device of devices) {
    const trial = await tryTraining(device, options);
    if ('ok' in trial) {
      const { loss, seconds, engine, engineReason, libtorch, noCuda } = trial.ok;
      facts[device] =
        `works: libtorch ${libtorch}, ${engine} engine: ${engineReason}, loss ${loss.toFixed(3)}, ${seconds.toFixed(2)} s`;
      if (device === 'cpu' && noCuda) facts.CUDA = `not available: ${noCuda}`;
    } else {
      facts[device] = 'fails';
      problems.push(problemOf(device, trial.failed));
    }
  }
  return { name: 'Training', facts, problems };
}
