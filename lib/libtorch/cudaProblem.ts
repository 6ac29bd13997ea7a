import { existsSync } from 'node:fs';

import { invalidArgument } from '../error.js';
import { otherFolder, type Replaceable } from './explain.js';
import type { Libtorch } from './find.js';
import { driverFile, kernelDriver } from './kernelDriver.js';
import { minorOf, releases } from './version.js';

/** What decides at import whether the CUDA libraries are loaded. */
export interface CudaCircumstances {
  readonly libtorch: Replaceable & Pick<Libtorch, 'version'>;
  /** Whether the driver's own library can be opened. */
  readonly opensDriver: () => boolean;
  /** Opens libtorch's CUDA libraries; what the dynamic linker says, or `null`. */
  readonly open: () => string | null;
  /** Default: the process's. */
  readonly env?: NodeJS.ProcessEnv;
  /** Default: NVIDIA's kernel module's. */
  readonly driverFile?: string;
}

/**
 * Loads the CUDA libraries where they can be of use, and says why not otherwise. A driver must be there
 * and the libraries installed; `LENET_TORCH_DEVICE=cpu` says no, `cuda` does without seeing the driver.
 *
 * @returns `undefined` when they are loaded; there may still be no device.
 * @throws {TypeError} `ERR_INVALID_ARG` for another `LENET_TORCH_DEVICE`.
 */
export function loadCuda(circumstances: CudaCircumstances): string | undefined {
  const { libtorch, opensDriver, open, env = process.env } = circumstances;
  const wish = env.LENET_TORCH_DEVICE;
  if (wish !== undefined && !['', 'cpu', 'cuda'].includes(wish)) {
    throw invalidArgument(`LENET_TORCH_DEVICE: expected 'cpu' or 'cuda', got '${wish}'`);
  }
  if (wish === 'cpu') return 'LENET_TORCH_DEVICE is cpu, so the CUDA libraries were not loaded';
  const file = circumstances.driverFile ?? driverFile;
  // Inside WSL there is no kernel module, only the driver's library.
  if (wish !== 'cuda' && !isThere(file) && !opensDriver()) {
    return `no NVIDIA driver is loaded on this machine (neither ${file} nor libcuda.so.1 is there)`;
  }
  if (!libtorch.hasCuda) {
    const driver = kernelDriver(file);
    const needed = releases[minorOf(libtorch.version)]?.cuda;
    if (driver && needed && Number.parseInt(driver, 10) < needed.driver) {
      // Setup would refuse to bring them for it.
      return (
        `the CUDA libraries are not installed, and the NVIDIA driver ${driver} is too old for those of libtorch ` +
        `${libtorch.version}: they need ${needed.driver} or newer. Update the driver, or see: npx lenet-torch doctor`
      );
    }
    const command = 'npx lenet-torch setup --cuda, then start again';
    return (
      `the CUDA libraries are not installed: libtorch ${libtorch.version} at ${libtorch.root} is for the ` +
      `CPU. ${libtorch.from === 'LENET_TORCH_LIBTORCH' ? otherFolder(command) : `Run: ${command}`}`
    );
  }
  const failure = open();
  return failure === null ? undefined : `the CUDA libraries do not load: ${failure}`;
}

/**
 * Why libtorch, with its CUDA libraries loaded, finds no device.
 *
 * @param driverCuda - The newest CUDA version that the driver runs, 12040 for 12.4; 0: unknown.
 */
export function whyNoDevice(
  libtorch: Pick<Libtorch, 'version'>,
  driverCuda: number,
  places: { env?: NodeJS.ProcessEnv; driverFile?: string } = {},
): string {
  const { env = process.env } = places;
  const driver = kernelDriver(places.driverFile);
  const needed = releases[minorOf(libtorch.version)]?.cuda;
  const cuda = `${Math.floor(driverCuda / 1000)}.${Math.floor((driverCuda % 1000) / 10)}`;
  const isOld =
    needed !== undefined &&
    (driverCuda > 0
      ? Number.parseInt(cuda, 10) < Number.parseInt(needed.version, 10)
      : driver !== undefined && Number.parseInt(driver, 10) < needed.driver);
  if (isOld) {
    const found = [driver, driverCuda > 0 && `runs CUDA up to ${cuda}`].filter(Boolean).join(', ');
    return (
      `the NVIDIA driver is too old: found ${found}; libtorch ${libtorch.version} needs ` +
      `driver ${needed.driver} or newer (CUDA ${needed.version}). Update the driver`
    );
  }
  const hidden = env.CUDA_VISIBLE_DEVICES;
  if (hidden !== undefined) {
    return `the driver shows no CUDA device (CUDA_VISIBLE_DEVICES is '${hidden}')`;
  }
  return driver === undefined && driverCuda === 0
    ? 'no NVIDIA driver is loaded on this machine'
    : 'the driver reports no CUDA device';
}

// Node's permissions may not let it be looked at: then the driver's library decides.
function isThere(file: string): boolean {
  try {
    return existsSync(file);
  } catch {
    return false;
  }
}
