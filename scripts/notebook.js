// `npm run notebook`: makes examples/lenet.ipynb of examples/notebook.ts by running it in Deno's kernel.
// `npm run notebook -- KERNEL FILE [EPOCHS]`: another notebook of it, run in deno or tslab.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { kernelNames, makeWorkplace } from './notebook/workplace.js';
import { setupOrExit } from './setup.js';

const at = (name) => fileURLToPath(new URL(name, import.meta.url));

const [kernel = 'deno', file = at('../examples/lenet.ipynb'), ...rest] = process.argv.slice(2);
if (!kernelNames.includes(kernel) || rest.length > 1) {
  console.error(`usage: npm run notebook -- [${kernelNames.join('|')} FILE [EPOCHS]]`);
  process.exit(2);
}
await setupOrExit();
const { project, env, remove } = makeWorkplace();
const source = at('../examples/notebook.ts');
const args = [at('notebook/execute.py'), source, kernel, project, path.resolve(file), ...rest];
const { status } = spawnSync('python3', args, { env, stdio: 'inherit' });
remove();
process.exitCode = status ?? 1;
