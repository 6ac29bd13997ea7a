import { Readable } from 'node:stream';
import yazl from 'yazl';
import { writeAtomically } from '../../files/atomic.js';
import { byteLength, pieceSize, pieces } from '../../tensor/bytes.js';
import type { Tensor } from '../../tensor/index.js';
import { encode } from './encode.js';

// The folder of the archive; PyTorch accepts any.
const folder = 'archive';
// The same data gives the same bytes, whenever it is saved.
const entryOptions = {
  compress: false,
  forceDosTimestamp: true,
  mtime: new Date(1980, 0, 1),
} as const;

/** Writes data as a PyTorch file; see `save`. */
export async function saveTorch(data: unknown, path: string): Promise<void> {
  const { pickle, tensors } = encode(data);
  // Views outside every scope: the caller's tensors may be released while the file is written.
  const held = tensors.map((tensor) => tensor.detach().keep());
  try {
    const zip = new yazl.ZipFile();
    const stream = zip.outputStream as Readable;
    zip.on('error', (error: Error) => stream.destroy(error));
    const add = (name: string, bytes: Buffer) =>
      zip.addBuffer(bytes, `${folder}/${name}`, entryOptions);
    add('data.pkl', pickle);
    add('byteorder', Buffer.from('little'));
    addStorages(zip, held);
    add('version', Buffer.from('3\n'));
    zip.end();
    await writeAtomically(path, async (write) => {
      for await (const piece of stream) await write(piece);
    });
  } finally {
    for (const tensor of held) tensor.dispose();
  }
}

// Small data is copied now, as it is at the call; more is read while it is written.
function addStorages(zip: yazl.ZipFile, tensors: readonly Tensor[]): void {
  const none = Buffer.alloc(0);
  const total = tensors.reduce((sum, tensor) => sum + byteLength(tensor), 0);
  tensors.forEach((tensor, i) => {
    const name = `${folder}/data/${i}`;
    if (total <= pieceSize) {
      zip.addBuffer(Buffer.concat([...pieces(none, [tensor])]), name, entryOptions);
      return;
    }
    const options = { ...entryOptions, size: byteLength(tensor) };
    zip.addReadStreamLazy(name, options, (callback) => {
      callback(null, Readable.from(pieces(none, [tensor]), { objectMode: false }));
    });
  });
}
