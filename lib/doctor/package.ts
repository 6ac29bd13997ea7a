import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { Problem, Section } from './section.js';

/** The folder of this package. */
export const packageFolder = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** The fields of package.json that the report needs. */
export function packageJson(folder = packageFolder): { version: string; engines: string } {
  const { version, engines } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    version: string;
    engines?: { node?: string };
  };
  return { version, engines: engines?.node ?? '' };
}

// A clone has what it has built in build/, a package what it brings in prebuilds/ (its loader's and
// further ones below folders of their own).
function addonsIn(folder: string): string[] {
  return ['build', 'prebuilds', 'loader', 'addons']
    .filter((name) => existsSync(join(folder, name)))
    .flatMap((name) =>
      readdirSync(join(folder, name), { recursive: true, encoding: 'utf8' })
        .filter((file) => /\.(node|so)$/.test(file) && !file.includes('CMakeFiles'))
        .map((file) => join(folder, name, file)),
    )
    .sort();
}

/** Version and place of the package, and its native files. */
export function packageSection(folder = packageFolder): Section {
  const addons = addonsIn(folder).map((file) => relative(folder, file));
  const problems: Problem[] = [];
  if (!addons.some((file) => /\.node$/.test(file))) {
    const clone = existsSync(join(folder, 'CMakeLists.txt'));
    problems.push({
      text: `the addon is missing: there is no .node file in ${folder}/build or ${folder}/prebuilds`,
      next: clone ? 'npm run setup' : 'npm install lenet-torch',
    });
  }
  const { version } = packageJson(folder);
  return { name: 'Package', facts: { version, folder, 'native files': addons }, problems };
}
