import { readdir } from 'node:fs/promises';

import { TorchError } from '../error.js';
import { reasonOf } from '../files/readError.js';

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such folder',
  ENOTDIR: 'it is no folder',
};

/** `ERR_RUN_NOT_FOUND` for a path that holds no run, with what is there instead. */
export async function noRun(path: string): Promise<TorchError> {
  const found = await readdir(path).then(
    () => 'it has no config.json',
    (error: NodeJS.ErrnoException) => reasons[error.code ?? ''] ?? reasonOf(error),
  );
  return new TorchError('ERR_RUN_NOT_FOUND', `${path} is no run: ${found}`);
}
