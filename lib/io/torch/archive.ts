import { promisify } from 'node:util';
import zlib from 'node:zlib';
import yauzl from 'yauzl';

import { TorchError } from '../../error.js';
import { corrupt, type Source } from '../../files/source.js';
import { readTensor } from '../../tensor/bytes.js';
import { type Tensor, tensor as tensorOf } from '../../tensor/index.js';

const inflateRaw = promisify<Uint8Array, zlib.ZlibOptions, Buffer>(zlib.inflateRaw);

interface Entry {
  /** Of the contents, in the file. */
  readonly position: number;
  readonly size: number;
  readonly crc32: number;
  /** Of the contents as they lie in the file. */
  readonly packedSize: number;
  /** How they do: PyTorch stores entries as they are; other tools deflate them when they pack an archive anew. */
  readonly packing: 'none' | 'deflate' | 'unknown';
}

/** PyTorch's zip archive: one folder with a pickle, and the storages that the pickle speaks of. */
export class Archive {
  readonly #source: Source;
  // By the name inside the archive's folder.
  readonly #entries: ReadonlyMap<string, Entry>;

  private constructor(source: Source, entries: ReadonlyMap<string, Entry>) {
    this.#source = source;
    this.#entries = entries;
  }

  /**
   * Reads the archive's table of contents. All entries that can be read are packed, no larger together than the file.
   * @throws {TorchError} `ERR_FILE_CORRUPT`; `ERR_FILE_FORMAT` for an archive that is not PyTorch's.
   */
  static async open(source: Source): Promise<Archive> {
    const all = await readEntries(source);
    const pickle = [...all.keys()].find((name) => /^[^/]+\/data\.pkl$/.test(name));
    if (pickle === undefined) {
      throw format(source, 'it is a zip archive without the data.pkl that torch.save writes');
    }
    const folder = pickle.slice(0, -'data.pkl'.length);
    const entries = new Map(
      [...all]
        .filter(([name]) => name.startsWith(folder))
        .map(([name, entry]) => [name.slice(folder.length), entry]),
    );
    if (entries.has('constants.pkl')) {
      throw format(
        source,
        'it is a TorchScript program; in Python save its weights: torch.save(model.state_dict(), path)',
      );
    }
    const archive = new Archive(source, entries);
    if (entries.has('byteorder')) {
      const order = (await archive.read('byteorder')).toString('latin1');
      if (order !== 'little') throw format(source, `its byte order is '${order.slice(0, 20)}'`);
    }
    return archive;
  }

  /** Bytes of the whole file. */
  get size(): number {
    return this.#source.size;
  }

  /** Bytes of an entry; `undefined` where there is none of that name. */
  sizeOf(name: string): number | undefined {
    return this.#entries.get(name)?.size;
  }

  /** A small entry's contents. */
  async read(name: string): Promise<Buffer> {
    const entry = this.#entry(name);
    const bytes =
      entry.packing === 'none' ? Buffer.alloc(entry.size) : await this.#inflate(name, entry);
    if (entry.packing === 'none') await this.#source.read(entry.position, bytes);
    this.#check(name, entry, zlib.crc32(bytes));
    return bytes;
  }

