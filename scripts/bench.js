// `npm run bench -- NAME [options]`: sets up what is missing, then runs bench/NAME.js.
import fs from 'node:fs';

import { setupOrExit } from './setup.js';

const folder = new URL('../bench/', import.meta.url);
const names = fs
  .readdirSync(folder)
  .filter((file) => /^[a-z0-9]+\.bench\.js$/.test(file))
  .map((file) => file.replace('.bench.js', ''));
const [name, ...rest] = process.argv.slice(2);
if (name === undefined || !names.includes(name)) {
  console.error(`usage: npm run bench -- ${names.join('|')} [options]`);
  process.exitCode = 2;
} else {
  await setupOrExit();
  const { main } = await import(new URL(`${name}.bench.js`, folder));
  await main(rest);
}
