import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { TorchError } from '../error.js';
import { driverFile, kernelDriver } from './kernelDriver.js';
import type { CudaNeeds } from './version.js';

const run = promisify(execFile);

/** Places that differ in tests. */
export interface DriverPlaces {
  env?: NodeJS.ProcessEnv;
  /** Default `/proc/driver/nvidia/version`. */
  file?: string;
}

/**
 * The version of the NVIDIA driver, `'580.65.06'`, or `undefined` without one. The kernel module says
 * it; inside WSL, where there is none, `nvidia-smi` does.
 */
export async function nvidiaDriver(places: DriverPlaces = {}): Promise<string | undefined> {
  const version = kernelDriver(places.file);
  if (version !== undefined) return version;
  const [gpu] = await nvidiaGpus(places.env);
  return gpu?.driver;
}

/** A GPU as `nvidia-smi` describes it. */
export interface Gpu {
  readonly name: string;
  /** `'9.0'`; `undefined` when the driver is too old to say. */
  readonly computeCapability: string | undefined;
  /** `'81559 MiB'`. */
  readonly memory: string;
  readonly driver: string;
}

/** The GPUs that `nvidia-smi` lists; none where it is missing or fails. */
export async function nvidiaGpus(env: NodeJS.ProcessEnv = process.env): Promise<Gpu[]> {
  // Drivers before 510 do not know compute_cap, and refuse the whole query.
  for (const fields of [
    ['name', 'memory.total', 'driver_version', 'compute_cap'],
    ['name', 'memory.total', 'driver_version'],
  ]) {
    try {
      const args = [`--query-gpu=${fields.join(',')}`, '--format=csv,noheader'];
      const { stdout } = await run('nvidia-smi', args, { env, timeout: 15_000 });
      return stdout
        .split('\n')
        .map((line) => line.split(',').map((field) => field.trim()))
        .filter((line) => line.length === fields.length && /^\d+\./.test(line[2] ?? ''))
        .map(([name = '', memory = '', driver = '', computeCapability]) => ({
          name,
          computeCapability,
          memory,
          driver,
        }));
    } catch {
      // Missing, or an old one.
    }
  }
  return [];
}

/**
 * Checks that the driver can run libraries of a CUDA version.
 * @throws {TorchError} `ERR_CUDA_UNAVAILABLE`, naming the driver found and the one needed.
 */
export function checkDriver(found: string | undefined, needed: CudaNeeds): void {
  if (found !== undefined && Number.parseInt(found, 10) >= needed.driver) return;
  const expected = `CUDA ${needed.version} needs an NVIDIA driver ≥ ${needed.driver}`;
  throw new TorchError(
    'ERR_CUDA_UNAVAILABLE',
    found === undefined
      ? `${expected}, and this machine has none (neither ${driverFile} nor nvidia-smi). Install the driver ` +
          'and run again, or run: npx lenet-torch setup --cpu. To prepare a disk for another machine: ' +
          'npx lenet-torch setup --cuda --no-driver-check'
      : `${expected}, found ${found}. Update the driver and run again, or run: npx lenet-torch setup --cpu`,
  );
}
