// The same questions to every engine. Whoever adds one answers them all.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { Engines, makeEngines } from '../../lib/engine/choose.js';
import { EagerEngine } from '../../lib/engine/eager/engine.js';
import type { Engine } from '../../lib/engine/engine.js';
import { type EngineName, emptySums, type PassKeeper } from '../../lib/engine/pass.js';
import { ProgressMeter } from '../../lib/engine/progress.js';
import * as torch from '../../lib/index.js';
import { trainWith } from '../../lib/training/training.js';
import { temporaryFolder } from '../folder.js';
import { tensorsInUse } from '../garbage.js';
import {
  type Contender,
  contenders,
  distance,
  images,
  loader,
  lr,
  type Making,
  numbersOf,
  pass,
  setUp,
  unwatched,
} from './engines.js';

// Threads that wait for each other at every step are slow beside other processes.
const threads = torch.getNumThreads();
beforeAll(() => torch.setNumThreads(1));
afterAll(() => torch.setNumThreads(threads));

test('every engine is asked', () => {
  expect(Object.keys(contenders).sort()).toEqual(
    makeEngines()
      .map(({ name }) => name)
      .sort(),
  );
  for (const [name, { make }] of Object.entries(contenders)) expect(make().name).toBe(name);
});

/** Wants to be told of each step. */
const stepwise: PassKeeper = {
  drawn: undefined,
  isTimed: false,
  isLate: false,
  save: async () => {},
  useEngine: () => {},
  stepsToGo: () => 1,
  stepped: async () => {},
};

const rows = Object.entries(contenders) as [EngineName, Contender][];

