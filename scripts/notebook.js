// `npm run notebook`: makes examples/lenet.ipynb of examples/notebook.ts by running it in Deno's kernel.
// `npm run notebook -- KERNEL FILE [EPOCHS]`: another notebook of it, run in deno or tslab.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { misused } from './arguments.js';
import { kernelNames, makeWorkplace } from './notebook/workplace.js';
import { setupOrExit } from './setup.js';

const at = (name) => fileURLToPath(new URL(name, import.meta.url));

const [kernel = 'deno', file = at('../examples/lenet.ipynb'), ...rest] = process.argv.slice(2);
const usage = `npm run notebook -- [${kernelNames.join('|')} FILE [EPOCHS]]`;
const [epochs = '5', ...others] = rest;
if (!kernelNames.includes(kernel)) misused(`there is no kernel '${kernel}'`, usage);
if (others.length > 0) misused(`expected at most 3 arguments, got ${rest.length + 2}`, usage);
if (!/^[1-9]\d{0,3}$/.test(epochs)) misused(`EPOCHS: expected 1 to 9999, got '${epochs}'`, usage);
// Said before the notebook is run, not when it is to be written.
const isFolder = (name) => fs.statSync(name, { throwIfNoEntry: false })?.isDirectory() ?? false;
if (isFolder(file)) misused(`FILE: ${file} is a folder`, usage);
if (!isFolder(path.dirname(path.resolve(file)))) misused(`FILE: ${file} has no folder`, usage);
await setupOrExit();
const { project, env, remove } = makeWorkplace();
const source = at('../examples/notebook.ts');
const args = [at('notebook/execute.py'), source, kernel, project, path.resolve(file), ...rest];
const { status } = spawnSync('python3', args, { env, stdio: 'inherit' });
remove();
process.exitCode = status ?? 1;