  /** An entry's contents as a flat uint8 tensor outside every scope. */
  async readBytes(name: string): Promise<Tensor> {
    const entry = this.#entry(name);
    if (entry.packing !== 'none') return tensorOf(await this.read(name)).keep();
    let sum = 0;
    const { position, size } = entry;
    const tensor = await readTensor(this.#source, position, [size], 'uint8', (piece) => {
      sum = zlib.crc32(piece, sum);
    });
    try {
      this.#check(name, entry, sum);
      return tensor;
    } catch (error) {
      tensor.dispose();
      throw error;
    }
  }

  #entry(name: string): Entry {
    const entry = this.#entries.get(name);
    if (entry === undefined) throw corrupt(this.#source.path, `an entry ${name}`, 'none');
    if (entry.packing === 'unknown') {
      throw format(
        this.#source,
        `its entry ${name} is encrypted, or packed in another way than by deflate`,
      );
    }
    return entry;
  }

  // The size is known: a stream that gives more or less is not what the archive says.
  async #inflate(name: string, { position, size, packedSize }: Entry): Promise<Buffer> {
    const packed = Buffer.alloc(packedSize);
    await this.#source.read(position, packed);
    const expected = `${size} bytes in its entry ${name}`;
    let bytes: Buffer;
    try {
      bytes = await inflateRaw(packed, { maxOutputLength: Math.max(size, 1) });
    } catch (error) {
      throw corrupt(this.#source.path, expected, (error as Error).message, error);
    }
    if (bytes.length === size) return bytes;
    throw corrupt(this.#source.path, expected, `${bytes.length}`);
  }

  // Python can be told to leave checksums out, and writes 0 then.
  #check(name: string, entry: Entry, sum: number): void {
    if (sum === entry.crc32 || entry.crc32 === 0) return;
    const [expected, found] = [entry.crc32, sum].map((each) => each.toString(16).padStart(8, '0'));
    throw corrupt(
      this.#source.path,
      `the checksum ${expected} of its entry ${name}`,
      `${found}: bytes were altered`,
    );
  }
}

type ReadCallback = (error: Error | null, bytesRead?: number) => void;

// Reads for yauzl. Positions are checked, and what yauzl throws in a callback is an error of the file: Node
// itself would throw where no caller can catch it.
class Reader extends yauzl.RandomAccessReader {
  readonly #source: Source;
  readonly #fail: (error: unknown) => void;

  constructor(source: Source, fail: (error: unknown) => void) {
    super();
    this.#source = source;
    this.#fail = fail;
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: ReadCallback,
  ): void {
    if (!(position >= 0 && position + length <= this.#source.size)) {
      callback(new Error(`a position beyond the file: ${position}`));
      return;
    }
    this.#source
      .read(position, buffer.subarray(offset, offset + length))
      .then(() => callback(null, length), callback)
      .catch(this.#fail);
  }
}

async function readEntries(source: Source): Promise<Map<string, Entry>> {
  try {
    return await new Promise((resolve, reject) => {
      collectEntries(source, new Reader(source, reject)).then(resolve, reject);
    });
  } catch (error) {
    if (error instanceof TorchError || (error as NodeJS.ErrnoException).syscall !== undefined) {
      throw error;
    }
    throw corrupt(source.path, 'a complete zip archive', (error as Error).message, error);
  }
}

const packings: ReadonlyMap<number, Entry['packing']> = new Map([
  [0, 'none'],
  [8, 'deflate'],
]);
// A byte of deflate gives at most so many.
const mostInflated = 1032;

async function collectEntries(source: Source, reader: Reader): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>();
  let total = 0;
  const options = { autoClose: false };
  const zip = await yauzl.fromRandomAccessReaderPromise(reader, source.size, options);
  for await (const entry of zip.eachEntry()) {
    const { fileName, uncompressedSize: size, compressedSize: packedSize } = entry;
    const packing = entry.isEncrypted()
      ? 'unknown'
      : (packings.get(entry.compressionMethod) ?? 'unknown');
    if (entries.has(fileName)) throw corrupt(source.path, 'each entry once', `${fileName} twice`);
    if (packing === 'none' && size !== packedSize) {
      throw corrupt(source.path, `${size} bytes in its entry ${fileName}`, `${packedSize}`);
    }
    if (packing === 'deflate' && size > mostInflated * packedSize) {
      throw corrupt(source.path, `an entry ${fileName} that its bytes can give`, `${size} bytes`);
    }
    total += packedSize;
    if (total > source.size) {
      throw corrupt(source.path, 'entries smaller than the file', `${total} bytes and more`);
    }
    const header = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
    const { crc32 } = entry;
    entries.set(fileName, { position: header.fileDataStart, size, crc32, packedSize, packing });
  }
  return entries;
}

function format(source: Source, problem: string): TorchError {
  return new TorchError('ERR_FILE_FORMAT', `${source.path}: ${problem}`);
}
