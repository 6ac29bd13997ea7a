import { expect, test } from 'vitest';

import { runRanks } from './ranks.js';

interface Told {
  readonly code: string;
  readonly seconds: number;
  readonly message: string;
  readonly after: string;
}

const timeout = 120_000;

async function endsOf(
  mode: string,
  size = 2,
): Promise<{ status: number | null; signal: string | null; told: Told }[]> {
  const ends = await runRanks(size, 'parallelFaults.child.mjs', { MODE: mode });
  return ends.map(({ status, signal, stdout, stderr }) => {
    if (status === 1) throw new Error(stderr);
    return { status, signal, told: JSON.parse(stdout === '' ? '{}' : stdout) };
  });
}

test('models that differ are refused by both ranks, and the group stays', { timeout }, async () => {
  const own = {
    more: 'parameter b float32 [2]',
    shape: 'parameter a float32 [2,3]',
    dimensions: 'parameter a float32 [6]',
    count: 'parameter a float32 [7]',
    name: 'parameter a float32 [2]',
    dtype: 'parameter a float64 [2]',
    buffer: 'buffer b float32 [3]',
    frozen: 'parameter a float32 [2] (not learned)',
  };
  const ends = await endsOf('differ');
  for (const { status } of ends) expect(status).toBe(0);
  const [first, second] = ends.map(({ told }) => told as unknown as Record<string, Told>);
  for (const [name, line] of Object.entries(own)) {
    for (const told of [first, second]) {
      expect([name, told![name]!.code]).toEqual([name, 'ERR_DISTRIBUTED_MISMATCH']);
      expect(told![name]!.seconds).toBeLessThan(5);
    }
    expect(second![name]!.message).toContain(`here is ${line}, where rank 0 has `);
    expect(first![name]!.message).toContain(`where rank 1 has ${line}`);
  }
});

test('one of three with another model: every rank hears of it', { timeout }, async () => {
  for (const [rank, { status, told }] of (await endsOf('shape', 3)).entries()) {
    expect(told.code).toBe(rank === 1 ? 'ERR_DISTRIBUTED_PEER' : 'ERR_DISTRIBUTED_MISMATCH');
    expect(told.seconds).toBeLessThan(5);
    expect(status).toBe(3);
  }
});

test('a rank that dies before it has a model is noticed by all', { timeout }, async () => {
  const ends = await endsOf('deadBefore', 3);
  for (const { told } of ends.slice(0, 2)) {
    expect(told).toMatchObject({
      code: 'ERR_DISTRIBUTED_PEER',
      message: expect.stringContaining(', DistributedDataParallel: '),
      after: 'ERR_DISTRIBUTED_CLOSED',
    });
    expect(told.seconds).toBeLessThan(10);
  }
});

test.each([
  ['dead', 'backward'],
  ['deadInJoin', 'join'],
])(
  'a rank that is killed (%s) is noticed, and closes the group',
  { timeout },
  async (mode, where) => {
    const [survivor, killed] = await endsOf(mode);
    expect(killed!.signal).toBe('SIGKILL');
    expect(survivor!.told).toMatchObject({
      code: 'ERR_DISTRIBUTED_PEER',
      message: expect.stringMatching(RegExp(`^rank 0 of 2 on .*, ${where}: `)),
      after: 'ERR_DISTRIBUTED_CLOSED',
    });
    expect(survivor!.told.seconds).toBeLessThan(10);
  },
);

test.each([
  ['fewer', 0, 'backward'],
  ['fewerWithBuffers', 1, 'DistributedDataParallel.forward'],
])(
  'one with fewer batches (%s) is waited for as long as was said',
  { timeout },
  async (mode, rank, where) => {
    const { told } = (await endsOf(mode))[rank]!;
    expect(told).toMatchObject({
      code: 'ERR_DISTRIBUTED_TIMEOUT',
      message: expect.stringContaining(`, ${where}: `),
      after: 'ERR_DISTRIBUTED_CLOSED',
    });
    expect(told.message).toContain('fewer batches');
    expect(told.seconds).toBeGreaterThan(1.5);
    expect(told.seconds).toBeLessThan(5.5);
  },
);

test('all ranks throw when one has no batches left, if they are to', { timeout }, async () => {
  for (const [rank, { told }] of (await endsOf('early')).entries()) {
    expect(told).toMatchObject({
      code: 'ERR_DISTRIBUTED_MISMATCH',
      message: expect.stringContaining(rank === 1 ? 'this rank has' : 'another rank has'),
      after: 'open',
    });
  }
});

test.each(['besideJoin', 'otherInJoin'])('%s is refused', { timeout }, async (mode) => {
  for (const { told } of await endsOf(mode)) {
    expect(told).toMatchObject({
      code: 'ERR_DISTRIBUTED_MISMATCH',
      message: expect.stringContaining('throwOnEarlyTermination'),
    });
  }
});

test('parameters left out of a backward pass are named', { timeout }, async () => {
  for (const { told } of await endsOf('unused')) {
    expect(told).toMatchObject({
      code: 'ERR_DISTRIBUTED_MISMATCH',
      message: expect.stringMatching(/left out b\.weight, b\.bias, .*findUnusedParameters/),
    });
  }
});

test('process.exit() while another rank waits for gradients', { timeout }, async () => {
  const [waiting, gone] = await endsOf('exit');
  expect(gone!.status).toBe(7);
  expect(waiting!.told).toMatchObject({
    code: 'ERR_DISTRIBUTED_PEER',
    after: 'ERR_DISTRIBUTED_CLOSED',
  });
});

test('in worker threads', { timeout }, async () => {
  const [first, second] = await endsOf('worker');
  expect([first!.status, second!.status]).toEqual([0, 0]);
  expect(first!.told.message.split(',')).toHaveLength(8);
  expect(second!.told).toEqual(first!.told);
});

test('a worker that is terminated while it takes part in others’ passes', { timeout }, async () => {
  const [terminated] = await endsOf('terminated');
  expect([terminated!.status, terminated!.told.code]).toEqual([0, 'terminated']);
});
