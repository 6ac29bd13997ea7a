import { TorchError } from '../../error.js';
import { corrupt } from '../../files/source.js';
import type { DType } from '../../native/dtype.js';
import { elementSize } from '../../tensor/bytes.js';
import { scanJson } from './scan.js';

/** Text that travels with the tensors: both keys and values are strings in this format. */
export type Metadata = Record<string, string>;

/** One tensor in a file; its bytes lie from `begin` to `end`, counted from the end of the header. */
export interface Entry {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

export interface Header {
  readonly entries: readonly Entry[];
  readonly metadata: Metadata;
}

/** The limit of Python's safetensors. */
export const longestHeader = 100_000_000;
// The header, a tensor, its shape.
const deepest = 3;

// In the order of the format's library, which lays tensors of the widest dtype first.
const dtypes: readonly (readonly [string, DType])[] = [
  ['BOOL', 'bool'],
  ['U8', 'uint8'],
  ['I8', 'int8'],
  ['F8_E5M2', 'float8_e5m2'],
  ['F8_E4M3', 'float8_e4m3fn'],
  ['F8_E8M0', 'float8_e8m0fnu'],
  ['F8_E4M3FNUZ', 'float8_e4m3fnuz'],
  ['F8_E5M2FNUZ', 'float8_e5m2fnuz'],
  ['I16', 'int16'],
  ['U16', 'uint16'],
  ['F16', 'float16'],
  ['BF16', 'bfloat16'],
  ['I32', 'int32'],
  ['U32', 'uint32'],
  ['F32', 'float32'],
  ['C64', 'complex64'],
  ['F64', 'float64'],
  ['I64', 'int64'],
  ['U64', 'uint64'],
];
const toDType: ReadonlyMap<string, DType> = new Map(dtypes);
const toName: ReadonlyMap<DType, string> = new Map(dtypes.map(([name, dtype]) => [dtype, name]));
const rank: ReadonlyMap<DType, number> = new Map(dtypes.map(([, dtype], index) => [dtype, index]));
// Four and six bits: the format has them, libtorch has no tensors of them that could be used.
const packed: readonly string[] = ['F4', 'F6_E2M3', 'F6_E3M2'];

/** Whether the format has a name for a dtype. */
export function isStorable(dtype: DType): boolean {
  return toName.has(dtype);
}

/** The order in which Python's safetensors lays tensors: by dtype, then by the bytes of the name. */
export function byPlace(a: { name: string; dtype: DType }, b: { name: string; dtype: DType }) {
  const difference = (rank.get(b.dtype) as number) - (rank.get(a.dtype) as number);
  return difference || Buffer.compare(Buffer.from(a.name), Buffer.from(b.name));
}

/** The file's beginning: the header's length, the header, and spaces up to a multiple of 8 bytes. */
export function writeHeader({ entries, metadata }: Header): Buffer {
  const described = entries.map(({ name, dtype, shape, begin, end }) => [
    name,
    { dtype: toName.get(dtype), shape, data_offsets: [begin, end] },
  ]);
  // Not as one object: its integer-like keys would move to the front.
  const parts = described.map(([name, info]) => `${JSON.stringify(name)}:${JSON.stringify(info)}`);
  if (Object.keys(metadata).length > 0) parts.unshift(`"__metadata__":${JSON.stringify(metadata)}`);
  const json = Buffer.from(`{${parts.join(',')}}`);
  const padded = Math.ceil(json.length / 8) * 8;
  const bytes = Buffer.alloc(8 + padded, ' ');
  bytes.writeBigUInt64LE(BigInt(padded), 0);
  json.copy(bytes, 8);
  return bytes;
}

/**
 * Reads a header and checks all of it: afterwards every tensor's bytes are known to lie in the file, and
 * every byte to belong to one tensor.
 *
 * @param bytes - The header alone.
 * @param dataSize - Bytes that follow it in the file.
 * @throws {TorchError} `ERR_FILE_CORRUPT`; `ERR_FILE_FORMAT` for a dtype that libtorch lacks.
 */
export function parseHeader(bytes: Buffer, dataSize: number, path: string): Header {
  const members = parseObject(bytes, path);
  const metadata = parseMetadata(members.__metadata__, path);
  const entries = Object.entries(members)
    .filter(([name]) => name !== '__metadata__')
    .map(([name, info]) => parseEntry(name, info, path));
  let end = 0;
  for (const entry of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (entry.begin !== end) {
      const problem = entry.begin < end ? 'it overlaps another one' : 'there is a gap before it';
      throw corrupt(
        path,
        `tensor '${entry.name}' to begin at ${end}`,
        `${entry.begin}: ${problem}`,
      );
    }
    end = entry.end;
  }
  if (end !== dataSize) {
    const problem = end > dataSize ? 'the file is cut short' : 'bytes follow the last tensor';
    throw corrupt(path, `${end} bytes of tensors by its header`, `${dataSize}: ${problem}`);
  }
  return { entries, metadata };
}

function parseObject(bytes: Buffer, path: string): Record<string, unknown> {
  let members: unknown;
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    const { duplicate, tooDeep } = scanJson(text, deepest);
    if (tooDeep) throw corrupt(path, 'a flat header', `more than ${deepest} levels`);
    if (duplicate !== undefined) {
      throw corrupt(path, 'each name once in the header', `'${duplicate}' twice`);
    }
    members = JSON.parse(text);
  } catch (error) {
    if (error instanceof TorchError) throw error;
    throw corrupt(path, 'a header of JSON in UTF-8', (error as Error).message, error);
  }
  if (!isObject(members)) throw corrupt(path, 'a JSON object as header', kindOf(members));
  return members;
}

