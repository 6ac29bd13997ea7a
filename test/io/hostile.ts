// Builds files that contradict themselves.
import { buffer } from 'node:stream/consumers';
import yazl from 'yazl';

/** A safetensors file with any header over any number of bytes. */
export function safetensors(header: unknown, dataSize = 0, length?: number): Buffer {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(length ?? json.length));
  return Buffer.concat([prefix, json, Buffer.alloc(dataSize)]);
}

/** A zip archive as PyTorch writes it, with any entries. */
export async function archive(
  entries: Readonly<Record<string, Buffer | string>>,
  options: { compress?: boolean; zip64?: boolean } = {},
): Promise<Buffer> {
  const { compress = false, zip64 = false } = options;
  const zip = new yazl.ZipFile();
  for (const [name, bytes] of Object.entries(entries)) {
    zip.addBuffer(Buffer.from(bytes), name, { compress });
  }
  zip.end({ forceZip64Format: zip64, comment: '' });
  return buffer(zip.outputStream);
}

/** A PyTorch file with any pickle (without its first and last opcode), and one storage of 8 bytes. */
export function withPickle(...parts: (string | Buffer)[]): Promise<Buffer> {
  const all = parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part));
  const pickle = Buffer.concat([Buffer.from('\x80\x02', 'latin1'), ...all, Buffer.from('.')]);
  return archive({ 'a/data.pkl': pickle, 'a/data/0': Buffer.alloc(8), 'a/version': '3\n' });
}

/** The opcodes of a float32 tensor in storage 0. */
export function tensor(
  options: {
    offset?: string;
    size?: string;
    stride?: string;
    key?: string;
    count?: string;
    bits?: string;
  } = {},
): string {
  const { offset = 'K\0', size = 'K\x02\x85', stride = 'K\x01\x85', key = '0' } = options;
  const { count = 'K\x02', bits } = options;
  const storage = `(${text('storage')}ctorch\nFloatStorage\n${text(key)}${text('cpu')}${count}tQ`;
  const metadata = bits === undefined ? '' : `}(${text(bits)}\x88u`;
  return `ctorch._utils\n_rebuild_tensor_v2\n(${storage}${offset}${size}${stride}\x89)${metadata}tR`;
}

/** The opcode of a string of ASCII characters, of any declared length. */
export function text(value: string, length = value.length): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(length);
  return `X${bytes.toString('latin1')}${value}`;
}

/** The opcode of an integer of up to 63 bits. */
export function long(value: bigint): string {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(value);
  return `\x8a\x08${bytes.toString('latin1')}`;
}
