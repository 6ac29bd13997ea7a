import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { unset } from '../libtorch/explain.js';
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

/** How the trial ended: with a result, or in a sentence. */
export type Trial =
  | { readonly ok: TrialResult }
  | { readonly failed: { readonly code?: string; readonly message: string } };

/** What differs in tests. */
export interface TrialOptions {
  env?: NodeJS.ProcessEnv;
  /** In ms. Default one minute: the first use of a GPU may take many seconds. */
  timeoutMs?: number;
  /** The child's program. */
  program?: string;
}

const stepProgram = fileURLToPath(new URL('./trialStep.js', import.meta.url));

/**
 * Trains a small network for a moment in a process of its own: a crash in there, or a hang, becomes
 * a sentence here.
 */
export function tryTraining(device: string, options: TrialOptions = {}): Promise<Trial> {
  const { env = process.env, timeoutMs = 60_000, program = stepProgram } = options;
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [program, device], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, timeoutMs);
    child.stdout.on('data', (data) => {
      stdout += data;
    });
    child.stderr.on('data', (data) => {
      stderr = (stderr + data).slice(-4_000);
    });
    const fail = (message: string) => resolve({ failed: { message } });
    child.once('error', (error) => fail(`Node.js could not be started: ${error.message}`));
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      const answer = parse(stdout);
      const said = lastLine(stderr);
      if (late) fail(`it did not end within ${timeoutMs / 1000} s and was stopped`);
      else if (signal) fail(`${explainSignal(signal)}${said}`);
      else if (!answer) fail(`it ended with exit code ${code} and no result${said}`);
      else resolve(answer);
    });
  });
}

function parse(stdout: string): Trial | undefined {
  try {
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Trial;
  } catch {
    return undefined;
  }
}

function lastLine(stderr: string): string {
  const line = stderr.trim().split('\n').at(-1);
  return line ? ` (it said: ${line.slice(0, 300)})` : '';
}

const signals: Readonly<Record<string, string>> = {
  SIGILL: 'an instruction that this processor does not have',
  SIGSEGV:
    'a wrong access to memory: libraries that do not fit together, or a fault of this package',
  SIGBUS: 'memory or a file that went away',
  SIGABRT: 'a library gave up',
  SIGKILL: 'the system ended it: usually for lack of memory',
};

function explainSignal(signal: string): string {
  const why = signals[signal];
  return `the process was ended by ${signal}${why ? `: ${why}` : ''}`;
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
