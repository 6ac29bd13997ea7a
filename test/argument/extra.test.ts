// No function, constructor or method drops an argument that it does not take.
import { expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { isOperator } from '../../lib/tensor/method.js';
import { coded } from '../coded.js';
import { declared, functionOf, memberOf } from './declared.js';

const { data, nn } = torch;
const x = () => torch.ones(2, 3);

// Arguments that TypeScript would refuse.
const beyond = (...values: unknown[]): [] => values as [];

type Callable = (...args: unknown[]) => unknown;

// Subclasses alone define them, or they are for the package itself; errors are the language's own.
const others =
  /^new (TorchError|OutOfMemoryError)$|^new distributed\.(ProcessGroup|Work|Store|TCPStore|FileStore)$|^data\.Dataset#|^nn\.Module#forward$|^optim\.lrScheduler\.LRScheduler#step$|^Tensor#moveToScope$|Lambda#lambd$/;

// By position operators take what is declared by name too, undefined at least.
const moreThan = (name: string, most: number): number =>
  isOperator(functionOf(name)) ? 20 : most + 1;

const isAbstract = /^new (nn\.Module|data\.(Iterable)?Dataset|data\.Sampler|optim\.Optimizer)$/;

const receivers: Record<string, () => object> = {
  Tensor: x,
  // Its methods are those that the data set has.
  'data.Subset': () => new data.Subset(new data.TensorDataset(x()), 1),
};

/** The function behind a declared name. What it is called on is never looked at before the arguments are counted. */
function callableOf(name: string): Callable {
  if (name.startsWith('new ')) {
    const Class = memberOf(name.slice(4)) as new () => object;
    class Derived extends Class {}
    return (...args) => Reflect.construct(isAbstract.test(name) ? Derived : Class, args);
  }
  const [owner, method] = name.replace('static ', '').split('#') as [string, string?];
  const found = memberOf(owner);
  if (method === undefined) return found as Callable;
  const receiver = /(^|\.)static /.test(name)
    ? found
    : (receivers[owner]?.() ?? Object.create(Reflect.get(found, 'prototype')));
  return (...args) => (Reflect.get(receiver, method) as Callable).apply(receiver, args);
}

/** What a call with so many arguments throws; `undefined` where it throws nothing. */
async function refusal(call: Callable, count: number): Promise<string | undefined> {
  const attempt = async (first: unknown): Promise<string | undefined> => {
    try {
      await call(first, ...new Array(count - 1).fill(undefined));
      return undefined;
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      return `${code} ${message}`;
    }
  };
  // A function that is a tensor's operator looks for the tensor first.
  const found = await attempt(undefined);
  return found?.includes('expected a Tensor') ? attempt(x()) : found;
}

test('one argument too many is an error everywhere', async () => {
  const wrong: string[] = [];
  let count = 0;
  for (const { name, most } of declared().values()) {
    if (others.test(name) || !Number.isFinite(most)) continue;
    count++;
    const found = await refusal(callableOf(name), moreThan(name, most));
    if (
      !/^ERR_INVALID_ARG [\w. ]+: takes (no|at most \d+) arguments?, got \d+$/.test(found ?? '')
    ) {
      wrong.push(`${name}: ${found ?? 'takes it'}`);
    }
  }
  expect(wrong).toEqual([]);
  expect(count).toBeGreaterThan(380);
});

// Lists of any length end with something else, or are operators.
const variadic: Record<string, () => unknown> = {
  'new data.TensorDataset': () => new data.TensorDataset(x(), {} as never),
  'new data.StackDataset': () => new data.StackDataset(new data.TensorDataset(x()), {} as never),
  'new nn.Sequential': () => new nn.Sequential(new nn.ReLU(), {} as never),
  'Tensor#at': () => x().at(0, 0, 0),
  'Tensor#fill_': () => x().fill_(0, 1 as never),
  'Tensor#view': () => x().view(...beyond([6], 7)),
  'Tensor#reshape': () => x().reshape(...beyond([6], 7)),
  'Tensor#permute': () => x().permute(...beyond([1, 0], 7)),
  'Tensor#expand': () => x().expand(...beyond([2, 3], 7)),
  'Tensor#repeat': () => x().repeat(...beyond([1, 1], 7)),
  'Tensor#newZeros': () => x().newZeros(...beyond([2], {}, 7)),
  'Tensor#newOnes': () => x().newOnes(...beyond([2], {}, 7)),
  'Tensor#newEmpty': () => x().newEmpty(...beyond([2], {}, 7)),
  reshape: () => torch.reshape(x(), ...beyond([6], 7)),
  permute: () => torch.permute(x(), ...beyond([1, 0], 7)),
  tile: () => torch.tile(x(), ...beyond([1, 1], 7)),
  flip: () => torch.flip(x(), ...beyond([0], 7)),
  'Tensor#resize_': () => x().resize_(...beyond([6], {}, 7)),
  'Tensor#tile': () => x().tile(...beyond([1, 1], 7)),
  'Tensor#flip': () => x().flip(...beyond([0], 7)),
  arange: () => torch.arange(0, 1, 1, 1),
  zeros: () => torch.zeros(...beyond([2], {}, 7)),
  ones: () => torch.ones(...beyond([2], {}, 7)),
  empty: () => torch.empty(...beyond(2, {}, 7)),
  rand: () => torch.rand(...beyond([2], {}, 7)),
  randn: () => torch.randn(...beyond([2], [3])),
  atleast1d: () => torch.atleast1d(x(), 7 as never),
  atleast2d: () => torch.atleast2d(x(), 7 as never),
  atleast3d: () => torch.atleast3d(x(), 7 as never),
  blockDiag: () => torch.blockDiag(...beyond([x()], 7)),
  broadcastTensors: () => torch.broadcastTensors(...beyond([x()], 7)),
  broadcastShapes: () => torch.broadcastShapes(...beyond([2], 'x')),
  cartesianProd: () => torch.cartesianProd(...beyond([x()], 7)),
  chainMatmul: () => torch.chainMatmul(...beyond([x()], 7)),
  meshgrid: () => torch.meshgrid(...beyond([torch.ones(2)], {}, 7)),
  einsum: () => torch.einsum('ij->i', ...beyond([x()], 7)),
  // They hand all on: to the subclass, and to the model.
  'autograd.static Function#apply': () =>
    torch.autograd.Function.apply.call({} as never, ...beyond(7)),
  'optim.swaUtils.AveragedModel#forward': () =>
    new torch.optim.swaUtils.AveragedModel(new nn.ReLU()).forward(x(), ...beyond(7)),
};

test.each(Object.entries(variadic))('%s refuses what is left over', (_, call) => {
  expect(call).toThrow();
});

test('functions with lists of any length are all here, but operators', async () => {
  const names = [...declared().values()]
    .filter(({ name, most }) => most === Number.POSITIVE_INFINITY && !others.test(name))
    .map(({ name }) => name);
  for (const name of names) {
    // Hands all on to its module, and needs a group first: test/distributed/parallelOne.test.ts.
    if (name === 'nn.parallel.DistributedDataParallel#forward') continue;
    if (name in variadic) continue;
    expect(await refusal(callableOf(name), 12), name).toMatch(/takes (no|at most)/);
  }
});

test('a class without a constructor has its own name in the error, its base where it has one', () => {
  class Bare extends nn.ReLU {}
  class Own extends nn.Linear {
    constructor(inFeatures: number, ...more: unknown[]) {
      super(inFeatures, ...(more as [number]));
    }
  }
  class Net extends nn.Module {
    constructor(readonly width: number) {
      super(...beyond(width));
    }
    forward(): void {}
  }
  expect(() => Reflect.construct(nn.Sigmoid, [5])).toThrow('Sigmoid: takes no arguments, got 1');
  expect(() => Reflect.construct(Bare, [{}, 5])).toThrow('ReLU: takes at most 1 argument, got 2');
  expect(() => new Own(2, 3, {}, 7)).toThrow('Linear: takes at most 3 arguments, got 4');
  expect(() => new Net(5)).toThrow('Module: takes no arguments, got 1');
  expect(() => new nn.Linear(2, 3, {}, ...beyond(7))).toThrow(coded('ERR_INVALID_ARG'));
});

test('what a callback is given beside the value is refused, by operators and by functions', () => {
  expect(() => [x()].map(torch.relu as never)).toThrow('relu: takes at most 1 argument, got 3');
  expect(() => [x()].map(nn.init.zeros_ as never)).toThrow(
    'zeros_: takes at most 1 argument, got 3',
  );
  expect(() => [1].map(torch.manualSeed as never)).toThrow('manualSeed: takes at most 1 argument');
});

test('methods do not count the tensor before the dot', () => {
  expect(() => x().relu(...beyond(1))).toThrow('relu: takes no arguments, got 1');
  expect(() => x().sum(...beyond(0, true, {}, 1, 2))).toThrow(
    'sum: takes at most 3 arguments, got 5',
  );
  expect(() => x().item(...beyond(1))).toThrow('item: takes no arguments, got 1');
});
