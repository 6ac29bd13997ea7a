// How training uses a GPU: launches, copies and waits are counted by the imitation of CUDA.
import { beforeAll, describe, expect, test } from 'vitest';

import { temporaryFolder } from '../folder.js';
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

  // Each epoch also evaluates two batches, which are captured likewise.
  test('a step is one launch, and nothing is copied or waited for within an epoch', () => {
    const [few, many] = [400, 4000].map(
      (count) => epochs(`return await train({ count: ${count}, epochs: 3 });`)[2]!,
    ) as [Told, Told];
    expect(few).toMatchObject({ engine: 'graph', reason: 'the step is captured' });
    expect([few.graphLaunches, many.graphLaunches]).toEqual([4 + 2, 40 + 2]);
    const { graphLaunches: _, ...rest } = many;
    expect(few).toMatchObject(rest);
    expect(few).toMatchObject({ captures: 0, captured: 0, toHost: 2 });
    // The order of the examples; the test set lies on the device already.
    expect(few.toDevice).toBe(2);
  });

  test("LeNet's step has no more nodes than it needs", () => {
    // PyTorch's own, captured as bench/gpu/peer.py does, has 54.
    const [{ captures, captured }] = epochs(
      'return await train({ epochs: 1, batches: images(512, { batchSize: 256 }) });',
    ) as [Told];
    const evaluation = 19;
    expect([captures, captured]).toEqual([2, 50 + evaluation]);
    const deterministic = epochs(
      'torch.useDeterministicAlgorithms(true); return await train({ epochs: 1 });',
    );
    expect(deterministic[0]).toMatchObject({ engine: 'graph', captures: 2 });
  });

  test('one capture for full batches, one for a smaller last one', () => {
    const [first, second] = epochs('return await train({ count: 450 });');
    expect(first).toMatchObject({ captures: 2 + 1, graphLaunches: 5 + 2 });
    expect(second).toMatchObject({ captures: 0, graphLaunches: 5 + 2 });
  });

  test('on another device than the current one', () => {
    const [first, second] = epochs("return await train({ device: 'cuda:1' });");
    expect(first!.captured).toBeGreaterThan(20);
    expect(second).toMatchObject({ engine: 'graph', graphLaunches: 4 + 2 });
  });

  test('a learning rate acts without a new capture; other options and places need one', () => {
    const captures = (change: string) =>
      epochs(`return await train({ epochs: 3, onEpoch: ({ epoch }, { net, optimizer }) => {
        if (epoch === 1) { ${change} } } });`).map((each) => each.captures);
    expect(captures('optimizer.paramGroups[0].lr /= 10;')).toEqual([2, 0, 0]);
    expect(captures('optimizer.paramGroups[0].betas = [0.8, 0.99];')).toEqual([2, 1, 0]);
    expect(captures("net.to('cpu'); net.to('cuda');")).toEqual([2, 2, 0]);
  });

  test('a forward pass that waits for the device runs eager, and is captured in vain once', () => {
    const [first, second] = epochs(`class Waiting extends torch.LeNet {
        forward(images) { cuda.synchronize(); return super.forward(images); }
      }
      return await train({ net: new Waiting() });`);
    const reason = expect.stringMatching(
      /^the step cannot be captured: .*when stream is capturing/,
    );
    expect(first).toMatchObject({ engine: 'eager', reason, captures: 0, graphLaunches: 0 });
    expect(second).toMatchObject({ engine: 'eager', reason, captured: 0 });
    expect(first!.captured).toBeGreaterThan(0);
  });

  test('the result of an earlier forward pass that nobody has let go of does not keep from capturing', () => {
    const [first] = epochs(`const net = new torch.LeNet().to('cuda');
      const kept = net.forward(torch.zeros([2, 1, 28, 28], { device: 'cuda' })).keep();
      const told = await train({ net, epochs: 1 });
      kept.dispose();
      return told;`);
    expect(first).toMatchObject({ engine: 'graph', captures: 2 });
  });

  test('warming up and capturing draw no random numbers', () => {
    // Four for each thread in a step with dropout.
    const state = say(
      env,
      `cuda.manualSeed(3);
      const { Dropout, Flatten, Linear, Sequential } = torch.nn;
      const net = new Sequential(new Flatten(), new Dropout(0.5), new Linear(784, 10));
      await train({ net, count: 300, epochs: 2 });
      return cuda.getRngState().tolist();`,
    );
    expect(state).toEqual([3, 0, 0, 0, 0, 0, 0, 0, 2 * 3 * 4, 0, 0, 0, 0, 0, 0, 0]);
  });

  test("a run that is gone on with has its GPU's generator where it was", () => {
    const folder = temporaryFolder();
    const { whole, inParts } = say(
      env,
      `const { Dropout, Flatten, Linear, Sequential } = torch.nn;
      const go = async (run, stopAt) => {
        const net = new Sequential(new Flatten(), new Dropout(0.5), new Linear(784, 10));
        const stop = new AbortController();
        const onEpoch = ({ epoch }) => { if (epoch === stopAt) stop.abort(new Error('own')); };
        const given = [images(400), images(100), 100, new torch.optim.Adam(net.parameters()), 'cuda', 3];
        await torch.train(net, ...given, { run, log: null, signal: stop.signal, onEpoch })
          .catch((error) => { if (error.message !== 'own') throw error; });
        return cuda.getRngState().tolist();
      };
      const { create, resume } = torch.Run;
      const folder = ${JSON.stringify(folder)};
      torch.manualSeed(3);
      const whole = await go(await create(folder + '/whole'));
      torch.manualSeed(3);
      await go(await create(folder + '/parts'), 2);
      torch.manualSeed(99);
      const inParts = await go(await resume(folder + '/parts'));
      return { whole, inParts };`,
    ) as { whole: number[]; inParts: number[] };
    expect(whole.slice(0, 9)).toEqual([3, 0, 0, 0, 0, 0, 0, 0, 3 * 4 * 4]);
    expect(inParts).toEqual(whole);
  });

  test('what a forward pass does on another stream is a part of the graph', () => {
    const [, second] = epochs(`const side = new cuda.Stream();
      class Forking extends torch.LeNet {
        forward(images) {
          side.waitStream(cuda.currentStream());
          const scores = cuda.stream(side, () => super.forward(images));
          cuda.currentStream().waitStream(side);
          return scores;
        }
      }
      return await train({ net: new Forking() });`);
    expect(second).toMatchObject({ engine: 'graph', graphLaunches: 4 + 2 });
  });

  test('memory of the device is as much after each training, one that was stopped too', () => {
    const { after, why } = say(
      env,
      `const after = [];
      const why = [];
      const run = async (options) => {
        await train({ epochs: 1, ...options }).catch((error) => why.push(error.message));
        after.push(cuda.memoryAllocated());
      };
      await run({});
      await run({});
      const stop = new AbortController();
      await run({ count: 4000, signal: stop.signal, onProgress: () => stop.abort(new Error('own')) });
      await run({});
      return { after, why };`,
    ) as { after: [number, number, number, number]; why: string[] };
    expect(why).toEqual(['own']);
    const [first, second, stopped, third] = after;
    // A model and its optimizer's state are there until JavaScript lets go of them.
    const model = 1 << 20;
    for (const each of [second, stopped, third]) expect(each - first).toBeLessThan(3 * model);
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

  test('predictions: what is no tensor goes to the device of the model, and callers share a pass', () => {
    const { device, shapes, one, many } = say(
      env,
      `const net = new torch.LeNet().to('cuda:1');
      const bytes = new Uint8Array(2 * 784);
      const first = await torch.predict(net, bytes);
      const images = torch.zeros([3, 1, 28, 28], { device: 'cuda:1' }).keep();
      let together;
      const one = await counted(() => torch.predict(net, images));
      const many = await counted(async () => {
        together = await Promise.all(Array.from({ length: 32 }, () => torch.predict(net, images)));
      });
      return { device: String(first.device), shapes: [first.shape, together[31].shape], one, many };`,
    ) as { device: string; shapes: number[][]; one: Told; many: Told };
    expect(device).toBe('cuda:1');
    expect(shapes).toEqual([
      [2, 10],
      [3, 10],
    ]);
    // One more, to put the images side by side.
    expect(many.launches).toBe(one.launches + 1);
    expect(many.waits).toBe(0);
  });
});
