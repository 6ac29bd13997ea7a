import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/**
 * A new folder, which is removed with all that is in it.
 * @param prefix - What its name begins with; spaces and accents where they could do harm.
 * @param when - The hook that removes it: when the test ends, or `afterAll` for a file's own folder.
 */
export function temporaryFolder(
  prefix = 'lenet-torch-',
  when: (remove: () => void) => void = onTestFinished,
): string {
  const folder = mkdtempSync(join(tmpdir(), prefix));
  when(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
