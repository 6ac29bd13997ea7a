// What scripts/recording/autograd.py does in Python, under the same names and with the same draws.
import * as torch from '../../lib/index.js';
import { draw } from '../parity/values.js';
import { Cube, Doubled, Exp, Scale, SetUp, Sparing, Through } from './functions.js';

type Tensor = torch.Tensor;
const { nn } = torch;
const { grad, functional } = torch.autograd;

export const leaf = (shape = '3'): Tensor => draw(shape, 'float64').requiresGrad_();
const vector = (shape = '3'): Tensor => draw(shape, 'float64');

function refused(work: () => unknown): 'refused' | 'taken' {
  try {
    work();
  } catch {
    return 'refused';
  }
  return 'taken';
}

function again(retainGraph: boolean | undefined): string {
  const x = leaf();
  const y = x.pow(2).sum();
  grad(y, x, retainGraph === undefined ? {} : { retainGraph });
  return refused(() => grad(y, x));
}

const custom = (apply: (x: Tensor) => Tensor) => () => {
  const x = leaf();
  const y = apply(x);
  const [g] = grad(y.mul(vector()).sum(), x, { createGraph: true });
  return [y, g, ...grad(g!.mul(vector()).sum(), x)];
};

function scaled(xGrad: boolean, wGrad: boolean): unknown[] {
  const [x, w] = [leaf().requiresGrad_(xGrad), leaf().requiresGrad_(wGrad)];
  const [y, z, text, i] = Scale.apply(x, 2.5, w);
  y.mul(vector()).add(z.mul(2)).sum().backward();
  return [y, z, text, i, x.grad, w.grad, [y.requiresGrad, z.requiresGrad, i.requiresGrad]];
}

function sparing(which: 0 | 1): Tensor | null {
  const x = leaf();
  Sparing.apply(x)[which]!.sum().backward();
  return x.grad;
}

function hooked(on: 'leaf' | 'node'): unknown[] {
  const x = leaf();
  const y = x.mul(2);
  const seen: Tensor[] = [];
  const target = on === 'leaf' ? x : y;
  const see = (g: Tensor): void => {
    seen.push(g.clone());
  };
  const first = target.registerHook(see);
  target.registerHook((g) => g.mul(3));
  const last = target.registerHook(see);
  if (on === 'node') y.retainGrad();
  y.mul(y).sum().backward();
  first.remove();
  last.remove();
  const before = x.grad!.clone();
  x.mul(2).sum().backward();
  return [seen, before, x.grad, on === 'node' ? y.grad : null];
}

function moduleHooks(xGrad: boolean, replaces: boolean): unknown[] {
  torch.manualSeed(5);
  const layers = [new nn.Linear(3, 4), new nn.Tanh(), new nn.Linear(4, 2)] as const;
  const net = new nn.Sequential(...layers).double();
  const seen: unknown[] = [];
  const see = (_module: unknown, inputs: unknown, outputs: unknown): void => {
    seen.push([inputs, outputs]);
  };
  layers[1].registerFullBackwardHook(see);
  layers[0].registerFullBackwardHook(see);
  layers[2].registerFullBackwardPreHook((_module, outputs) => {
    seen.push(outputs);
  });
  if (replaces) {
    layers[1].registerFullBackwardHook((_module, [i]) => [i!.mul(3)]);
    layers[2].registerFullBackwardPreHook((_module, [o]) => o!.mul(5));
  }
  const x = draw('2x3', 'float64').requiresGrad_(xGrad);
  net.forward(x).square().sum().backward();
  return [seen, [...net.parameters()].map((p) => p.grad), x.grad];
}

class Two extends nn.Module {
  override forward(x: Tensor, n: number, y: Tensor): unknown[] {
    return [x.mul(n).mul(y), y.mul(2), 'a', x.mul(3)];
  }
}

