import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { coded } from '../coded.js';

test('frombuffer reads the bytes of any buffer, and copies them', () => {
  const numbers = Float32Array.of(1.5, -2, 3);
  const made = torch.frombuffer(numbers, { dtype: 'float32' });
  numbers[0] = 9;
  expect(made.tolist()).toEqual([1.5, -2, 3]);
  const bytes = Uint8Array.of(0, 1, 2, 0, 0x80, 0x3f, 5).buffer;
  expect(torch.frombuffer(bytes, { dtype: 'int16', offset: 1, count: 2 }).tolist()).toEqual([
    0x201, -0x8000,
  ]);
  expect(torch.frombuffer(bytes, { dtype: 'bfloat16', offset: 4, count: 1 }).shape).toEqual([1]);
  expect(torch.frombuffer(Buffer.from(bytes), { dtype: 'bool' }).tolist()).toEqual([
    false,
    true,
    true,
    false,
    true,
    true,
    true,
  ]);
  const complex = torch.frombuffer(Float32Array.of(1, 2), { dtype: 'complex64' });
  expect(torch.viewAsReal(complex).tolist()).toEqual([[1, 2]]);
  const leaf = torch.frombuffer(numbers, { dtype: 'float32', requiresGrad: true });
  expect(leaf.requiresGrad).toBe(true);
});

test.each([
  ['no dtype', new Uint8Array(4), {}, /dtype/],
  ['a part of an element', new Uint8Array(5), { dtype: 'int32' }, /no multiple of 4/],
  ['too few bytes', new Uint8Array(8), { dtype: 'int32', count: 3 }, /do not fit/],
  ['nothing', new Uint8Array(0), { dtype: 'int8' }, /expected elements/],
  ['an offset beyond', new Uint8Array(4), { dtype: 'int8', offset: 4 }, /after 4 of 4/],
  ['no bytes', [1, 2], { dtype: 'int8' }, /expected bytes/],
] as const)('frombuffer refuses %s', (_, buffer, options, words) => {
  expect(() => torch.frombuffer(buffer as never, options as never)).toThrow(
    coded('ERR_INVALID_ARG', words),
  );
});

test("fromFile is a file's memory", () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'lenet-file-'));
  try {
    const file = path.join(folder, 'numbers');
    writeFileSync(file, new Uint8Array(Int32Array.of(1, 2, 3).buffer));
    expect(torch.fromFile(file, false, 3, { dtype: 'int32' }).tolist()).toEqual([1, 2, 3]);
    const shared = torch.fromFile(file, { shared: true, size: 3, dtype: 'int32' });
    shared.fill_(7);
    expect(torch.fromFile(file, { size: 2, dtype: 'int32' }).tolist()).toEqual([7, 7]);
    expect(() => torch.fromFile(path.join(folder, 'no'), false, 1)).toThrow(coded('ERR_LIBTORCH'));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('asTensor and asarray give a tensor back as it is, and copy what is none', () => {
  const x = torch.ones(2);
  expect(torch.asTensor(x)).toBe(x);
  expect(torch.asarray(x)).toBe(x);
  expect(torch.asarray(x, { copy: true })).not.toBe(x);
  expect(torch.asTensor(Int16Array.of(1, 2)).dtype).toBe('int16');
  expect(() => torch.asarray([1], { copy: false })).toThrow(coded('ERR_INVALID_ARG', /memory/));
  const leaf = torch.ones([2], { requiresGrad: true });
  expect(torch.asTensor(leaf).requiresGrad).toBe(true);
  expect(torch.asarray(leaf).requiresGrad).toBe(false);
});

test('ops has every namespace', () => {
  const { ops } = torch;
  expect(ops.inductor).toBe(ops.inductor);
  const x = torch.arange(6).reshape(2, 3);
  const turned = ops.inductor!._reinterpret_tensor!(x, [3, 2], [1, 3]) as torch.Tensor;
  expect(turned.tolist()).toEqual(x.t().tolist());
  expect(() => ops.nothing!.add).toThrow(coded('ERR_UNKNOWN_OPERATOR', /nothing::add/));
});

test('isTensor', () => {
  expect([torch.ones(1), [1], null, undefined].map((each) => torch.isTensor(each))).toEqual([
    true,
    false,
    false,
    false,
  ]);
});

test('what stands in a wrong place is refused in words', () => {
  const x = torch.ones(2, 3);
  expect(() => torch.einsum('ij,jk', x, 1 as never)).toThrow(
    coded('ERR_INVALID_ARG', /tensor 1: expected a Tensor, got 1/),
  );
  expect(() => torch.tensordot(x, x, 3)).toThrow(coded('ERR_INVALID_ARG', /0 to 2, got 3/));
  expect(() => torch.broadcastShapes([2, 3], [2])).toThrow(
    coded('ERR_INVALID_ARG', /\(2, 3\), \(2\) do not broadcast at dimension -1/),
  );
  expect(() => torch.cdist(x, x, 2, 'never' as never)).toThrow(coded('ERR_INVALID_ARG', /one of/));
  expect(() => torch.special.polygamma('a' as never, x)).toThrow(coded('ERR_INVALID_ARG'));
});

test('unravelIndex counts in int64, whatever the indices are; lu takes names', () => {
  const found = torch.unravelIndex(torch.tensor([250n], { dtype: 'uint8' }), [2, 300]);
  expect(found.map((each) => [each.dtype, each.tolist()])).toEqual([
    ['int64', [0]],
    ['int64', [250]],
  ]);
  expect(torch.lu(torch.eye(2), { getInfos: true })[2]!.item()).toBe(0);
  expect(() => torch.lu(torch.eye(2), { infos: true } as never)).toThrow(coded('ERR_INVALID_ARG'));
});
