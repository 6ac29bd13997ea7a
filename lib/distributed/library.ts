import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { atMost } from '../argument/atMost.js';
import { TorchError } from '../error.js';
import { minorOf } from '../libtorch/version.js';
import { addonFolder, libtorchVersion, native, whyNoCuda } from '../native/load.js';

const fileOf = (name: string): string =>
  join(addonFolder, `liblenet_${name}-${minorOf(libtorchVersion)}.so`);
const file = (): string => fileOf('distributed');

let isOpen = false;

function refuse(path: string, why: string): never {
  throw new TorchError('ERR_DISTRIBUTED_UNAVAILABLE', `torch.distributed: ${path} ${why}`);
}

function requireBuiltForThis(path: string, builtFor: string): void {
  if (libtorchVersion.startsWith(`${builtFor}.`)) return;
  refuse(path, `is built for libtorch ${builtFor}, found ${libtorchVersion}`);
}

/**
 * Opens the library for torch.distributed, which is one apart: most programs never need it.
 * @throws {TorchError} `ERR_DISTRIBUTED_UNAVAILABLE` where it is missing or belongs to another libtorch.
 */
export function openLibrary(): void {
  if (isOpen) return;
  const path = file();
  if (!existsSync(path))
    refuse(path, 'is missing: it is built where libtorch has torch.distributed');
  requireBuiltForThis(path, native.openDistributed(path));
  isOpen = true;
}

// Needs libtorch's CUDA part, and no GPU. @returns NCCL's version.
function openNccl(): string {
  const path = fileOf('nccl');
  if (!existsSync(path)) refuse(path, "is missing: it is built where CUDA's headers are");
  let opened: ReturnType<typeof native.openNccl>;
  try {
    opened = native.openNccl(path);
  } catch (error) {
    const { message } = error as Error;
    if (!/undefined symbol: \S*(c10d|nccl)/i.test(message)) throw error;
    throw new TorchError(
      'ERR_DISTRIBUTED_UNAVAILABLE',
      `torch.distributed: libtorch ${libtorchVersion} is built without NCCL: ${message}`,
      { cause: error },
    );
  }
  const [builtFor, version, problem] = opened;
  requireBuiltForThis(path, builtFor);
  if (problem !== '') refuse(path, problem);
  return version;
}

/**
 * Opens the library for NCCL, where there is a GPU.
 * @throws {TorchError} `ERR_CUDA_UNAVAILABLE` without a GPU, a driver or libtorch's CUDA part;
 *   `ERR_DISTRIBUTED_UNAVAILABLE` where the library is missing or libtorch has no NCCL.
 */
export function requireNccl(what: string): void {
  const problem = whyNoCuda();
  if (problem !== undefined) {
    throw new TorchError('ERR_CUDA_UNAVAILABLE', `${what}: NCCL is for GPUs: ${problem}`);
  }
  openNccl();
}

/**
 * Whether there is torch.distributed; mirrors `torch.distributed.is_available`. Nothing is opened.
 *
 * @example
 * torch.distributed.isAvailable(); // → true
 */
export function isAvailable(): boolean {
  atMost('isAvailable', 0, arguments.length);
  return existsSync(file());
}

/**
 * Whether groups over Gloo can be made; mirrors `torch.distributed.is_gloo_available`.
 *
 * @example
 * torch.distributed.isGlooAvailable(); // → true
 */
export function isGlooAvailable(): boolean {
  atMost('isGlooAvailable', 0, arguments.length);
  return isAvailable();
}

/**
 * Whether libtorch has NCCL, its CUDA part being loaded; mirrors `torch.distributed.is_nccl_available`. A group takes a
 * GPU besides.
 *
 * @example
 * torch.cuda.isAvailable() || !torch.distributed.isNcclAvailable(); // → true
 */
export function isNcclAvailable(): boolean {
  atMost('isNcclAvailable', 0, arguments.length);
  if (!native.hasCuda() || !isAvailable()) return false;
  try {
    openNccl();
    return true;
  } catch {
    return false;
  }
}
