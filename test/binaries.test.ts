import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { TorchError } from '../lib/error.js';
import { addonFile, findBinaries, platformName } from '../lib/native/binaries.js';
import { temporaryFolder } from './folder.js';

let root: string;

beforeEach(() => {
  root = temporaryFolder('lenet binaries é ');
});

// Nothing is loaded, so that names are all there is to it.
function lay(...files: string[]): void {
  for (const file of files) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), '');
  }
}

const prebuilt = (...minors: string[]): string[] => [
  'prebuilds/linux-x64/loader.glibc.node',
  'prebuilds/linux-x64/liblenet_fused_avx2.so',
  ...minors.map((minor) => `prebuilds/linux-x64/libtorch-${minor}.node`),
];
const built = ['build/loader/build/Release/loader.node', 'build/Release/libtorch-2.15.node'];

function failure(platform = 'linux-x64'): TorchError {
  try {
    findBinaries({ root, platform, release: '1.2.3' });
  } catch (error) {
    return error as TorchError;
  }
  throw new Error('binaries were found');
}

/** The package of a platform, as an installer lays it beside this one or below it. */
function layPackage(below: string, platform: string, version = '1.2.3'): string {
  const home = join(root, below, 'node_modules', '@lenet-torch', platform);
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, 'package.json'), JSON.stringify({ version }));
  return home;
}

describe('prebuilds in a clone', () => {
  test('have an addon for each of several libtorch; the reference comes first, then new ones', () => {
    lay(...prebuilt('2.9', '2.11', '2.15'));
    const binaries = findBinaries({ root, platform: 'linux-x64' });
    const folder = join(root, 'prebuilds', 'linux-x64');
    expect(binaries).toEqual({
      loader: join(folder, 'loader.glibc.node'),
      folder,
      minors: ['2.11', '2.15', '2.9'],
    });
    expect(addonFile(binaries, '2.9')).toBe(join(folder, 'libtorch-2.9.node'));
  });

  test.each([
    ['the addons', prebuilt()],
    ['the loader', prebuilt('2.11').slice(1)],
  ])('without %s: says what to do', (_, files) => {
    lay(...files);
    const { code, message } = failure();
    expect(code).toBe('ERR_ADDON_NOT_FOUND');
    expect(message).toContain(`${join(root, 'prebuilds', 'linux-x64')} is not complete`);
    expect(message).toMatch(
      /Install the package again; in a clone .* npm run setup\. Where a build/,
    );
  });
});

describe('a package for the platform', () => {
  // npm and Yarn lay it beside, pnpm too, within a folder of its own; npm below where two releases are.
  test.each([
    ['beside', ''],
    ['below', 'app/node_modules/lenet-torch'],
  ])('%s is found', (_, below) => {
    const outer = root;
    const home = layPackage(below, 'linux-x64');
    const files = prebuilt('2.9', '2.11').map((file) => join(home, file));
    root = '';
    lay(...files);
    root = outer;
    const found = findBinaries({
      root: join(root, 'app/node_modules/lenet-torch'),
      platform: 'linux-x64',
      release: '1.2.3',
    });
    expect(found.folder).toBe(join(home, 'prebuilds', 'linux-x64'));
    expect(found.minors).toEqual(['2.11', '2.9']);
  });

  test.each(['linux-x64', 'linux-arm64'])('%s missing: says why that may be', (platform) => {
    layPackage('', platform === 'linux-x64' ? 'linux-arm64' : 'linux-x64');
    const { code, message } = failure(platform);
    expect(code).toBe('ERR_ADDON_NOT_FOUND');
    expect(message).toContain(`@lenet-torch/${platform} is not installed beside it`);
    expect(message).toContain('(npm install --include=optional)');
    expect(message).toMatch(/name these too: node_modules\/@lenet-torch\/\*\*$/);
  });

  test('without its files', () => {
    const home = layPackage('', 'linux-x64');
    expect(failure().message).toContain(`${join(home, 'prebuilds/linux-x64')} is not complete`);
  });

  test('of another release is not loaded', () => {
    layPackage('', 'linux-x64', '1.2.4');
    const { code, message } = failure();
    expect(code).toBe('ERR_ADDON_NOT_FOUND');
    expect(message).toContain('@lenet-torch/linux-x64 beside it is of release 1.2.4, lenet-torch');
  });
});

describe('a clone', () => {
  test('takes what it has built, for one libtorch', () => {
    lay(...built, ...prebuilt('2.9', '2.11'));
    expect(findBinaries({ root })).toEqual({
      loader: join(root, 'build/loader/build/Release/loader.node'),
      folder: join(root, 'build/Release'),
      minors: ['2.15'],
    });
  });

  test('builds anywhere', () => {
    lay(...built);
    expect(findBinaries({ root, platform: 'linux-arm64' }).minors).toEqual(['2.15']);
  });
});

describe('a platform without prebuilt binaries', () => {
  test.each(['linux-riscv64', 'linux-x64-musl', 'linux-arm64-musl'])('%s: how to build', (name) => {
    lay(...prebuilt('2.11'));
    const { code, message } = failure(name);
    expect(code).toBe('ERR_UNSUPPORTED_PLATFORM');
    const those = 'only for linux-x64, linux-arm64 with glibc';
    expect(message).toContain(`no prebuilt binary for ${name}, ${those}`);
    expect(message).toMatch(/To build from source, .* LENET_TORCH_LIBTORCH .*: npm run setup$/);
  });

  test.each(['darwin-arm64', 'win32-x64'])('%s: what to use', (name) => {
    const { code, message } = failure(name);
    expect(code).toBe('ERR_UNSUPPORTED_PLATFORM');
    expect(message).toContain(`no prebuilt binary for ${name}`);
    expect(message).toContain('It runs on Linux only');
  });

  test('this machine is named', () => {
    expect(platformName()).toMatch(/^linux-(x64|arm64)(-musl)?$/);
  });
});
