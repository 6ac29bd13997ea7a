import { presentable } from '../libtorch/redact.js';
import { environmentSection } from './environment.js';
import { gpuSection } from './gpu.js';
import { lookAround } from './group/place.js';
import { tryGroup } from './group/trial.js';
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
  /** This process's place among those that a launcher has started together; `null`: it is alone. */
  readonly place: { readonly rank: number; readonly localRank: number } | null;
  readonly sections: readonly Section[];
}

/** What differs between calls. */
export interface DiagnoseOptions extends TrialOptions {
  /** How long the ranks of a group may take to come together, ms. Default 30,000. */
  initTimeoutMs?: number;
  /** A launcher wants this process to end: what is known by then is said. */
  signal?: AbortSignal;
}

/**
 * Examines the installation, from the ground up. Needs neither libtorch nor the addon: what uses them
 * runs in processes of its own.
 */
export async function diagnose(
  env: NodeJS.ProcessEnv = process.env,
  { initTimeoutMs = 30_000, signal, ...options }: DiagnoseOptions = {},
): Promise<Diagnosis> {
  const machine = machineFacts();
  const { section: libtorch, found } = await libtorchSection(env);
  const { section: gpu, devices } = await gpuSection(found, env);
  const { launched, ...around } = await lookAround(env);
  const sections: Section[] = [
    nodeSection(machine, packageJson().engines),
    systemSection(machine, env),
    await packageSection(),
    libtorch,
    gpu,
    environmentSection(env),
    await storageSection(env),
  ];
  const group = { name: 'Process group', ...around };
  // Where something that training needs is missing, its failure would only say so again.
  const isWell = () =>
    ![...sections, group].some(({ problems }) => problems.some(({ minor }) => !minor));
  if (launched !== undefined && isWell()) {
    // Before the training, which takes longer on some hosts than the others wait.
    const { facts, problems } = await tryGroup(launched, { env, initTimeoutMs, signal });
    group.facts = { ...group.facts, ...facts };
    group.problems = [...group.problems, ...problems];
  }
  sections.push(group);
  if (isWell()) sections.push(await trialSection(['cpu', ...devices], { env, ...options }));
  const place = launched ? { rank: launched.rank, localRank: launched.localRank } : null;
  return shownToOthers({ ...judge(sections), place, sections });
}

/** Verdict and next step: the first grave problem's, else the first minor one's. */
export function judge(sections: readonly Section[]): Omit<Diagnosis, 'sections' | 'place'> {
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
