import { atMost } from '../../argument/atMost.js';
import { entriesOf, kindOf } from '../../argument/dict.js';
import { anything } from '../../argument/kind.js';
import { readOptions, type SpecOf } from '../../argument/options.js';
import { requirePath } from '../../argument/requirePath.js';
import { invalidArgument } from '../../error.js';
import { writeAtomically } from '../../files/atomic.js';
import { isWellFormed } from '../../files/text.js';
import { byteLength, pieces } from '../../tensor/bytes.js';
import { Tensor } from '../../tensor/index.js';
import {
  byPlace,
  type Entry,
  isStorable,
  longestHeader,
  type Metadata,
  writeHeader,
} from './header.js';

/** What can go into a safetensors file besides the tensors. */
export interface SafetensorsOptions {
  /** Text to keep with the tensors. Default: none. */
  metadata?: Metadata;
}

/** The spec of {@link SafetensorsOptions}. */
export const safetensorsSpec = {
  metadata: anything<Metadata>('strings by name').or({}),
} satisfies SpecOf<SafetensorsOptions>;

/**
 * Writes tensors to a safetensors file, the same bytes that Python's `safetensors.torch.save_file` writes;
 * other devices' tensors are read from there piece by piece. The file appears at once and whole: see
 * {@link writeAtomically}. Tensors that share memory are each written in full, as Python's `save_file`
 * refuses to do.
 *
 * Up to 4 MB, the file shows the tensors as they are at the call; those of larger files must not change
 * until the promise resolves.
 *
 * @param tensors - By name; of any shape, and any dtype but complex128.
 * @param options.metadata - Strings by name.
 * @throws {TypeError} `ERR_INVALID_ARG` for anything else than tensors by name and strings by name.
 * @throws {TorchError} `ERR_NO_SPACE`, `ERR_FILE_WRITE`.
 * @see https://huggingface.co/docs/safetensors
 * @example
 * await torch.saveSafetensors({ w: torch.ones(2) }, 'w.safetensors', { metadata: { by: 'me' } });
 * (await torch.loadSafetensors('w.safetensors')).metadata; // → { by: 'me' }
 */
export async function saveSafetensors(
  tensors: Readonly<Record<string, Tensor>> | ReadonlyMap<string, Tensor>,
  path: string,
  options?: SafetensorsOptions,
): Promise<void> {
  atMost('saveSafetensors', 3, arguments.length);
  const { metadata: given } = readOptions('saveSafetensors', safetensorsSpec, options);
  const metadata = requireMetadata(given);
  requirePath('saveSafetensors', path);
  const placed = requireTensors(tensors).sort(byPlace);
  // Views outside every scope: the caller's tensors may be released while the file is written.
  const held = placed.map(({ tensor }) => tensor.detach().keep());
  try {
    let end = 0;
    const entries: Entry[] = placed.map(({ name, dtype, tensor }) => {
      const begin = end;
      end += byteLength(tensor);
      return { name, dtype, shape: tensor.shape, begin, end };
    });
    const header = writeHeader({ entries, metadata });
    if (header.length - 8 > longestHeader) {
      throw invalidArgument(
        `saveSafetensors: names and metadata take ${header.length - 8} bytes; the format allows ${longestHeader}`,
      );
    }
    const source = pieces(header, held);
    let piece = source.next();
    await writeAtomically(path, async (write) => {
      for (; !piece.done; piece = source.next()) await write(piece.value);
    });
  } finally {
    for (const tensor of held) tensor.dispose();
  }
}

function requireTensors(tensors: unknown) {
  const entries = entriesOf('saveSafetensors', tensors, 'an object or a Map of tensors');
  return entries.map(([name, tensor]) => {
    if (typeof name !== 'string') {
      throw invalidArgument(`saveSafetensors: expected names as keys, got ${kindOf(name)}`);
    }
    if (!(tensor instanceof Tensor)) {
      throw invalidArgument(`saveSafetensors: '${name}': expected Tensor, got ${nameOf(tensor)}`);
    }
    if (name === '__metadata__') {
      throw invalidArgument("saveSafetensors: the format keeps the name '__metadata__' for itself");
    }
    requireText(name, 'a name');
    const { dtype } = tensor;
    if (!isStorable(dtype)) {
      throw invalidArgument(
        `saveSafetensors: '${name}': safetensors has no dtype for ${dtype}; convert with to() first`,
      );
    }
    return { name, tensor, dtype };
  });
}

function requireMetadata(metadata: unknown): Metadata {
  if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata)) {
    throw invalidArgument(
      `saveSafetensors: metadata: expected an object of strings, got ${nameOf(metadata)}`,
    );
  }
  for (const [key, value] of Object.entries(metadata)) {
    if (typeof value !== 'string') {
      throw invalidArgument(
        `saveSafetensors: metadata '${key}': expected a string, got ${nameOf(value)}`,
      );
    }
    requireText(key, 'a key of the metadata');
    requireText(value, `metadata '${key}'`);
  }
  return metadata as Metadata;
}

function requireText(text: string, what: string): void {
  if (!isWellFormed(text)) {
    throw invalidArgument(`saveSafetensors: ${what}: expected well-formed Unicode`);
  }
}

function nameOf(value: unknown): string {
  if (value === null) return 'null';
  if (value instanceof Tensor) return 'Tensor';
  return Array.isArray(value) ? 'Array' : typeof value;
}
