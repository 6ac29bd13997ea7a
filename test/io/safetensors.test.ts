import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { temporaryFolder } from '../folder.js';
import { tensorsInUse } from '../garbage.js';

const folder = temporaryFolder('lenet-torch-io-', afterAll);
const at = (name: string): string => join(folder, name);

test('a state dict comes back bit by bit, and loads into another network', async () => {
  torch.manualSeed(1);
  const net = new torch.LeNet();
  await torch.save(net.stateDict(), at('lenet.safetensors'));
  const state = await torch.load(at('lenet.safetensors'));
  expect(Object.keys(state).sort()).toEqual(Object.keys(net.stateDict()).sort());
  for (const [key, tensor] of Object.entries(net.stateDict())) {
    expect(state[key]?.data()).toEqual(tensor.data());
    expect(state[key]?.shape).toEqual(tensor.shape);
  }
  const other = new torch.LeNet();
  expect(other.loadStateDict(state)).toEqual({ missingKeys: [], unexpectedKeys: [] });
  const image = torch.rand(1, 1, 28, 28);
  expect(other.forward(image).data()).toEqual(net.forward(image).data());
  expect(readdirSync(folder)).toEqual(['lenet.safetensors']);
});

test('views, scalars and empty tensors keep shape and elements', async () => {
  const base = torch.arange(24).reshape(2, 3, 4);
  const tensors = {
    transposed: base.transpose(0, 2),
    column: base.at(':', 1, { start: 3 }),
    expanded: torch.tensor([1.5, 2.5]).unsqueeze(1).expand(2, 3),
    scalar: torch.tensor(3.5),
    empty: torch.zeros(0, 5),
    flag: torch.tensor([true, false, true]),
    'λ "quoted"\n': torch.tensor([1n, -2n]),
    1: torch.ones(1),
    __proto__x: torch.ones(2, { requiresGrad: true }).mul(3),
  };
  await torch.saveSafetensors(tensors, at('views'), { metadata: { kind: 'views', ü: '' } });
  const loaded = await torch.loadSafetensors(at('views'));
  expect(loaded.metadata).toEqual({ kind: 'views', ü: '' });
  expect(Object.keys(loaded.tensors).sort()).toEqual(Object.keys(tensors).sort());
  for (const [name, tensor] of Object.entries(tensors)) {
    const found = loaded.tensors[name] as torch.Tensor;
    expect([name, found.dtype, found.shape]).toEqual([name, tensor.dtype, tensor.shape]);
    expect(found.tolist()).toEqual(tensor.tolist());
    expect(found.isContiguous()).toBe(true);
    expect(found.requiresGrad).toBe(false);
  }
});

test('files larger than a piece are written and read in pieces', async () => {
  const tensors = { a: torch.rand(3, 700_001), b: torch.rand(1_500_007).to('float64') };
  await torch.save(tensors, at('large.safetensors'));
  const size = 8 * 1_500_007 + 4 * 3 * 700_001;
  const { length } = readFileSync(at('large.safetensors'));
  expect(length - size).toBeLessThan(200);
  const loaded = await torch.load(at('large.safetensors'));
  expect(torch.equal(loaded.a as torch.Tensor, tensors.a)).toBe(true);
  expect(torch.equal(loaded.b as torch.Tensor, tensors.b)).toBe(true);
});

test('loaded tensors belong to no scope, and nothing is left over', async () => {
  await torch.save({ a: torch.ones(3) }, at('scopes'));
  const before = await tensorsInUse();
  const state = await torch.tidy(async () => {
    await torch.save({ b: torch.ones(4) }, at('scopes-b'));
    return torch.load(at('scopes'));
  });
  expect(state.a?.tolist()).toEqual([1, 1, 1]);
  state.a?.dispose();
  expect(torch.memory().tensors).toBe(before);
});

test('small files show the tensors as they are at the call', async () => {
  const a = torch.ones(3);
  const saving = torch.save({ a }, at('snapshot'));
  a.fill_(7);
  a.dispose();
  await saving;
  expect((await torch.load(at('snapshot'))).a?.tolist()).toEqual([1, 1, 1]);
});

test('a file that does not load says why, and leaves no tensors', async () => {
  await expect(torch.load(at('nowhere'))).rejects.toMatchObject({ code: 'ERR_FILE_NOT_FOUND' });
  await expect(torch.load(folder)).rejects.toMatchObject({ code: 'ERR_FILE_READ' });
  writeFileSync(at('text'), 'abc');
  await expect(torch.load(at('text'))).rejects.toMatchObject({ code: 'ERR_FILE_FORMAT' });
  writeFileSync(at('short.safetensors'), 'abc');
  await expect(torch.load(at('short.safetensors'))).rejects.toMatchObject({
    code: 'ERR_FILE_CORRUPT',
  });
});

test('what is no tensor by name is refused before anything is written', async () => {
  const save = (...args: unknown[]) =>
    (torch.saveSafetensors as (...a: unknown[]) => unknown)(...args);
  const invalid = { code: 'ERR_INVALID_ARG' };
  const one = { a: torch.ones(1) };
  await expect(save(null, at('no'))).rejects.toMatchObject(invalid);
  await expect(save(torch.ones(1), at('no'))).rejects.toMatchObject(invalid);
  await expect(save({ a: [1] }, at('no'))).rejects.toThrow("'a': expected Tensor, got Array");
  await expect(save({ __metadata__: torch.ones(1) }, at('no'))).rejects.toMatchObject(invalid);
  await expect(save({ a: torch.zeros(1, { dtype: 'complex128' }) }, at('no'))).rejects.toThrow(
    'safetensors has no dtype for complex128',
  );
  await expect(save(one, at('no'), { metadata: { epoch: 1 } })).rejects.toThrow(
    "metadata 'epoch': expected a string, got number",
  );
  await expect(save({ '\ud800': torch.ones(1) }, at('no'))).rejects.toMatchObject(invalid);
  expect(readdirSync(folder)).not.toContain('no');
});
