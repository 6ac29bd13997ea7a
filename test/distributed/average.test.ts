import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { requireGroup } from '../../lib/distributed/world.js';
import type { Chain } from '../../lib/engine/fused/chain.js';
import { numbersOf } from '../../lib/engine/fused/layers.js';
import { library } from '../../lib/engine/fused/library.js';
import { chainOf } from '../../lib/engine/fused/plan.js';
import * as torch from '../../lib/index.js';
import type { NativeAverage } from '../../lib/native/exports/distributed.js';
import type { NativeEngine } from '../../lib/native/exports/fused.js';
import { native } from '../../lib/native/load.js';
import { runRanks } from './ranks.js';

const timeout = 120_000;

async function outputs(size: number, mode: string): Promise<Record<string, unknown>[]> {
  const ends = await runRanks(size, 'average.child.mjs', { MODE: mode });
  return ends.map(({ status, stdout, stderr }) => {
    expect(`${status} ${stderr}`).toBe('0 ');
    return JSON.parse(stdout);
  });
}

test.each([2, 3])('%i ranks average each step and stop together', { timeout }, async (size) => {
  const all = await outputs(size, 'together');
  for (const got of all) {
    expect(got).toEqual({
      isAverage: true,
      differs: true,
      samples: [20, 7.5],
      losses: [20, 8],
      stops: [false, false, true, true],
      failures: 0,
      batches: [expect.any(Number), 1],
      parameters: all[0]!.parameters,
    });
    expect(got.batches).toEqual(all[0]!.batches);
  }
});

test.each([2, 3])('of %i ranks one is killed', { timeout }, async (size) => {
  const ends = await runRanks(size, 'average.child.mjs', { MODE: 'killed' });
  expect(ends.at(-1)!.signal).toBe('SIGKILL');
  for (const { status, stdout, stderr } of ends.slice(0, -1)) {
    expect(`${status} ${stderr}`).toBe('0 ');
    const got = JSON.parse(stdout);
    expect(got.code).toMatch(/^ERR_DISTRIBUTED_(PEER|TIMEOUT)$/);
    expect(got).toMatchObject({ stopped: false, changed: true, losses: got.batches });
    expect(got.batches).toBeGreaterThan(0);
    expect(got.seconds).toBeLessThan(15);
  }
});

test.each(['closed', 'cancelled'])('whoever waits comes back: %s', { timeout }, async (mode) => {
  const [, got] = await outputs(2, mode);
  expect(got!.code).toBe('ERR_DISTRIBUTED_CLOSED');
  expect(got!.seconds).toBeLessThan(2);
  if (mode === 'closed') expect(got).toMatchObject({ batches: 0, after: 'ERR_DISTRIBUTED_CLOSED' });
});

test.each([
  ['exit', 7],
  ['terminate', 0],
])('%s while averaging ends the process', { timeout }, async (mode, expected) => {
  const ends = await runRanks(2, 'average.child.mjs', { MODE: mode });
  const now = Date.now();
  for (const { status, signal, stdout, stderr } of ends) {
    expect(`${status} ${signal} ${stderr}`).toBe(`${expected} null `);
    expect(now - Number(stdout)).toBeLessThan(5000);
  }
});

describe('a group of one', () => {
  const sizes = [150, 6, 2400, 16, 30720, 120, 10080, 84, 840, 10];
  let average: NativeAverage;
  let images: torch.Tensor;
  let labels: torch.Tensor;
  let order: torch.Tensor;
  let parameters: torch.Tensor[];

  beforeAll(async () => {
    torch.manualSeed(1);
    images = torch.rand([96, 1, 28, 28]).keep();
    labels = torch.arange(96).remainder(10).to('int64').keep();
    order = torch.arange(96).to('int64').keep();
    parameters = sizes.map((size) => torch.randn([size]).mul(0.1).keep());
    const store = new torch.distributed.HashStore();
    await torch.distributed.initProcessGroup('gloo', { store, rank: 0, worldSize: 1 });
    average = native.makeAverage(requireGroup('test').native);
  });

  afterAll(() => torch.distributed.destroyProcessGroup());

  function engineOf(): NativeEngine {
    const { image, layers } = chainOf(new torch.LeNet(), images, true) as Chain;
    const engine = native.createFused(library().path, numbersOf(image, layers), 2);
    native.loadFused(engine, 0, parameters);
    const adam = { algorithm: 1, lr: 0.01, beta1: 0.9, beta2: 0.999, eps: 1e-8 };
    native.configureFused(engine, [adam], new Int32Array(10), 0);
    return engine;
  }

  const begin = (engine: NativeEngine, given?: NativeAverage) =>
    native.trainFused(engine, images, labels, undefined, order, 0, 96, 40, given);

  function stored(engine: NativeEngine): number[] {
    const tensors = sizes.map((size) => torch.zeros([size]));
    native.storeFused(engine, 0, tensors);
    return torch.cat(tensors).tolist() as number[];
  }

  test('trains as without one', async () => {
    const [alone, one] = [engineOf(), engineOf()];
    const expected = await begin(alone).promise;
    expect(await begin(one, average).promise).toEqual(expected);
    expect(stored(one)).toEqual(stored(alone));
  });

  test('what is no average is refused', () => {
    for (const wrong of [{}, null, 1, requireGroup('test').native]) {
      expect(() => begin(engineOf(), wrong as NativeAverage)).toThrow(
        expect.objectContaining({ code: 'ERR_INVALID_ARG' }),
      );
    }
  });
});
