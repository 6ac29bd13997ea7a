// Whatever a forward pass does to its images, and however they are given: `predict`, `evaluate` and `train` compute
// what `forward` does, in every engine. Networks and images are made by a generator.
import { expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { dice } from '../dice.js';
import { loaderOf, Network, type Variant } from './variants.js';

type Tensor = torch.Tensor;

const mean = torch.tensor([0.3]).keep();
const kernel = torch.ones([1, 1, 1, 1]).keep();

// Before the first layer: what works pixel by pixel with numbers, and what does not.
const steps: Record<string, (x: Tensor) => Tensor> = {
  sub: (x) => x.sub(0.286),
  div: (x) => x.div(0.353),
  'div by 255': (x) => x.div(255),
  mul: (x) => x.mul(20),
  'mul by an integer': (x) => x.mul(3),
  'mul by −1': (x) => x.mul(-1),
  add: (x) => x.add(1),
  'add alpha': (x) => torch.ops.aten.add!.Tensor!(x, 0.5, { alpha: 3 }) as Tensor,
  'div, rounded': (x) =>
    torch.ops.aten.div!.Tensor_mode!(x, 0.25, { rounding_mode: 'floor' }) as Tensor,
  'to float32': (x) => x.to('float32'),
  'to float64 and back': (x) => x.to('float64').div(3).to('float32'),
  'to float16 and back': (x) => x.to('float16').to('float32'),
  'to bytes and back': (x) => x.to('uint8').to('float32'),
  'in place': (x) => x.clone().sub_(0.5).mul_(2),
  'in place on the input': (x) => x.mul_(2),
  'by a tensor': (x) => x.sub(mean),
  'by itself': (x) => x.mul(x),
  'the other way round': (x) => torch.ops.aten.rsub!.Scalar!(x, 1) as Tensor,
  clamp: (x) => x.clamp({ min: 0.2, max: 0.8 }),
  power: (x) => x.pow(2),
  flipped: (x) => x.flip(3),
  transposed: (x) => x.transpose(2, 3),
  'by the largest': (x) => x.div(x.max()),
  'by a value that is read': (x) => x.sub(Number(x.to('float32').mean().item())),
  convolved: (x) => torch.nn.functional.conv2d(x, kernel),
  'by their number': (x) => x.mul(x.shape[0]!),
  'if there are many': (x) => (x.shape[0]! > 5 ? x.mul(-1) : x),
  nothing: (x) => x,
};

const ownSteps = Object.keys(steps).slice(0, 11);

// Between the layers.
const middles: Record<string, (x: Tensor) => Tensor> = {
  nothing: (x) => x,
  'ReLU in place': (x) => x.relu_(),
  'scaled in place': (x) => x.mul_(1.5),
  doubled: (x) => x.mul(2),
  contiguous: (x) => x.contiguous(),
  clone: (x) => x.clone(),
  dropout: (x) => torch.nn.functional.dropout(x, 0.5, { training: false }),
  'if there is one': (x) => (x.shape[0] === 1 ? x.tanh() : x),
  'with gradients': (x) => torch.enableGrad(() => x.tanh()),
};

class Stepped extends torch.nn.Module {
  readonly net: Network;
  readonly before: readonly ((x: Tensor) => Tensor)[];
  readonly middle: (x: Tensor) => Tensor;

  constructor(variant: Variant, before: readonly string[], middle: string) {
    super();
    this.net = new Network(variant);
    this.before = before.map((name) => steps[name]!);
    this.middle = middles[middle]!;
    // As large as a training makes them, so that pixels matter.
    torch.noGrad(() => {
      for (const parameter of this.parameters()) parameter.mul_(3);
    });
  }

  forward(images: Tensor): Tensor {
    const pixels = this.before.reduce((x, step) => step(x), images);
    return this.net.fc.forward(this.middle(this.net.conv.forward(pixels)));
  }
}

const bytesOf = (count: number) =>
  Uint8Array.from({ length: count * 784 }, (_, i) => (i * 37 + (i >> 5) * 11) % 256);

/** Images in a form that `predict` takes, and as `forward` takes them; new ones at each call. */
type Form = (count: number) => { given: unknown; same: Tensor };

const unit = (count: number): Tensor =>
  torch.tensor(bytesOf(count)).to('float32').div(255).view(count, 1, 28, 28);
const asTensor =
  (make: (x: Tensor) => Tensor): Form =>
  (count) => ({ given: make(unit(count)), same: make(unit(count)) });
const decoded = (data: Uint8Array) => ({ data, width: 28, height: 28 });
const forms: Record<string, Form> = {
  'float32 tensor': asTensor((x) => x),
  'float64 tensor': asTensor((x) => x.to('float64')),
  'float16 tensor': asTensor((x) => x.to('float16')),
  'uint8 tensor': asTensor((x) => x.mul(255).to('uint8')),
  'int32 tensor': asTensor((x) => x.mul(255).to('int32')),
  'int64 tensor': asTensor((x) => x.mul(9).to('int64')),
  'bool tensor': asTensor((x) => x.gt(0.5)),
  transposed: asTensor((x) => x.transpose(2, 3)),
  'every other': asTensor((x) => torch.cat([x, x.neg()], 1).narrow(1, 0, 1)),
  'channels last': asTensor(
    (x) => torch.ops.aten.contiguous!(x, { memory_format: 'channels_last' }) as Tensor,
  ),
  expanded: asTensor((x) => x.narrow(0, 0, 1).expand(x.shape)),
  'with gradients': asTensor((x) => {
    x.requiresGrad = true;
    return x;
  }),
  'NaN and infinity': asTensor((x) => x.sub(0.5).div(x.gt(0.4).to('float32'))),
  Float32Array: (count) => ({ given: unit(count).data(), same: unit(count) }),
  Uint8Array: (count) => ({ given: bytesOf(count), same: unit(count) }),
  Uint8ClampedArray: (count) => ({
    given: new Uint8ClampedArray(bytesOf(count)),
    same: unit(count),
  }),
  Buffer: (count) => ({ given: Buffer.from(bytesOf(count)), same: unit(count) }),
  'a decoded picture': () => ({ given: decoded(bytesOf(1)), same: unit(1) }),
  'decoded pictures': (count) => ({
    given: Array.from({ length: count }, (_, i) =>
      decoded(bytesOf(count).slice(784 * i, 784 * (i + 1))),
    ),
    same: unit(count),
  }),
};

const variants: Variant[] = [
  {},
  { activation: 'relu', pool: 'average' },
  { activation: 'tanh', padding: 2, bias: false },
  { activation: 'relu', poolFirst: true },
];

const message = (error: unknown): string => (error as Error).message;

// Zero in place of NaN and infinity.
const plain = (x: Tensor): Tensor => torch.ops.aten.nan_to_num!(x, 0, 0, 0) as Tensor;

// Differences in units of the largest score; NaN at the same places counts as equal.
function distance(a: Tensor, b: Tensor): number {
  if (String(a.shape) !== String(b.shape)) return Number.POSITIVE_INFINITY;
  return torch.tidy(() => {
    const [x, y] = [a, b].map((each) => each.detach().to('float64')) as [Tensor, Tensor];
    if (!x.isnan().equal(y.isnan())) return Number.POSITIVE_INFINITY;
    const scale = Math.max(1, Number(plain(y).abs().max().item()));
    return Number(plain(x.sub(y)).abs().max().item()) / scale;
  });
}

async function compare(seed: number): Promise<{ problem?: string; isFused: boolean }> {
  const { pick, many } = dice(seed);
  torch.manualSeed(seed);
  const variant = pick(variants);
  const before = many(pick([ownSteps, Object.keys(steps)]), 3);
  const middle = pick([...Array<string>(9).fill('nothing'), ...Object.keys(middles)]);
  const form = pick(Object.keys(forms));
  const net = new Stepped(variant, before, middle).eval();
  const what = `seed ${seed}: ${form}, [${before}], ${middle}, ${JSON.stringify(variant)}`;
  let isFused = false;
  for (const count of [pick([1, 2, 3]), pick([7, 65, 90])]) {
    let expected: Tensor | string;
    try {
      expected = torch.noGrad(() => net.forward(forms[form]!(count).same));
    } catch (error) {
      expected = message(error);
    }
    for (const engine of ['auto', 'fused', 'eager', 'auto'] as const) {
      const { given } = forms[form]!(count);
      try {
        const got = await torch.predict(net, given as Tensor, { engine, invert: false });
        if (engine === 'fused') isFused = true;
        const error = typeof expected === 'string' ? expected : distance(got, expected);
        if (typeof error === 'string' || error > 1e-4) {
          return { problem: `${what}, ${count} by ${engine}: ${error}`, isFused };
        }
      } catch (error) {
        const isRefused =
          engine === 'fused' && (error as { code?: string }).code === 'ERR_ENGINE_UNSUPPORTED';
        if (!isRefused && typeof expected !== 'string') {
          return { problem: `${what}, ${count} by ${engine}: ${message(error)}`, isFused };
        }
      }
    }
  }
  return { isFused };
}

const long = process.env.LENET_TORCH_LONG !== undefined;

test.each(Array.from({ length: long ? 40 : 3 }, (_, i) => i))(
  'predict gives what forward gives: generated networks and images, part %i',
  async (part) => {
    const problems: string[] = [];
    let fused = 0;
    for (let seed = 50 * part; seed < 50 * (part + 1); seed++) {
      const { problem, isFused } = await compare(seed);
      if (problem !== undefined) problems.push(problem);
      if (isFused) fused++;
    }
    expect(problems).toEqual([]);
    // The comparison means little where everything runs eagerly.
    expect(fused).toBeGreaterThan(5);
  },
  120_000,
);

async function compareLoops(seed: number): Promise<{ problem?: string; isFused: boolean }> {
  const { pick, many } = dice(seed);
  const variant = pick(variants);
  const before = many(pick([ownSteps, Object.keys(steps)]), 2).filter(
    // It would change the data set.
    (name) => name !== 'in place on the input',
  );
  const middle = pick([...Array<string>(9).fill('nothing'), ...Object.keys(middles)]);
  const form = pick(['float32 tensor', 'uint8 tensor']);
  const batchSize = pick([4, 16, 40]);
  const what = `seed ${seed}: ${form}, [${before}], ${middle}, ${batchSize}, ${JSON.stringify(variant)}`;
  const images = forms[form]!(40).same.keep();
  const labels = torch.arange(40).remainder(10).keep();
  const make = () => {
    torch.manualSeed(seed);
    const net = new Stepped(variant, before, middle);
    const optimizer = new torch.optim.SGD(net.parameters(), { lr: 1e-3 });
    return { net, optimizer, loader: loaderOf([images, labels], batchSize) };
  };
  const outcome = async (engine: 'auto' | 'eager', shaken = 0) => {
    const { net, optimizer, loader } = make();
    for (const each of net.parameters()) torch.noGrad(() => void each.mul_(1 + shaken));
    const before = [...net.parameters()].map((each) => each.detach().clone());
    const accuracy = await torch.evaluate(loader, net, 'cpu', { engine });
    const isOwn = engine === 'auto' && (await fits(net, loader));
    const options = { engine, log: null };
    await torch.train(net, loader, loader, batchSize, optimizer, 'cpu', 1, options);
    const changes = [...net.parameters()].map((each, i) => each.detach().sub(before[i]!));
    return { accuracy, changes, isOwn };
  };
  const results = [];
  for (const engine of ['eager', 'auto'] as const) {
    try {
      results.push(await outcome(engine));
    } catch (error) {
      results.push(message(error));
    }
  }
  const [eager, auto] = results as [(typeof results)[0], (typeof results)[0]];
  if (typeof eager === 'string' || typeof auto === 'string') {
    return {
      isFused: false,
      ...(typeof eager !== typeof auto && { problem: `${what}: ${eager}, ${auto}` }),
    };
  }
  const worst = Math.max(...eager.changes.map((each, i) => difference(auto.changes[i]!, each)));
  let isSame = auto.accuracy === eager.accuracy && worst < 0.05;
  // Saturated units have gradients of rounding errors alone: the eager engine itself has others then, once the weights'
  // last bits are.
  for (const shaken of isSame ? [] : [1.2e-7, -1.2e-7, 2.4e-7, -2.4e-7]) {
    const { changes } = await outcome('eager', shaken);
    const own = Math.max(...eager.changes.map((each, i) => difference(changes[i]!, each)));
    if (auto.accuracy === eager.accuracy && own >= worst / 4) isSame = true;
  }
  return {
    isFused: auto.isOwn,
    ...(!isSame && { problem: `${what}: ${auto.accuracy} for ${eager.accuracy}, ${worst}` }),
  };
}

// Of two changes of a parameter, in units of the larger; 0 where there is hardly any.
function difference(a: Tensor, b: Tensor): number {
  return torch.tidy(() => {
    const scale = Number(b.abs().max().item());
    return scale < 1e-5 ? 0 : Number(a.sub(b).abs().max().item()) / scale;
  });
}

const fits = async (net: Stepped, loader: ReturnType<typeof loaderOf>): Promise<boolean> =>
  await torch.evaluate(loader, net, 'cpu', { engine: 'fused' }).then(
    () => true,
    () => false,
  );

test('evaluate and train compute what forward gives', async () => {
  const problems: string[] = [];
  let fused = 0;
  for (let seed = 0; seed < (long ? 600 : 24); seed++) {
    const { problem, isFused } = await compareLoops(seed);
    if (problem !== undefined) problems.push(problem);
    if (isFused) fused++;
  }
  expect(problems).toEqual([]);
  expect(fused).toBeGreaterThan(3);
}, 240_000);