function many(used: 0 | 3): unknown[] {
  const module = new Two();
  const seen: unknown[] = [];
  module.registerFullBackwardHook((_module, inputs, outputs) => {
    seen.push([inputs, outputs]);
  });
  const [x, y] = [leaf(), leaf().detach()];
  (module.forward(x, 2.5, y)[used] as Tensor).sum().backward();
  return [seen, x.grad];
}

type Entry = [f: torch.autograd.functional.Differentiable, ...shapes: string[]];
const functions: Record<string, Entry> = {
  cubes: [(x: Tensor) => x.pow(3).sum(), '3'],
  products: [(x: Tensor, y: Tensor) => x.mul(y).exp().sum().add(x.sum().mul(y.prod())), '2', '2'],
};
const vectors: Record<string, Entry> = {
  exp: [(x: Tensor) => x.exp().mul(x.sum()), '3'],
  pairs: [(x: Tensor, y: Tensor) => [x.mul(y.sum()), x.outer(y)], '2', '3'],
  alone: [(x: Tensor, _y: Tensor) => [x.pow(2)], '2', '2'],
};

type Scenarios = Record<string, () => unknown>;

function derivatives(): Scenarios {
  const made: Scenarios = {};
  const one = <T>(list: T[]): T | T[] => (list.length === 1 ? list[0]! : list);
  for (const strict of [false, true]) {
    for (const createGraph of [false, true]) {
      const options = { createGraph, strict };
      const title = `${createGraph ? ', createGraph' : ''}${strict ? ', strict' : ''}`;
      for (const [name, [f, ...shapes]] of Object.entries({ ...functions, ...vectors })) {
        made[`jacobian of ${name}${title}`] = () =>
          functional.jacobian(f, one(shapes.map(leaf)), options);
        for (const which of ['vjp', 'jvp'] as const) {
          made[`${which} of ${name}${title}`] = () => {
            const inputs = shapes.map(leaf);
            const out = f(...inputs);
            const isList = which === 'vjp' ? Array.isArray(out) : inputs.length > 1;
            const like = which === 'jvp' ? inputs : ([out].flat() as Tensor[]);
            const v = like.map((each) => vector(each.shape.join('x') || '()'));
            return functional[which](f, one(inputs), isList ? v : v[0]!, options);
          };
        }
      }
      for (const [name, [f, ...shapes]] of Object.entries(functions)) {
        made[`hessian of ${name}${title}`] = () =>
          functional.hessian(f, one(shapes.map(leaf)), options);
        for (const which of ['vhp', 'hvp'] as const) {
          made[`${which} of ${name}${title}`] = () => {
            const inputs = one(shapes.map(leaf));
            return functional[which](f, inputs, one(shapes.map(vector)), options);
          };
        }
      }
    }
  }
  return made;
}

