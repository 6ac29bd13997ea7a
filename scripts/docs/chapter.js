// The chapter's page: examples/notebook.py beside examples/notebook.ts, cell by cell, with what the TypeScript prints and draws when
// it is run now.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

import { at } from '../stamps.js';

const marker = '\u0000cell ';

/** A notebook's cells: `[{ cell, text }]`, divided by comments such as `// In [22]`; what comes before the first belongs to it. */
export function cellsOf(source) {
  const parts = source.split(/^(?:\/\/|#) In \[(\d+)\](.*)\n/m);
  const cells = [];
  for (let i = 1; i < parts.length; i += 3) {
    cells.push({ cell: Number(parts[i]), note: parts[i + 1].trim(), text: parts[i + 2].trim() });
  }
  const imports = parts[0]
    .replaceAll(/^(?:\/\/|#).*\n/gm, '')
    .replace(/"""[\s\S]*?"""\n/, '')
    .trim();
  cells[0].text = `${imports}\n\n${cells[0].text}`;
  return cells;
}

// What is drawn after the last cell, of the network that it has trained.
const drawing = `
const history = await trained;
const { writeFileSync } = await import('node:fs');
for (const theme of ['light', 'dark']) {
  const write = (name, svg) => writeFileSync(process.argv[3] + '/' + name + '-' + theme + '.svg', svg);
  const runs = [{ name: 'LeNet, seed 0', epochs: history.epochs }];
  write('curves', torch.draw.curves(runs, { theme }));
  const [image] = testIter.dataset.get(0);
  const { classes } = torch.data.FashionMNIST;
  write('features', torch.draw.features(net, image, { theme, classes, label: 9 }));
}`;

/** Runs the notebook and returns what each cell prints, by its number; pictures go into `folder`. */
function execute(source, folder) {
  const marked = source
    .replaceAll(/^\/\/ In \[(\d+)\].*$/gm, (_, cell) => `console.log('\\0cell ${cell}');`)
    .replace(/^await train\(/m, 'const trained = train(');
  const { outputText } = ts.transpileModule(marked + drawing, {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
  });
  // Inside the package, so that `import 'lenet-torch'` finds it.
  const file = path.join(at('build'), 'examples', 'chapter.mjs');
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(
    file,
    `import * as torchOfPictures from 'lenet-torch';\ntorchOfPictures.manualSeed(0);\n${outputText}`,
  );
  const printed = execFileSync(process.execPath, [file, '5', folder], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return new Map(
    printed
      .split(marker)
      .slice(1)
      .map((part) => {
        const end = part.indexOf('\n');
        return [Number(part.slice(0, end)), part.slice(end + 1).trim()];
      }),
  );
}

const introductions = {
  22: 'A device, as in Python: everything below runs on a GPU where there is one.',
  32: 'The network. Fields take the place of assignments to `self`; a module is called with `.forward`.',
  33: 'Printed, it is the same text, digit by digit.',
  34: "The data. The download has been done by `lenet-torch setup`; batches come in the order of Python's `DataLoader`.",
  35: 'How good it is. The chapter defines this function; here it is part of the package.',
  36: 'The loop. The chapter defines it too; here it is `torch.train`, which runs networks like this one in an engine of its own.',
  37: 'Five epochs.',
};

/** The page's Markdown. */
export function chapterPage(folder) {
  const source = fs.readFileSync(at('examples', 'notebook.ts'), 'utf8');
  const python = cellsOf(fs.readFileSync(at('examples', 'notebook.py'), 'utf8'));
  const cells = cellsOf(source);
  const printed = execute(source, folder);
  const numbers = [...new Set([...python, ...cells].map(({ cell }) => cell))].sort((a, b) => a - b);
  const parts = [
    `---
aside: false
---

# The chapter, cell by cell

LeNet on Fashion-MNIST, in Python ([examples/notebook.py](../examples/notebook.py)) and in TypeScript
([examples/notebook.ts](../examples/notebook.ts)). What stands under the cells is what the TypeScript printed when this site was built, after
\`torch.manualSeed(0)\`; run it yourself with \`npm run example -- notebook\` in a clone.`,
  ];
  for (const number of numbers) {
    const [left, right] = [python, cells].map((each) => each.find(({ cell }) => cell === number));
    parts.push(`## In [${number}] {#in-${number}}`, introductions[number] ?? '');
    const blocks = [
      left && `\`\`\`python\n${left.text}\n\`\`\``,
      right && right.text !== '' && `\`\`\`ts\n${right.text}\n\`\`\``,
    ].filter(Boolean);
    parts.push(
      `<div class="beside">\n\n${blocks.map((each) => `<div>\n\n${each}\n\n</div>`).join('\n\n')}\n\n</div>`,
    );
    const output = printed.get(number);
    if (output) parts.push(`\`\`\`\`txt\n${output}\n\`\`\`\``);
  }
  parts.push(
    '## What it has learned {#learned}',
    'The run above, as `torch.draw.curves` shows it:',
    picture('curves', 'Loss and accuracies of the five epochs'),
    'And what its layers make of the first test image, an ankle boot, by `torch.draw.features`:',
    picture('features', 'Feature maps of an ankle boot, layer by layer'),
    "More of them: [pictures](pictures.md). The chapter's first half, the network of 1998: [LeNet-5](lenet5.md).",
  );
  return `${parts.filter(Boolean).join('\n\n')}\n`;
}

const picture = (name, text) =>
  `![${text}](./chapter/${name}-light.svg){.light-only}\n![${text}](./chapter/${name}-dark.svg){.dark-only}`;
