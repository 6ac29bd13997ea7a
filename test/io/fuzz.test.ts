// Mutated files: an error with a code, or well-formed tensors; never a crash, never a tensor left over.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import yauzl from 'yauzl';
import * as torch from '../../lib/index.js';
import { bytesOf, elementSize } from '../../lib/tensor/bytes.js';
import { temporaryFolder } from '../folder.js';
import { archive } from './hostile.js';

const rounds = process.env.LENET_TORCH_LONG === '1' ? 20_000 : 500;
const seed = 20_261_125;

const folder = temporaryFolder('lenet-torch-fuzz-', afterAll);
const reference = (name: string): Buffer =>
  readFileSync(fileURLToPath(new URL(`../reference/files/${name}`, import.meta.url)));

/** Integers below a bound, the same ones in each run (Mulberry32). */
function random(state: number): (bound: number) => number {
  let a = state;
  return (bound) => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % bound;
  };
}

type Draw = (bound: number) => number;

const notable = [
  '',
  '0',
  '-1',
  '999999999999',
  '9007199254740993',
  '[',
  ']',
  '{',
  '}',
  '"',
  ',',
  '\\',
  'F64',
  '\0',
  '\xff',
];

function mutate(bytes: Buffer, draw: Draw): Buffer {
  let result: Buffer = Buffer.from(bytes);
  for (let count = 1 + draw(4); count > 0 && result.length > 0; count--) {
    const at = draw(result.length);
    const length = draw(Math.min(32, result.length - at)) + 1;
    const piece = result.subarray(at, at + length);
    const [head, tail] = [result.subarray(0, at), result.subarray(at)];
    const changes: (() => Buffer)[] = [
      () => Buffer.concat([head, Buffer.from([piece[0]! ^ (1 << draw(8))]), tail.subarray(1)]),
      () => Buffer.concat([head, Buffer.from([draw(256)]), tail.subarray(1)]),
      () => head,
      () => Buffer.concat([head, tail.subarray(length)]),
      () => Buffer.concat([head, piece, tail]),
      () => Buffer.concat([result, Buffer.alloc(length, draw(256))]),
      () => Buffer.concat([head, Buffer.from(notable[draw(notable.length)]!, 'latin1'), tail]),
      () =>
        Buffer.concat([
          head,
          Buffer.from(notable[draw(notable.length)]!, 'latin1'),
          tail.subarray(length),
        ]),
    ];
    result = changes[draw(changes.length)]!();
  }
  return result;
}

// Half of the mutations are of the header alone, whose length is then right.
function mutateSafetensors(bytes: Buffer, draw: Draw): Buffer {
  if (draw(2) === 0) return mutate(bytes, draw);
  const end = 8 + Number(bytes.readBigUInt64LE());
  const header = mutate(bytes.subarray(8, end), draw);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, bytes.subarray(end)]);
}

async function entriesOf(bytes: Buffer): Promise<Record<string, Buffer>> {
  const entries: Record<string, Buffer> = {};
  const zip = await yauzl.fromBufferPromise(bytes);
  for await (const entry of zip.eachEntry()) {
    const stream = await zip.openReadStreamPromise(entry);
    entries[entry.fileName] = Buffer.concat(await stream.toArray());
  }
  return entries;
}

// Half of the mutations are of the pickle alone, in an archive whose checksums are then right.
async function mutateTorch(
  bytes: Buffer,
  entries: Record<string, Buffer>,
  draw: Draw,
): Promise<Buffer> {
  if (draw(2) === 0) return mutate(bytes, draw);
  const name = Object.keys(entries).find((each) => each.endsWith('data.pkl')) as string;
  return archive({ ...entries, [name]: mutate(entries[name] as Buffer, draw) });
}

/** Looks at all of what was loaded, and lets go of its tensors. */
function inspect(value: unknown, seen = new Set<unknown>()): void {
  if (typeof value !== 'object' || value === null || seen.has(value)) return;
  seen.add(value);
  if (value instanceof torch.Tensor) {
    const { shape, strides, dtype } = value;
    expect(shape.every((size) => Number.isSafeInteger(size) && size >= 0)).toBe(true);
    expect(strides.length).toBe(shape.length);
    const count = shape.reduce((product, size) => product * size, 1);
    expect(value.numel()).toBe(count);
    // A stride of 0 makes many elements of few bytes.
    if (count < 1e6) {
      const bytes = bytesOf(value);
      expect(bytes.data().length).toBe(count * elementSize(dtype));
      bytes.dispose();
    }
    value.dispose();
  } else if (value instanceof Map) {
    for (const [key, each] of value) [key, each].map((part) => inspect(part, seen));
  } else if (!ArrayBuffer.isView(value)) {
    for (const each of value instanceof Set ? value : Object.values(value)) inspect(each, seen);
  }
}

async function loads(path: string, bytes: Buffer, what: string): Promise<boolean> {
  writeFileSync(path, bytes);
  const { tensors } = torch.memory();
  let loaded = true;
  try {
    inspect(await torch.load<unknown>(path));
  } catch (error) {
    loaded = false;
    const { code, message } = error as torch.TorchError;
    expect(`${what}: ${code} ${message}`).toMatch(
      /: (ERR_FILE_CORRUPT|ERR_FILE_FORMAT|ERR_PICKLE_GLOBAL) /,
    );
  }
  expect(torch.memory().tensors, what).toBeLessThanOrEqual(tensors);
  return loaded;
}

test(`${rounds} mutated safetensors files`, async () => {
  const original = reference('tensors.safetensors');
  const path = join(folder, 'file.safetensors');
  let loaded = 0;
  for (let round = 0; round < rounds; round++) {
    const bytes = mutateSafetensors(original, random(seed + round));
    if (await loads(path, bytes, `seed ${seed + round}`)) loaded++;
  }
  // Changed bytes of tensors, names and metadata are files as good as any.
  expect(loaded).toBeGreaterThan(rounds / 100);
  expect(loaded).toBeLessThan(rounds / 2);
});

test(`${rounds} mutated PyTorch files`, async () => {
  const files = ['nested.pt', 'views.pt', 'optimizer.pt', 'dtypes.pt', 'state.pt'].map(reference);
  const unpacked = await Promise.all(files.map(entriesOf));
  const path = join(folder, 'file.pt');
  let loaded = 0;
  for (let round = 0; round < rounds; round++) {
    const i = round % files.length;
    const draw = random(seed + round);
    const bytes = await mutateTorch(files[i] as Buffer, unpacked[i] ?? {}, draw);
    if (await loads(path, bytes, `seed ${seed + round}`)) loaded++;
  }
  expect(loaded).toBeGreaterThan(rounds / 100);
  expect(loaded).toBeLessThan(rounds / 2);
});
