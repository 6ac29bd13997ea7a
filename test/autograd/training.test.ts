// Who trains a model whose passes call JavaScript: libtorch's operators, and the history says why.
import { expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { coded } from '../coded.js';
import { Exp } from './functions.js';

const { nn, data } = torch;

const batches = () =>
  new data.DataLoader(
    new data.TensorDataset(torch.rand(8, 1, 4, 4), torch.arange(8).remainder(3)),
    { batchSize: 4 },
  );

class Net extends nn.Module {
  readonly first = new nn.Linear(16, 5);
  readonly last = new nn.Linear(5, 3);
  readonly #between: (x: torch.Tensor) => torch.Tensor;

  constructor(between: (x: torch.Tensor) => torch.Tensor) {
    super();
    this.#between = between;
  }

  override forward(x: torch.Tensor): torch.Tensor {
    return this.last.forward(this.#between(this.first.forward(x.flatten(1))));
  }
}

async function trained(net: torch.nn.Module, engine?: 'fused') {
  const optimizer = new torch.optim.SGD(net.parameters(), { lr: 0.1 });
  const options = { log: null, ...(engine && { engine }) };
  const history = await torch.train(net, batches(), batches(), 1, optimizer, 'cpu', 1, options);
  const { engine: who, engineReason } = history.epochs[0]!;
  return [who, engineReason];
}

test('hooks on the gradients of parameters', async () => {
  const net = new Net((x) => x.relu());
  expect((await trained(net))[0]).toBe('fused');
  let calls = 0;
  const handles = [
    net.last.weight.registerHook(() => void calls++),
    net.first.weight.registerPostAccumulateGradHook(() => void calls++),
  ];
  const reason =
    "the model's parameters have hooks, which only a backward pass of libtorch's calls";
  expect(await trained(net)).toEqual(['eager', reason]);
  expect(calls).toBe(4);
  await expect(trained(net, 'fused')).rejects.toThrow(coded('ERR_ENGINE_UNSUPPORTED', reason));
  handles[0]!.remove();
  expect((await trained(net))[0]).toBe('eager');
  handles[1]!.remove();
  expect((await trained(net))[0]).toBe('fused');
});

test('hooks on the gradients of modules', async () => {
  const net = new Net((x) => x.relu());
  let calls = 0;
  const handle = net.first.registerFullBackwardHook(() => void calls++);
  expect((await trained(net))[0]).toBe('eager');
  expect(calls).toBe(2);
  handle.remove();
  expect((await trained(net))[0]).toBe('fused');
});

test('operations with a backward of their own, whatever they compute forward', async () => {
  let backwards = 0;
  class Relu extends torch.autograd.Function {
    static forward(_context: unknown, x: torch.Tensor): torch.Tensor {
      return torch.enableGrad(() => x.relu());
    }
    static backward(_context: unknown, gradient: torch.Tensor): torch.Tensor {
      backwards++;
      return gradient;
    }
  }
  const net = new Net((x) => Relu.apply(x));
  expect(await trained(net)).toEqual(['eager', expect.stringContaining('autograd.Function')]);
  expect(backwards).toBe(2);
  await expect(trained(net, 'fused')).rejects.toThrow(coded('ERR_ENGINE_UNSUPPORTED'));
});

test('hooks on what is between', async () => {
  let calls = 0;
  const net = new Net((x) => {
    const y = x.relu();
    if (y.requiresGrad) y.registerHook(() => void calls++);
    return y;
  });
  expect(await trained(net)).toEqual(['eager', expect.stringContaining('registerHook')]);
  expect(calls).toBe(2);
});

test('predictions and summaries of such models', async () => {
  const net = new Net((x) => Exp.apply(x));
  const image = torch.rand(2, 1, 4, 4);
  const eager = torch.noGrad(() => net.eval().forward(image));
  const predicted = await torch.predict(net, image);
  expect(predicted.allclose(eager)).toBe(true);
  expect(torch.summary(net, [1, 4, 4]).toString()).toContain('Linear');
});
