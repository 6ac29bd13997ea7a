import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** The cores that a process may run on. */
export interface Cores {
  readonly count: number;
  /** Whether a launcher has given them to this process alone, as mpirun does; else the host's processes share them. */
  readonly areOwn: boolean;
}

/** The numbers in a list of the kernel's: `0-3,8`. */
export function coresIn(list: string): number[] {
  return list.split(',').flatMap((part) => {
    const [first, last = first] = part.split('-').map(Number) as [number, number?];
    return Array.from({ length: (last as number) - first + 1 }, (_, i) => first + i);
  });
}

/** Where this process may run; `undefined` where that cannot be read. */
export function allowedCores(): number[] | undefined {
  try {
    const [, list] = /^Cpus_allowed_list:\s*(\S+)$/m.exec(
      readFileSync('/proc/self/status', 'utf8'),
    ) as RegExpExecArray;
    return coresIn(list as string);
  } catch {
    return undefined;
  }
}

/** This process's cores. @param others - Those of the other processes on its host, where that is known. */
export function ownCores(others: readonly (readonly number[] | undefined)[] = []): Cores {
  const count = availableParallelism();
  const own = allowedCores();
  const areOwn =
    own !== undefined &&
    others.length > 0 &&
    others.every((other) => other?.every((core) => !own.includes(core)) === true);
  return { count, areOwn };
}
