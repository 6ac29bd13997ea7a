// Compiles the live page, which runs in a browser and is therefore a project of its own, into dist/live/page/, and puts
// what is no TypeScript of it beside.
import fs from 'node:fs';
import path from 'node:path';

import { at, filesBelow } from './stamps.js';

const source = at('lib', 'live', 'page');
const made = at('dist', 'live', 'page');

/**
 * @param compile - Runs the TypeScript compiler on a project.
 * @returns The files' paths in `dist/`.
 */
export function buildPage(compile) {
  compile(path.join(source, 'tsconfig.json'));
  const files = [];
  for (const file of filesBelow(source)) {
    const name = path.relative(source, file);
    if (name.endsWith('.ts')) files.push(name.replace(/ts$/, 'js'));
    if (!/\.(html|css|svg)$/.test(file)) continue;
    files.push(name);
    const to = path.join(made, name);
    fs.mkdirSync(path.dirname(to), { recursive: true });
    const text = fs.readFileSync(file, 'utf8');
    // Of a sheet's indentation a browser has nothing.
    fs.writeFileSync(to, file.endsWith('.css') ? text.replace(/^[ \n]+/gm, '') : text);
  }
  return files.map((name) => path.join('live', 'page', name));
}
