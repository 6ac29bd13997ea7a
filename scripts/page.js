// `node scripts/page.js [tsc's options]`: compiles the live page, which runs in a browser and is therefore a project of its
// own, into dist/live/page/, and puts what is no TypeScript of it beside.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import { at, filesBelow } from './stamps.js';

const source = at('lib', 'live', 'page');
const made = at('dist', 'live', 'page');

/** Compiles the page. @throws {Error} When the compiler refuses, with its output on stderr. */
export function buildPage(options = []) {
  const tsc = at('node_modules', 'typescript', 'bin', 'tsc');
  // All of it is text for whoever builds: stdout belongs to what is run afterwards.
  const stdio = ['ignore', 2, 2];
  execFileSync(process.execPath, [tsc, '-p', path.join(source, 'tsconfig.json'), ...options], {
    stdio,
  });
  for (const file of filesBelow(source)) {
    if (!/\.(html|css|svg)$/.test(file)) continue;
    const to = path.join(made, path.relative(source, file));
    fs.mkdirSync(path.dirname(to), { recursive: true });
    const text = fs.readFileSync(file, 'utf8');
    // Of a sheet's indentation a browser has nothing.
    fs.writeFileSync(to, file.endsWith('.css') ? text.replace(/^[ \n]+/gm, '') : text);
  }
}

if (process.argv[1] === at('scripts', 'page.js')) {
  try {
    buildPage(process.argv.slice(2));
  } catch {
    process.exit(1);
  }
}
