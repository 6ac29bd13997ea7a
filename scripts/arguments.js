// What a script is called with: options and names, or one sentence with the usage, and exit code 2.
import fs from 'node:fs';
import { parseArgs } from 'node:util';

/** Ends a script that was called wrongly. */
export function misused(problem, usage) {
  console.error(`${problem}\nusage: ${usage}`);
  process.exit(2);
}

/**
 * Reads the command line.
 * @param options - As `parseArgs` takes them. What is called `tarball` has to be a file.
 * @param names - Which words may stand beside options. Without them none may.
 * @returns Options by name, and in `chosen` the names that some word begins: all where there are no words.
 */
export function readArguments(usage, options, names) {
  try {
    const { values, positionals } = parseArgs({ options, allowPositionals: names !== undefined });
    for (const tarball of [values.tarball ?? []].flat()) {
      if (fs.statSync(tarball, { throwIfNoEntry: false })?.isFile()) continue;
      throw new Error(`--tarball: there is no file ${tarball}`);
    }
    return { ...values, chosen: names && choose(names, positionals) };
  } catch (error) {
    return misused(error.message, usage);
  }
}

function choose(names, words) {
  const begins = (name, word) => name.toLowerCase().startsWith(word.toLowerCase());
  const unknown = words.find((word) => !names.some((name) => begins(name, word)));
  if (unknown !== undefined) {
    throw new Error(`there is no '${unknown}'; there are ${names.join(', ')}`);
  }
  return names.filter((name) => words.length === 0 || words.some((word) => begins(name, word)));
}
