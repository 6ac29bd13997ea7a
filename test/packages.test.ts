// What npm gets: the package, and one with binaries for each platform.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

import { prebuiltPlatforms } from '../lib/native/binaries.js';
import { releases } from '../lib/libtorch/version.js';
import { packAll, sizesOf } from '../scripts/packages.js';
import { packageOf, platforms, prebuiltFiles } from '../scripts/platforms.js';
import { temporaryFolder } from './folder.js';

const at = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const names = Object.keys(platforms);

test('the loader knows the platforms that packages are made for', () => {
  expect(prebuiltPlatforms).toEqual(names);
});

test('each is of one release, and the first names the others', { timeout: 120_000 }, () => {
  const { version } = JSON.parse(readFileSync(at('package.json'), 'utf8'));
  const packed = packAll(temporaryFolder(), names, names);
  const [main, ...others] = packed.map(({ manifest }) => manifest);
  expect(main.optionalDependencies).toEqual(
    Object.fromEntries(names.map((platform) => [packageOf(platform), version])),
  );
  expect(main).not.toHaveProperty('scripts');
  expect(main.cpu).toEqual(others.flatMap(({ cpu }) => cpu));
  expect(others.map((manifest) => [manifest.name, manifest.version])).toEqual(
    names.map((platform) => [`@lenet-torch/${platform}`, version]),
  );
  for (const { os, libc } of others)
    expect({ os, libc }).toEqual({ os: ['linux'], libc: ['glibc'] });
  expect(packed[0]!.files.some(({ path }: { path: string }) => path.startsWith('prebuilds/'))).toBe(
    false,
  );
  expect(sizesOf(packed)[0]).toMatch(
    /^ *[\d,]+ {2}lenet-torch, packed, of at most [\d,]+: \d+ files$/,
  );
});

test.each(names)('%s has an addon for each libtorch', (platform) => {
  const files = prebuiltFiles(platform, Object.keys(releases));
  for (const minor of Object.keys(releases)) expect(files).toContain(`libtorch-${minor}.node`);
  expect(files.some((name) => name.startsWith('liblenet_fused_'))).toBe(true);
});

test('the clone itself is not packed', () => {
  const { status, stderr } = spawnSync(process.execPath, [at('scripts/prepack.js')], {
    encoding: 'utf8',
  });
  expect(status).toBe(1);
  expect(stderr).toContain('npm run release makes its packages');
});
