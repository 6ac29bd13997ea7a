// Data sets of data sets, samplers and loaders, against scripts/recording/loading.py.
import { describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { invalid } from '../coded.js';
import { recorded } from '../recorded.js';

const {
  BatchSampler,
  ChainDataset,
  ConcatDataset,
  DataLoader,
  Dataset,
  defaultCollate,
  defaultConvert,
  IterableDataset,
  RandomSampler,
  randomSplit,
  Sampler,
  SequentialSampler,
  StackDataset,
  Subset,
  SubsetRandomSampler,
  TensorDataset,
  WeightedRandomSampler,
} = torch.data;

interface Passes {
  kind: string;
  options: { replacement: boolean; numSamples: number };
  generator: boolean;
  length: number;
  passes: number[][];
  after: number;
  own: number;
}

interface Batches {
  kind: string;
  batchSize: number;
  dropLast: boolean;
  generator: boolean;
  length: number;
  alone: number[][];
  epochs: unknown[];
  after: number;
  own: number;
}

interface Split {
  count: number;
  lengths: number[];
  generator: boolean;
  parts: number[][];
  after: number;
  own: number;
}

interface Stream {
  counts: number[];
  batchSize: number | null;
  dropLast: boolean;
  generator: boolean;
  length: number;
  epochs: unknown[];
  after: number;
  own: number;
}

type Options = Record<string, unknown>;
const reference = recorded<{
  subset: Passes[];
  batches: Batches[];
  splits: Split[];
  refused: [number, number[]][];
  streams: Stream[];
  collate: { collated: Options; converted: Options; refused: string[] };
  joined: {
    concat: { length: number; sizes: number[]; batches: unknown };
    stacked: unknown;
    named: unknown;
    after: number;
  };
  refusals: { refused: Options[]; taken: Options[] };
}>('loading');

const indices = [9, 2, 2, 5, 0, 7];
const weights = [0.1, 0.9, 0.4, 0.7, 3.0, 0.6, 0.0];
const drawn = (generator?: torch.Generator): number =>
  Number(torch.randint(0, 1000, [], { ...(generator && { generator }) }).item());
const seeded = (seed: number, wanted: boolean) =>
  wanted ? { generator: new torch.Generator().manualSeed(seed) } : {};

class Range extends Dataset<number> {
  constructor(readonly length: number) {
    super();
  }

  override get(index: number): number {
    return index;
  }
}

class Own extends Sampler {
  readonly length = 7;

  override *[Symbol.iterator](): Iterator<number> {
    for (let i = 0; i < this.length; i++) yield Number(torch.randint(0, 10, []).item());
    torch.rand(1);
  }
}

const draw = (): number => Number(torch.randint(0, 100, []).item());

class Count extends IterableDataset<number> {
  override readonly length: number;

  constructor(count: number) {
    super();
    this.length = count;
  }

  override *[Symbol.iterator](): Iterator<number> {
    for (let i = 0; i < this.length; i++) yield draw();
  }
}

class CountLater extends IterableDataset<number> {
  constructor(readonly count: number) {
    super();
  }

  override async *[Symbol.asyncIterator](): AsyncIterator<number> {
    for (let i = 0; i < this.count; i++) {
      await new Promise((resolve) => setImmediate(resolve));
      yield draw();
    }
  }
}

test.each(reference.subset)('$kind draws as Python’s: $options, generator $generator', (wanted) => {
  torch.manualSeed(1);
  const { generator } = seeded(5, wanted.generator);
  const given = generator === undefined ? {} : { generator };
  const { replacement, numSamples } = wanted.options;
  const sampler =
    wanted.kind === 'subset'
      ? new SubsetRandomSampler(indices, given)
      : new WeightedRandomSampler(weights, numSamples, { replacement, ...given });
  expect(sampler.length).toBe(wanted.length);
  expect([[...sampler], [...sampler]]).toEqual(wanted.passes);
  expect([drawn(), drawn(generator)]).toEqual([wanted.after, wanted.own]);
});

// What the fused engine and the graphs take of a sampler.
test('samplers give the same order whole', () => {
  for (const wanted of reference.subset.filter((each) => !each.generator)) {
    const { replacement, numSamples } = wanted.options;
    const make = () =>
      wanted.kind === 'subset'
        ? new SubsetRandomSampler(indices)
        : new WeightedRandomSampler(weights, numSamples, { replacement });
    const seen = (give: (loader: torch.data.DataLoader<number>) => unknown): unknown => {
      torch.manualSeed(8);
      const loader = new DataLoader(new Range(10), { batchSize: 3, sampler: make() });
      return [give(loader), drawn()];
    };
    const byBatch = seen((loader) => Array.from(loader, (batch) => batch.tolist()).flat());
    const atOnce = seen((loader) => {
      const { order, finish } = loader.beginPass();
      finish();
      return order.tolist();
    });
    expect(atOnce).toEqual(byBatch);
  }
});

test('batches of a batch sampler are Python’s, and draw as there', async () => {
  expect(reference.batches.length).toBeGreaterThan(50);
  for (const { kind, batchSize, dropLast, generator, ...wanted } of reference.batches) {
    for (const later of [false, true]) {
      torch.manualSeed(2);
      const own = seeded(3, generator);
      const made = {
        sequential: () => new SequentialSampler(new Range(10)),
        random: () => new RandomSampler(new Range(10), seeded(4, generator)),
        list: () => [9, 0, 0, 4, 3, 8, 2],
        own: () => new Own(),
        subset: () => new SubsetRandomSampler(indices),
      };
      const batchSampler = new BatchSampler(made[kind as keyof typeof made](), batchSize, dropLast);
      const alone = [...batchSampler];
      const loader = new DataLoader(new Range(10), { batchSampler, ...own });
      const epochs: unknown[] = [];
      for (let epoch = 0; epoch < 3; epoch++) {
        const seen: unknown[] = [];
        const see = (batch: torch.Tensor): boolean => {
          seen.push([batch.tolist(), drawn()]);
          return epoch === 1 && seen.length === 2;
        };
        if (later) {
          for await (const batch of loader) if (see(batch)) break;
        } else for (const batch of loader) if (see(batch)) break;
        epochs.push(seen);
      }
      const found = { length: loader.length, alone, epochs };
      expect(
        { ...found, after: drawn(), own: drawn(own.generator) },
        JSON.stringify({ kind, batchSize, dropLast, generator, later }),
      ).toEqual(wanted);
    }
  }
});

test('randomSplit shares out as Python’s', () => {
  for (const { count, lengths, generator, parts, after, own } of reference.splits) {
    torch.manualSeed(3);
    const given = seeded(6, generator);
    const found = randomSplit(new Range(count), lengths, given);
    const numbers = found.map((part) => part.indices.tolist());
    expect(numbers, JSON.stringify(lengths)).toEqual(parts);
    expect([drawn(), drawn(given.generator)]).toEqual([after, own]);
  }
  for (const [count, lengths] of [...reference.refused, [10, [11, -1]] as const]) {
    expect(() => randomSplit(new Range(count), lengths)).toThrow(invalid('lengths'));
  }
});

test('iterable data sets come in batches as Python’s', async () => {
  for (const { counts, batchSize, dropLast, generator, ...wanted } of reference.streams) {
    for (const [Class, later] of [
      [Count, false] as const,
      [Count, true] as const,
      [CountLater, true] as const,
    ]) {
      torch.manualSeed(4);
      const own = seeded(7, generator);
      const all = counts.map((count) => new Class(count));
      const data = all.length === 1 ? all[0]! : new ChainDataset<number>(all);
      const loader = new DataLoader(data as torch.data.IterableDataset<number>, {
        batchSize,
        dropLast,
        ...own,
      });
      const epochs: unknown[] = [];
      for (let epoch = 0; epoch < 2; epoch++) {
        const seen: unknown[] = [];
        const see = (batch: torch.Tensor | number): boolean => {
          seen.push([typeof batch === 'number' ? batch : batch.tolist(), drawn()]);
          return epoch === 1 && seen.length === 2;
        };
        if (later) {
          for await (const batch of loader) if (see(batch)) break;
        } else for (const batch of loader) if (see(batch)) break;
        epochs.push(seen);
      }
      const length = Class === Count ? loader.length : wanted.length;
      expect(
        { length, epochs, after: drawn(), own: drawn(own.generator) },
        JSON.stringify({ counts, batchSize, dropLast, generator, later, Class: Class.name }),
      ).toEqual(wanted);
      if (Class === CountLater) {
        expect(() => loader.length).toThrow(invalid('does not say how many examples'));
        expect(() => [...loader]).toThrow(invalid('for await'));
      }
    }
  }
});

// As scripts/recording/loading.py describes values.
function described(value: unknown): unknown {
  if (value instanceof torch.Tensor) return { dtype: value.dtype, values: value.tolist() };
  if (Array.isArray(value)) return value.map(described);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, each]) => [name, described(each)]);
  return { names: Object.fromEntries(entries) };
}

