import { existsSync, mkdirSync } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * Makes a folder and those above it, where they are missing. Node's recursive mkdir never ends where a
 * folder cannot be made (ENOENT) though its parent is there, as in /proc.
 */
export function makeFolders(dir: string): void {
  try {
    mkdirSync(dir);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    const parent = dirname(dir);
    if (code !== 'ENOENT' || parent === dir || existsSync(parent)) throw error;
    makeFolders(parent);
    makeFolders(dir);
  }
}

/** The bytes of all files below a folder; 0 when it is not there. */
export async function folderBytes(folder: string): Promise<number> {
  let bytes = 0;
  for (const name of await readdir(folder, { recursive: true }).catch(() => [])) {
    const file = await lstat(join(folder, name)).catch(() => undefined);
    if (file?.isFile()) bytes += file.size;
  }
  return bytes;
}
