import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { temporaryFolder } from '../folder.js';
import { archive, long, safetensors, tensor, text, withPickle } from './hostile.js';

const folder = temporaryFolder('lenet-torch-hostile-', afterAll);

async function refuses(name: string, bytes: Buffer, code: string, message: string): Promise<void> {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  const { tensors } = torch.memory();
  const resident = process.memoryUsage().rss;
  const error = await torch.load(path).catch((each: unknown) => each);
  expect(error).toMatchObject({ code, message: expect.stringContaining(message) });
  expect((error as Error).message).toContain(path);
  expect(torch.memory().tensors).toBeLessThanOrEqual(tensors);
  // Far below what the files claim; the collector has its own times.
  expect(process.memoryUsage().rss - resident).toBeLessThan(300e6);
}

const f32 = (shape: unknown, begin: unknown, end: unknown) => ({
  dtype: 'F32',
  shape,
  data_offsets: [begin, end],
});

const a = JSON.stringify(f32([1], 0, 4));

test.each<[string, Buffer, string]>([
  ['shorter than a length', Buffer.from('{}'), 'the 8 bytes of a header length'],
  ['a header longer than the file', safetensors({}, 0, 100), 'a length of 100'],
  ['a header beyond all bounds', safetensors({}, 0, 2 ** 52), 'a header of at most 2 bytes'],
  ['no JSON', safetensors('{"a":'), 'a header of JSON in UTF-8'],
  ['no UTF-8', safetensors('{"a\xff":1}').fill(0xff, 11, 12), 'a header of JSON in UTF-8'],
  ['a list', safetensors('[]'), 'a JSON object as header'],
  ['deep nesting', safetensors('['.repeat(1e6)), 'a flat header'],
  ['nesting in a shape', safetensors({ a: f32([[[[1]]]], 0, 4) }, 4), 'a flat header'],
  ['a list as dtype', safetensors({ a: { ...f32([1], 0, 4), dtype: ['F32'] } }, 4), 'a dtype of'],
  ['a gap', safetensors({ a: f32([1], 0, 4), b: f32([1], 8, 12) }, 12), 'there is a gap before'],
  ['an overlap', safetensors({ a: f32([2], 0, 8), b: f32([2], 4, 12) }, 12), 'it overlaps'],
  ['the same bytes twice', safetensors({ a: f32([1], 0, 4), b: f32([1], 0, 4) }, 4), 'it overlaps'],
  ['a cut', safetensors({ a: f32([2], 0, 8) }, 7), 'the file is cut short'],
  ['bytes beyond', safetensors({ a: f32([2], 0, 8) }, 9), 'bytes follow the last tensor'],
  ['a name twice', safetensors(`{"a":${a},"a":${a}}`, 4), "'a' twice"],
  ['a name twice, escaped', safetensors(`{"a":${a},"\\u0061":${a}}`, 4), "'a' twice"],
  [
    'a key twice',
    safetensors('{"a":{"dtype":"U8","dtype":"I8","shape":[],"data_offsets":[0,1]}}', 1),
    "'dtype' twice",
  ],
  ['offsets in reverse', safetensors({ a: f32([1], 4, 0) }, 4), 'data_offsets'],
  ['negative offsets', safetensors({ a: f32([1], -4, 0) }, 4), 'a list of integers ≥ 0'],
  [
    'three offsets',
    safetensors({ a: { ...f32([1], 0, 4), data_offsets: [0, 4, 4] } }, 4),
    'data_offsets',
  ],
  ['fractions', safetensors({ a: f32([1.5], 0, 6) }, 6), 'a list of integers ≥ 0'],
  ['a shape beyond all bounds', safetensors({ a: f32([2 ** 40, 2 ** 40], 0, 4) }, 4), 'a shape'],
  ['a product that wraps to 0', safetensors({ a: f32([2 ** 32, 2 ** 32], 0, 0) }), 'a shape'],
  ['a product hidden by a 0', safetensors({ a: f32([2 ** 50, 2 ** 50, 0], 0, 0) }), 'a shape'],
  ['another number of bytes', safetensors({ a: f32([3], 0, 8) }, 8), '12 bytes of tensor'],
  ['an unknown dtype', safetensors({ a: { ...f32([1], 0, 4), dtype: 'F31' } }, 4), 'a dtype of'],
  ['no shape', safetensors({ a: { dtype: 'F32', data_offsets: [0, 4] } }, 4), 'the shape of'],
  ['metadata that is no text', safetensors({ __metadata__: { a: 1 } }), "a string as metadata 'a'"],
])('a safetensors file with %s is corrupt', async (_, bytes, message) => {
  await refuses('file.safetensors', bytes, 'ERR_FILE_CORRUPT', message);
});

