import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { coded, invalid } from '../coded.js';
import { temporaryFolder } from '../folder.js';
import { recorded } from '../recorded.js';
import { exactly } from './exactly.js';

interface Reference {
  data: unknown;
  more: unknown;
  files: Record<string, string>;
  refused: Record<string, string>;
}
const reference = recorded<Reference>('archives');

function fileOf(bytes: Uint8Array | string): string {
  const path = join(temporaryFolder(), 'file.pt');
  writeFileSync(path, typeof bytes === 'string' ? Buffer.from(bytes, 'base64') : bytes);
  return path;
}

describe('what Python opens, opens here', () => {
  test.each(Object.entries(reference.files))('%s', async (name, file) => {
    const data = exactly(await torch.load(fileOf(file)));
    expect(data).toEqual(name.startsWith('protocol') ? reference.more : reference.data);
  });

  test.each([
    ['bzip2', 'packed in another way'],
    ['tar', 'expected a safetensors or PyTorch file'],
    ['legacy', 'before 1.6'],
  ])('%s is called by its name', async (name, message) => {
    await expect(torch.load(fileOf(reference.refused[name]!))).rejects.toThrow(
      coded('ERR_FILE_FORMAT', message),
    );
  });

  test('bytes of a file with checksums may not change; deflated ones neither', async () => {
    for (const name of ['as it is', 'deflated', 'protocol 4']) {
      const bytes = Buffer.from(reference.files[name]!, 'base64');
      const path = fileOf(bytes);
      const data = Buffer.from(bytes);
      // In the middle of the first entry, which is the pickle.
      data[120]! ^= 0x55;
      writeFileSync(path, data);
      await expect(torch.load(path)).rejects.toThrow(
        expect.objectContaining({ code: expect.stringMatching(/^ERR_(FILE|PICKLE)/) }),
      );
    }
  });
});

describe('the name of a file says its format: safetensors, or Python’s own', () => {
  const kindOf = async (path: string): Promise<string> =>
    (await readFile(path)).subarray(0, 2).toString() === 'PK' ? 'PyTorch' : 'other';
  test.each([
    ['a.pt', 'PyTorch'],
    ['a.pth', 'PyTorch'],
    ['a.PTH', 'PyTorch'],
    ['a.pth.tar', 'PyTorch'],
    ['model.ckpt', 'PyTorch'],
    ['pytorch_model.bin', 'PyTorch'],
    ['mlp.params', 'PyTorch'],
    ['mydict', 'PyTorch'],
    ['a.safetensors', 'other'],
    ['a.SAFETENSORS', 'other'],
  ])('%s', async (name, kind) => {
    const path = join(temporaryFolder(), name);
    const state = new torch.nn.Linear(2, 2).stateDict();
    await torch.save(state, path);
    expect(await kindOf(path)).toBe(kind);
    expect(Object.keys(await torch.load(path)).sort()).toEqual(Object.keys(state).sort());
  });
});

describe('what is saved is saved whole, or refused', () => {
  const state = () => new torch.nn.Linear(1, 1).stateDict();
  class Own {
    weight = torch.ones(1);
  }
  const refused: [string, () => unknown][] = [
    ['a Promise', () => Promise.resolve(state())],
    ['an object of a class', () => new Own()],
    ['a module', () => new torch.nn.Linear(1, 1)],
    ['a Promise among tensors', () => ({ ...state(), more: Promise.resolve(torch.ones(1)) })],
    ['a function', () => ({ ...state(), more: () => 1 })],
    ['undefined', () => ({ ...state(), more: undefined })],
    ['a symbol as key', () => ({ ...state(), [Symbol('more')]: torch.ones(1) })],
  ];
  test.each(
    refused.flatMap(([name, make]) => ['pt', 'safetensors'].map((end) => ({ name, make, end }))),
  )('$name, .$end', async ({ make, end }) => {
    const path = join(temporaryFolder(), `x.${end}`);
    await expect(torch.save(make() as never, path)).rejects.toThrow(invalid());
  });

  test.each<[string, () => unknown]>([
    ['a list with a hole', () => Array(3)],
    ['a list with names', () => Object.assign([1], { name: 2 })],
    ['a Float32Array', () => new Float32Array(2)],
    ['a Date', () => new Date()],
  ])('%s', async (_, make) => {
    const path = join(temporaryFolder(), 'x.pt');
    await expect(torch.save({ x: make() } as never, path)).rejects.toThrow(invalid());
  });

  test.each(['pt', 'safetensors'])('a Map is a dict, .%s', async (end) => {
    const path = join(temporaryFolder(), `x.${end}`);
    await torch.save(new Map(Object.entries(state())) as never, path);
    expect(Object.keys(await torch.load(path)).sort()).toEqual(['bias', 'weight']);
  });
});
