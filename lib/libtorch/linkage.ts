import { execFile } from 'node:child_process';
import { closeSync, openSync, readSync } from 'node:fs';
import { arch } from 'node:os';
import { basename, join } from 'node:path';

/** What the dynamic linker would miss; both empty when the library loads. */
export interface Linkage {
  /** Shared libraries that are not there, by name. */
  readonly missing: readonly string[];
  /** Anything else that keeps the library from loading. */
  readonly problem?: string;
  /** Whether the library's own bytes are the problem. */
  readonly damaged?: boolean;
}

/**
 * Asks the dynamic linker, through `ldd`, whether a library of libtorch would load from its place: its own
 * run path counts. Where there is no `ldd`, nothing is known and nothing is said.
 */
export function inspectLinkage(
  libDir: string,
  options: { library?: string; env?: NodeJS.ProcessEnv; signal?: AbortSignal | undefined } = {},
): Promise<Linkage> {
  const path = join(libDir, options.library ?? 'libtorch_cpu.so');
  const settings = {
    // The texts below are English ones.
    env: { ...(options.env ?? process.env), LC_ALL: 'C' },
    timeout: 20_000,
    ...(options.signal && { signal: options.signal }),
  };
  return new Promise((resolve, reject) => {
    execFile('ldd', [path], settings, (error, stdout, stderr) => {
      if (options.signal?.aborted) return reject(options.signal.reason);
      const missing = [...stdout.matchAll(/^\s*(\S+) => not found/gm)].map(([, name]) => name!);
      const version = /version `([^']+)' not found \(required by ([^)]+)\)/.exec(stdout + stderr);
      if (version) {
        const problem = `${basename(version[2]!)} needs ${version[1]}, which this system's libraries do not have`;
        return resolve({ missing, problem });
      }
      if (
        /not a dynamic executable|exited with unknown exit code|invalid ELF/.test(stdout + stderr)
      ) {
        const problem = `${basename(path)} is no library for this machine`;
        return resolve({ missing, problem, damaged: true });
      }
      if (error && (error as NodeJS.ErrnoException).code !== 'ENOENT' && missing.length === 0) {
        const said = stderr.trim().split('\n').at(-1);
        if (said) return resolve({ missing, problem: said });
      }
      resolve({ missing });
    });
  });
}

// e_machine of the ELF header.
const machines: Readonly<Record<number, string>> = {
  3: 'ia32',
  21: 'ppc64',
  22: 's390x',
  40: 'arm',
  62: 'x64',
  183: 'arm64',
  243: 'riscv64',
};

/** The processor, in Node's words, that an ELF library is for; `undefined` for what is no ELF file. */
export function architectureOf(path: string): string | undefined {
  const header = Buffer.alloc(20);
  try {
    const file = openSync(path, 'r');
    try {
      if (readSync(file, header, 0, 20, 0) < 20) return undefined;
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined;
  }
  if (header.toString('latin1', 0, 4) !== '\x7fELF') return undefined;
  const machine = header[5] === 2 ? header.readUInt16BE(18) : header.readUInt16LE(18);
  return machines[machine] ?? `processor number ${machine}`;
}

/** Why a library cannot be for this processor; `undefined` when it may be. */
export function foreignArchitecture(path: string): string | undefined {
  const found = architectureOf(path);
  if (found === undefined || found === arch()) return undefined;
  return `its libraries are for ${found}, this machine is ${arch()}`;
}
