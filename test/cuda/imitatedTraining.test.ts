// How training uses a GPU: launches, copies and waits are counted by the imitation of CUDA.
import { beforeAll, describe, expect, test } from 'vitest';

import { cudaLibtorch, imitate, say } from './forCuda.js';

interface Told {
  engine: string;
  reason: string;
  launches: number;
  captures: number;
  captured: number;
  graphLaunches: number;
  waits: number;
  toDevice: number;
  toHost: number;
}

describe.runIf(cudaLibtorch)('training, by an imitation of CUDA', () => {
  let env: NodeJS.ProcessEnv = {};
  beforeAll(() => {
    env = imitate();
  });
  const epochs = (body: string) => say(env, body) as Told[];

  test('a step is one launch, and nothing is copied or waited for within an epoch', () => {
    const [few, many] = [400, 4000].map(
      (count) => epochs(`return await train({ count: ${count}, epochs: 3 });`)[2]!,
    ) as [Told, Told];
    expect(few).toMatchObject({ engine: 'graph', reason: 'the step is captured' });
    expect([few.graphLaunches, many.graphLaunches]).toEqual([4, 40]);
    const { graphLaunches: _, ...rest } = many;
    expect(few).toMatchObject(rest);
    expect(few).toMatchObject({ captures: 0, captured: 0, toHost: 2 });
    // The order of the examples; the test set lies on the device already.
    expect(few.toDevice).toBe(2);
  });

  test('one capture for full batches, one for a smaller last one', () => {
    const [first, second] = epochs('return await train({ count: 450 });');
    expect(first).toMatchObject({ captures: 2, graphLaunches: 5 });
    expect(second).toMatchObject({ captures: 0, graphLaunches: 5 });
  });

  test('eager, with loaders on the device: no copy and no wait for a batch', () => {
    const [few, many] = [400, 2000].map(
      (count) =>
        epochs(
          `return await train({ engine: 'eager', batches: images(${count}).to('cuda'), epochs: 3 });`,
        )[2]!,
    ) as [Told, Told];
    expect(few).toMatchObject({ engine: 'eager', reason: 'asked for', graphLaunches: 0 });
    expect([many.toDevice, many.toHost, many.waits]).toEqual([few.toDevice, few.toHost, few.waits]);
    expect(many.launches).toBeGreaterThan(4 * few.launches);
  });
});