test('a dtype that libtorch cannot compute with is said', async () => {
  const bytes = safetensors({ a: { dtype: 'F4', shape: [2], data_offsets: [0, 1] } }, 1);
  await refuses('four.safetensors', bytes, 'ERR_FILE_FORMAT', 'the dtype F4');
});

const gets = (count: number, piece: string): Buffer => Buffer.from(piece.repeat(count), 'latin1');

test.each<[string, Promise<Buffer>, string]>([
  ['no end', withPickle(text('a', 100)), '100 more bytes'],
  ['an unknown opcode', withPickle('\xff'), 'an opcode that PyTorch writes, found 0xff'],
  ['nothing on the stack', withPickle('\x85'), 'an object on the stack'],
  ['no mark', withPickle('K\x01t'), 'a mark on the stack'],
  ['an unknown memo', withPickle('h\x07'), 'number 7'],
  [
    'a length beyond the pickle',
    withPickle(gets(1, '\x8d\xff\xff\xff\xff\xff\xff\xff\x7f')),
    'a length within the pickle',
  ],
  ['a name that is none', withPickle('K\x01K\x02\x93'), 'the name of a class'],
  ['items of no set', withPickle('N(K\x01\x90'), 'a set to add items to'],
  ['a call of a number', withPickle('K\x01)R'), 'a function to call'],
  [
    'a call of a dtype',
    withPickle('ctorch\nfloat32\n)R'),
    'a function to call, found torch.float32',
  ],
  ['a call without a tuple', withPickle('ctorch\nSize\nK\x01R'), 'a tuple of arguments'],
  ['appending to a tuple', withPickle(')K\x01a'), 'a list to append to, found a tuple'],
  ['items in a list', withPickle(']K\x01K\x02s'), 'a dict to put items into'],
  ['a key without value', withPickle('}(K\x01u'), 'keys and values in pairs'],
  ['a list as key', withPickle('}]Ns'), 'a string or number as key'],
  ['a storage that is not there', withPickle(tensor({ key: '1' })), 'an entry data/1'],
  [
    'a name that leads out',
    withPickle(tensor({ key: '../data.pkl' })),
    'an entry data/../data.pkl',
  ],
  ['a storage of another size', withPickle(tensor({ count: 'K\x03' })), '12 bytes in its entry'],
  ['a storage beyond all bounds', withPickle(tensor({ count: long(2n ** 52n) })), 'in its entry'],
  ['a shape beyond the storage', withPickle(tensor({ size: 'K\x03\x85' })), 'one up to byte 12'],
  ['an offset beyond it', withPickle(tensor({ offset: 'K\x01' })), 'one up to byte 12'],
  ['a stride beyond it', withPickle(tensor({ stride: 'K\x02\x85' })), 'one up to byte 12'],
  ['a negative stride', withPickle(tensor({ stride: 'J\xff\xff\xff\xff\x85' })), 'an integer ≥ 0'],
  ['a negative size', withPickle(tensor({ size: 'J\xff\xff\xff\xff\x85' })), 'an integer ≥ 0'],
  ['too few strides', withPickle(tensor({ stride: ')' })), '1 strides'],
  [
    'a product beyond all bounds',
    withPickle(tensor({ size: `${long(2n ** 40n)}${long(2n ** 40n)}\x86`, stride: 'K\0K\0\x86' })),
    'a shape that fits in memory',
  ],
  [
    'a billion negatives of one number',
    withPickle(tensor({ size: `${long(2n ** 30n)}\x85`, stride: 'K\0\x85', bits: 'neg' })),
    'to conjugate or negate',
  ],
  ['half a tensor', withPickle('ctorch._utils\n_rebuild_tensor_v2\n)R'), 'a storage'],
  // Each of these would ask for gigabytes with a file of a megabyte.
  [
    'copies of a dict',
    withPickle(
      `ccollections\nOrderedDict\nq\0](${'K\x01K\x02\x86'.repeat(1e5)}e\x85q\x01`,
      gets(2e4, 'h\0h\x01R'),
    ),
    'copies of copies',
  ],
  [
    'copies of bytes',
    withPickle(
      `c_codecs\nencode\nq\0${text('a'.repeat(1e6))}${text('latin1')}\x86q\x01`,
      gets(2e4, 'h\0h\x01R'),
    ),
    'copies of copies',
  ],
  [
    'copies of a tensor',
    withPickle(
      `ctorch._utils\n_rebuild_tensor_v2\nq\0${tensor()
        .replace(/^[^(]*/, '')
        .replace(/R$/, 'q\x01')}`,
      gets(2e4, 'h\0h\x01R'),
    ),
    'copies of copies',
  ],
  [
    'copies of a set',
    withPickle(
      `c__builtin__\nset\nq\0](${'J\0\0\0\x01'.repeat(1e5)}e\x85q\x01`,
      gets(2e4, 'h\0h\x01R'),
    ),
    'copies of copies',
  ],
])('a pickle with %s is corrupt', async (_, bytes, message) => {
  await refuses('file.pt', await bytes, 'ERR_FILE_CORRUPT', message);
});