const t = (...values: number[]) => torch.tensor(values);
const examples: Record<string, unknown[]> = {
  tensors: [t(1, 2), t(3, 4)],
  integers: [1, 2, 3],
  booleans: [true, false],
  words: ['a', 'b'],
  pairs: [
    [t(1), 0],
    [t(2), 1],
  ],
  'words in pairs': [
    [t(1), 'a'],
    [t(2), 'b'],
  ],
  names: [
    { x: t(1), y: 1 },
    { x: t(2), y: 2 },
  ],
  'names in pairs': [
    [{ x: 1, z: 'a' }, 1],
    [{ x: 2, z: 'b' }, 2],
  ],
  'pairs in pairs': [
    [
      [t(1), 1],
      [t(2), 2],
    ],
    [
      [t(3), 3],
      [t(4), 4],
    ],
  ],
  arrays: [Float32Array.of(1, 2), Float32Array.of(3, 4)],
  'arrays of bytes': [
    [Uint8Array.of(1, 2), 1],
    [Uint8Array.of(3, 4), 2],
  ],
  one: [[torch.tensor([[1]]), 7]],
};
const unlike: Record<string, unknown[]> = {
  lengths: [[1], [1, 2]],
  shapes: [t(1), t(1, 2)],
  nothing: [null, null],
  'names that lack': [{ x: 1 }, { y: 1 }],
};

