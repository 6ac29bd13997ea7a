import { afterEach, describe, expect, test } from 'vitest';

import type { Device } from '../../lib/context/device.js';
import { trainEagerly } from '../../lib/engine/eager/passes.js';
import type { TrainingTask } from '../../lib/engine/engine.js';
import { type CapturedPass, captureOnCuda } from '../../lib/engine/graph/capture.js';
import { Graphs } from '../../lib/engine/graph/graphs.js';
import { evaluateGraph, trainGraph } from '../../lib/engine/graph/passes.js';
import type { TrainingStep } from '../../lib/engine/graph/trainingStep.js';
import { emptySums, type PassSums } from '../../lib/engine/pass.js';
import * as torch from '../../lib/index.js';
import { uncaptured } from './engines.js';

const { DataLoader, FashionMNIST, Subset, transforms } = torch.data;
const { RMSprop, SGD } = torch.optim;

const place: Device = torch.cuda.isAvailable() ? torch.device('cuda') : torch.device('cpu');
const capture = place.type === 'cuda' ? captureOnCuda : uncaptured;

const all = new FashionMNIST({ train: false, transform: new transforms.ToTensor() });
// A learning rate that float32 holds exactly, so that both engines have the same.
const lr = 2 ** -9;
const watch = { meter: undefined, signal: undefined, keeper: undefined };

class Net extends torch.nn.Module {
  layers: torch.nn.Sequential;
  constructor(...more: torch.nn.Module[]) {
    super();
    const { Conv2d, Flatten, Linear, ReLU, Sequential } = torch.nn;
    this.layers = new Sequential(
      new Conv2d(1, 4, 5, { stride: 4 }),
      new ReLU(),
      ...more,
      new Flatten(),
      new Linear(144, 10),
    );
  }
  forward(images: torch.Tensor): torch.Tensor {
    return this.layers.forward(images);
  }
}

type Optimizer = torch.optim.Optimizer<{ lr: number; eps?: number }>;
type Make = (net: torch.nn.Module) => Optimizer;

function setUp(make: Make, net: () => torch.nn.Module = () => new Net(), count = 150) {
  torch.manualSeed(1);
  const model = net().to(place);
  const optimizer = make(model);
  const loader = new DataLoader(new Subset(all, count), { batchSize: 64, shuffle: true }).to(place);
  return { net: model, optimizer, loader };
}

const adam: Make = (net) => new torch.optim.Adam(net.parameters(), { lr });

let graphs = new Graphs(capture);
afterEach(() => {
  graphs.dispose();
  graphs = new Graphs(capture);
});

function plan({ net, loader, optimizer }: ReturnType<typeof setUp>): CapturedPass<TrainingStep> {
  const decision = graphs.planTraining(net, loader, optimizer, place);
  if ('reason' in decision) throw new Error(decision.reason);
  return decision.plan;
}

const taskOf = ({ net, loader, optimizer }: ReturnType<typeof setUp>): TrainingTask => ({
  net,
  batches: loader as never,
  optimizer: optimizer as never,
  device: place,
});

const values = (net: torch.nn.Module): number[][] =>
  Object.values(net.stateDict()).map((tensor) => [...tensor.data()].map(Number));

