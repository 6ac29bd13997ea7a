import { TorchError } from '../error.js';
import { isDownload, type Libtorch } from './find.js';
import type { Linkage } from './linkage.js';

/** What decides how a libtorch that does not serve is replaced. */
export type Replaceable = Pick<Libtorch, 'root' | 'hasCuda'> & { readonly from?: Libtorch['from'] };

/** What is wanted in place of a libtorch, and what is known of it. */
export interface Wanted {
  /** The CUDA libraries too. Default false. */
  cuda?: boolean;
  /** Whether a library's own bytes are bad, and nothing that it needs is missing. Default false. */
  damaged?: boolean | undefined;
  env?: NodeJS.ProcessEnv;
}

const named = 'LENET_TORCH_LIBTORCH';

/** Goes before a command of setup's, which goes by the variable while it is set. */
export const unset = `unset ${named} && `;

/**
 * The one command for a libtorch that does not load. Setup goes by `LENET_TORCH_LIBTORCH` while it is set,
 * and brings no download a second time: where it would refuse, another way is named.
 */
export function nextCommand(libtorch: Replaceable, wanted: Wanted = {}): string {
  const setup = `npx lenet-torch setup${wanted.cuda ? ' --cuda' : ''}`;
  if (libtorch.from === named) return `${unset}${setup}`;
  if (!isDownload(libtorch.root, wanted.env)) return setup;
  if (!wanted.damaged) return 'install what is missing, then run: npx lenet-torch doctor';
  const variant = libtorch.hasCuda ? 'cuda' : 'cpu';
  return `npx lenet-torch setup --remove --${variant} --yes && ${setup}`;
}

/** The two ways where a folder that the user names does not serve. */
export function otherFolder(command = 'npx lenet-torch setup'): string {
  return `Name another folder in ${named}, or unset it and run: ${command}`;
}

/** {@link nextCommand} as a sentence. */
export function replacement(libtorch: Replaceable, wanted: Wanted = {}): string {
  if (libtorch.from === named) return otherFolder();
  const next = nextCommand(libtorch, wanted);
  return next.startsWith('npx') ? `Run: ${next}` : `${next[0]!.toUpperCase()}${next.slice(1)}`;
}

/** Shared libraries that are missing, with where they come from: one clause per origin. */
function explainMissing(names: readonly string[]): string {
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
    `libtorch ${libtorch.version} at ${libtorch.root} does not load: ${why}. ` +
      replacement(libtorch, { damaged: broken.test(failure) }),
    { cause: failure },
  );
}
