import { expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { recorded } from '../recorded.js';

interface Order {
  count: number;
  batch: number;
  generator: boolean;
  epochs: number[][];
  after: number[];
}

class Range extends torch.data.Dataset<[number]> {
  constructor(readonly length: number) {
    super();
  }

  override get(index: number): [number] {
    return [index];
  }
}

test.each(recorded<Order[]>('order'))(
  'batches come in Python’s order: $count by $batch, generator $generator',
  ({ count, batch, generator: own, epochs, after }) => {
    torch.manualSeed(0);
    const generator = own ? { generator: new torch.Generator().manualSeed(7) } : {};
    const train = new torch.data.DataLoader(new Range(count), {
      batchSize: batch,
      shuffle: true,
      ...generator,
    });
    const testLoader = new torch.data.DataLoader(new Range(5), { batchSize: 2 });
    const seen = epochs.map(() => {
      const indices: number[] = [];
      for (const [x] of train) indices.push(...(x.tolist() as number[]));
      for (const _ of testLoader);
      expect(new Set(indices).size).toBe(count);
      return indices.slice(0, 20);
    });
    expect(seen).toEqual(epochs);
    expect(torch.rand(2).tolist()).toEqual(after);
  },
);
