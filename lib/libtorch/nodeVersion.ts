import { TorchError } from '../error.js';

/** Node's versions that this package runs on, as in package.json: of each major version named, from a minor on. */
const oldestMinors: Readonly<Record<number, number>> = { 20: 15, 22: 2 };
const newestNamed = 22;

/** What is needed, in words. */
const neededNode = 'Node.js ^20.15 or >=22.2';

/** Whether a version such as `'20.15.0'` will do. */
export function isSupportedNode(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > newestNamed || minor >= (oldestMinors[major] ?? Number.POSITIVE_INFINITY);
}

/** @throws {TorchError} `ERR_UNSUPPORTED_PLATFORM` where Node lacks what this package needs. */
export function requireNode(version: string = process.versions.node): void {
  if (isSupportedNode(version)) return;
  throw new TorchError(
    'ERR_UNSUPPORTED_PLATFORM',
    `${neededNode} is needed, this is ${version}. Install a newer one (nodejs.org, or: nvm install --lts) and run again`,
  );
}
