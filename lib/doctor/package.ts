import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { packageFolder } from '../location.js';
import { findBinaries } from '../native/binaries.js';
import { companion, companionNames } from '../native/companions.js';
import type { Problem, Section } from './section.js';

/** The fields of package.json that the report needs. */
export function packageJson(folder = packageFolder): { version: string; engines: string } {
  const { version, engines } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    version: string;
    engines?: { node?: string };
  };
  return { version, engines: engines?.node ?? '' };
}

/** Version and place of the package, its native files, those that an import takes, and other packages' that it uses. */
export async function packageSection(folder = packageFolder): Promise<Section> {
  const problems: Problem[] = [];
  let files: string[] = [];
  try {
    const binaries = findBinaries({ root: folder });
    const names = readdirSync(binaries.folder).filter((name) => /\.(node|so)$/.test(name));
    files = [binaries.loader, ...names.map((name) => join(binaries.folder, name))];
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    const clone = existsSync(join(folder, 'CMakeLists.txt'));
    const left = /npm install --include=optional/.exec(message)?.[0];
    const next = clone ? 'npm run setup' : (left ?? 'npm install lenet-torch');
    // A platform without binaries is the machine's problem, and told there.
    if (code !== 'ERR_UNSUPPORTED_PLATFORM') problems.push({ text: message, next });
  }
  const shown = [...new Set(files)].map((file) => relative(folder, file)).sort();
  const { version } = packageJson(folder);
  const companions = await Promise.all(companionNames.map(tryCompanion));
  for (const { problem } of companions) if (problem) problems.push(problem);
  const facts = { version, folder, 'native files': shown };
  return {
    name: 'Package',
    facts: { ...facts, 'other packages': companions.map(({ fact }) => fact) },
    problems,
  };
}

async function tryCompanion(
  name: (typeof companionNames)[number],
): Promise<{ fact: string; problem?: Problem }> {
  try {
    await companion(name, import(name));
    return { fact: `${name}: loads` };
  } catch (error) {
    const { message } = error as Error;
    const next = /npm install .*$/.exec(message)?.[0] ?? 'npm install lenet-torch';
    return { fact: `${name}: does not load`, problem: { text: message, next, minor: true } };
  }
}
