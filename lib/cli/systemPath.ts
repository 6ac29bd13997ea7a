import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';

import { invalidArgument } from '../error.js';

/** A path: text, or bytes where these are no UTF-8. Linux takes any bytes for a name. */
export type SystemPath = string | Buffer;

// What JavaScript reads for bytes that are no UTF-8; a name may have the character itself.
const replacement = '\ufffd';

/** Bytes of the system as text, where they are UTF-8. */
export function systemPath(bytes: Buffer): SystemPath {
  const text = bytes.toString();
  return text.includes(replacement) && !Buffer.from(text).equals(bytes) ? bytes : text;
}

/** A path within a folder. */
export function within(folder: SystemPath, name: SystemPath): SystemPath {
  if (typeof folder === 'string' && typeof name === 'string') return join(folder, name);
  const path = Buffer.concat([Buffer.from(folder), Buffer.from('/'), Buffer.from(name)]);
  return systemPath(path);
}

// Well-formed UTF-8, byte by byte, or a byte that is none.
const sequences =
  /((?:[\0-\x7f]|[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3})+)|(.)/gs;

/** A path for people and JSON: bytes that are no UTF-8 as `\xe9`. */
export function shown(path: SystemPath): string {
  if (typeof path === 'string') return path;
  return path
    .toString('latin1')
    .replace(sequences, (_, whole?: string, odd?: string) =>
      whole === undefined
        ? `\\x${odd!.charCodeAt(0).toString(16)}`
        : Buffer.from(whole, 'latin1').toString(),
    );
}

/**
 * Paths from the command line, with the bytes that they have there: Node decodes arguments and loses what
 * is no UTF-8, but the kernel still knows them.
 */
export function argumentPaths(names: readonly string[]): SystemPath[] {
  if (!names.some((name) => name.includes(replacement))) return [...names];
  const bytes = commandLine();
  return names.map((name) => {
    if (!name.includes(replacement)) return name;
    const at = bytes.findIndex((each) => each.toString() === name);
    // Those of two names that read alike stand in the order of the arguments.
    return at < 0 ? name : systemPath(bytes.splice(at, 1)[0]!);
  });
}

function commandLine(): Buffer[] {
  try {
    const all = readFileSync('/proc/self/cmdline');
    const found: Buffer[] = [];
    for (let at = 0, end = all.indexOf(0); end >= 0; at = end + 1, end = all.indexOf(0, at)) {
      found.push(all.subarray(at, end));
    }
    return found;
  } catch {
    return [];
  }
}

/**
 * Refuses what cannot be passed on: a file of another name would be read or written.
 * @throws {TypeError} `ERR_INVALID_ARG` for an argument or option that is no UTF-8; the image files of
 *   commands that take bytes are no concern here.
 */
export function requireUtf8(command: Command): void {
  const takesBytes = ['predict', 'features'].includes(command.name());
  const values: unknown[] = Object.values(command.opts());
  if (!takesBytes) values.push(...command.args);
  for (const value of values) {
    if (typeof value !== 'string' || !value.includes(replacement)) continue;
    // `--weights FILE` or `--weights=FILE`.
    const bytes = commandLine().find((each) => each.toString().endsWith(value));
    const given = bytes === undefined ? '' : systemPath(bytes);
    if (typeof given === 'string') continue;
    throw invalidArgument(
      `the name ${shown(given)} is not UTF-8 and cannot be passed on by Node: rename it, or go by a link`,
    );
  }
}
