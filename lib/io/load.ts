import { atMost } from '../argument/atMost.js';
import { TorchError } from '../error.js';
import { type Source, withSource } from '../files/source.js';
import type { Tensor } from '../tensor/index.js';
import type { Metadata } from './safetensors/header.js';
import { readSafetensors } from './safetensors/read.js';

/**
 * Loads what {@link save}, Python's safetensors or `torch.save` wrote; the format is told by the file's
 * contents. Tensors are on the CPU and belong to no scope.
 *
 * From a safetensors file: the tensors by name ({@link loadSafetensors} gives the metadata too). From a
 * PyTorch file: its data. Dicts are objects when all their keys are strings, else `Map`s; tuples are
 * frozen arrays, `bytes` `Uint8Array`s, integers beyond 2^53 bigints, dtypes and devices their names.
 * Tensors that share memory in Python share it here. Nothing is executed: a class or function that is not
 * data is an error which names it.
 *
 * @typeParam T - What the file holds. Default: a state dict.
 * @throws {TorchError} `ERR_FILE_NOT_FOUND`, `ERR_FILE_READ`; `ERR_FILE_FORMAT` for another format;
 *   `ERR_FILE_CORRUPT` for a file that is cut, altered or made to mislead; `ERR_PICKLE_GLOBAL`.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.load.html
 * @example
 * net.loadStateDict(await torch.load('lenet.pt')); // ours or Python's
 */
export async function load<T = Record<string, Tensor>>(path: string): Promise<T> {
  atMost('load', 1, arguments.length);
  const { data } = await loadFile(path);
  return data as T;
}

/** What a file holds, as {@link load} gives it, with the metadata that only safetensors have. */
export async function loadFile(path: string): Promise<{ data: unknown; metadata: Metadata }> {
  return withSource(path, async (source) => {
    const kind = await tellFormat(source);
    if (kind === 'torch') {
      // Loaded when it is needed, for import's sake.
      const { readTorch } = await import('./torch/read.js');
      return { data: await readTorch(source), metadata: {} };
    }
    const { tensors, metadata } = await readSafetensors(source);
    return { data: tensors, metadata };
  });
}

async function tellFormat(source: Source): Promise<'torch' | 'safetensors'> {
  const start = Buffer.alloc(Math.min(9, source.size));
  await source.read(0, start);
  if (start.toString('latin1', 0, 4) === 'PK\x03\x04') return 'torch';
  // A length below 2^32, then a JSON object.
  if (start[8] === 0x7b && start.readUInt32LE(4) === 0) return 'safetensors';
  if (source.path.endsWith('.safetensors')) return 'safetensors';
  const what =
    start[0] === 0x80 && (start[1] as number) <= 5
      ? "a bare pickle, or the format of PyTorch before 1.6; in Python save it anew: torch.save(torch.load('…'), '…')"
      : `a file that begins with ${start.toString('hex') || 'nothing'}`;
  throw new TorchError(
    'ERR_FILE_FORMAT',
    `${source.path}: expected a safetensors or PyTorch file, found ${what}`,
  );
}
