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
  const files = new Set();
  for (const file of filesBelow(source)) {
    const name = path.relative(source, file);
    if (name.endsWith('.ts')) files.add(path.join(made, name.replace(/ts$/, 'js')));
    if (!/\.(html|css|svg)$/.test(file)) continue;
    const to = path.join(made, name);
    files.add(to);
    fs.mkdirSync(path.dirname(to), { recursive: true });
    const text = fs.readFileSync(file, 'utf8');
    // Of a sheet's indentation a browser has nothing.
    fs.writeFileSync(to, file.endsWith('.css') ? text.replace(/^[ \n]+/gm, '') : text);
  }
  // What it takes from other rooms is compiled with it, and lies where those do. The set grows while it is gone through.
  for (const file of files) {
    if (file.endsWith('.js')) for (const each of importsOf(file)) files.add(each);
  }
  return [...files].map((file) => path.relative(at('dist'), file));
}

function importsOf(file) {
  const imported = fs.readFileSync(file, 'utf8').matchAll(/(?:\bfrom |\bimport )'(\.[^']+)'/g);
  return [...imported].map(([, specifier]) => path.join(path.dirname(file), specifier));
}
