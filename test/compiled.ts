// Tests name the sources, `../lib/index.js`, and get them as few files of JavaScript, made once at the start in the way
// in which `npm run build` makes dist/: an import costs each of some 250 test files a second in place of three. A folder
// of its own for each run, since others may run at the same time.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { bundle } from '../scripts/bundle.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const lib = path.join(root, 'lib');
const prefix = '.lib-';

/** A plugin of Vite that gives for a file of lib/ the compiled one. */
export async function compiled() {
  for (const left of fs.readdirSync(root).filter(isLeft))
    fs.rmSync(path.join(root, left), { recursive: true });
  const dir = path.join(root, `${prefix}${process.pid}`);
  process.once('exit', () => fs.rmSync(dir, { recursive: true, force: true }));
  await bundle({ dir, more: modules(), sourcemap: true });
  return {
    name: 'compiled',
    enforce: 'pre' as const,
    resolveId(specifier: string, importer = '') {
      // Not a package's name; what is an alias has its path already.
      if (!/^[./]/.test(specifier)) return;
      const source = path.resolve(path.dirname(importer), specifier).replace(/\.ts$/, '.js');
      if (!source.startsWith(lib + path.sep)) return;
      const file = path.join(dir, path.relative(lib, source));
      return fs.existsSync(file) ? file : undefined;
    },
  };
}

/** Which files Node itself loads, for Vitest's `server.deps.external`. */
export const compiledFiles: RegExp = /\/\.lib-\d+\//;

function modules(): string[] {
  return fs
    .readdirSync(lib, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.startsWith(path.join('live', 'page')))
    .map((file) => file.slice(0, -'.ts'.length))
    .filter((name) => name !== 'index');
}

// Of a run that was killed.
function isLeft(name: string): boolean {
  const pid = Number(name.slice(prefix.length));
  if (!name.startsWith(prefix) || !Number.isInteger(pid)) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
