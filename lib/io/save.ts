import { extname } from 'node:path';
import { atMost } from '../argument/atMost.js';
import { readOptions } from '../argument/options.js';
import { requirePath } from '../argument/requirePath.js';
import { invalidArgument } from '../error.js';
import type { Tensor } from '../tensor/index.js';
import { type SafetensorsOptions, safetensorsSpec, saveSafetensors } from './safetensors/write.js';
import type { Saveable } from './torch/encode.js';
import { saveTorch } from './torch/write.js';

/** What {@link save} can be told. */
export type SaveOptions = SafetensorsOptions;

/**
 * Saves tensors by name, such as `net.stateDict()`, to a safetensors file, or any data to a PyTorch file.
 * The file appears at once and whole, or not at all; folders are not made.
 *
 * A path that ends in `.safetensors` gives a safetensors file: {@link saveSafetensors} says how. Every other path
 * (`.pt`, `.pth`, `.ckpt`, `.pth.tar`, `.bin`, `mlp.params`) gives a PyTorch file, as in Python, which
 * `torch.load(path, weights_only=True)` opens. In a PyTorch file numbers
 * without a fraction become `int`, frozen arrays tuples, `Map`s dicts with keys of any kind, `Uint8Array`s
 * `bytes`; tensors come to the CPU, each with its own elements alone, an object that occurs twice is one in
 * Python too.
 *
 * Up to 4 MB, the file shows the tensors as they are at the call; those of larger files must not change
 * until the promise resolves.
 *
 * @param options.metadata - Strings by name, for safetensors.
 * @throws {TypeError} `ERR_INVALID_ARG` for what the format cannot hold, naming its place.
 * @throws {TorchError} `ERR_NO_SPACE`, `ERR_FILE_WRITE`; what was there before is unchanged then.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.save.html
 * @example
 * await torch.save(net.stateDict(), 'lenet.safetensors'); // or 'lenet.pt'
 */
export async function save(data: Saveable, path: string, options?: SaveOptions): Promise<void> {
  atMost('save', 3, arguments.length);
  requirePath('save', path);
  readOptions('save', safetensorsSpec, options);
  if (extname(path).toLowerCase() === '.safetensors') {
    await saveSafetensors(data as Record<string, Tensor>, path, options);
    return;
  }
  if (options?.metadata !== undefined) {
    throw invalidArgument(
      'save: metadata is for safetensors; a PyTorch file takes any data itself',
    );
  }
  await saveTorch(data, path);
}
