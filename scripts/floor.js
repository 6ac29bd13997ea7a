// The oldest C library and C++ library that the binaries load with. It is libtorch's own floor: no
// machine that can run libtorch shall fail for this package's sake. (`objdump` comes with compilers.)
import { execFileSync } from 'node:child_process';
import path from 'node:path';

/** The newest version of each library's symbols that a binary may ask for. */
export const floor = ['GLIBC_2.28', 'GLIBCXX_3.4.22', 'CXXABI_1.3.11', 'GCC_3.4'];

/** The symbol versions that a binary asks for, newest of each library: `['GLIBC_2.28', …]`. */
export function neededVersions(file) {
  const newest = new Map();
  for (const [, version] of undefinedSymbols(file)) {
    const [library, number] = split(version);
    if (!newest.has(library) || isNewer(number, newest.get(library))) newest.set(library, number);
  }
  return [...newest].map(([library, number]) => `${library}_${number.join('.')}`);
}

/** The symbols of a binary that are above the floor: `['loader.node: dlopen GLIBC_2.34']`. */
export function beyondFloor(file, versions = floor) {
  const limits = new Map(versions.map((version) => split(version)));
  return undefinedSymbols(file).flatMap(([symbol, version]) => {
    const [library, number] = split(version);
    const limit = limits.get(library);
    const isAbove = !limit || isNewer(number, limit);
    return isAbove ? [`${path.basename(file)}: ${symbol} ${version}`] : [];
  });
}

function undefinedSymbols(file) {
  const text = execFileSync('objdump', ['-T', file], { encoding: 'utf8', maxBuffer: 1 << 26 });
  return [...text.matchAll(/\*UND\*\s+\S+\s+\((\w+_[\d.]+)\)\s+(\S+)/g)].map(
    ([, version, symbol]) => [symbol, version],
  );
}

function split(version) {
  const [library, number] = version.split('_');
  return [library, number.split('.').map(Number)];
}

function isNewer(a, b) {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    if ((a[i] ?? 0) !== (b[i] ?? 0)) return (a[i] ?? 0) > (b[i] ?? 0);
  }
  return false;
}
