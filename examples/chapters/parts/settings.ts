import { parseArgs } from 'node:util';
import { cuda, type Device, device } from 'lenet-torch';

/**
 * The numbers that a chapter is run with: the book's, or what the command line has in their place, `--epochs 1`. What
 * is no such number ends the example.
 */
export function settings<Name extends string>(
  defaults: Record<Name, number>,
): Record<Name, number> {
  const names = Object.keys(defaults) as Name[];
  try {
    const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
    const { values } = parseArgs({ options });
    const chosen = { ...defaults };
    for (const name of names) {
      const given = values[name];
      if (given === undefined) continue;
      if (!/^[1-9]\d*$/.test(given) || !Number.isSafeInteger(Number(given))) {
        throw new Error(`--${name}: expected an integer from 1, got '${given}'`);
      }
      chosen[name] = Number(given);
    }
    return chosen;
  } catch (error) {
    console.error((error as Error).message);
    console.error(`options: ${names.map((name) => `--${name} N (${defaults[name]})`).join(', ')}`);
    process.exit(2);
  }
}

/** A GPU where there is one. */
export const tryGpu = (): Device => device(cuda.isAvailable() ? 'cuda' : 'cpu');