describe('examples are put together as in Python', () => {
  test.each(Object.keys(reference.collate.collated))('%s', (name) => {
    const batch = examples[name]!;
    expect(described(defaultCollate(batch))).toEqual(reference.collate.collated[name]);
    expect(described(defaultConvert(batch[0]))).toEqual(reference.collate.converted[name]);
  });

  test.each(reference.collate.refused)('%s are refused', (name) => {
    expect(() => defaultCollate(unlike[name]!)).toThrow(invalid('defaultCollate'));
  });

  test('nothing, and a number with a fraction', () => {
    expect(() => defaultCollate([])).toThrow(invalid('at least one example'));
    expect(() => defaultCollate(5 as never)).toThrow(invalid('at least one example'));
    expect(() => defaultCollate([1, 0.5])).toThrow(invalid('numbers become int64'));
  });
});

test('data sets of data sets give Python’s batches', () => {
  torch.manualSeed(5);
  const tensors = new TensorDataset(
    torch.arange(0, 20).to('float32').view(10, 2),
    torch.arange(10),
  );
  const more = new TensorDataset(
    torch.arange(0, 14).to('float32').view(7, 2).add(100),
    torch.arange(7).add(50),
  );
  const concat = new ConcatDataset<readonly torch.Tensor[]>([
    tensors,
    more,
    new Subset(tensors, [9, 1]),
  ]);
  const stacked = new StackDataset(tensors, new Subset(concat, 10));
  const named = new StackDataset({ a: tensors, b: new Range(10) });
  const batches = <Item>(data: torch.data.Dataset<Item>) =>
    Array.from(new DataLoader(data, { batchSize: 4, shuffle: true }), described);
  const { length, cumulativeSizes: sizes } = concat;
  expect({
    concat: { length, sizes, batches: batches(concat) },
    stacked: batches(stacked),
    named: batches(named),
    after: drawn(),
  }).toEqual(reference.joined);
  expect(described(concat.get(11))).toEqual(described(more.get(1)));
});

