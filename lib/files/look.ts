import { type Stats, statSync } from 'node:fs';

/**
 * What is at a path; `undefined` where nothing is, or nothing can be seen. Node's `throwIfNoEntry` still throws where a part of
 * the path is a file.
 */
export function look(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}
