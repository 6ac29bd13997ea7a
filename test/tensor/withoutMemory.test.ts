import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { native } from '../../lib/native/load.js';
import { bytesOf } from '../../lib/tensor/bytes.js';
import { temporaryFolder } from '../folder.js';

const { aten } = torch.ops as unknown as {
  aten: Record<string, (...args: unknown[]) => torch.Tensor>;
};
const zeros = (shape: number[], options = {}): torch.Tensor =>
  aten._efficientzerotensor!(shape, options);

describe('a tensor of zeros without memory is read as zeros', () => {
  test.each<[string, (z: torch.Tensor) => unknown, unknown]>([
    ['tolist', (z) => z.tolist(), [0, 0]],
    ['data', (z) => [...z.data()], [0, 0]],
    ['text', String, 'tensor([0., 0.])'],
    ['bytes', (z) => [...bytesOf(z).data()], Array(8).fill(0)],
    ['a number', (z) => z.at(1).item(), 0],
    [
      'a gradient',
      (z) => {
        const p = new torch.nn.Parameter(torch.ones([2]));
        p.grad = z;
        return p.grad.tolist();
      },
      [0, 0],
    ],
  ])('%s', (_, read, expected) => {
    expect(read(zeros([2]))).toEqual(expected);
  });

  test.each(['pt', 'safetensors'])('saved as .%s', async (ending) => {
    const path = join(temporaryFolder(), `zeros.${ending}`);
    await torch.save({ z: zeros([2]) }, path);
    expect((await torch.load(path)).z?.tolist()).toEqual([0, 0]);
  });

  test('loaded into a module', () => {
    const net = new torch.nn.Linear(2, 1);
    net.loadStateDict({ weight: zeros([1, 2]), bias: zeros([1]) });
    expect(net.weight.tolist()).toEqual([[0, 0]]);
  });
});

describe('what walks through memory refuses tensors that have none', () => {
  const table = (): torch.Tensor => torch.zeros([256]);
  const images = (): torch.Tensor => torch.zeros([2, 4], { dtype: 'uint8' });
  const indices = (): torch.Tensor => torch.tensor([0n, 1n]);
  test.each<[string, () => unknown]>([
    ['images', () => native.gather(zeros([2, 4], { dtype: 'uint8' }), indices(), table())],
    ['indices', () => native.gather(images(), zeros([2], { dtype: 'int64' }), table())],
    ['a table', () => native.gather(images(), indices(), zeros([256]))],
    ['sparse numbers', () => aten.to_sparse!(torch.ones([2])).data()],
    ['numbers of no device', () => aten.empty!([2], { device: 'meta' }).tolist()],
  ])('%s', (_, call) => {
    expect(call).toThrow(expect.objectContaining({ code: expect.stringMatching(/^ERR_/) }));
  });
});

test.each(['float64', 'float32', 'int64', 'bfloat16', 'complex64', 'bool'] as const)(
  'one element of %s with a stride has bytes as any other',
  async (dtype) => {
    const folder = temporaryFolder();
    const base = torch.tensor([1, 0, 0, 0]).to(dtype);
    for (const one of [base.at({ step: 4 }), base.view(2, 2).narrow(0, 0, 1).narrow(1, 0, 1)]) {
      for (const ending of ['pt', 'safetensors']) {
        const path = join(folder, `one.${ending}`);
        await torch.save({ one }, path);
        expect((await torch.load(path)).one?.equal(one)).toBe(true);
      }
    }
  },
);