const camel = (name: string) => name.replace(/_(\w)/g, (_, letter) => letter.toUpperCase());

test('options are refused together as in Python', () => {
  const make = ({ iterable, ...options }: Options) => {
    const given = Object.fromEntries(
      Object.entries(options).map(([name, each]) => [camel(name), each]),
    );
    return new DataLoader(iterable ? new Count(3) : new Range(3), given);
  };
  for (const options of reference.refusals.refused) {
    expect(() => make(options), JSON.stringify(options)).toThrow(invalid('DataLoader'));
  }
  for (const options of reference.refusals.taken) make(options);
});

test('what is no batch, no list and no data set is refused', () => {
  const range = new Range(10);
  const seen = (batchSampler: unknown) => () =>
    Array.from(new DataLoader(range, { batchSampler: batchSampler as never }), (batch) =>
      batch.tolist(),
    );
  expect(seen([[1, 10]])).toThrow(/numbers of 10 examples, from 0, got 10/);
  expect(seen([[0.5]])).toThrow(invalid('expected integers'));
  expect(seen([1])).toThrow(invalid('batchSampler: expected lists of integers, got 1'));
  expect(seen([[]])).toThrow(invalid('at least one example in a batch'));
  expect(seen('0')).toThrow(invalid('batchSampler: expected a BatchSampler'));
  expect(seen([new Set([3, 4]), torch.tensor([1n])])()).toEqual([[3, 4], [1]]);
  expect(() => new BatchSampler([1], 0, false)).toThrow(invalid('batchSize'));
  expect(() => new BatchSampler([1], 1, 1 as never)).toThrow(invalid('dropLast'));
  expect(() => new BatchSampler('1' as never, 1, false)).toThrow(invalid('sampler'));
  expect(() => new BatchSampler(new Set([1]), 1, false).length).toThrow(
    invalid('how many examples'),
  );
  expect(() => new SubsetRandomSampler([0.5])).toThrow(
    invalid('expected an array or tensor of integers, got 0.5'),
  );
  expect(() => new SubsetRandomSampler('12' as never)).toThrow(invalid('indices'));
  expect([...new SubsetRandomSampler(torch.tensor([4n]))]).toEqual([4]);
  expect(() => new WeightedRandomSampler([[1]] as never, 1)).toThrow(invalid('weights'));
  expect(() => new WeightedRandomSampler(torch.ones(1, 1), 1)).toThrow(invalid('shape [1,1]'));
  expect(() => new WeightedRandomSampler([1], 0)).toThrow(invalid('numSamples'));
  expect(() => [...new WeightedRandomSampler([1], 2, { replacement: false })]).toThrow();
  expect(() => new ConcatDataset([])).toThrow(invalid('at least one data set'));
  expect(() => new ConcatDataset([new Count(3)])).toThrow(
    invalid('ConcatDataset: expected a data set'),
  );
  expect(() => new ConcatDataset(5 as never)).toThrow(invalid('array of data sets'));
  expect(() => new ConcatDataset([range]).get(10)).toThrow(invalid('index from 0 to 9'));
  expect(() => new ChainDataset([range as never])).toThrow(invalid('IterableDatasets alone'));
  expect(() => new StackDataset()).toThrow(invalid('at least one data set'));
  expect(() => new StackDataset(range, new Range(9))).toThrow(
    invalid('of the same length, got 10 and 9'),
  );
  expect(() => new StackDataset({ a: range, b: 5 as never })).toThrow(invalid('StackDataset'));
  expect(() => new Count(3).get(0)).toThrow(invalid('no numbers'));
  expect(() => randomSplit(new Count(3), [1])).toThrow(invalid('randomSplit: expected a data set'));
  expect(torch.data.getWorkerInfo()).toBeNull();
});

