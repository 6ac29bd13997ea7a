import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { TorchError } from './error.js';

// Where many modules lie in one file, none can say by its own URL what lies beside it: they ask here. The file that
// this one is put into therefore stays directly in `dist/` (scripts/bundle.js).

interface Manifest {
  readonly name: string;
  readonly version: string;
}

// A bundler that makes a program one file leaves behind what lies beside this one, and some take the URL away too.
function find(url: string | undefined): { folder: string; manifest: Manifest } {
  const folder = url?.startsWith('file:') ? dirname(fileURLToPath(url)) : undefined;
  try {
    const manifest = JSON.parse(readFileSync(join(folder ?? '', '..', 'package.json'), 'utf8'));
    if (folder !== undefined && manifest.name === 'lenet-torch') return { folder, manifest };
  } catch {
    // There is none.
  }
  throw new TorchError(
    'ERR_ADDON_NOT_FOUND',
    `this code was bundled${folder === undefined ? '' : ` into ${folder}`}, without the addon that belongs to it. Make lenet-torch ` +
      "external (esbuild: --external:lenet-torch; Rollup, Vite: external: ['lenet-torch']; webpack: externals: { 'lenet-torch': " +
      "'module lenet-torch' }; Next.js: serverExternalPackages: ['lenet-torch']) and install it where the program runs",
  );
}

const { folder, manifest } = find(import.meta.url);

/** The folder of this package's code: `dist/`, or `lib/` where the sources themselves run. */
export const codeFolder: string = folder;

/** The folder of this package. */
export const packageFolder: string = dirname(codeFolder);

/** This package's version. */
export const version: string = manifest.version;
