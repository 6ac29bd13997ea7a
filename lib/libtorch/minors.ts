import { referenceMinor, releases } from './version.js';

/** The minor versions of libtorch that this package can use, the one to prefer first. */
export function usableMinors(): string[] {
  return [referenceMinor, ...Object.keys(releases).filter((minor) => minor !== referenceMinor)];
}
