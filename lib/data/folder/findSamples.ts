import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { TorchError } from '../../error.js';
import { reasonOf } from '../../files/readError.js';

// By code points, as Python sorts: JavaScript's own order differs beyond U+FFFF.
const byName = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    throw new TorchError('ERR_DATA_NOT_FOUND', `${folder} cannot be read: ${reasonOf(error)}`, {
      cause: error,
    });
  }
}

// Links are followed; what cannot be looked at is no folder.
function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/**
 * The folders in a folder, by name: torchvision's `find_classes`.
 * @throws {TorchError} `ERR_DATA_NOT_FOUND` where there is none.
 */
export function findClasses(root: string): string[] {
  const classes = entriesOf(root)
    .filter((name) => isFolder(join(root, name)))
    .sort(byName);
  if (classes.length > 0) return classes;
  throw new TorchError(
    'ERR_DATA_NOT_FOUND',
    `${root}: expected a folder for each class, found none`,
  );
}

/**
 * The files of each class with its number, class by class, in torchvision's order (`make_dataset`).
 * @param isWanted - Whether a file is one, by its path.
 */
export function findSamples(
  root: string,
  classes: readonly string[],
  isWanted: (path: string) => boolean,
): (readonly [path: string, label: number])[] {
  return classes.flatMap((name, label) =>
    foldersBelow(join(root, name)).flatMap((folder) =>
      entriesOf(folder)
        .sort(byName)
        .map((file) => join(folder, file))
        .filter((path) => !isFolder(path) && isWanted(path))
        .map((path) => [path, label] as const),
    ),
  );
}

function keyOf(folder: string): string {
  const { dev, ino } = statSync(folder);
  return `${dev} ${ino}`;
}

// All folders, by their whole paths, as Python sorts what it walks.
function foldersBelow(folder: string): string[] {
  const found: string[] = [];
  const visit = (at: string, above: readonly string[]): void => {
    found.push(at);
    for (const name of entriesOf(at)) {
      const path = join(at, name);
      if (!isFolder(path)) continue;
      // A link may lead back.
      const key = keyOf(path);
      if (!above.includes(key)) visit(path, [...above, key]);
    }
  };
  visit(folder, [keyOf(folder)]);
  return found.sort(byName);
}