test('what forward reads may change between two passes: the steps are captured anew', () => {
  class Switching extends Net {
    #scale = 1;
    override forward(images: torch.Tensor): torch.Tensor {
      return super.forward(this.#scale === 1 ? images : images.mul(this.#scale));
    }
    scale(by: number): void {
      this.#scale = by;
    }
  }
  const set = setUp(
    adam,
    () => new Switching(new torch.nn.BatchNorm2d(4), new torch.nn.Dropout(0.1)),
  );
  const evaluation = () => {
    const decision = graphs.planEvaluation(set.net, set.loader, place);
    return 'plan' in decision ? decision.plan : decision.reason;
  };
  let [trained, evaluated] = [plan(set), evaluation()];
  for (const scale of [2, 3, 1]) {
    expect(plan(set)).toBe(trained);
    expect(evaluation()).toBe(evaluated);
    (set.net as Switching).scale(scale);
    const [again, evaluatedAgain] = [plan(set), evaluation()];
    expect(again).not.toBe(trained);
    expect(evaluatedAgain).not.toBe(evaluated);
    [trained, evaluated] = [again, evaluatedAgain];
  }
});

describe('a step on the device', () => {
  test.each<[string, Make, (() => torch.nn.Module)?]>([
    ['Adam', adam],
    [
      'AdamW with options',
      (net) => new torch.optim.AdamW(net.parameters(), { lr, amsgrad: true, betas: [0.8, 0.99] }),
    ],
    [
      'groups',
      (net) => {
        const [first, ...rest] = net.parameters();
        return new torch.optim.Adam([{ params: [first!], lr: lr / 2 }, { params: rest }], { lr });
      },
    ],
    ['batch normalisation', adam, () => new Net(new torch.nn.BatchNorm2d(4))],
    ['SGD', (net) => new torch.optim.SGD(net.parameters(), { lr })],
    [
      'SGD with options',
      (net) => new SGD(net.parameters(), { lr, momentum: 0.5, nesterov: true, weightDecay: 0.1 }),
    ],
    ['RMSprop', (net) => new RMSprop(net.parameters(), { lr })],
    [
      'RMSprop with options',
      (net) => new RMSprop(net.parameters(), { lr, momentum: 0.5, centered: true, maximize: true }),
    ],
  ])('gives the numbers of the eager one: %s', async (_, make, net) => {
    const expected = setUp(make, net);
    const sums: PassSums[] = [];
    for (let epoch = 0; epoch < 3; epoch++) {
      if (epoch === 2) for (const group of expected.optimizer.paramGroups) group.lr /= 4;
      sums.push(emptySums());
      await trainEagerly(taskOf(expected), sums[epoch]!, watch);
    }

    const own = setUp(make, net);
    let before: CapturedPass<TrainingStep> | undefined;
    for (let epoch = 0; epoch < 3; epoch++) {
      // As a scheduler does: without a new capture.
      if (epoch === 2) for (const group of own.optimizer.paramGroups) group.lr /= 4;
      const planned = plan(own);
      if (epoch > 0) expect(planned).toBe(before);
      before = planned;
      const got = emptySums();
      await trainGraph(planned, got, watch);
      if (place.type === 'cpu') expect(got).toEqual(sums[epoch]);
      else expect(got.loss).toBeCloseTo(sums[epoch]!.loss, 3);
      expect(got).toMatchObject({ batches: 3, count: 150 });
    }
    const close = (a: number[], b: number[]) =>
      a.forEach((value, i) => {
        expect(value).toBeCloseTo(b[i]!, place.type === 'cpu' ? 12 : 4);
      });
    values(own.net).forEach((each, i) => {
      close(each, values(expected.net)[i]!);
    });
    for (const param of own.net.parameters()) {
      expect(param.grad).toBeNull();
      if (!(own.optimizer instanceof SGD)) {
        expect(own.optimizer.state.get(param)!.step!.item()).toBe(9);
      }
    }
  });

  test('with more examples than are made ready at once, and gone on with in the middle', async () => {
    const make = () => setUp(adam, () => new Net(), 6000);
    const expected = make();
    const sums = emptySums();
    torch.manualSeed(2);
    await trainEagerly(taskOf(expected), sums, watch);

    const own = make();
    const stop = new AbortController();
    const meter = { step: (count: number) => count > 2000 && stop.abort(new Error('enough')) };
    const got = emptySums();
    torch.manualSeed(2);
    const stopped = { ...watch, meter: meter as never, signal: stop.signal };
    await expect(trainGraph(plan(own), got, stopped)).rejects.toThrow('enough');
    expect(got.batches).toBe(32);
    torch.manualSeed(2);
    await trainGraph(plan(own), got, watch);
    if (place.type === 'cpu') expect(got).toEqual(sums);
    else expect(got.loss).toBeCloseTo(sums.loss, 2);
  });

  test('stops at a signal, with its sums and steps in place', async () => {
    const own = setUp(adam);
    const stop = new AbortController();
    const meter = { step: () => stop.abort(new Error('enough')) };
    const sums = emptySums();
    const stopped = { ...watch, meter: meter as never, signal: stop.signal };
    await expect(trainGraph(plan(own), sums, stopped)).rejects.toThrow('enough');
    expect(sums).toMatchObject({ batches: 1, count: 64 });
    expect(sums.loss).toBeGreaterThan(1);
  });

  test('a keeper is told of each step, and before a checkpoint is due', async () => {
    const own = setUp(adam);
    const told: number[][] = [];
    const keeper = {
      stepsToGo: () => 2 - (told.flat().length % 2),
      stepped: async (losses: ArrayLike<number>) => void told.push(Array.from(losses)),
    };
    const sums = emptySums();
    await trainGraph(plan(own), sums, { ...watch, keeper: keeper as never });
    expect(told.map((losses) => losses.length)).toEqual([2, 1]);
    expect(sums.loss).toBe(told.flat().reduce((a, b) => a + b));
    expect(new Set(told.flat()).size).toBe(3);
  });

  test('nothing is left behind', async () => {
    const own = setUp(adam);
    await trainGraph(plan(own), emptySums(), watch);
    for (let i = 0; i < 3; i++) {
      const { tensors } = torch.memory();
      await trainGraph(plan(own), emptySums(), watch);
      // Fewer where garbage of other tests was collected.
      expect(torch.memory().tensors).toBeLessThanOrEqual(tensors);
    }
  });
});

describe('is captured anew when', () => {
  test.each<[string, (own: ReturnType<typeof setUp>) => void]>([
    [
      'a constant of the optimizer changes',
      ({ optimizer }) => {
        optimizer.paramGroups[0]!.eps = 1e-4;
      },
    ],
    [
      "the optimizer's state is replaced",
      ({ optimizer }) => optimizer.loadStateDict(optimizer.stateDict()),
    ],
    ['a module changes its mode', ({ net }) => void [...net.modules()].at(-1)!.eval()],
    [
      'a parameter is frozen',
      ({ net }) => {
        [...net.parameters()][0]!.requiresGrad = false;
      },
    ],
    ['a parameter is elsewhere', ({ net }) => void net.to('float64').to('float32')],
    ['the data is elsewhere', ({ loader }) => void loader.to(place)],
  ])('%s', (_, change) => {
    const own = setUp(adam);
    const before = plan(own);
    expect(plan(own)).toBe(before);
    change(own);
    expect(plan(own)).not.toBe(before);
  });
});

describe('is declined for', () => {
  const reason = (own: ReturnType<typeof setUp>, batches: unknown = own.loader): string => {
    const decision = graphs.planTraining(own.net, batches as never, own.optimizer, place);
    return 'reason' in decision ? decision.reason : 'planned';
  };

  test('batches of another origin', () => {
    expect(reason(setUp(adam), [])).toBe('the batches do not come from a DataLoader');
  });

  test('a momentum that begins otherwise than it goes on', () => {
    const own = setUp((net) => new SGD(net.parameters(), { momentum: 0.9, dampening: 0.5 }));
    const expected = 'the first step with momentum and dampening is another than the next';
    expect(reason(own)).toBe(expected);
    for (const param of own.net.parameters()) param.grad = torch.onesLike(param);
    own.optimizer.step();
    expect(reason(own)).toBe('planned');
  });

  test('an optimizer whose step was replaced after the capture', () => {
    const own = setUp(adam);
    expect(reason(own)).toBe('planned');
    own.optimizer.step = () => undefined;
    expect(reason(own)).toBe('the optimizer Adam has a step of its own');
  });

  test('a forward pass that reads a value', () => {
    class Reading extends Net {
      override forward(images: torch.Tensor): torch.Tensor {
        const result = super.forward(images);
        return Number(result.sum().item()) > 0 ? result : result.mul(2);
      }
    }
    expect(reason(setUp(adam, () => new Reading()))).toBe(
      'the forward pass reads a value on the host (item)',
    );
  });

  test('what fails while it is captured; nothing has changed then', () => {
    const own = setUp(adam);
    const before = values(own.net);
    let tried = 0;
    const failing = new Graphs((...given) => {
      tried++;
      uncaptured(...given);
      throw new torch.TorchError('ERR_CUDA_CAPTURE', 'no');
    });
    for (let epoch = 0; epoch < 2; epoch++) {
      expect(failing.planTraining(own.net, own.loader, own.optimizer, place)).toEqual({
        reason: 'the step cannot be captured: no',
      });
    }
    expect(tried).toBe(1);
    expect(values(own.net)).toEqual(before);
  });

  test('want of memory; a lost context is no reason but an error', () => {
    const failing = (error: Error) =>
      new Graphs(() => {
        throw error;
      });
    const own = setUp(adam);
    const plan = (made: Graphs) => made.planTraining(own.net, own.loader, own.optimizer, place);
    expect(plan(failing(new torch.OutOfMemoryError('ERR_OUT_OF_MEMORY', 'no')))).toEqual({
      reason: 'the step cannot be captured: no',
    });
    const lost = new torch.TorchError('ERR_CUDA_CONTEXT_LOST', 'gone');
    expect(() => plan(failing(lost))).toThrow(lost);
  });
});

test('evaluation gives the numbers of the eager one, in evaluation mode, and leaves the modes', async () => {
  const own = setUp(adam, () => new Net(new torch.nn.BatchNorm2d(4), new torch.nn.Dropout(0.5)));
  await trainGraph(plan(own), emptySums(), watch);
  const { net, loader } = own;
  const expected = await torch.evaluate(loader, net, place, { engine: 'eager' });
  const decision = graphs.planEvaluation(net, loader, place);
  if ('reason' in decision) throw new Error(decision.reason);
  for (let i = 0; i < 2; i++) {
    const { correct, count } = await evaluateGraph(decision.plan, undefined);
    expect([correct / count, count]).toEqual([expected, 150]);
  }
  expect([...net.modules()].every(({ training }) => training)).toBe(true);
  const again = () => (graphs.planEvaluation(net, loader, place) as { plan: unknown }).plan;
  expect(again()).toBe(decision.plan);
  net.to('float64').to('float32');
  expect(again()).not.toBe(decision.plan);
});

test("engine: 'graph' without a GPU is an error in words", async () => {
  const { net, optimizer, loader } = setUp(adam);
  await expect(
    torch.train(net, loader, loader, 64, optimizer, 'cpu', 1, { engine: 'graph', log: null }),
  ).rejects.toThrow(
    expect.objectContaining({
      code: 'ERR_ENGINE_UNSUPPORTED',
      message: "train: engine: 'graph': the device is not a GPU",
    }),
  );
});
