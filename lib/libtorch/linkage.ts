import { execFile } from 'node:child_process';
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