function parseMetadata(value: unknown, path: string): Metadata {
  if (value === undefined || value === null) return {};
  if (!isObject(value)) throw corrupt(path, 'an object as __metadata__', kindOf(value));
  for (const [key, each] of Object.entries(value)) {
    if (typeof each !== 'string') {
      throw corrupt(path, `a string as metadata '${key}'`, kindOf(each));
    }
  }
  return value as Metadata;
}

function parseEntry(name: string, info: unknown, path: string): Entry {
  const what = `of tensor '${name}'`;
  if (!isObject(info)) throw corrupt(path, `an object as description ${what}`, kindOf(info));
  const shape = requireSizes(info.shape, `the shape ${what}`, path);
  const [begin = -1, end = -1, ...rest] = requireSizes(
    info.data_offsets,
    `the data_offsets ${what}`,
    path,
  );
  if (end < begin || begin < 0 || rest.length > 0) {
    throw corrupt(
      path,
      `data_offsets ${what} to be [begin, end]`,
      JSON.stringify(info.data_offsets),
    );
  }
  const dtype = toDType.get(info.dtype as string);
  if (dtype === undefined) {
    if (packed.includes(info.dtype as string)) {
      throw new TorchError(
        'ERR_FILE_FORMAT',
        `${path}: tensor '${name}' has the dtype ${info.dtype}, which libtorch has no operators for`,
      );
    }
    throw corrupt(path, `a dtype ${what}`, kindOf(info.dtype));
  }
  // Sizes of 0 count as 1: what is left out must not be beyond numbers either.
  const extent = shape.reduce((product, size) => product * Math.max(size, 1), elementSize(dtype));
  if (!Number.isSafeInteger(extent)) {
    throw corrupt(path, `a shape ${what} that fits in memory`, `[${shape}]`);
  }
  const length = shape.includes(0) ? 0 : extent;
  if (end - begin !== length) {
    throw corrupt(
      path,
      `${length} bytes ${what} for ${info.dtype} and the shape [${shape}]`,
      `${end - begin}`,
    );
  }
  return { name, dtype, shape, begin, end };
}

function requireSizes(value: unknown, what: string, path: string): number[] {
  const isSize = (each: unknown) => Number.isSafeInteger(each) && (each as number) >= 0;
  if (!Array.isArray(value) || !value.every(isSize)) {
    throw corrupt(path, `${what} to be a list of integers ≥ 0`, kindOf(value));
  }
  return value as number[];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'object' && value !== null) {
    return Array.isArray(value) ? 'a list' : 'an object';
  }
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
