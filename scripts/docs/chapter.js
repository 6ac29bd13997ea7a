// The chapter's page: examples/notebook.ts cell by cell, beside the cells of examples/notebook.py that have the same number, with what
// the TypeScript prints and draws when it is run now.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

import { at } from '../stamps.js';

/** Cells of the notebook as a script: `[{ isText, number, text }]`; `number` is that of the chapter's own cell, where it has one. */
export function cellsOf(source) {
  const parts = source.split(/^\/\/ %%(.*)\n/m).slice(1);
  return parts.flatMap((kind, i) => {
    if (i % 2 === 1) return [];
    const isText = kind.includes('[markdown]');
    const text = parts[i + 1].trim();
    if (isText) return [{ isText, text: text.replaceAll(/^\/\/ ?/gm, '') }];
    const number = /^\/\/ \[(\d+)\]\n/.exec(text)?.[1];
    return [{ isText, number, text: text.replace(/^\/\/ \[\d+\]\n/, '') }];
  });
}

/** Cells of the Python script, by their numbers. */
export function pythonCells(source) {
  const [head, ...parts] = source.split(/^# In \[(\d+)\]\n/m);
  const cells = new Map();
  for (let i = 0; i < parts.length; i += 2) cells.set(parts[i], parts[i + 1].trim());
  const imports = head.replace(/"""[\s\S]*?"""\n/, '').trim();
  const [first] = cells.keys();
  cells.set(first, `${imports}\n\n${cells.get(first)}`);
  return cells;
}

// In place of a notebook's: pictures become files, everything else is printed.
const display = `
import { writeFileSync as writePicture } from 'node:fs';
let pictures = 0;
async function display(shown) {
  if (typeof shown !== 'string' || !shown.startsWith('<svg')) return console.log(shown);
  writePicture(process.argv[2] + '/' + ++pictures + '.svg', shown);
  console.log('\\0picture ' + pictures);
}
`;

/** Runs all cells; what each of them printed, in their order. */
function outputsOf(cells, folder) {
  const source = cells
    .map(({ isText, text }) => `console.log('\\0cell');\n${isText ? '' : text}`)
    .join('\n')
    .replace(/\bdisplay, /, '');
  const { outputText } = ts.transpileModule(display + source, {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
  });
  // Inside the package, so that `import 'lenet-torch'` finds it.
  const file = path.join(at('build'), 'examples', 'chapter.mjs');
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(file, outputText);
  const printed = execFileSync(process.execPath, [file, folder], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return printed.split('\0cell\n').slice(1);
}

/** The page's Markdown. */
export function chapterPage(folder) {
  const cells = cellsOf(fs.readFileSync(at('examples', 'notebook.ts'), 'utf8'));
  const python = pythonCells(fs.readFileSync(at('examples', 'notebook.py'), 'utf8'));
  const outputs = outputsOf(cells, folder);
  const parts = [
    `---
aside: false
---

# The chapter, cell by cell

LeNet on Fashion-MNIST, in Python ([examples/notebook.py](../examples/notebook.py)) and in TypeScript
([examples/notebook.ts](../examples/notebook.ts)). What stands under the cells is what the TypeScript printed and drew when this site was built.`,
  ];
  for (const [i, { isText, number, text }] of cells.entries()) {
    if (isText) {
      // The page has its title.
      parts.push(
        text.replace(/^# .*\n+/, '').replaceAll('docs/notebook.md', '[notebook](notebook.md)'),
      );
      continue;
    }
    if (number !== undefined) parts.push(`### In [${number}] {#in-${number}}`);
    const left = python.get(number);
    const blocks = [left && fenced('python', left), fenced('ts', text)].filter(Boolean);
    const columns = blocks.map((each) => `<div>\n\n${each}\n\n</div>`).join('\n\n');
    parts.push(`<div class="beside">\n\n${columns}\n\n</div>`, ...shown(outputs[i]));
  }
  return `${parts.filter(Boolean).join('\n\n')}\n`;
}

// What a cell printed, with its pictures where they were drawn.
function* shown(output) {
  for (const [i, part] of output.split(/\0picture (\d+)\n/).entries()) {
    if (i % 2 === 1) yield `![What the cell draws](./chapter/${part}.svg)`;
    else if (part.trim() !== '') yield fenced('txt', part.trimEnd());
  }
}

const fenced = (language, text) => `\`\`\`\`${language}\n${text}\n\`\`\`\``;
