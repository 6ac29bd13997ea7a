import { allowedCores, usefulThreads } from '../../context/quota.js';

/** The cores that a process may run on. */
export interface Cores {
  /** A container's quota of their time counts as so many. */
  readonly count: number;
  /** Whether a launcher has given them to this process alone, as mpirun does; else the host's processes share them. */
  readonly areOwn: boolean;
}

/** This process's cores. @param others - Those of the other processes on its host, where that is known. */
export function ownCores(others: readonly (readonly number[] | undefined)[] = []): Cores {
  const own = allowedCores();
  const areOwn =
    own !== undefined &&
    others.length > 0 &&
    others.every((other) => other?.every((core) => !own.includes(core)) === true);
  return { count: usefulThreads(), areOwn };
}