describe.each(rows)('%s', (name, { make, device, tolerance }) => {
  const made: Engine[] = [];
  const newEngine = (): Engine => {
    const engine = make();
    made.push(engine);
    return engine;
  };
  afterEach(() => {
    for (const engine of made.splice(0)) engine.dispose();
  });

  const near = (a: readonly number[], b: readonly number[], steps = 1): void => {
    expect(distance(a, b)).toBeLessThanOrEqual(tolerance * steps);
  };

  /** The same task trained by the eager engine on the same device. */
  async function expected(making: Making = {}, epochs = 1) {
    const task = setUp(device, making);
    const sums = [];
    for (let i = 0; i < epochs; i++) sums.push(await pass(new EagerEngine(), task));
    return { task, sums, random: torch.getRngState().data() };
  }

  test('numbers, and random draws in the eager order, epoch after epoch', async () => {
    const reference = await expected({}, 3);
    const task = setUp(device);
    const engine = newEngine();
    for (const sums of reference.sums) {
      const got = await pass(engine, task);
      expect(got).toMatchObject({ correct: sums.correct, count: 10, batches: 3 });
      near([got.loss], [sums.loss]);
    }
    near(numbersOf(task), numbersOf(reference.task));
    expect(torch.getRngState().data()).toEqual(reference.random);
    for (const parameter of task.net.parameters()) {
      // What a step leaves behind is not for others to add to.
      if (name !== 'eager') expect(parameter.grad).toBeNull();
    }
  });

  describe('whatever is asked, it says why not, or does what the eager engine does', () => {
    const { nn } = torch;
    const lenet = (change: (net: torch.LeNet) => unknown) => () => {
      const net = new torch.LeNet();
      change(net);
      return net;
    };
    const forwarded = (forward: (net: torch.LeNet, X: torch.Tensor) => torch.Tensor) =>
      lenet((net) => {
        net.forward = (X) => forward(net, X);
      });
    const plain = (net: torch.LeNet, X: torch.Tensor) => torch.LeNet.prototype.forward.call(net, X);
    const adam = (options: object) => (net: torch.nn.Module) =>
      new torch.optim.Adam(net.parameters(), { lr, ...options }) as never;
    const sgd = (options: object) => (net: torch.nn.Module) =>
      new torch.optim.SGD(net.parameters(), { lr, ...options }) as never;
    class Halving extends torch.optim.Adam {
      override step<T>(closure?: () => T): T | undefined {
        for (const group of this.paramGroups) group.lr = Number(group.lr) / 2;
        return super.step(closure);
      }
    }
    class Numbers extends torch.data.Dataset<readonly [torch.Tensor, number]> {
      readonly length = 6;
      get(index: number) {
        return [torch.full([1, 28, 28], index / 6), index] as const;
      }
    }
    const [X, y] = images();
    const bytes = X.mul(255).to('uint8').keep();
    const { DistributedSampler, RandomSampler } = torch.data;
    function* drawnOneByOne(): Generator<number> {
      for (let i = 0; i < 7; i++) yield Number(torch.randint(0, 10, []).item());
    }
    const arrays = () => [0, 1].map((i) => [X.narrow(0, 4 * i, 4), y.narrow(0, 4 * i, 4)] as const);
    let calls = 0;

    const cases: Record<string, Making> = {
      'a frozen parameter': {
        net: lenet((net) => {
          [...net.parameters()][2]!.requiresGrad = false;
        }),
      },
      'a part in evaluation mode': { net: lenet((net) => net.conv.eval()) },
      'batch normalisation': {
        net: lenet((net) => {
          (net as { conv: unknown }).conv = new nn.Sequential(
            new nn.BatchNorm2d(1),
            ...(net.conv as Iterable<torch.nn.Module>),
          );
        }),
      },
      dropout: {
        net: lenet((net) => {
          (net as { fc: unknown }).fc = new nn.Sequential(
            ...(net.fc as Iterable<torch.nn.Module>),
            new nn.Dropout(0.25),
          );
        }),
      },
      'normalised pixels': { net: forwarded((net, x) => plain(net, x.sub(0.5).div(0.25))) },
      'scaled scores': { net: forwarded((net, x) => plain(net, x).mul(2)) },
      'a forward pass that changes': {
        net: forwarded((net, x) => plain(net, calls++ % 2 === 0 ? x : x.mul(2))),
      },
      'a forward pass for one size of batches': {
        net: forwarded((net, x) => (x.shape[0] === 4 ? plain(net, x) : plain(net, x.mul(0.5)))),
      },
      float64: {
        net: lenet((net) => net.double()),
        batches: () => loader({}, [X.to('float64'), y]),
      },
      'an objective of its own': {
        net: lenet((net) => Object.assign(net, { objective: new nn.CrossEntropyLoss() })),
      },
      AdamW: {
        optimizer: (net) => new torch.optim.AdamW(net.parameters(), { lr }) as never,
      },
      'Adam with options': {
        optimizer: adam({ betas: [0.8, 0.99], weightDecay: 0.01, eps: 1e-6 }),
      },
      amsgrad: { optimizer: adam({ amsgrad: true }) },
      maximize: { optimizer: adam({ maximize: true }) },
      SGD: { optimizer: sgd({}) },
      'SGD with momentum': { optimizer: sgd({ momentum: 0.9, nesterov: true, weightDecay: 0.01 }) },
      'groups of parameters': {
        optimizer: (net) => {
          const [first, ...rest] = net.parameters();
          const groups = [{ params: [first!], lr: lr / 2 }, { params: rest }];
          return new torch.optim.Adam(groups, { lr }) as never;
        },
      },
      'some of the parameters': {
        optimizer: (net) => new torch.optim.Adam([...net.parameters()].slice(2), { lr }) as never,
      },
      'an optimizer of its own kind': {
        optimizer: (net) => new Halving(net.parameters(), { lr }) as never,
      },
      'without shuffling': { batches: () => loader({ shuffle: false }) },
      'a generator of its own': {
        batches: () => loader({ generator: new torch.Generator().manualSeed(9) }),
      },
      'without the smaller last batch': { batches: () => loader({ dropLast: true }) },
      'one image a batch': { batches: () => loader({ batchSize: 1 }) },
      'one batch for all': { batches: () => loader({ batchSize: 64 }) },
      'one image': { batches: () => loader({}, images(1)) },
      'an array of batches': { batches: arrays },
      'batches from a generator': {
        batches: () => ({
          *[Symbol.iterator]() {
            yield* arrays();
          },
        }),
      },
      'a data set of its own kind': {
        batches: () => new torch.data.DataLoader(new Numbers(), { batchSize: 4, shuffle: true }),
      },
      'a part of a data set': {
        batches: () => {
          const all = new torch.data.TensorDataset(X, y);
          const subset = new torch.data.Subset(all, [7, 1, 3, 3, 0, 9]);
          return new torch.data.DataLoader(subset, { batchSize: 4, shuffle: true });
        },
      },
      'a share of several': {
        batches: () => {
          const sampler = new DistributedSampler(y, { numReplicas: 3, rank: 2 });
          return loader({ shuffle: false, sampler, batchSize: 3 });
        },
      },
      'more examples than there are': {
        batches: () => {
          const sampler = new RandomSampler(y, { replacement: true, numSamples: 23 });
          return loader({ shuffle: false, sampler });
        },
      },
      'a sampler with a generator of its own': {
        batches: () => {
          const generator = new torch.Generator().manualSeed(9);
          const sampler = new RandomSampler(y, { numSamples: 20, generator });
          return loader({ shuffle: false, sampler, dropLast: true });
        },
      },
      'a list of examples': {
        batches: () => loader({ shuffle: false, sampler: [3, 9n, 3, 0, 1] }),
      },
      'a sampler of its own kind': {
        batches: () => loader({ shuffle: false, sampler: { [Symbol.iterator]: drawnOneByOne } }),
      },
      'bytes that the network scales': {
        net: forwarded((net, x) => plain(net, x.to('float32').div(255))),
        batches: () => loader({}, [bytes, y]),
      },
    };

    test.each(Object.entries(cases))('%s', async (_, making) => {
      calls = 0;
      const reference = await expected(making, 2);
      calls = 0;
      const task = setUp(device, making);
      const [before, random] = [numbersOf(task), torch.getRngState().data()];
      const engine = newEngine();
      const decision = engine.planTraining(task);
      if ('reason' in decision) {
        expect(name).not.toBe('eager');
        expect(decision.reason).toMatch(/\w+ \w+/);
        expect(numbersOf(task)).toEqual(before);
        expect(torch.getRngState().data()).toEqual(random);
        return;
      }
      calls = 0;
      const sums = emptySums();
      await decision.plan.run(sums, unwatched);
      decision.plan.dispose();
      expect(sums).toMatchObject({ count: reference.sums[0]!.count });
      near([sums.loss], [reference.sums[0]!.loss]);
      near([(await pass(engine, task)).loss], [reference.sums[1]!.loss]);
      near(numbersOf(task), numbersOf(reference.task));
      expect(torch.getRngState().data()).toEqual(reference.random);

      // Asked the same way, the evaluation and a prediction.
      const { net, batches } = task;
      const counted = new EagerEngine().planEvaluation({ net, batches, device });
      const own = newEngine().planEvaluation({ net, batches, device });
      if ('reason' in own || !('plan' in counted)) return;
      torch.manualSeed(6);
      calls = 0;
      const right = await counted.plan.run(undefined);
      torch.manualSeed(6);
      calls = 0;
      expect(await own.plan.run(undefined)).toEqual(right);
      own.plan.dispose();
    });

    test.each([
      ['labels beyond the classes', [X, y.add(5)]],
      ['labels that are no integers', [X, y.to('float32')]],
      ['no images', [X.narrow(0, 0, 0), y.narrow(0, 0, 0)]],
      ['images of another size', [X.narrow(3, 0, 20), y]],
    ] as const)('%s: a reason, an error with a code, or nothing to do', async (_, data) => {
      const task = setUp(device, { batches: () => loader({ shuffle: false }, data as never) });
      const before = numbersOf(task);
      const decision = newEngine().planTraining(task);
      if ('reason' in decision) return expect(decision.reason).toMatch(/\w+ \w+/);
      const sums = emptySums();
      const ended = await decision.plan.run(sums, unwatched).then(
        () => undefined,
        (error) => error as { code?: string },
      );
      decision.plan.dispose();
      if (ended === undefined) expect(sums).toEqual(emptySums());
      else expect(ended.code).toMatch(/^ERR_/);
      expect(distance(numbersOf(task).slice(0, 100), before.slice(0, 100))).toBe(0);
    });
  });

  test('a signal stops it between two steps, and steps and sums are those that were done', async () => {
    const task = setUp(device, { batches: () => loader({ batchSize: 1 }) });
    const reference = setUp(device, { batches: () => loader({ batchSize: 1 }) });
    const stop = new AbortController();
    const enough = new Error('enough');
    const meter = new ProgressMeter(task.batches, () => {});
    meter.begin(1);
    const step = meter.step.bind(meter);
    meter.step = (count, steps) => {
      step(count, steps);
      if (count >= 3) stop.abort(enough);
    };
    const sums = emptySums();
    const watch = { meter, signal: stop.signal, keeper: stepwise };
    torch.manualSeed(4);
    await expect(pass(newEngine(), task, watch, sums)).rejects.toBe(enough);
    expect(sums.count).toBe(sums.batches);
    expect(sums.batches).toBeGreaterThanOrEqual(3);
    expect(sums.batches).toBeLessThan(10);

    const until = new AbortController();
    const counting = { step: (count: number) => count === sums.count && until.abort(enough) };
    const eager = emptySums();
    const other = { meter: counting as never, signal: until.signal, keeper: stepwise };
    torch.manualSeed(4);
    await expect(pass(new EagerEngine(), reference, other, eager)).rejects.toBe(enough);
    near([sums.loss], [eager.loss], 10);
    near(numbersOf(task), numbersOf(reference));
  });

  test('aborted before the first step, it changes nothing', async () => {
    const task = setUp(device);
    const before = numbersOf(task);
    const signal = AbortSignal.abort(new Error('no'));
    await expect(pass(newEngine(), task, { ...unwatched, signal })).rejects.toThrow('no');
    expect(distance(numbersOf(task).slice(0, before.length), before)).toBe(0);
  });

  test('a keeper is told of each step once, before a checkpoint is due, with everything up to date', async () => {
    const task = setUp(device, { batches: () => loader({ batchSize: 1 }) });
    const told: number[] = [];
    const sums = emptySums();
    const keeper: PassKeeper = {
      drawn: undefined,
      isTimed: false,
      isLate: false,
      save: async () => {},
      useEngine: () => {},
      stepsToGo: () => 3 - (told.length % 3),
      stepped: async (losses) => {
        told.push(...Array.from(losses));
        expect(sums).toMatchObject({ batches: told.length, count: told.length });
        expect(sums.loss).toBeCloseTo(
          told.reduce((a, b) => a + b, 0),
          9,
        );
        for (const param of task.optimizer.paramGroups[0]!.params) {
          const { step } = task.optimizer.state.get(param)!;
          expect(Number(step!.item())).toBe(told.length);
        }
        if (told.length < 10) expect([1, 2, 3]).toContain(3 - (told.length % 3));
      },
    };
    await pass(newEngine(), task, { ...unwatched, keeper }, sums);
    expect(told).toHaveLength(10);
  });

  test('a pass goes on in its middle', async () => {
    const making = { batches: () => loader({ batchSize: 2 }) };
    const whole = setUp(device, making);
    const all = await pass(newEngine(), whole);
    const task = setUp(device, making);
    const stop = new AbortController();
    const counting = { step: (count: number) => count >= 4 && stop.abort('enough') };
    const sums = emptySums();
    const watch = { meter: counting as never, signal: stop.signal, keeper: stepwise };
    await pass(newEngine(), task, watch, sums).catch(() => {});
    expect(sums.batches).toBeLessThan(5);
    // The order is drawn again, from where the generator was.
    torch.manualSeed(4);
    let drawn = 0;
    const keeper = { ...stepwise, drawn: () => drawn++ };
    await pass(newEngine(), task, { ...unwatched, keeper }, sums);
    expect(drawn).toBe(1);
    expect(sums).toMatchObject({ count: 10, batches: 5, correct: all.correct });
    expect(sums.loss).toBeCloseTo(all.loss, 9);
    expect(distance(numbersOf(task), numbersOf(whole))).toBe(0);
  });

  describe('in a training', () => {
    const training = (task: ReturnType<typeof setUp>, numEpochs = 2) => ({
      ...{ net: task.net, optimizer: task.optimizer, device, numEpochs, batchSize: 4 },
      ...{ trainIter: task.batches, testIter: loader({ shuffle: false }), engine: 'auto' as const },
    });
    const quiet = {
      ...{ log: null, signal: undefined, onEpoch: undefined, onProgress: undefined },
      ...{ run: undefined, listeners: undefined },
    };
    const engines = () => {
      const own = make();
      return new Engines('auto', own.name === 'eager' ? [own] : [own, new EagerEngine()]);
    };

    test('it is named with a reason; the model is busy meanwhile, and free in onEpoch', async () => {
      const task = setUp(device);
      const results: torch.EpochResult[] = [];
      const going = trainWith(engines(), training(task), {
        ...quiet,
        onEpoch: async (result) => {
          results.push(result);
          expect(await torch.evaluate(loader({ shuffle: false }), task.net)).toBe(result.testAcc);
        },
      });
      const asked = torch.predict(task.net, images(1)[0].to(device));
      await expect(asked).rejects.toMatchObject({ code: 'ERR_MODEL_BUSY' });
      await expect(torch.evaluate(loader(), task.net)).rejects.toMatchObject({
        code: 'ERR_MODEL_BUSY',
      });
      const { epochs } = await going;
      expect(epochs).toEqual(results);
      for (const { engine, engineReason } of epochs) {
        expect(engine).toBe(name);
        expect(engineReason).toMatch(/\w+ \w+/);
      }
      expect((await torch.predict(task.net, images(1)[0].to(device))).shape).toEqual([1, 10]);
    });

    test('progress adds up', async () => {
      const told: torch.Progress[] = [];
      const onProgress = (progress: torch.Progress) => told.push({ ...progress });
      await trainWith(engines(), training(setUp(device)), { ...quiet, onProgress });
      expect(told.reduce((sum, { steps }) => sum + steps, 0)).toBe(6);
      expect(told.at(-1)).toMatchObject({ epoch: 2, done: 3, total: 3, images: 10 });
    });

    test('a run that was stopped goes on, and ends as if it had not been', async () => {
      const making = { batches: () => loader({ batchSize: 2 }) };
      const whole = setUp(device, making);
      const { epochs } = await trainWith(engines(), training(whole), quiet);
      const dir = `${temporaryFolder()}/run`;
      const first = setUp(device, making);
      const stop = new AbortController();
      const going = trainWith(engines(), training(first), {
        ...{ ...quiet, signal: stop.signal },
        run: await torch.Run.create(dir, { checkpointEvery: '2steps', tensorBoard: false }),
        onProgress: ({ epoch, done }) => epoch === 2 && done >= 1 && stop.abort(new Error('stop')),
      });
      const outcome = await going.catch((error: Error) => error.message);
      const second = setUp(device, making);
      const run = await torch.Run.resume(dir);
      const history = await trainWith(engines(), training(second), { ...quiet, run });
      // Where all steps were done before anybody was told, there was nothing left to stop.
      if (outcome !== 'stop') expect((outcome as torch.History).epochs).toHaveLength(2);
      expect(
        history.epochs.map(({ loss, trainAcc, testAcc }) => [loss, trainAcc, testAcc]),
      ).toEqual(epochs.map(({ loss, trainAcc, testAcc }) => [loss, trainAcc, testAcc]));
      expect(distance(numbersOf(second), numbersOf(whole))).toBe(0);
    });
  });

  test('evaluation leaves modes as they are and stops at a signal', async () => {
    const { net, batches } = setUp(device, {
      net: () => Object.assign(new torch.LeNet(), { training: true }),
    });
    const decision = newEngine().planEvaluation({ net, batches, device });
    if ('reason' in decision) throw new Error(decision.reason);
    const signal = AbortSignal.abort(new Error('no'));
    await expect(decision.plan.run(signal)).rejects.toThrow('no');
    decision.plan.dispose();
    expect([...net.modules()].every(({ training }) => training)).toBe(true);
  });

  test('a prediction is what the forward pass gives, for several callers and after changes, or there is a reason', () => {
    const { net } = setUp(device);
    const [X] = images(7);
    const inputs = [X.narrow(0, 0, 1), X.narrow(0, 1, 4), X.narrow(0, 5, 2)].map((each) =>
      each.to(device),
    );
    const decision = newEngine().planPrediction({ net, images: inputs[0]! });
    if ('reason' in decision) return expect(decision.reason).toMatch(/\w+ \w+/);
    const { plan } = decision;
    const scores = () =>
      torch.noGrad(() => inputs.map((each) => [...net.eval().forward(each).data()].map(Number)));
    const modules = [...net.modules()];
    for (const change of [
      () => {},
      () => net.train(),
      () => torch.noGrad(() => void [...net.parameters()][0]!.add_(0.25)),
    ]) {
      change();
      expect(inputs.every((each) => plan.holds(each, each.shape, modules))).toBe(true);
      const got = plan.run(inputs).map((each) => [...each.data()].map(Number));
      // Several callers' images may go through together, which rounds otherwise.
      scores().forEach((each, i) => {
        expect(distance(got[i]!, each)).toBeLessThanOrEqual(Math.max(tolerance, 1e-6));
      });
    }
    const forward = net.forward.bind(net);
    net.forward = (x: torch.Tensor) => forward(x).mul(2);
    if (plan.holds(inputs[0]!, inputs[0]!.shape, modules)) {
      const got = [...plan.run([inputs[0]!])[0]!.data()].map(Number);
      near(got, scores()[0]!);
    }
    plan.dispose();
  });

  test('memory stays level', async () => {
    const task = setUp(device);
    const engine = newEngine();
    const round = async () => {
      await pass(engine, task);
      const test = engine.planEvaluation(task);
      if ('plan' in test) await test.plan.run(undefined).finally(() => test.plan.dispose());
      return tensorsInUse();
    };
    await round();
    const before = await round();
    expect(await round()).toBeLessThanOrEqual(before);
    engine.dispose();
    expect(await tensorsInUse()).toBeLessThanOrEqual(before);
  });
});
