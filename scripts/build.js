// `npm run build`: makes dist/ from lib/. Declarations stay one per module, where editors look for them.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import { addressed, bundle } from './bundle.js';
import { buildPage } from './page.js';
import { at, filesBelow } from './stamps.js';

// All of it is text for whoever builds: stdout belongs to what is run afterwards.
function compile(project) {
  const tsc = at('node_modules', 'typescript', 'bin', 'tsc');
  execFileSync(process.execPath, [tsc, '-p', project], { stdio: ['ignore', 2, 2] });
}

/** The declarations that somebody reads: of `index.js`, of files that are addressed in dist/, and what those import. */
function declarations() {
  const found = new Set(['index', ...addressed].map((name) => `${name}.d.ts`));
  for (const name of found) {
    const text = fs.readFileSync(at('dist', name), 'utf8');
    for (const [, from] of text.matchAll(/(?:from |import\(|import )["'](\.[^"']*)\.js["']/g)) {
      found.add(path.join(path.dirname(name), `${from}.d.ts`));
    }
  }
  return found;
}

try {
  compile(at('tsconfig.json'));
  const made = new Set([...declarations(), ...(await bundle()), ...buildPage(compile)]);
  // Only now: who runs dist/ meanwhile finds it whole.
  for (const file of filesBelow(at('dist'))) {
    if (!made.has(path.relative(at('dist'), file))) fs.rmSync(file);
  }
} catch (error) {
  // The compiler has said what is wrong.
  if (error.status === undefined) console.error(`lenet-torch cannot be built: ${error.message}`);
  process.exit(1);
}
