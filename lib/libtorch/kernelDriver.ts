import { readFileSync } from 'node:fs';

/** Where the kernel module says its version. */
export const driverFile = '/proc/driver/nvidia/version';

/** The version that NVIDIA's kernel module says, `'580.65.06'`; `undefined` where it is not loaded. */
export function kernelDriver(file = driverFile): string | undefined {
  try {
    return /(?:Kernel Module|for \S+)\s+(\d+(?:\.\d+)+)/.exec(readFileSync(file, 'utf8'))?.[1];
  } catch {
    return undefined;
  }
}
