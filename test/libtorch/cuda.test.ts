import { describe, expect, test } from 'vitest';

import { releaseFor } from '../../lib/libtorch/cudaWheels.js';
import { checkDriver } from '../../lib/libtorch/driver.js';
import { releases } from '../../lib/libtorch/version.js';
import { coded } from '../coded.js';

describe.each(Object.keys(releases))('libtorch %s', (minor) => {
  test('for the CPU: the release itself', () => {
    expect(releaseFor(minor, 'cpu')).toBe(releases[minor]);
  });

  test('for CUDA: NVIDIA’s wheels too, each once, and more disk than for the CPU', () => {
    const { wheels, unpackedSize, headersSize } = releaseFor(minor, 'cuda');
    const projects = wheels.map(({ project }) => project);
    expect(new Set(projects).size).toBe(projects.length);
    const names = [
      'cublas',
      'cudnn',
      'cufft',
      'cusolver',
      'cusparse',
      'cusparselt',
      'nccl',
      'nvshmem',
    ];
    for (const name of names) {
      expect(projects).toContainEqual(expect.stringMatching(`^nvidia-${name}(-cu1\\d)?$`));
    }
    for (const { project, version, file, sha256, size } of wheels) {
      expect(file).toMatch(/\.whl$/);
      expect(file.startsWith(`${project.replaceAll('-', '_')}-${version}-`), file).toBe(true);
      expect(sha256).toMatch(/^[0-9a-f]{64}$/);
      expect(size).toBeGreaterThan(10_000);
    }
    expect(unpackedSize).toBeGreaterThan(5 * releases[minor]!.unpackedSize);
    expect(headersSize).toBe(releases[minor]!.headersSize);
  });
});

test('a version without pins says which have them', () => {
  expect(() => releaseFor('1.13', 'cuda')).toThrow(
    expect.objectContaining({
      code: 'ERR_LIBTORCH_VERSION',
      message: expect.stringMatching(
        /there are for 2\.9, 2\.11, 2\.15\. Run: npx lenet-torch setup/,
      ),
    }),
  );
});

test.each([
  ['580.65.06', true],
  ['610.1', true],
  ['579.99', false],
  ['535.104.05', false],
  [undefined, false],
])('a driver %s runs CUDA 13.0: %s', (driver, runs) => {
  const check = () => checkDriver(driver, releases['2.11']!.cuda!);
  if (runs) expect(check).not.toThrow();
  else expect(check).toThrow(coded('ERR_CUDA_UNAVAILABLE'));
});
