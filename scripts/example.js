// `npm run example -- NAME [arguments]`: sets up what is missing, then runs examples/NAME.ts.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { setupOrExit } from './setup.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const names = fs
  .readdirSync(path.join(root, 'examples'))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -3));
const [name, ...rest] = process.argv.slice(2);
if (name === undefined || !names.includes(name)) {
  console.error(`usage: npm run example -- ${names.join('|')} [arguments]`);
  process.exitCode = 2;
} else {
  await setupOrExit();
  const { default: ts } = await import('typescript');
  const source = fs.readFileSync(path.join(root, 'examples', `${name}.ts`), 'utf8');
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
  });
  // Inside the package, so that `import 'lenet-torch'` finds it.
  const folder = path.join(root, 'build', 'examples');
  const file = path.join(folder, `${name}.mjs`);
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(file, outputText);
  process.argv = [process.argv[0], file, ...rest];
  await import(pathToFileURL(file).href);
}
