import { TorchError } from '../error.js';
import type { Libtorch } from './find.js';
import type { Linkage } from './linkage.js';

/** The one command that mends a libtorch, depending on who named it. */
export function replacement({ from }: Pick<Libtorch, 'from'>): string {
  return from === 'LENET_TORCH_LIBTORCH'
    ? 'Name another folder in LENET_TORCH_LIBTORCH, or unset it and run: npx lenet-torch setup'
    : 'Run: npx lenet-torch setup';
}

/** What is missing for a library that is not there, and where it comes from. */
export function explainMissing(name: string): string {
  if (/^libgomp/.test(name)) {
    return `${name} is missing (Debian, Ubuntu: apt-get install libgomp1; Fedora: dnf install libgomp)`;
  }
  if (/^lib(cu|nv|nccl|cudnn)/.test(name)) {
    return `${name} is missing: one of NVIDIA's, which PyTorch's wheels bring in a folder nvidia beside torch`;
  }
  if (/^lib(torch|c10|shm)/.test(name)) return `${name} is missing: a part of libtorch itself`;
  return `${name} is missing on this machine`;
}

/** What `ldd` found wrong, as one clause; `undefined` when it found nothing. */
export function explainLinkage({ missing, problem }: Linkage): string | undefined {
  if (missing.length > 0) return missing.map(explainMissing).join('; ');
  return problem;
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
  if (missing && !missing.startsWith('/')) why = explainMissing(missing);
  else if (version) why = `it needs ${version}, which this system's libraries do not have`;
  else if (broken.test(failure)) why = `the file is damaged, or for another machine (${failure})`;
  return new TorchError(
    'ERR_LIBTORCH_LOAD',
    `libtorch ${libtorch.version} at ${libtorch.root} does not load: ${why}. ${replacement(libtorch)}`,
    { cause: failure },
  );
}
