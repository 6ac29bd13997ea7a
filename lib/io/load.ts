import type { Tensor } from '../tensor/index.js';
import { loadSafetensors } from './safetensors/read.js';

/**
 * Loads what {@link save} wrote: tensors by name, on the CPU.
 *
 * @throws {TorchError} `ERR_FILE_NOT_FOUND`, `ERR_FILE_READ`, `ERR_FILE_CORRUPT`, `ERR_FILE_FORMAT`.
 */
export async function load(path: string): Promise<Record<string, Tensor>> {
  const { tensors } = await loadSafetensors(path);
  return tensors;
}
