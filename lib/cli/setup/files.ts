import { fashionMnist, parts } from '../../data/sets/idxSets.js';
import { gigabytes } from '../../libtorch/cache.js';
import { releaseFor } from '../../libtorch/cudaWheels.js';
import { referenceMinor } from '../../libtorch/version.js';
import { type SetupOptions, variantOf } from './decision.js';

/**
 * Prints what to bring to a machine without a network: names, sizes, SHA-256 and where each file is
 * listed. Only an index knows the address of a wheel itself; its page lists every file by name.
 */
export function printFiles(options: SetupOptions): void {
  const variant = variantOf(options) ?? 'cpu';
  const release = releaseFor(options.version ?? referenceMinor, variant);
  const total = release.wheels.reduce((sum, { size }) => sum + size, 0);
  const lines = [
    `libtorch ${release.version} for ${variant === 'cuda' ? 'CUDA' : 'the CPU'}: ${release.wheels.length} wheels, ${gigabytes(total)}`,
    '',
    ...release.wheels.flatMap(({ project, file, sha256, size }) => [
      file,
      `  size    ${size}`,
      `  sha256  ${sha256}`,
      `  listed  https://pypi.org/simple/${project}/`,
    ]),
    '',
    'Fashion-MNIST: 4 files, 31 MB (SHA-256 is that of the unpacked file)',
    '',
    ...parts.flatMap((part) => {
      const { name, sha256 } = fashionMnist.files[part];
      return [
        `${name}.gz`,
        `  sha256  ${sha256}`,
        `  url     ${fashionMnist.mirrors[0]}${name}.gz`,
      ];
    }),
    '',
    'Put them into one folder on the machine and run there:',
    `  npx lenet-torch setup --from FOLDER${variant === 'cuda' ? ' --cuda' : ''}${options.version ? ` --version ${options.version}` : ''}`,
    "Or copy another machine's cache (~/.cache/lenet-torch) to the same place.",
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}
