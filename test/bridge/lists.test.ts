// Lists of integers and of tensors: given as they are, one by one, and by values that change meanwhile.
import { expect, test } from 'vitest';

import * as torch from '../../lib/index.js';

type Several = (...sizes: unknown[]) => torch.Tensor;

// Each takes sizes or dimensions in each of these ways.
const several = ['view', 'reshape', 'permute', 'expand', 'repeat', 'tile', 'flip'] as const;
const method = (tensor: torch.Tensor, name: string): Several =>
  (tensor as unknown as Record<string, Several>)[name]!.bind(tensor);

function outcome(run: () => torch.Tensor): unknown {
  try {
    return torch.tidy(() => {
      const result = run();
      return { shape: result.shape, values: result.tolist() };
    });
  } catch (error) {
    const { name, code, message } = error as Error & { code: string };
    return { name, code, message };
  }
}

const shapes = [[], [1], [4], [2, 2], [1, 2, 3], [2, 1, 2, 1, 1, 1]];
const lists: unknown[][] = [
  ...[[0], [4], [-1], [0, 1], [1, 0], [2, -1], [1, 2, 0], [2, 0, 1], [-1, 2, 2, 1, 1, 1, 1, 1, 1]],
  ...[[1.5], [Number.NaN], [2, 'x'], [2, null], [1, undefined], [2, 2n], [2, {}], [0, [1]]],
  [1, { size: [2] }],
];

test.each(several)('%s: one by one and as a list are the same, mistakes too', (name) => {
  for (const shape of shapes) {
    const tensor = torch.arange(shape.reduce((a, b) => a * b, 1)).reshape(shape);
    for (const list of lists) {
      const oneByOne = outcome(() => method(tensor, name)(...list));
      expect(oneByOne, `${name} of ${shape} by ${list}`).toEqual(
        outcome(() => method(tensor, name)(list)),
      );
    }
  }
});

test('sizes one by one of what is no living tensor', () => {
  const released = torch.ones(4);
  released.dispose();
  expect(() => released.view(2, 2)).toThrow(
    expect.objectContaining({ code: 'ERR_TENSOR_RELEASED' }),
  );
  const view = torch.ones(4).view as (...sizes: number[]) => torch.Tensor;
  for (const foreign of [undefined, null, 3, 'x', {}, [torch.ones(4)]]) {
    expect(() => view.call(foreign as never, 2, 2)).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARG' }),
    );
  }
});

test('a view of a tensor is another object; what gives its argument back gives the object', () => {
  const tensor = torch.ones([2, 2]);
  expect(tensor.view(2, 2)).not.toBe(tensor);
  expect(tensor.reshape([4]).reshape(2, 2)).not.toBe(tensor);
  expect(tensor.contiguous()).toBe(tensor);
  expect(tensor.to('float32')).toBe(tensor);
  expect(tensor.add_(1)).toBe(tensor);
  expect(tensor.resize_(2, 3)).toBe(tensor);
});

test('a list of tensors: one that was released, or that is none', () => {
  const [a, b] = [torch.ones(1), torch.ones(1)];
  b.dispose();
  expect(() => torch.cat([a, b])).toThrow(expect.objectContaining({ code: 'ERR_TENSOR_RELEASED' }));
  for (const other of [1, null, undefined, {}, [a], 'x']) {
    expect(() => torch.cat([a, other as never])).toThrow(/expected Tensor\[\], got Array\(2\)/);
  }
  const list = [a, torch.zeros(1)];
  torch.cat(list);
  expect(list.every((each) => each instanceof torch.Tensor)).toBe(true);
});

test('lists of many tensors', () => {
  const many = Array.from({ length: 3000 }, (_, i) => torch.tensor([i]));
  for (const count of [1, 15, 16, 17, 1024, 1025, 3000]) {
    expect(torch.stack(many.slice(0, count)).sum().item()).toBe((count * (count - 1)) / 2);
  }
});

test('a list whose reading releases what was read before', () => {
  for (let i = 0; i < 200; i++) {
    const tensor = torch.full([2], 7);
    const list = new Proxy([tensor, torch.zeros(2)], {
      get(target, key) {
        if (key === '1') {
          tensor.dispose();
          for (let k = 0; k < 40; k++) torch.full([3], k);
        }
        return Reflect.get(target, key);
      },
    });
    expect(() => torch.cat(list)).toThrow();
    const disposing = new Proxy(
      {},
      {
        getPrototypeOf() {
          if (!kept.isDisposed) kept.dispose();
          torch.full([2], 9);
          return null;
        },
      },
    );
    const kept = torch.full([2], 7);
    expect(() => torch.cat([kept, disposing as torch.Tensor])).toThrow();
  }
});