export const scenarios: Scenarios = {
  grad: () => {
    const [x, y] = [leaf(), leaf()];
    return grad(x.mul(y).sum(), [x, y]);
  },
  'grad of several': () => {
    const x = leaf();
    return grad([x.pow(2), x.exp()], x, { gradOutputs: [vector(), vector()] });
  },
  'grad of a number and of others': () => {
    const x = leaf();
    return grad([x.sum(), x.mul(2)], x, { gradOutputs: [null, vector()] });
  },
  'grad of a node inside': () => {
    const y = leaf().mul(2);
    return grad(y.pow(2).sum(), y);
  },
  unused: () => {
    const [x, y] = [leaf(), leaf()];
    return grad(x.mul(2).sum(), [x, y], { allowUnused: true });
  },
  'unused as zeros': () => {
    const [x, y] = [leaf(), leaf()];
    return grad(x.mul(2).sum(), [x, y], { materializeGrads: true });
  },
  'unused refused': () => {
    const [x, y] = [leaf(), leaf()];
    return refused(() => grad(x.mul(2).sum(), [x, y]));
  },
  twice: () => {
    const x = leaf();
    const [g] = grad(x.pow(3).sum(), x, { createGraph: true });
    return [g, ...grad(g!.sum(), x)];
  },
  thrice: () => {
    const x = leaf();
    const [g] = grad(x.pow(4).sum(), x, { createGraph: true });
    const [h] = grad(g!.sum(), x, { createGraph: true });
    return grad(h!.sum(), x);
  },
  again: () => [again(true), again(false), again(undefined)],
  'backward of several': () => {
    const [x, y] = [leaf(), leaf()];
    torch.autograd.backward([x.mul(y), x.mul(3).sum()], [vector(), null]);
    return [x.grad, y.grad];
  },
  'backward into some': () => {
    const [x, y] = [leaf(), leaf()];
    const z = x.mul(y);
    z.mul(y)
      .sum()
      .backward(null, { inputs: [x, z] });
    return [x.grad, y.grad, z.grad];
  },
  misshapen: () => {
    const x = leaf('2x3');
    const y = x.mul(2);
    const ones = (...shape: number[]) => torch.ones(shape, { dtype: 'float64' });
    return [
      refused(() => y.backward(ones(3))),
      refused(() => grad(y, x, { gradOutputs: ones(1, 2, 3) })),
      refused(() => y.backward()),
    ];
  },
  Exp: custom((x) => Exp.apply(x)),
  Cube: custom((x) => Cube.apply(x)),
  'Cube of Exp': custom((x) => Cube.apply(Exp.apply(x))),
  SetUp: custom((x) => SetUp.apply(x, 3)),
  Scale: () => [scaled(true, true), scaled(true, false), scaled(false, true)],
  Sparing: () => [sparing(0), sparing(1)],
  Doubled: () => {
    const x = leaf();
    const y = x.mul(1);
    const z = Doubled.apply(y);
    z.sum().backward();
    return [x.grad, y, z === y, refused(() => Doubled.apply(leaf()))];
  },
  Through: () => {
    const [x, y] = [leaf(), leaf()];
    const [a, b] = Through.apply(x, y) as [Tensor, Tensor];
    a.sum().backward();
    return [x.grad, b.requiresGrad, a === x, refused(() => a.detach())];
  },
  'saved tensors that were changed': () => {
    const y = leaf().mul(1);
    const z = Cube.apply(y);
    y.mul_(2);
    return refused(() => z.sum().backward());
  },
  'saved tensors that were freed': () => {
    const y = Cube.apply(leaf()).sum();
    y.backward();
    return refused(() => y.backward());
  },
  'without gradients': () => {
    const x = leaf();
    const y = torch.noGrad(() => Cube.apply(x));
    return [y, y.requiresGrad, Cube.apply(x.detach()).requiresGrad];
  },
  'hooks of a leaf': () => hooked('leaf'),
  'hooks of a node': () => hooked('node'),
  'hooks of a tensor that is changed': () => {
    const x = leaf();
    const y = x.mul(2);
    y.registerHook((g) => g.mul(10));
    y.mul_(3);
    y.registerHook((g) => g.mul(100));
    y.sum().backward();
    return x.grad;
  },
  'hooks in grad': () => {
    const x = leaf();
    x.registerHook((g) => g.mul(2));
    return grad(x.pow(2).sum(), x);
  },
  'hooks, differentiated again': () => {
    const x = leaf();
    x.registerHook((g) => g.mul(g));
    const [g] = grad(x.pow(2).sum(), x, { createGraph: true });
    return [g, ...grad(g!.sum(), x)];
  },
  'post accumulate hooks': () => {
    const x = leaf();
    const seen: unknown[] = [];
    const hook = (t: Tensor): void => {
      seen.push(t === x, t.grad!.clone());
      t.grad = null;
    };
    const handle = x.registerPostAccumulateGradHook(hook);
    x.mul(2).sum().backward();
    x.mul(3).sum().backward();
    handle.remove();
    x.mul(4).sum().backward();
    return [seen, x.grad, refused(() => x.mul(1).registerPostAccumulateGradHook(hook))];
  },
  'hooks of modules': () => [
    moduleHooks(true, false),
    moduleHooks(false, false),
    moduleHooks(true, true),
  ],
  'hooks of a module with several inputs': () => [many(0), many(3)],
  ...derivatives(),
};
