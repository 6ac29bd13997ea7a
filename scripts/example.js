// `npm run example -- NAME [arguments]`: sets up what is missing, then runs examples/NAME.ts or examples/chapters/NAME.ts.
// Without a name it lists them.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { setupOrExit } from './setup.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const sources = path.join(root, 'examples');
// Inside the package, so that `import 'lenet-torch'` finds it.
const built = path.join(root, 'build', 'examples');

/** Each example's path without its ending, by its name. */
const examples = new Map(
  ['', 'chapters'].flatMap((folder) =>
    fs
      .readdirSync(path.join(sources, folder))
      .filter((file) => file.endsWith('.ts'))
      .sort()
      .map((file) => [file.slice(0, -3), path.join(folder, file.slice(0, -3))]),
  ),
);

const [name, ...rest] = process.argv.slice(2);
const found = examples.get(name);
if (found !== undefined) {
  await setupOrExit();
  const file = await compile(found);
  process.argv = [process.argv[0], file, ...rest];
  try {
    await import(pathToFileURL(file).href);
  } catch (error) {
    // What the package refuses is said in its words alone; another fault, Node's too, shows where it is.
    const isOurs = /^ERR_/.test(error?.code) && !error.stack.includes(`[${error.code}]`);
    if (!isOurs) throw error;
    console.error(`${name}: ${error.code}: ${error.message}`);
    process.exitCode = 1;
  }
} else if (name === undefined) {
  console.log('npm run example -- NAME [arguments]');
  for (const [each, file] of examples) console.log(`  ${each.padEnd(18)} ${sentence(file)}`);
} else {
  console.error(`there is no example '${name}': npm run example lists them`);
  process.exitCode = 2;
}

/** What the first comment says before how it is run. */
function sentence(file) {
  const lines = fs.readFileSync(path.join(sources, `${file}.ts`), 'utf8').split('\n');
  const comment = lines.slice(
    0,
    lines.findIndex((line) => !line.startsWith('//')),
  );
  return (
    comment
      .map((line) => line.slice(3))
      // A notebook's mark of a cell, and its title.
      .filter((line) => !/^(%%|#)/.test(line))
      .join(' ')
      .trim()
      .replace(/ *(Run|How to open the notebook): .*/, '')
  );
}

/** Compiles an example with what it imports of the folder; gives the path of what is to be run. */
async function compile(example) {
  const { default: ts } = await import('typescript');
  const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 };
  const done = new Set();
  const visit = (file) => {
    if (done.has(file)) return;
    done.add(file);
    const source = fs.readFileSync(path.join(sources, `${file}.ts`), 'utf8');
    const to = path.join(built, `${file}.js`);
    fs.mkdirSync(path.dirname(to), { recursive: true });
    // Whole at once: another example may be reading what both share.
    fs.writeFileSync(
      `${to}.${process.pid}`,
      ts.transpileModule(source, { compilerOptions }).outputText,
    );
    fs.renameSync(`${to}.${process.pid}`, to);
    for (const { fileName } of ts.preProcessFile(source).importedFiles) {
      if (fileName.startsWith('.')) visit(path.join(path.dirname(file), fileName.slice(0, -3)));
    }
  };
  visit(example);
  return path.join(built, `${example}.js`);
}
