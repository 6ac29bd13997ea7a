import { describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { coded, invalid } from '../coded.js';
import { tensorsInUse } from '../garbage.js';
import { recorded } from '../recorded.js';

const { DataLoader, Dataset, DistributedSampler, RandomSampler, Sampler, SequentialSampler } =
  torch.data;

interface Distributed {
  count: number;
  numReplicas: number;
  shuffle: boolean;
  seed: string;
  dropLast: boolean;
  length: number;
  totalSize: number;
  /** By epoch and rank. */
  shares: number[][][];
}

interface Random {
  options: { replacement?: boolean; numSamples?: number; generator?: boolean };
  length: number;
  passes: number[][];
  after: number;
  own: number;
}

interface Loading {
  kind: 'sequential' | 'list' | 'own' | 'distributed' | 'random';
  options: Random['options'];
  batchSize: number;
  dropLast: boolean;
  generator: boolean;
  length: number;
  epochs: [indices: number[], drawn: number][][];
  after: number;
  own: number;
}

const reference = recorded<{ distributed: Distributed[]; random: Random[]; loaders: Loading[] }>(
  'samplers',
);

const sized = (length: number) => ({ length });
const drawn = (generator?: torch.Generator): number =>
  Number(torch.randint(0, 1000, [], { ...(generator && { generator }) }).item());

class Range extends Dataset<[number]> {
  constructor(readonly length: number) {
    super();
  }

  override get(index: number): [number] {
    return [index];
  }
}

// As scripts/recording/samplers.py has it: draws each index when it is asked for, and once more at its end.
class Own extends Sampler {
  readonly length = 7;

  override *[Symbol.iterator](): Iterator<number> {
    for (let i = 0; i < this.length; i++) yield Number(torch.randint(0, 10, []).item());
    torch.rand(1);
  }
}

describe('DistributedSampler', () => {
  const samplersOf = ({ count, numReplicas, shuffle, seed, dropLast }: Distributed) =>
    Array.from({ length: numReplicas }, (_, rank) => {
      const options = { numReplicas, rank, shuffle, seed: BigInt(seed), dropLast };
      return new DistributedSampler(sized(count), options);
    });

  test('gives Python’s indices', () => {
    expect(reference.distributed.length).toBeGreaterThan(200);
    for (const wanted of reference.distributed) {
      const samplers = samplersOf(wanted);
      const shares = wanted.shares.map((_, epoch) =>
        samplers.map((sampler) => {
          sampler.setEpoch(epoch);
          expect(sampler).toMatchObject({ length: wanted.length, totalSize: wanted.totalSize });
          return [...sampler];
        }),
      );
      expect(shares, JSON.stringify({ ...wanted, shares: [] })).toEqual(wanted.shares);
    }
  });

  // Whoever adds counts up over ranks leaves the rest out.
  test('the first ownCount of each rank are each example once', () => {
    for (let count = 0; count <= 24; count++) {
      for (let numReplicas = 1; numReplicas <= 13; numReplicas++) {
        for (const shuffle of [false, true]) {
          const own = Array.from({ length: numReplicas }, (_, rank) => {
            const sampler = new DistributedSampler(sized(count), { numReplicas, rank, shuffle });
            return [...sampler].slice(0, sampler.ownCount);
          }).flat();
          expect(
            own.sort((a, b) => a - b),
            `${count} by ${numReplicas}`,
          ).toEqual([...Array(count).keys()]);
        }
      }
    }
  });

  test('with dropLast all are own, and none comes twice', () => {
    for (const [count, numReplicas] of [
      [10, 3],
      [2, 4],
      [12, 4],
    ] as const) {
      const shares = Array.from({ length: numReplicas }, (_, rank) => {
        const sampler = new DistributedSampler(sized(count), { numReplicas, rank, dropLast: true });
        expect(sampler.ownCount).toBe(sampler.length);
        return [...sampler];
      }).flat();
      expect(new Set(shares).size).toBe(count - (count % numReplicas));
      expect(shares).toHaveLength(count - (count % numReplicas));
    }
  });

  test('an epoch has an order of its own, the same each time', () => {
    const sampler = new DistributedSampler(sized(50), { numReplicas: 1, rank: 0 });
    const first = [...sampler];
    sampler.setEpoch(1);
    expect(sampler.epoch).toBe(1);
    expect([...sampler]).not.toEqual(first);
    sampler.setEpoch(0);
    expect([...sampler]).toEqual(first);
  });

  test('refuses what is no share', () => {
    const make = (options: object) => () => new DistributedSampler(sized(4), options);
    expect(make({ numReplicas: 2, rank: 2 })).toThrow(invalid('rank: expected one below'));
    expect(make({ numReplicas: 0, rank: 0 })).toThrow(invalid('numReplicas'));
    expect(make({ numReplicas: 2, rank: -1 })).toThrow(invalid('rank'));
    expect(make({ numReplicas: 2, rank: 0, seed: 0.5 })).toThrow(invalid('seed'));
    const sampler = new DistributedSampler(sized(4), { numReplicas: 2, rank: 0 });
    expect(() => sampler.setEpoch(0.5)).toThrow(invalid('setEpoch'));
    expect(() => sampler.setEpoch('1' as never)).toThrow(invalid('setEpoch'));
  });

  test('without a group, somebody has to say who this is', () => {
    const closed = coded('ERR_DISTRIBUTED_CLOSED', 'initProcessGroup');
    expect(() => new DistributedSampler(sized(4))).toThrow(closed);
    expect(() => new DistributedSampler(sized(4), { rank: 0 })).toThrow(closed);
    expect(() => new DistributedSampler(sized(4), { numReplicas: 2 })).toThrow(closed);
  });
});

const randomOf = ({ generator, ...options }: Random['options']) => {
  const own = generator ? { generator: new torch.Generator().manualSeed(5) } : {};
  return new RandomSampler(sized(10), { ...options, ...own });
};

test.each(reference.random)(
  'RandomSampler draws as Python’s: $options',
  ({ options, length, passes, after, own }) => {
    torch.manualSeed(1);
    const sampler = randomOf(options);
    expect(sampler.length).toBe(length);
    const seen = [[...sampler]];
    const left = sampler[Symbol.iterator]();
    seen.push(Array.from({ length: Math.min(3, length) }, () => left.next().value as number));
    seen.push([...sampler]);
    expect(seen).toEqual(passes);
    expect(drawn()).toBe(after);
    if (options.generator) expect(drawn(sampler.generator)).toBe(own);
  },
);

test('a loader with a sampler gives the batches of Python’s, and draws as it does', () => {
  const made = {
    sequential: () => new SequentialSampler(sized(10)),
    list: () => [9, 0, 0, 4, 3, 8, 2],
    own: () => new Own(),
    distributed: () =>
      new DistributedSampler(sized(10), { numReplicas: 3, rank: 2, shuffle: true, seed: 4 }),
  };
  expect(reference.loaders.length).toBeGreaterThan(200);
  for (const { kind, options, batchSize, dropLast, ...wanted } of reference.loaders) {
    torch.manualSeed(2);
    const generator = wanted.generator ? new torch.Generator().manualSeed(3) : undefined;
    const sampler = kind === 'random' ? randomOf(options) : made[kind]();
    const loader = new DataLoader(new Range(10), {
      batchSize,
      dropLast,
      sampler,
      ...(generator && { generator }),
    });
    const epochs = wanted.epochs.map((_, epoch) => {
      if (sampler instanceof DistributedSampler) sampler.setEpoch(epoch);
      const seen: unknown[] = [];
      for (const [indices] of loader) {
        seen.push([indices.tolist(), drawn()]);
        if (epoch === 1 && seen.length === 2) break;
      }
      return seen;
    });
    const found = { length: loader.length, epochs, after: drawn(), own: drawn(generator) };
    const { generator: _, ...expected } = wanted;
    expect(found, JSON.stringify({ kind, options, batchSize, dropLast })).toEqual(expected);
  }
});

describe('the option sampler', () => {
  const range = () => new Range(10);
  const seenBy = (loader: Iterable<readonly torch.Tensor[]>) =>
    Array.from(loader, ([part]) => part!.tolist());

  test('stands for the order alone', () => {
    expect(() => new DataLoader(range(), { shuffle: true, sampler: [1] })).toThrow(
      invalid('sampler option is mutually exclusive with shuffle'),
    );
    for (const wrong of ['012', 5, null, {}, () => [1], torch.ones([])]) {
      expect(() => new DataLoader(range(), { sampler: wrong as never })).toThrow(
        invalid('sampler: expected a Sampler or another iterable of integers'),
      );
    }
  });

  test('the loader says what its sampler is', () => {
    const sampler = new SequentialSampler(range());
    expect(new DataLoader(range(), { sampler }).sampler).toBe(sampler);
    expect(new DataLoader(range()).sampler).toBeInstanceOf(SequentialSampler);
    const generator = new torch.Generator();
    const shuffled = new DataLoader(range(), { shuffle: true, generator }).sampler;
    expect(shuffled).toBeInstanceOf(RandomSampler);
    expect(shuffled.generator).toBe(generator);
  });

  test('its length is that of the loader, where it has one', () => {
    const lengths = (sampler: torch.data.SamplerLike) =>
      [false, true].map(
        (dropLast) => new DataLoader(range(), { batchSize: 3, dropLast, sampler }).length,
      );
    expect(lengths([1, 2, 3, 4, 5, 6, 7])).toEqual([3, 2]);
    expect(lengths(new RandomSampler(range(), { numSamples: 31 }))).toEqual([11, 10]);
    for (const sampler of [new Set([1, 2]), Object.assign(new Set([1]), { length: 0.5 })]) {
      expect(() => lengths(sampler)).toThrow(invalid('does not say how many examples'));
    }
  });

  test('whatever gives integers is one, anew in each pass', () => {
    for (const sampler of [
      [7, 8n, 7],
      Int32Array.of(7, 8, 7),
      torch.tensor([7n, 8n, 7n]),
      {
        *[Symbol.iterator]() {
          yield* [7, 8n, torch.tensor(7n)];
        },
      },
    ]) {
      const loader = new DataLoader(range(), { batchSize: 2, sampler });
      for (let i = 0; i < 2; i++) expect(seenBy(loader)).toEqual([[7, 8], [7]]);
    }
    const once = [7, 8, 7].values();
    const loader = new DataLoader(range(), { batchSize: 2, sampler: once });
    expect([seenBy(loader), seenBy(loader)]).toEqual([[[7, 8], [7]], []]);
  });

  test.each([
    ['a fraction', 0.5, invalid('expected integers, got 0.5')],
    ['a word', '1', invalid(`expected integers, got '1'`)],
    ['a batch', [1, 2], invalid('expected integers, got [1, 2]')],
    [
      'too large a number',
      10,
      coded('ERR_INVALID_ARG', 'expected numbers of 10 examples, from 0, got 10'),
    ],
    ['a negative number', -1n, coded('ERR_INVALID_ARG', 'got -1')],
    ['a number beyond all', 2n ** 70n, coded('ERR_INVALID_ARG', 'got 1180591620717411303424')],
  ])('%s is no example’s number', (_, wrong, error) => {
    for (const sampler of [[1, wrong], new Set([1, wrong])]) {
      const loader = new DataLoader(range(), { batchSize: 2, sampler: sampler as never });
      expect(() => seenBy(loader)).toThrow(error);
    }
  });

  test('is asked no further than the batches go, and told when the loop is left', () => {
    const asked: unknown[] = [];
    const sampler = {
      *[Symbol.iterator]() {
        const order = torch.arange(10);
        try {
          for (let i = 0; ; i++) {
            asked.push(i);
            yield Number(order.select(0, i).item());
          }
        } finally {
          asked.push('left');
        }
      },
    };
    let count = 0;
    for (const [indices] of new DataLoader(range(), { batchSize: 2, sampler })) {
      expect(indices.tolist()).toEqual([2 * count, 2 * count + 1]);
      if (++count === 3) break;
    }
    expect(asked).toEqual([0, 1, 2, 3, 4, 5, 'left']);
  });

  test('its batches leave no tensors', async () => {
    const generator = new torch.Generator();
    const samplers = [
      new RandomSampler(range(), { replacement: true, numSamples: 70 }),
      new RandomSampler(range(), { numSamples: 25, generator }),
      new DistributedSampler(range(), { numReplicas: 3, rank: 0 }),
      [1, 2, 3],
      torch.tensor([1n, 2n]).keep(),
      new Own(),
    ];
    const before = await tensorsInUse();
    for (const sampler of samplers) {
      const loader = new DataLoader(range(), { batchSize: 4, sampler });
      for (const _ of loader);
      for (const _ of loader) break;
      if (sampler instanceof Own) continue;
      loader.beginPass().order.dispose();
      if (sampler instanceof Sampler) expect([...sampler]).toHaveLength(loader.sampler.length!);
    }
    expect(await tensorsInUse()).toBe(before);
  });
});
