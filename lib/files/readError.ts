import { TorchError } from '../error.js';

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is no folder',
  ELOOP: 'its links lead in a circle',
};

/** Why the system does not let a file be read, without the path. */
export function reasonOf(error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return reasons[code] ?? message;
}

/** An error of the file system, which carries the system call that failed, with a code and a reason; others as they are. */
export function readError(error: unknown, path: string): unknown {
  const { code = '', syscall } = error as NodeJS.ErrnoException;
  if (syscall === undefined) return error;
  if (code === 'ENOENT') {
    return new TorchError('ERR_FILE_NOT_FOUND', `${path} does not exist`, { cause: error });
  }
  return new TorchError('ERR_FILE_READ', `${path} cannot be read: ${reasonOf(error)}`, {
    cause: error,
  });
}
