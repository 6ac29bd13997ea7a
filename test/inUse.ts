import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const headers = fileURLToPath(new URL('../node_modules/node-api-headers/include', import.meta.url));
const source = fileURLToPath(new URL('inUse.c', import.meta.url));

/** Compiles into `folder` the addon that counts what malloc has given out; returns its path. */
export function inUseAddon(folder: string): string {
  const addon = join(folder, 'inUse.node');
  execFileSync('cc', ['-shared', '-fPIC', '-I', headers, source, '-o', addon]);
  return addon;
}

/** A function that says how many bytes malloc has given out, with an addon compiled into `folder`. */
export function inUse(folder: string): () => number {
  return createRequire(import.meta.url)(inUseAddon(folder));
}
