import { type Stats, unwatchFile, watchFile } from 'node:fs';

// Looking costs microseconds, and works where the system tells of no changes: network file systems, and the links that
// Kubernetes exchanges.
const interval = 500;

/**
 * Calls back when a file is another one or has other contents; while it is not there, nothing is said.
 * @returns What ends that.
 */
export function watchWeights(path: string, onChange: () => void): () => void {
  const look = (now: Stats, before: Stats): void => {
    if (now.mtimeMs === 0) return;
    if (now.mtimeMs !== before.mtimeMs || now.size !== before.size || now.ino !== before.ino) {
      onChange();
    }
  };
  watchFile(path, { interval, persistent: false }, look);
  return () => unwatchFile(path, look);
}
