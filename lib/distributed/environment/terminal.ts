import { closeSync, constants, openSync } from 'node:fs';

/** @internal Whether somebody sits at a terminal that this process belongs to, wherever its output goes. */
export function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', constants.O_RDONLY | constants.O_NOCTTY));
    return true;
  } catch {
    return false;
  }
}
