// `npm run docs`: builds the documentation site into docs/.site. `-- --serve [--port N]` shows it then.
import fs from 'node:fs';
import path from 'node:path';

import { setupOrExit } from './setup.js';
import { at } from './stamps.js';

await setupOrExit();
const { sidebarOf, writePages } = await import('./docs/pages.js');
const { writeTexts } = await import('./docs/texts.js');
const { faultsOf } = await import('./docs/links.js');
const { build } = await import('vitepress');

const started = performance.now();
const seconds = () => `${((performance.now() - started) / 1000).toFixed(0)} s`;
const folder = at('build', 'docs');
const pages = await writePages(folder);
fs.writeFileSync(path.join(folder, 'sidebar.json'), JSON.stringify(sidebarOf(pages)));
console.error(`${pages.length} pages, ${seconds()}`);
await build(at('docs'));
const site = at('docs', '.site');
writeTexts(pages, site);
const faults = faultsOf(site, process.env.LENET_TORCH_DOCS_BASE ?? '/');
for (const fault of faults) console.error(fault);
if (faults.length > 0) {
  console.error(`${faults.length} links lead nowhere`);
  process.exitCode = 1;
} else {
  console.error(`docs/.site, ${seconds()}`);
  if (process.argv.includes('--serve')) {
    const { serve } = await import('./docs/serve.js');
    const given = process.argv.indexOf('--port');
    const { address } = await serve(site, given < 0 ? 4173 : Number(process.argv[given + 1]));
    console.log(address);
  }
}
