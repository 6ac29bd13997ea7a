import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { temporaryFolder } from '../folder.js';
import { tensorsInUse } from '../garbage.js';

const folder = temporaryFolder('lenet-torch-pt-', afterAll);
const at = (name: string): string => join(folder, name);

test('a state dict comes back bit by bit', async () => {
  torch.manualSeed(2);
  const net = new torch.LeNet();
  await torch.save(net.stateDict(), at('lenet.pth'));
  const other = new torch.LeNet();
  other.loadStateDict(await torch.load(at('lenet.pth')));
  for (const [key, tensor] of Object.entries(net.stateDict())) {
    expect(torch.equal(tensor, other.stateDict()[key] as torch.Tensor)).toBe(true);
  }
});

test('shared parts stay shared, and circles closed', async () => {
  const tensor = torch.ones(2);
  const circle: torch.Saveable[] = [tensor];
  circle.push(circle, Object.freeze([circle]));
  await torch.save(circle, at('circle.pt'));
  // biome-ignore lint/suspicious/noExplicitAny: a circle has no type
  const loaded = await torch.load<any>(at('circle.pt'));
  expect(loaded[1]).toBe(loaded);
  expect(loaded[2][0]).toBe(loaded);
  expect(Object.isFrozen(loaded[2])).toBe(true);
  await torch.save({ a: tensor, b: tensor }, at('twice.pt'));
  const { a, b } = await torch.load(at('twice.pt'));
  expect(a).toBe(b);
});

test('files larger than a piece are written and read in pieces', async () => {
  const a = torch.rand(3, 500_001);
  const b = torch.rand(1100, 1000).transpose(0, 1);
  await torch.save({ a, b }, at('large.pt'));
  const loaded = await torch.load(at('large.pt'));
  expect(torch.equal(loaded.a as torch.Tensor, a)).toBe(true);
  expect(torch.equal(loaded.b as torch.Tensor, b)).toBe(true);
});

test('small files show the tensors as they are at the call; nothing is left over', async () => {
  const before = await tensorsInUse();
  const tensor = torch.ones(3).keep();
  const saving = torch.save([tensor], at('snapshot.pt'));
  tensor.fill_(7);
  tensor.dispose();
  await saving;
  const [found] = await torch.load<torch.Tensor[]>(at('snapshot.pt'));
  expect(found?.tolist()).toEqual([1, 1, 1]);
  found?.dispose();
  expect(torch.memory().tensors).toBe(before);
});

test('what is no data is refused with its place, before anything is written', async () => {
  const save = (data: unknown) => torch.save(data as torch.Saveable, at('no.pt'));
  const open: unknown[] = [];
  let deep: unknown = 1;
  for (let i = 0; i < 1100; i++) deep = [deep];
  open.push(Object.freeze([Object.freeze([open])]));
  await save(open);
  rmSync(at('no.pt'));
  await expect(save({ a: [1, { b: undefined }] })).rejects.toThrow(
    'save: a → 1 → b: expected tensors, numbers, strings, booleans, null, bytes, arrays, Sets, Maps ' +
      'and plain objects, got undefined',
  );
  await expect(save(new torch.LeNet())).rejects.toThrow('got an object of class LeNet');
  await expect(save([new Float32Array(1)])).rejects.toMatchObject({ code: 'ERR_INVALID_ARG' });
  await expect(save(new Map([[{}, 1]]))).rejects.toThrow('an object as key');
  await expect(save('\ud800')).rejects.toThrow('well-formed Unicode');
  await expect(save(1n << 3000n)).rejects.toThrow('2040 bits');
  await expect(save(deep)).rejects.toThrow('nested more than 1000 deep');
  await expect(torch.save({}, at('no.pt'), { metadata: { a: 'b' } })).rejects.toThrow(
    'metadata is for safetensors',
  );
  expect(readdirSync(folder)).not.toContain('no.pt');
});
