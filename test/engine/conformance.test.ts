// The same questions to every engine. Whoever adds one answers them all.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { makeEngines } from '../../lib/engine/choose.js';
import { EagerEngine } from '../../lib/engine/eager/engine.js';
import type { Engine } from '../../lib/engine/engine.js';
import { emptySums, type PassKeeper } from '../../lib/engine/pass.js';
import { ProgressMeter } from '../../lib/engine/progress.js';
import * as torch from '../../lib/index.js';
import { tensorsInUse } from '../garbage.js';
import {
  contenders,
  distance,
  images,
  loader,
  type Making,
  numbersOf,
  pass,
  rows,
  setUp,
  stepwise,
  unwatched,
} from './engines.js';
import { begin, tasks } from './tasks.js';

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
    test.each(Object.entries(tasks))('%s', async (_, making) => {
      begin();
      const reference = await expected(making, 2);
      begin();
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
      begin();
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
      begin();
      const right = await counted.plan.run(undefined);
      torch.manualSeed(6);
      begin();
      expect(await own.plan.run(undefined)).toEqual(right);
      own.plan.dispose();
    });

    const [X, y] = images();
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
