import { readFileSync } from 'node:fs';
import { arch, cpus, platform, release, totalmem } from 'node:os';
import { basename } from 'node:path';
import { familySync, GLIBC, MUSL, versionSync } from 'detect-libc';

import { cpuQuota, processors, usefulThreads } from '../context/quota.js';
import { gigabytes } from '../libtorch/cache.js';
import { isSupportedNode } from '../libtorch/nodeVersion.js';
import { findBinaries, prebuiltPlatforms } from '../native/binaries.js';
import { otherRuntime } from '../native/runtime.js';
import type { Problem, Section } from './section.js';

/** What the report reads about the process and its machine; differs in tests. */
export interface MachineFacts {
  node: string;
  /** Of one that gives a version of Node.js too: the one that it is like. */
  otherRuntime?: string | undefined;
  abi: string;
  platform: string;
  arch: string;
  /** `undefined` when it is not glibc. */
  glibc: string | undefined;
  isMusl: boolean;
  /** Whether this clone has been compiled here. */
  isBuilt: boolean;
  cpuFlags: ReadonlySet<string>;
}

const oldestGlibc = [2, 28] as const;

/** Reads them from this process. */
export function machineFacts(): MachineFacts {
  const libc = familySync();
  return {
    node: process.versions.node,
    otherRuntime,
    abi: process.versions.modules,
    platform: platform(),
    arch: arch(),
    glibc: (libc === GLIBC && versionSync()) || undefined,
    isMusl: libc === MUSL,
    isBuilt: isBuilt(),
    cpuFlags: cpuFlags(),
  };
}

function isBuilt(): boolean {
  try {
    return basename(findBinaries().folder) === 'Release';
  } catch {
    return false;
  }
}

function cpuFlags(): ReadonlySet<string> {
  try {
    const line = /^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? '';
    return new Set(line.trim().split(/\s+/));
  } catch {
    return new Set();
  }
}

/** Node: version, ABI, and whether it is one that will do. */
export function nodeSection(facts: MachineFacts, engines: string): Section {
  const problems: Problem[] = [];
  if (!isSupportedNode(facts.node)) {
    problems.push({
      text: `Node.js ${facts.node} lacks what this package needs: ${engines} is needed`,
      next: 'install a newer Node.js (nodejs.org, or: nvm install --lts)',
    });
  }
  const { node, abi, otherRuntime } = facts;
  const runtime: Section['facts'] = otherRuntime === undefined ? {} : { runtime: otherRuntime };
  return {
    name: 'Node.js',
    facts: { ...runtime, version: node, abi, supported: engines },
    problems,
  };
}

/** Platform, C library, processor, and the instruction set that the fused engine will use. */
export function systemSection(facts: MachineFacts, env: NodeJS.ProcessEnv, host = '/'): Section {
  const problems: Problem[] = [];
  const source = 'build from source in a clone of the repository: npm run setup';
  const platform = `${facts.platform}-${facts.arch}`;
  if (!prebuiltPlatforms.includes(platform) && !facts.isBuilt) {
    problems.push({
      text: `there are no prebuilt files for ${platform}: prebuilt are ${prebuiltPlatforms.join(' and ')}`,
      next:
        facts.platform === 'linux' ? source : 'use Linux: a container, a virtual machine or WSL',
    });
  }
  if (facts.isMusl) {
    problems.push({
      text: 'the C library is musl; libtorch is built for glibc only',
      next: 'use an image with glibc, such as node:22-slim instead of node:22-alpine',
    });
  } else if (facts.glibc && isOlder(facts.glibc, oldestGlibc.join('.'))) {
    problems.push({
      text: `glibc ${facts.glibc} is too old: libtorch needs ${oldestGlibc.join('.')} or newer`,
      next: 'use a newer distribution (Debian ≥ 10, Ubuntu ≥ 18.10, RHEL ≥ 8)',
    });
  }
  return {
    name: 'System',
    facts: {
      platform: `${platform}, kernel ${release()}`,
      'C library': facts.isMusl ? 'musl' : facts.glibc ? `glibc ${facts.glibc}` : 'unknown',
      processor: cpus()[0]?.model.trim() ?? 'unknown',
      ...processorTime(host, env),
      'instruction set': instructionSet(facts, env),
      memory: gigabytes(totalmem()),
    },
    problems,
  };
}

// What there is, what a container may use of it, and what is used of that.
function processorTime(host: string, env: NodeJS.ProcessEnv): Section['facts'] {
  const quota = cpuQuota(host);
  const all = processors(host);
  const { OMP_NUM_THREADS: omp, MKL_NUM_THREADS: mkl } = env;
  const [name, given] = mkl ? ['MKL_NUM_THREADS', mkl] : ['OMP_NUM_THREADS', omp];
  const threads = usefulThreads(host);
  const why = threads < all ? ': the CPU quota, rounded' : '';
  return {
    processors: all,
    'CPU quota': quota === undefined ? 'none' : `${Number(quota.toFixed(2))} of ${all} processors`,
    threads: given ? `${given} (${name})` : `at most ${threads}${why}`,
  };
}

// The flags that each library of the fused engine is compiled for, best first; see native/fused.
const sets: readonly [string, readonly string[]][] = [
  ['avx512', ['avx512f', 'avx512bw', 'avx512dq', 'avx512vl', 'avx2', 'fma']],
  ['avx2', ['avx2', 'fma']],
];

/** What the fused engine will use. */
export function instructionSet(
  { arch, cpuFlags: flags }: Pick<MachineFacts, 'arch' | 'cpuFlags'>,
  env: NodeJS.ProcessEnv,
): string {
  if (env.LENET_TORCH_ISA) return `${env.LENET_TORCH_ISA} (LENET_TORCH_ISA)`;
  if (arch === 'arm64') return 'neon';
  return sets.find(([, needed]) => needed.every((flag) => flags.has(flag)))?.[0] ?? 'portable';
}

/** Whether a version of numbers and dots comes before another. */
export function isOlder(version: string, other: string): boolean {
  const [left, right] = [version, other].map((text) => text.split('.').map(Number.parseFloat));
  for (const [index, number] of right!.entries()) {
    const difference = (left![index] ?? 0) - number;
    if (difference !== 0) return difference < 0;
  }
  return false;
}