test.each([
  'os\nsystem',
  'builtins\neval',
  '__main__\nNet',
  'torch.nn.modules.linear\nLinear',
  'constructor\n__proto__',
  'torch\nconstructor',
])('a pickle that names %j is refused', async (name) => {
  const bytes = await withPickle(`c${name}\n(${text('echo')}tR`);
  await refuses('global.pt', bytes, 'ERR_PICKLE_GLOBAL', `'${name.replace('\n', '.')}'`);
});

test('classes and storages are no data', async () => {
  const refused = 'ERR_PICKLE_GLOBAL';
  await refuses('class.pt', await withPickle('ctorch\nSize\n'), refused, "'torch.Size'");
  const storage = `(${text('storage')}ctorch\nFloatStorage\n${text('0')}${text('cpu')}K\x02tQ`;
  await refuses('storage.pt', await withPickle(storage), 'ERR_FILE_FORMAT', 'a bare storage');
});

test('deep nesting is refused, and doubling costs nothing', async () => {
  const deep = await withPickle(gets(1e5, ']'), gets(1e5 - 1, 'a'));
  await refuses('deep.pt', deep, 'ERR_FILE_FORMAT', 'nested more than 1000 deep');
  const tuples = await withPickle('N', gets(1e5, '\x85'));
  await refuses('tuples.pt', tuples, 'ERR_FILE_FORMAT', 'nested more than 1000 deep');
  // Two to the power of 500 objects, if they were copied.
  writeFileSync(join(folder, 'double.pt'), await withPickle('N', gets(500, 'q\0h\0\x86')));
  // biome-ignore lint/suspicious/noExplicitAny: pairs of pairs
  const pair = await torch.load<any>(join(folder, 'double.pt'));
  expect(pair[0]).toBe(pair[1]);
});

const pickle = Buffer.from('\x80\x02N.', 'latin1');

