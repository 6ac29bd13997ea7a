import { describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { coded, invalid } from '../coded.js';

const { nn, data } = torch;

const two = () => torch.full([1], 2);

class Times extends nn.Module {
  forward(a: torch.Tensor, b: torch.Tensor): torch.Tensor {
    if (a.item() === 0) throw new RangeError('zero');
    return a.mul(b);
  }
}

describe('hooks of a forward pass', () => {
  test('see what it is called with and gives, in their order', () => {
    const net = new Times();
    const seen: unknown[] = [];
    net.registerForwardPreHook((module, inputs) => {
      seen.push('pre', module === net, inputs.length);
    });
    net.registerForwardHook((_module, inputs, output) => {
      seen.push('post', inputs.length, (output as torch.Tensor).item());
    });
    net.registerForwardPreHook(() => void seen.push('first'), { prepend: true });
    expect(net.forward(two(), two()).item()).toBe(4);
    expect(seen).toEqual(['first', 'pre', true, 2, 'post', 2, 4]);
    expect([...net.namedModules()].length).toBe(1);
  });

  test('change inputs and output', () => {
    const net = new nn.Sequential(new nn.Identity(), new nn.ReLU());
    net.at(0).registerForwardPreHook((_, [x]) => (x as torch.Tensor).mul(3));
    net.at(1).registerForwardPreHook((_, [x]) => [(x as torch.Tensor).add(1)]);
    net.at(1).registerForwardHook((_, __, y) => (y as torch.Tensor).neg());
    expect(net.forward(two()).item()).toBe(-7);
  });

  test('are taken away, and leave the module as it was', () => {
    const net = new nn.ReLU();
    let calls = 0;
    const handles = [0, 1].map(() => net.registerForwardHook(() => void calls++));
    net.forward(two());
    handles[0]!.remove();
    handles[0]!.remove();
    net.forward(two());
    handles[1]![Symbol.dispose]();
    net.forward(two());
    expect([calls, Object.hasOwn(net, 'forward')]).toEqual([3, false]);
  });

  test('stay before a forward pass that is put in its place', () => {
    const net = new nn.ReLU();
    let calls = 0;
    const handle = net.registerForwardHook(() => void calls++);
    net.forward = (x) => x.mul(5);
    expect([net.forward(two()).item(), calls]).toEqual([10, 1]);
    handle.remove();
    expect([net.forward(two()).item(), calls]).toEqual([10, 1]);
  });

  test('are called after a failure where they ask for it', () => {
    const net = new Times();
    const seen: unknown[] = [];
    net.registerForwardHook(() => void seen.push('never'));
    net.registerForwardHook((_, __, output) => void seen.push(output), { alwaysCall: true });
    expect(() => net.forward(torch.zeros(1), two())).toThrow(RangeError);
    expect(seen).toEqual([undefined]);
  });

  test('are functions', () => {
    const net = new nn.ReLU();
    expect(() => net.registerForwardHook(1 as never)).toThrow(invalid());
    expect(() => net.registerForwardPreHook((() => {}) as never, { first: 1 } as never)).toThrow(
      invalid(),
    );
  });
});

describe('engines that run no forward pass of the model’s own', () => {
  const batches = () => {
    torch.manualSeed(1);
    const labels = torch.arange(8).remainder(4);
    const set = new data.TensorDataset(torch.rand(8, 1, 4, 4), labels);
    return new data.DataLoader(set, { batchSize: 4 });
  };
  const make = () => new nn.Sequential(new nn.Flatten(), new nn.Linear(16, 4));
  const trained = async (net: torch.nn.Module, engine?: 'fused') => {
    const optimizer = new torch.optim.Adam(net.parameters());
    const options = { log: null, ...(engine && { engine }) };
    const history = await torch.train(net, batches(), batches(), 1, optimizer, 'cpu', 1, options);
    return history.epochs[0]!;
  };

  test('leave a training with hooks to the eager one, which calls them', async () => {
    const net = make();
    expect((await trained(net)).engine).toBe('fused');
    let calls = 0;
    const handle = net.at(1).registerForwardHook(() => void calls++);
    const epoch = await trained(net);
    expect([epoch.engine, epoch.engineReason]).toEqual([
      'eager',
      'the model has hooks, which only its own forward pass calls',
    ]);
    // Two batches to train with, two to test with.
    expect(calls).toBeGreaterThanOrEqual(4);
    await expect(trained(net, 'fused')).rejects.toThrow(
      coded('ERR_ENGINE_UNSUPPORTED', /has hooks/),
    );
    handle.remove();
    expect((await trained(net)).engine).toBe('fused');
  });

  test('predict no longer once there is a hook', async () => {
    const net = make().eval();
    const image = torch.rand(1, 1, 4, 4);
    const before = await torch.predict(net, image);
    let calls = 0;
    const handle = net.registerForwardHook((_, __, output) => {
      calls++;
      return (output as torch.Tensor).mul(0);
    });
    const during = await torch.predict(net, image);
    handle.remove();
    const after = await torch.predict(net, image);
    expect(calls).toBeGreaterThan(0);
    expect(during.toString()).not.toBe(before.toString());
    expect(after.toString()).toBe(before.toString());
    expect((await torch.evaluate(batches(), net)) >= 0).toBe(true);
  });
});
