import { constants } from 'node:os';

/** How long a process has to end after SIGTERM, milliseconds. */
export const patience = 5000;

/**
 * Sends a signal to a process and all that it has started, where it leads a process group (`detached`).
 * @returns Whether there was somebody left.
 */
export function signalGroup(leader: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-leader, signal);
  } catch {
    return false;
  }
}

/** What a shell gives for a process that a signal ended. */
export const exitCodeOf = (signal: NodeJS.Signals): number => 128 + constants.signals[signal];
