// `npm run docs`: builds the documentation site into docs/.site. `-- --serve [--port N]` shows it then.
import fs from 'node:fs';
import path from 'node:path';

import { misused, readArguments } from './arguments.js';
import { setupOrExit } from './setup.js';
import { at } from './stamps.js';

const usage = 'npm run docs [-- --serve [--port N]]';
const given = readArguments(usage, { serve: { type: 'boolean' }, port: { type: 'string' } });
const port = Number(given.port ?? 4173);
if (given.port !== undefined && !(/^\d+$/.test(given.port) && port <= 65535)) {
  misused(`--port: expected a port from 0 to 65535, got '${given.port}'`, usage);
}
if (given.port !== undefined && !given.serve) misused('--port goes with --serve', usage);
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
  if (given.serve) {
    const { serve } = await import('./docs/serve.js');
    try {
      console.log((await serve(site, port)).address);
    } catch (error) {
      if (error.code !== 'EADDRINUSE' && error.code !== 'EACCES') throw error;
      console.error(`docs: port ${port} cannot be had (${error.code}): take another, --port N`);
      process.exitCode = 1;
    }
  }
}
