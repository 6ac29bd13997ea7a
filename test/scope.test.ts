import { beforeEach, expect, test } from 'vitest';

import * as torch from '../lib/index.js';
import { closeBatchScope, openBatchScope } from '../lib/tensor/scope.js';
import { coded } from './coded.js';
import { temporaryFolder } from './folder.js';
import { tensorsInUse } from './garbage.js';
import { inUse } from './inUse.js';

const openScope = () => openBatchScope(() => {}).id;

// What earlier tests dropped would be collected at any time.
beforeEach(async () => {
  await tensorsInUse();
});

const live = (): number => torch.memory().tensors;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('tidy releases what it does not return', () => {
  const before = live();
  const kept = torch.tidy(() => {
    const a = torch.ones(3);
    return { sum: [a.add(1).mul(2)] };
  });
  expect(live()).toBe(before + 1);
  expect(kept.sum[0]?.tolist()).toEqual([4, 4, 4]);
  kept.sum[0]?.dispose();
  expect(live()).toBe(before);
});

test('a released tensor is an error that names keep()', () => {
  let leaked = torch.zeros(1);
  torch.tidy(() => {
    leaked = torch.ones(2);
  });
  expect(() => leaked.add(1)).toThrow(coded('ERR_TENSOR_RELEASED', /keep\(\)/));
  expect(() => leaked.shape).toThrow(coded('ERR_TENSOR_RELEASED'));
  expect(() => torch.cat([leaked])).toThrow(coded('ERR_TENSOR_RELEASED'));
  expect(leaked.isDisposed).toBe(true);
  expect(String(leaked)).toBe('Tensor(released)');
  leaked.dispose();
});

test('tidy releases when its function throws', () => {
  const before = live();
  expect(() =>
    torch.tidy(() => {
      torch.ones(3);
      throw new Error('body');
    }),
  ).toThrow('body');
  expect(live()).toBe(before);
});

test('nested tidy: a result belongs to the scope around, a kept tensor to none', () => {
  const before = live();
  let kept!: torch.Tensor;
  torch.tidy(() => {
    const outer = torch.ones(2);
    const inner = torch.tidy(() => {
      kept = outer.mul(3).keep();
      outer.mul(5);
      return outer.mul(2);
    });
    expect(inner.tolist()).toEqual([2, 2]);
    expect(kept.tolist()).toEqual([3, 3]);
    expect(live()).toBe(before + 3);
  });
  expect(live()).toBe(before + 1);
  expect(kept.tolist()).toEqual([3, 3]);
  kept.dispose();
});

test('tidy of an async function closes when its promise settles', async () => {
  const before = live();
  const result = await torch.tidy(async () => {
    const a = torch.ones(3);
    await turn();
    expect(a.sum().item()).toBe(3);
    return a.mul(7);
  });
  expect(result.tolist()).toEqual([7, 7, 7]);
  expect(live()).toBe(before + 1);
  result.dispose();
  await expect(
    torch.tidy(async () => {
      torch.ones(3);
      await turn();
      throw new Error('later');
    }),
  ).rejects.toThrow('later');
  expect(live()).toBe(before);
});

test('scope() lasts until it is disposed of', () => {
  const before = live();
  const scope = torch.scope();
  const a = torch.ones(3);
  const b = scope.keep(a.add(1));
  scope.dispose();
  scope.dispose();
  expect(a.isDisposed).toBe(true);
  expect(b.tolist()).toEqual([2, 2, 2]);
  b.dispose();
  expect(live()).toBe(before);
  scope[Symbol.dispose]();
});

test('results follow their inputs, also after an await and from another stretch', async () => {
  const batch = openScope();
  const x = torch.ones(2);
  await turn();
  const y = x.mul(2);
  const unrelated = torch.zeros(2);
  closeBatchScope(batch);
  expect(y.isDisposed).toBe(true);
  expect(unrelated.tolist()).toEqual([0, 0]);
  unrelated.dispose();
});

test('a batch scope does not catch tensors of another task', async () => {
  let theirs: torch.Tensor | undefined;
  const first = (async () => {
    const batch = openScope();
    torch.ones(2);
    await turn();
    closeBatchScope(batch);
  })();
  // Started in the same synchronous stretch, right behind the first task's await.
  const second = (async () => {
    theirs = torch.full([2], 5);
    await first;
    expect(theirs.tolist()).toEqual([5, 5]);
  })();
  await Promise.all([first, second]);
  theirs?.dispose();
});

