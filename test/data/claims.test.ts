import { describe, expect, test } from 'vitest';

import { inMemory } from '../../lib/data/loader/inMemory.js';
import { residentOn } from '../../lib/data/loader/resident.js';
import * as torch from '../../lib/index.js';
import { randomData } from '../engine/variants.js';

const { DataLoader, Dataset, FashionMNIST, Subset, TensorDataset, transforms } = torch.data;
type Tensor = torch.Tensor;
type Example = readonly [Tensor, Tensor];

const ones = () => [torch.ones(4, 1), torch.zeros(4)] as const;

// What a user changes of a data set of the package's, here by a factor.
class ByExample extends TensorDataset<Example> {
  override get(index: number): Example {
    const [x, y] = super.get(index);
    return [x.mul(5), y];
  }
}
class ByBatch extends TensorDataset<Example> {
  override getBatch(indices: Tensor): readonly Tensor[] {
    const [x, y] = super.getBatch(indices);
    return [x!.mul(5), y!];
  }
}
class Part extends Subset<Example> {
  override get(index: number): Example {
    const [x, y] = super.get(index);
    return [x.mul(5), y];
  }
}
class PartByBatch extends Subset<Example> {
  override getBatch(indices: Tensor): readonly Tensor[] {
    const [x, y] = super.getBatch(indices);
    return [x!.mul(5), y!];
  }
}

const changed: Record<string, () => torch.data.Dataset<Example>> = {
  get: () => new ByExample(...ones()),
  getBatch: () => new ByBatch(...ones()),
  'get, in a subset': () => new Subset(new ByExample(...ones()), 4),
  'getBatch, in a subset of a subset': () => new Subset(new Subset(new ByBatch(...ones()), 4), 4),
  'get of a subset': () => new Part(new TensorDataset(...ones()), 4),
  'getBatch of a subset': () => new PartByBatch(new TensorDataset(...ones()), 4),
  'get of an object': () => {
    const set = new TensorDataset(...ones());
    return Object.assign(set, {
      get: (i: number) => [torch.full([1], 5), set.tensors[1].select(0, i)],
    });
  },
};

describe.each(Object.entries(changed))('a data set with a %s of its own', (_, make) => {
  const values = (loader: Iterable<readonly Tensor[]>): unknown[] =>
    Array.from(loader, ([x]) => x!.flatten().tolist());

  test('is asked for its own examples, after it was moved too', () => {
    const loader = new DataLoader(make(), { batchSize: 3 });
    const expected = [[5, 5, 5], [5]];
    expect(values(loader)).toEqual(expected);
    expect(values(loader.to('cpu'))).toEqual(expected);
  });

  test('is not taken for what its class is in memory', () => {
    const loader = new DataLoader(make());
    expect(inMemory(loader)).toMatch(/^the data set \w+ gets its examples in a way of its own$/);
    expect(residentOn(loader, torch.device('cpu')).batches).toBe(loader);
  });
});

test('heirs that change nothing of the examples are what their class is', () => {
  class Named extends TensorDataset<Example> {
    readonly title = 'mine';
  }
  class Loader extends DataLoader<Example> {
    readonly title = 'mine';
  }
  const set = new Named(...randomData({}, 4));
  expect(inMemory(new Loader(new Subset(set, 3)))).toMatchObject({ images: set.tensors[0] });
  class Ordered extends Loader {
    override [Symbol.iterator]() {
      return super[Symbol.iterator]();
    }
  }
  expect(inMemory(new Ordered(set))).toBe('the batches do not come from a DataLoader');
});

describe('a data set of one’s own that says what it is in memory', () => {
  const [images, labels] = randomData({}, 8);
  class Own extends Dataset<Example> {
    readonly length: number = 8;
    asked = 0;
    get(index: number): Example {
      this.asked++;
      return [images.select(0, index), labels.select(0, index)];
    }
    override inMemory(): torch.data.ImagesInMemory | string {
      return { images, labels };
    }
  }

  async function trained(dataset: Own, engine: 'auto' | 'eager') {
    torch.manualSeed(4);
    const net = new torch.LeNet();
    const loader = new DataLoader<Example>(dataset, { batchSize: 3, shuffle: true });
    const optimizer = new torch.optim.Adam(net.parameters());
    const { epochs } = await torch.train(net, loader, loader, 3, optimizer, 'cpu', 1, {
      log: null,
      engine,
    });
    return epochs[0]!;
  }

  test('is trained by the fused engine, without being asked for examples', async () => {
    const [own, eager] = [new Own(), new Own()];
    const [fused, expected] = [await trained(own, 'auto'), await trained(eager, 'eager')];
    expect([fused.engine, expected.engine]).toEqual(['fused', 'eager']);
    expect(fused.loss).toBeCloseTo(expected.loss, 4);
    expect(own.asked).toBe(0);
    expect(eager.asked).toBeGreaterThan(0);
  });

  test('may say why it is not', async () => {
    class Elsewhere extends Own {
      override inMemory(): string {
        return 'the images are in files';
      }
    }
    expect(await trained(new Elsewhere(), 'auto')).toMatchObject({
      engine: 'eager',
      engineReason: 'the images are in files',
    });
  });

  test('stays where it is, and its batches are moved', () => {
    const own = new Own();
    const loader = new DataLoader<Example>(own, { batchSize: 8 }).to('cpu');
    expect(loader.dataset).toBe(own);
  });
});

describe('transforms', () => {
  class Noise extends transforms.ToTensor {
    override forward(images: Tensor): Tensor {
      return super.forward(images).add(torch.rand(images.shape));
    }
  }
  class Chain extends transforms.Compose {
    override forward(images: Tensor): Tensor {
      return super.forward(images).mul(2);
    }
  }
  const set = (transform: torch.data.transforms.Transform) =>
    new FashionMNIST({ train: false, transform });

  test('a subclass that changes forward is not taken for a table', () => {
    const [image] = set(new Noise()).getBatch(torch.tensor([0n, 0n]));
    const [first, second] = [image.select(0, 0), image.select(0, 1)];
    expect(first.equal(second)).toBe(false);
    const doubled = set(new Chain([new transforms.ToTensor()]));
    expect(
      doubled
        .getBatch(torch.tensor([0n]))[0]
        .max()
        .item(),
    ).toBe(2);
    expect(inMemory(new DataLoader(doubled), 'cpu', 'images')).toBe(
      'the transform Chain does not say that it draws nothing',
    );
  });

  test('one of one’s own says what it is', () => {
    const fixed = { pointwise: false, fixed: true, forward: (x: Tensor) => x.to('float32') };
    const drawn = { pointwise: false, forward: (x: Tensor) => x.to('float32') };
    const table = { pointwise: true, forward: (x: Tensor) => x.to('float32').div(2) };
    const kindOf = (transform: torch.data.transforms.Transform) => {
      const found = inMemory(new DataLoader(set(transform)), 'cpu', 'images');
      return typeof found === 'string' ? found : found.table ? 'a table' : 'whole images';
    };
    expect([fixed, drawn, table].map(kindOf)).toEqual([
      'whole images',
      'the transform Object does not say that it draws nothing',
      'a table',
    ]);
  });
});
