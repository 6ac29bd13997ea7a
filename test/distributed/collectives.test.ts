import { describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { runRanks } from './ranks.js';

const { distributed } = torch;
const twice = (value: number): number[] => [value, value];

describe.each([2, 3])('%i processes', (size) => {
  const ranks = Array.from({ length: size }, (_, i) => i);
  const sum = (of: (rank: number) => number): number => ranks.reduce((all, r) => all + of(r), 0);
  const fold = (op: (a: number, b: number) => number): number[] => [
    ranks.map((r) => r + 1).reduce(op),
    ranks.map(() => 3).reduce(op),
  ];

  test('every operation gives what it says', { timeout: 120_000 }, async () => {
    const ends = await runRanks(size, 'collectives.child.mjs');
    for (const [rank, { status, stdout, stderr }] of ends.entries()) {
      expect(`${status} ${stderr}`).toBe('0 ');
      const last = size - 1;
      const before = (rank + size - 1) % size;
      expect(JSON.parse(stdout)).toEqual({
        sum: twice(sum((r) => r + 1)),
        avg: [expect.closeTo((size + 1) / 2, 6), expect.closeTo((size + 1) / 2, 6)],
        product: twice(ranks.reduce((all, r) => all * (r + 1), 1)),
        min: twice(1),
        max: twice(size),
        band: fold((a, b) => a & b),
        bor: fold((a, b) => a | b),
        bxor: fold((a, b) => a ^ b),
        many: Array.from({ length: 20 }, (_, i) => twice(sum((r) => r + i))).flat(),
        broadcast: twice(last),
        ...(rank === 0 && { reduce: twice(sum((r) => r + 1)) }),
        allGather: ranks.flatMap(twice),
        allGatherIntoTensor: ranks.flatMap(twice),
        reduceScatter: twice(sum((r) => r * 10 + rank)),
        reduceScatterTensor: [2 * rank * size, (2 * rank + 1) * size],
        ...(rank === 0 && { gather: ranks.flatMap((r) => twice(r + 5)) }),
        scatter: twice(rank + 7),
        from: before,
        recv: twice(before),
        objects: ranks.map((r) => ({
          rank: r,
          bytes: JSON.parse(JSON.stringify(new Uint8Array(r))),
        })),
        broadcastObjects: [{ deep: ['1n'] }, 'é'],
        ...((rank === 0 || rank === last) && {
          group: twice(last),
          place: rank === 0 ? [0, 2, 0] : [1, 2, 1],
        }),
      });
    }
  });
});

test('stores keep what is set, count, compare, and wait no longer than they may', async () => {
  const store = await distributed.TCPStore.open('127.0.0.1', 0, { isMaster: true, timeout: 5000 });
  const client = await distributed.TCPStore.open('127.0.0.1', store.port, { timeout: 300 });
  const apart = new distributed.PrefixStore('a', client);
  await store.set('key', 'value');
  expect(new TextDecoder().decode(await client.get('key'))).toBe('value');
  expect(await client.add('count', 2)).toBe(2);
  expect(await store.add('count', 5)).toBe(7);
  expect(await client.check(['key', 'count'])).toBe(true);
  expect(await apart.check(['key'])).toBe(false);
  expect(new TextDecoder().decode(await store.compareSet('key', 'value', 'new'))).toBe('new');
  expect(new TextDecoder().decode(await store.compareSet('key', 'value', 'no'))).toBe('new');
  expect(await store.deleteKey('key')).toBe(true);
  expect(await store.deleteKey('key')).toBe(false);
  await expect(client.get('nobody')).rejects.toThrow(
    expect.objectContaining({ code: 'ERR_DISTRIBUTED_TIMEOUT' }),
  );
  await expect(client.wait(['nobody'], 100)).rejects.toThrow(
    expect.objectContaining({ code: 'ERR_DISTRIBUTED_TIMEOUT' }),
  );
  const inside = new distributed.HashStore();
  await inside.set('bytes', new Uint8Array([1, 0, 2]));
  expect([...(await inside.get('bytes'))]).toEqual([1, 0, 2]);
});

test('a group of one, from a store; what cannot be is refused', async () => {
  expect(distributed.isInitialized()).toBe(false);
  expect(() => distributed.getRank()).toThrow(
    expect.objectContaining({ code: 'ERR_DISTRIBUTED_CLOSED' }),
  );
  const wrong: [torch.distributed.InitOptions, string][] = [
    [{ initMethod: 'udp://x:1', rank: 0, worldSize: 1 }, 'ERR_INVALID_ARG'],
    [{ initMethod: 'tcp://x:99999', rank: 0, worldSize: 1 }, 'ERR_INVALID_ARG'],
    [{ initMethod: 'tcp://127.0.0.1:0', worldSize: 1 }, 'ERR_INVALID_ARG'],
    [{ initMethod: 'tcp://127.0.0.1:0', rank: 1, worldSize: 1 }, 'ERR_INVALID_ARG'],
    [{}, 'ERR_DISTRIBUTED_ENVIRONMENT'],
  ];
  for (const [options, code] of wrong) {
    await expect(distributed.initProcessGroup('gloo', options)).rejects.toThrow(
      expect.objectContaining({ code }),
    );
  }
  const store = new distributed.HashStore();
  await distributed.initProcessGroup('gloo', { store, rank: 0, worldSize: 1 });
  try {
    await expect(
      distributed.initProcessGroup('gloo', { store, rank: 0, worldSize: 1 }),
    ).rejects.toThrow(expect.objectContaining({ code: 'ERR_DISTRIBUTED_MISMATCH' }));
    const tensor = torch.tensor([1, 2]);
    await distributed.allReduce(tensor);
    expect(tensor.tolist()).toEqual([1, 2]);
    const refused = [
      () => distributed.allReduce(torch.ones([2, 3]).t()),
      () => distributed.allReduce(torch.tensor([1, 2], { dtype: 'int64' }), { op: 'avg' }),
      () => distributed.broadcast(tensor, 1),
      () => distributed.allGather([], tensor),
      () => distributed.allGather([torch.ones([3])], tensor),
      () => distributed.send(tensor, 0),
      () => distributed.newGroup([0, 0]),
      () => distributed.newGroup([1]),
      () => distributed.allGatherObject(tensor),
    ];
    for (const call of refused) {
      await expect(call()).rejects.toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG' }));
    }
  } finally {
    await distributed.destroyProcessGroup();
  }
  expect(distributed.isInitialized()).toBe(false);
});
