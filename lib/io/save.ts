import type { Tensor } from '../tensor/index.js';
import { type SafetensorsOptions, saveSafetensors } from './safetensors/write.js';

/**
 * Saves tensors by name, such as `net.stateDict()`, to a safetensors file; {@link saveSafetensors} says how.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for anything else than tensors by name.
 * @throws {TorchError} `ERR_NO_SPACE`, `ERR_FILE_WRITE`.
 */
export async function save(
  tensors: Readonly<Record<string, Tensor>>,
  path: string,
  options: SafetensorsOptions = {},
): Promise<void> {
  await saveSafetensors(tensors, path, options);
}
