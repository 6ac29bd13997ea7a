// Reads what a page of the documents says is to be written and run.
import fs from 'node:fs';

/** One `### heading`: files by name, commands of its `sh` block, and what these print, in order. */
const section = (name, text, shared) => {
  const files = { ...shared };
  let commands = '';
  for (const [, language, block] of text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)) {
    if (language === 'sh') commands += block;
    else Object.assign(files, fileOf(block));
  }
  const printed = [...commands.matchAll(/^# (.+)$/gm)].map(([, line]) => line);
  return { name, files, commands, printed };
};

// `// app.mjs` or `# pnpm-workspace.yaml` in the first line.
function fileOf(block) {
  const [, name, rest] = /^(?:\/\/|#) (\S+)\n([\s\S]*)$/.exec(block) ?? [];
  if (name === undefined) throw new Error(`a block names no file: ${block.slice(0, 60)}`);
  return { [name]: rest };
}

/** The sections that have commands; what stands before the first `##` is in each of them. */
export function sectionsOf(file) {
  const [head, ...chapters] = fs.readFileSync(file, 'utf8').split(/^##(?= )/m);
  const { files: shared } = section('', head, {});
  return chapters
    .flatMap((chapter) => chapter.split(/^###(?= )/m).slice(1))
    .map((text) => section(/^ (.+)$/m.exec(text)[1], text, shared))
    .filter(({ commands }) => commands !== '');
}

/** The rows of the table whose first column has this heading, as objects by their columns' headings; code without its marks. */
export function tableOf(file, heading) {
  const rows = [...fs.readFileSync(file, 'utf8').matchAll(/^\| (.+) \|$/gm)].map(([, row]) =>
    row.split(' | '),
  );
  const first = rows.findIndex(([cell]) => cell === heading);
  if (first < 0) throw new Error(`${file} has no table of ${heading}`);
  const names = rows[first];
  const found = [];
  for (const cells of rows.slice(first + 1)) {
    if (cells.length !== names.length) break;
    found.push(
      Object.fromEntries(cells.map((cell, i) => [names[i], cell.replace(/^`([^`]*)`$/, '$1')])),
    );
  }
  return found;
}
