import { atMost } from '../../argument/atMost.js';
import { corrupt, type Source, withSource } from '../../files/source.js';
import { readTensor } from '../../tensor/bytes.js';
import type { Tensor } from '../../tensor/index.js';
import { longestHeader, type Metadata, parseHeader } from './header.js';

/** The contents of a safetensors file. */
export interface Safetensors {
  /** By name, in the file's order, on the CPU. */
  tensors: Record<string, Tensor>;
  /** Empty when the file has none. */
  metadata: Metadata;
}

/**
 * Reads a safetensors file, part by part, into tensors on the CPU that belong to no scope. Nothing is
 * allocated by what the file claims before it is compared with the file's size.
 *
 * @throws {TorchError} `ERR_FILE_NOT_FOUND`, `ERR_FILE_READ`; `ERR_FILE_CORRUPT` for a file that is cut,
 *   altered or made to mislead; `ERR_FILE_FORMAT` for a dtype that libtorch lacks.
 * @see https://huggingface.co/docs/safetensors
 * @example
 * const { tensors } = await torch.loadSafetensors('lenet.safetensors');
 * Object.keys(tensors)[0]; // → 'conv.0.bias'
 */
export async function loadSafetensors(path: string): Promise<Safetensors> {
  atMost('loadSafetensors', 1, arguments.length);
  return withSource(path, readSafetensors);
}

export async function readSafetensors(source: Source): Promise<Safetensors> {
  const { path, size } = source;
  if (size < 8) throw corrupt(path, 'the 8 bytes of a header length', `${size} bytes`);
  const prefix = Buffer.alloc(8);
  await source.read(0, prefix);
  const length = prefix.readBigUInt64LE();
  if (length > longestHeader || length > size - 8) {
    const limit = Math.min(size - 8, longestHeader);
    throw corrupt(path, `a header of at most ${limit} bytes`, `a length of ${length}`);
  }
  const header = Buffer.alloc(Number(length));
  await source.read(8, header);
  const start = 8 + header.length;
  const { entries, metadata } = parseHeader(header, size - start, path);
  const tensors: [string, Tensor][] = [];
  try {
    for (const { name, begin, shape, dtype } of entries) {
      tensors.push([name, await readTensor(source, start + begin, shape, dtype)]);
    }
  } catch (error) {
    for (const [, tensor] of tensors) tensor.dispose();
    throw error;
  }
  return { tensors: Object.fromEntries(tensors), metadata };
}