test('an older result stays with its own scope while an inner batch is open', () => {
  const outer = openScope();
  let sum = torch.zeros(1);
  for (let i = 0; i < 3; i++) {
    const inner = openScope();
    sum = sum.add(1);
    closeBatchScope(inner);
  }
  expect(sum.item()).toBe(3);
  closeBatchScope(outer);
  expect(sum.isDisposed).toBe(true);
});

test('a gradient stays, and is one object', () => {
  const before = live();
  const w = torch.ones([2], { requiresGrad: true });
  torch.tidy(() => {
    w.mul(3).sum().backward();
    expect(w.grad).toBe(w.grad);
  });
  const grad = w.grad as torch.Tensor;
  expect(grad.tolist()).toEqual([3, 3]);
  torch.tidy(() => {
    w.grad = null;
    expect(grad.tolist()).toEqual([3, 3]);
  });
  expect(grad.isDisposed).toBe(true);
  expect(w.grad).toBe(null);
  w.dispose();
  expect(live()).toBe(before);
});

test('a gradient can be given, with the tensor its shape and dtype', () => {
  const w = torch.ones([2], { requiresGrad: true });
  const g = torch.tensor([1, 2]);
  w.grad = g;
  expect(w.grad).toBe(g);
  w.mul(2).sum().backward();
  expect(w.grad.tolist()).toEqual([3, 4]);
  expect(() => {
    w.grad = torch.ones(3);
  }).toThrow(coded('ERR_LIBTORCH'));
});

test('memory counts a storage once, however many views there are', () => {
  const { bytes, tensors } = torch.memory();
  const a = torch.zeros(1000);
  const views = [a.view(10, 100), a.narrow(0, 0, 5), a.detach()];
  expect(torch.memory().bytes).toBe(bytes + 4000);
  expect(torch.memory().tensors).toBe(tensors + 4);
  a.dispose();
  expect(torch.memory().bytes).toBe(bytes + 4000);
  for (const view of views) view.dispose();
  expect(torch.memory()).toEqual({ bytes, tensors });
});

test('bytes follow a tensor whose storage is replaced or grows', () => {
  const { bytes } = torch.memory();
  const a = torch.zeros(1000);
  const data = torch.zeros([1000], { dtype: 'float64' });
  torch.ops.aten.set_data?.(a, data);
  data.dispose();
  expect(torch.memory().bytes).toBe(bytes + 8000);
  const b = torch.zeros(1000);
  torch.ops.aten.resize_?.(b, [2000]);
  expect(torch.memory().bytes).toBe(bytes + 16_000);
  a.dispose();
  b.dispose();
  expect(torch.memory().bytes).toBe(bytes);
});

test('what changes nothing gives the tensor itself', () => {
  const x = torch.ones(2, 3);
  expect(x.to('float32')).toBe(x);
  expect(x.cpu()).toBe(x);
  expect(x.contiguous()).toBe(x);
  expect(x.reshape(3, 2)).not.toBe(x);
  expect(x.detach()).not.toBe(x);
  expect(x.t()).not.toBe(x);
});

test('a synchronous loop with scopes keeps memory flat', () => {
  torch.setNumThreads(1);
  const loop = (steps: number): void => {
    for (let i = 0; i < steps; i++) {
      const batch = openScope();
      torch
        .randn([64, 64])
        .matmul(torch.randn([64, 64]))
        .sum();
      closeBatchScope(batch);
    }
  };
  loop(2000);
  const before = live();
  const bytes = inUse(temporaryFolder());
  const bytesBefore = bytes();
  loop(10_000);
  expect(live()).toBe(before);
  expect(bytes() - bytesBefore).toBeLessThan(1e6);
});

test('noGrad: synchronous only, restored after errors, other tasks unaffected', async () => {
  const w = torch.ones([2], { requiresGrad: true });
  expect(torch.noGrad(() => w.mul(2).requiresGrad)).toBe(false);
  expect(torch.noGrad(() => torch.enableGrad(() => w.mul(2).requiresGrad))).toBe(true);
  expect(() =>
    torch.noGrad(() => {
      throw new Error('inside');
    }),
  ).toThrow('inside');
  expect(torch.isGradEnabled()).toBe(true);
  expect(() => torch.noGrad(async () => {})).toThrow(coded('ERR_ASYNC_NO_GRAD'));
  await turn();
  expect(torch.isGradEnabled()).toBe(true);
});