test('archives that mislead are refused', async () => {
  const corrupt = 'ERR_FILE_CORRUPT';
  const format = 'ERR_FILE_FORMAT';
  await refuses('other.pt', await archive({ 'a/b': '' }), format, 'without the data.pkl');
  const script = await archive({ 'a/data.pkl': pickle, 'a/constants.pkl': pickle });
  await refuses('script.pt', script, format, 'a TorchScript program');
  const big = await archive({ 'a/data.pkl': pickle, 'a/byteorder': 'big' });
  await refuses('big.pt', big, format, "byte order is 'big'");
  const bomb = await archive({ 'a/data.pkl': Buffer.alloc(1e7) }, { compress: true });
  await refuses('bomb.pt', bomb, corrupt, 'an opcode that PyTorch writes');
  const more = Buffer.from(bomb);
  more.writeUInt32LE(2e9, more.lastIndexOf('PK\x01\x02') + 24);
  await refuses('more.pt', more, corrupt, 'that its bytes can give');
  const less = Buffer.from(bomb);
  less.writeUInt32LE(9e6, less.lastIndexOf('PK\x01\x02') + 24);
  await refuses('less.pt', less, corrupt, '9000000 bytes');
  await refuses('six.pt', await withPickle('\x80\x06N'), format, 'pickle protocol 6');
  const twice = await archive({ 'a/data.pkl': pickle, 'a/data/0': '', 'a/data/1': '' });
  const renamed = Buffer.from(twice.toString('latin1').replaceAll('data/1', 'data/0'), 'latin1');
  await refuses('twice.pt', renamed, corrupt, 'a/data/0 twice');
});

test('a position beyond what Node reads is an error that can be caught', async () => {
  const bytes = await archive({ 'a/data.pkl': pickle }, { zip64: true });
  bytes.writeBigUInt64LE(2n ** 61n, bytes.indexOf('PK\x06\x07') + 8);
  await refuses('zip64.pt', bytes, 'ERR_FILE_CORRUPT', 'a position beyond the file');
});

test('entries that overlap cannot claim more than the file has', async () => {
  // A table of contents in which a hundred entries are the same megabyte.
  const names = Array.from({ length: 100 }, (_, i) => `a/data/${String(i).padStart(2, '0')}`);
  const bytes = await archive({
    'a/data.pkl': pickle,
    'a/data/xx': Buffer.alloc(1e6),
    ...Object.fromEntries(names.map((name) => [name, ''])),
  });
  const signature = Buffer.from('PK\x01\x02');
  let first = bytes.indexOf(signature);
  const places: number[] = [];
  for (; first >= 0; first = bytes.indexOf(signature, first + 4)) places.push(first);
  expect(places.length).toBe(102);
  const source = places[1] as number;
  // CRC and sizes, then the place of the local header.
  for (const place of places.slice(2)) {
    bytes.copy(bytes, place + 16, source + 16, source + 28);
    bytes.copy(bytes, place + 42, source + 42, source + 46);
  }
  await refuses('overlap.pt', bytes, 'ERR_FILE_CORRUPT', 'entries smaller than the file');
});

test('a changed byte of a tensor is noticed in a PyTorch file', async () => {
  const path = join(folder, 'flip.pt');
  await torch.save({ a: torch.full([100], 1.5) }, path);
  const bytes = readFileSync(path);
  const place = bytes.indexOf(Buffer.from(new Float32Array([1.5, 1.5]).buffer));
  bytes[place + 40] = (bytes[place + 40] as number) ^ 4;
  await refuses('flip.pt', bytes, 'ERR_FILE_CORRUPT', 'bytes were altered');
});

test('every cut of a file is noticed', async () => {
  for (const name of ['tensors.safetensors', 'tensor.pt']) {
    const whole = readFileSync(
      fileURLToPath(new URL(`../reference/files/${name}`, import.meta.url)),
    );
    const path = join(folder, `cut-${name}`);
    for (let length = 0; length < whole.length; length += 23) {
      writeFileSync(path, whole.subarray(0, length));
      await expect(torch.load(path)).rejects.toMatchObject({
        code: expect.stringMatching(/^ERR_FILE_(CORRUPT|FORMAT)$/),
      });
    }
  }
});

test('a bool that is neither 0 nor 1 becomes 1', async () => {
  const bytes = safetensors({ a: { dtype: 'BOOL', shape: [3], data_offsets: [0, 3] } }, 3);
  bytes.set([0, 2, 255], bytes.length - 3);
  writeFileSync(join(folder, 'bool.safetensors'), bytes);
  const { a } = await torch.load(join(folder, 'bool.safetensors'));
  expect(a?.data()).toEqual(new Uint8Array([0, 1, 1]));
});
