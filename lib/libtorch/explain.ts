import { TorchError } from '../error.js';
import type { Libtorch } from './find.js';
import type { Linkage } from './linkage.js';

/** The one command that mends a libtorch, depending on who named it. */
export function replacement({ from }: Pick<Libtorch, 'from'>): string {
  return from === 'LENET_TORCH_LIBTORCH'
    ? 'Name another folder in LENET_TORCH_LIBTORCH, or unset it and run: npx lenet-torch setup'
    : 'Run: npx lenet-torch setup';
}

/** Shared libraries that are missing, with where they come from: one clause per origin. */
export function explainMissing(names: readonly string[]): string {
  const origins = new Map<string, string[]>();
  for (const name of names) {
    const origin = originOf(name);
    origins.set(origin, [...(origins.get(origin) ?? []), name]);
  }
  return [...origins]
    .map(
      ([origin, group]) =>
        `${group.join(', ')} ${group.length > 1 ? 'are' : 'is'} missing${origin}`,
    )
    .join('; ');
}

function originOf(name: string): string {
  if (/^libgomp/.test(name)) {
    return ' (Debian, Ubuntu: apt-get install libgomp1; Fedora: dnf install libgomp)';
  }
  if (/^lib(cu|nv|nccl)/.test(name)) {
    return ": NVIDIA's, which PyTorch's wheels bring in a folder nvidia beside torch";
  }
  return /^lib(torch|c10|shm)/.test(name) ? ': a part of libtorch itself' : ' on this machine';
}

/** What `ldd` found wrong, as one clause; `undefined` when it found nothing. */
export function explainLinkage({ missing, problem }: Linkage): string | undefined {
  return missing.length > 0 ? explainMissing(missing) : problem;
}

/**
 * What the dynamic linker said when it refused libtorch, as an error with the next command.
 * `failure` is dlerror's text.
 */
export function loadFailure(libtorch: Libtorch, failure: string): TorchError {
  const missing = /^([^:\s]+): cannot open shared object file/.exec(failure)?.[1];
  const version = /version `([^']+)' not found/.exec(failure)?.[1];
  const broken = /invalid ELF header|file too short|wrong ELF class|cannot map|ELF load command/;
  let why = failure;
  if (missing && !missing.startsWith('/')) why = explainMissing([missing]);
  else if (version) why = `it needs ${version}, which this system's libraries do not have`;
  else if (broken.test(failure)) why = `the file is damaged, or for another machine (${failure})`;
  return new TorchError(
    'ERR_LIBTORCH_LOAD',
    `libtorch ${libtorch.version} at ${libtorch.root} does not load: ${why}. ${replacement(libtorch)}`,
    { cause: failure },
  );
}