test('collateFn makes the batches, and each example where there are none', async () => {
  const seen = (batches: Iterable<unknown>) => [...batches];
  const range = new Range(5);
  const collateFn = (all: number[]) => all.join('+');
  expect(seen(new DataLoader(range, { batchSize: 2, collateFn }))).toEqual(['0+1', '2+3', '4']);
  const batchSampler = [[4, 0], [1]];
  expect(seen(new DataLoader(range, { batchSampler, collateFn }))).toEqual(['4+0', '1']);
  expect(seen(new DataLoader(range, { batchSize: null }))).toEqual([0, 1, 2, 3, 4]);
  const single = { batchSize: null, collateFn: (each: unknown) => [each] } as const;
  expect(seen(new DataLoader(range, single))).toEqual([[0], [1], [2], [3], [4]]);
  expect(new DataLoader(range, single).length).toBe(5);
  const later: unknown[] = [];
  for await (const each of new DataLoader(range, { batchSize: 2, collateFn })) later.push(each);
  expect(later).toEqual(['0+1', '2+3', '4']);
});

describe('train and evaluate take such batches', () => {
  const images = torch.rand(64, 1, 28, 28).keep();
  const labels = torch.randint(0, 10, [64]).keep();
  const plain = new TensorDataset(images, labels);
  class Stream extends IterableDataset<readonly torch.Tensor[]> {
    override async *[Symbol.asyncIterator]() {
      for (let i = 0; i < 64; i++) {
        await undefined;
        yield plain.get(i);
      }
    }
  }
  const order = Array.from({ length: 8 }, (_, batch) =>
    Array.from({ length: 8 }, (_, i) => 8 * batch + i),
  );
  const loaders = {
    plain: () => new DataLoader(plain, { batchSize: 8 }),
    'a batch sampler': () => new DataLoader(plain, { batchSampler: order }),
    'a collateFn': () =>
      new DataLoader(plain, {
        batchSize: 8,
        collateFn: (all) =>
          [torch.stack(all.map(([x]) => x)), torch.stack(all.map(([, y]) => y))] as const,
      }),
    'a joined set': () =>
      new DataLoader(
        new ConcatDataset([new Subset(plain, 20), new Subset(plain, order.flat().slice(20))]),
        {
          batchSize: 8,
        },
      ),
    'a stream': () => new DataLoader(new Stream(), { batchSize: 8 }),
  };
  const trained = async (loader: unknown) => {
    torch.manualSeed(0);
    const net = new torch.LeNet();
    const optimizer = new torch.optim.SGD(net.parameters(), { lr: 0.1 });
    const batches = loader as torch.data.LaterBatches;
    const options = { log: null, engine: 'eager' } as const;
    const { epochs } = await torch.train(net, batches, batches, 8, optimizer, 'cpu', 2, options);
    const accuracy = await torch.evaluate(batches, net, null, { engine: 'eager' });
    return epochs.map(({ loss, trainAcc, testAcc }) => [loss, trainAcc, testAcc, accuracy]);
  };

  test.each(Object.keys(loaders))('%s', async (name) => {
    const wanted = await trained(loaders.plain());
    expect(await trained(loaders[name as keyof typeof loaders]())).toEqual(wanted);
  });

  test('engines that gather batches themselves say why not', async () => {
    const net = new torch.LeNet();
    const optimizer = new torch.optim.Adam(net.parameters(), { lr: 0.001 });
    const reasons: string[] = [];
    for (const make of Object.values(loaders)) {
      const batches = make() as unknown as torch.data.LaterBatches;
      const { epochs } = await torch.train(net, batches, batches, 8, optimizer, 'cpu', 1, {
        log: null,
      });
      reasons.push(epochs[0]!.engineReason);
    }
    expect(reasons[1]).toMatch(/a batch sampler makes the batches/);
    expect(reasons[2]).toMatch(/collateFn of its own/);
    expect(reasons[3]).toMatch(/ConcatDataset does not say what it is in memory/);
    expect(reasons[4]).toMatch(/one after another/);
  });
});
