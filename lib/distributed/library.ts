import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { atMost } from '../argument/atMost.js';
import { TorchError } from '../error.js';
import { minorOf } from '../libtorch/version.js';
import { addonFolder, libtorchVersion, native } from '../native/load.js';

const file = (): string => join(addonFolder, `liblenet_distributed-${minorOf(libtorchVersion)}.so`);

let isOpen = false;

/**
 * Opens the library for torch.distributed, which is one apart: most programs never need it.
 * @throws {TorchError} `ERR_DISTRIBUTED_UNAVAILABLE` where it is missing or belongs to another libtorch.
 */
export function openLibrary(): void {
  if (isOpen) return;
  const path = file();
  const refuse = (why: string): never => {
    throw new TorchError('ERR_DISTRIBUTED_UNAVAILABLE', `torch.distributed: ${path} ${why}`);
  };
  if (!existsSync(path)) refuse('is missing: it is built where libtorch has torch.distributed');
  const builtFor = native.openDistributed(path);
  if (!libtorchVersion.startsWith(`${builtFor}.`)) {
    refuse(`is built for libtorch ${builtFor}, found ${libtorchVersion}`);
  }
  isOpen = true;
}

/** Whether there is torch.distributed; mirrors `torch.distributed.is_available`. Nothing is opened. */
export function isAvailable(): boolean {
  atMost('isAvailable', 0, arguments.length);
  return existsSync(file());
}

/** Whether groups over Gloo can be made; mirrors `torch.distributed.is_gloo_available`. */
export function isGlooAvailable(): boolean {
  atMost('isGlooAvailable', 0, arguments.length);
  return isAvailable();
}

/** Whether groups over NCCL can be made; mirrors `torch.distributed.is_nccl_available`. Not yet: `false`. */
export function isNcclAvailable(): boolean {
  atMost('isNcclAvailable', 0, arguments.length);
  return false;
}
