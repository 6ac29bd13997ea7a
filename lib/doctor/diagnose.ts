import { presentable } from '../libtorch/redact.js';
import { environmentSection } from './environment.js';
import { gpuSection } from './gpu.js';
import { libtorchSection } from './libtorch.js';
import { machineFacts, nodeSection, systemSection } from './machine.js';
import { packageJson, packageSection } from './package.js';
import type { Problem, Section } from './section.js';
import { storageSection } from './storage.js';
import { type TrialOptions, trialSection } from './trial.js';

/** The whole report. */
export interface Diagnosis {
  /** Whether training on the CPU works. */
  readonly healthy: boolean;
  /** One sentence. */
  readonly verdict: string;
  /** The one command, or instruction, to go on with. */
  readonly next: string;
  readonly sections: readonly Section[];
}

/**
 * Examines the installation, from the ground up. Needs neither libtorch nor the addon: what uses them
 * runs in processes of its own.
 */
export async function diagnose(
  env: NodeJS.ProcessEnv = process.env,
  options: TrialOptions = {},
): Promise<Diagnosis> {
  const machine = machineFacts();
  const { section: libtorch, found } = await libtorchSection(env);
  const { section: gpu, devices } = await gpuSection(found, env);
  const sections = [
    nodeSection(machine, packageJson().engines),
    systemSection(machine, env),
    packageSection(),
    libtorch,
    gpu,
    environmentSection(env),
    await storageSection(env),
  ];
  // Where something that training needs is missing, its failure would only say so again.
  if (!sections.some(({ problems }) => problems.some(({ minor }) => !minor))) {
    sections.push(await trialSection(['cpu', ...devices], { env, ...options }));
  }
  return shownToOthers({ sections, ...judge(sections) });
}

/** Verdict and next step: the first grave problem's, else the first minor one's. */
export function judge(sections: readonly Section[]): Omit<Diagnosis, 'sections'> {
  const problems = sections.flatMap((section) => section.problems);
  const grave = problems.find(({ minor }) => !minor);
  if (grave) return { healthy: false, verdict: `not healthy: ${grave.text}`, next: grave.next };
  const [minor] = problems;
  if (minor) {
    return { healthy: true, verdict: `healthy on the CPU, but: ${minor.text}`, next: minor.next };
  }
  return { healthy: true, verdict: 'healthy', next: 'npx lenet-torch train' };
}

// Reports are pasted into public places: no home folder, no credentials, wherever they came from.
function shownToOthers(diagnosis: Diagnosis): Diagnosis {
  const clean = (value: unknown): unknown => {
    if (typeof value === 'string') return presentable(value);
    if (Array.isArray(value)) return value.map(clean);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, clean(each)]));
  };
  return clean(diagnosis) as Diagnosis;
}

/** The report as plain text. */
export function renderDiagnosis({ sections, verdict, next }: Diagnosis): string {
  const lines: string[] = [];
  for (const { name, facts, problems } of sections) {
    lines.push(name);
    for (const [label, value] of Object.entries(facts)) {
      if (Array.isArray(value) && value.length > 0) {
        lines.push(`  ${label}:`, ...value.map((entry) => `    ${entry}`));
      } else {
        lines.push(`  ${label}: ${Array.isArray(value) || value === null ? 'none' : value}`);
      }
    }
    lines.push(...problems.map((problem: Problem) => `  PROBLEM: ${problem.text}`), '');
  }
  lines.push(`Verdict: ${verdict}`, `Next: ${next}`);
  return lines.join('\n');
}
