// What a forward pass reads changes between two predictions: the next one is by the model as it is then.
import { describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';

const { nn } = torch;
type Tensor = torch.Tensor;
type Act = 'sigmoid' | 'relu';

class Net extends nn.Module {
  c1 = new nn.Conv2d(1, 6, 5);
  c2 = new nn.Conv2d(6, 16, 5);
  f1 = new nn.Linear(256, 120);
  f2 = new nn.Linear(120, 84);
  f3 = new nn.Linear(84, 10);

  setting(): Act {
    return 'sigmoid';
  }

  forward(x: Tensor): Tensor {
    const { maxPool2d } = nn.functional;
    const squash = (t: Tensor): Tensor => (this.setting() === 'relu' ? t.relu() : t.sigmoid());
    const first = maxPool2d(squash(this.c1.forward(x)), 2);
    const maps = maxPool2d(squash(this.c2.forward(first)), 2);
    return this.f3.forward(squash(this.f2.forward(squash(this.f1.forward(maps.flatten(1))))));
  }
}

let variable: Act = 'sigmoid';
const byModel = new WeakMap<object, Act>();
const settings: Record<string, new () => Net & { change(to: Act): void }> = {
  'a field': class extends Net {
    act: Act = 'sigmoid';
    override setting = () => this.act;
    change(to: Act) {
      this.act = to;
    }
  },
  'an object in a field': class extends Net {
    options = { deep: { act: 'sigmoid' as Act } };
    override setting = () => this.options.deep.act;
    change(to: Act) {
      this.options.deep.act = to;
    }
  },
  'a list': class extends Net {
    acts: Act[] = ['sigmoid'];
    override setting = () => this.acts.at(-1)!;
    change(to: Act) {
      this.acts.push(to);
    }
  },
  'a Map': class extends Net {
    map = new Map<string, Act>([['act', 'sigmoid']]);
    override setting = () => this.map.get('act')!;
    change(to: Act) {
      this.map.set('act', to);
    }
  },
  'a private field': class extends Net {
    #act: Act = 'sigmoid';
    override setting = () => this.#act;
    change(to: Act) {
      this.#act = to;
    }
  },
  'a variable': class extends Net {
    override setting = () => variable;
    change(to: Act) {
      variable = to;
    }
  },
  'a WeakMap': class extends Net {
    override setting = () => byModel.get(this) ?? 'sigmoid';
    change(to: Act) {
      byModel.set(this, to);
    }
  },
  'the environment': class extends Net {
    override setting = () => (process.env.LENET_TORCH_TEST_ACT ?? 'sigmoid') as Act;
    change(to: Act) {
      process.env.LENET_TORCH_TEST_ACT = to;
    }
  },
  'a method': class extends Net {
    change(to: Act) {
      this.setting = () => to;
    }
  },
  'its number of calls': class extends Net {
    #limit = Number.POSITIVE_INFINITY;
    #calls = 0;
    override setting = () => (this.#calls > this.#limit ? 'relu' : 'sigmoid');
    override forward(x: Tensor) {
      this.#calls++;
      return super.forward(x);
    }
    change(to: Act) {
      this.#limit = to === 'relu' ? -1 : Number.POSITIVE_INFINITY;
    }
  },
};

const images = torch.rand([9, 1, 28, 28]).keep();
const expected = (net: torch.nn.Module, X: Tensor): Tensor =>
  torch.tidy(() => torch.noGrad(() => net.forward(X)));
const isSame = (a: Tensor, b: Tensor): boolean => a.allclose(b, { atol: 1e-4 });

describe.each(Object.entries(settings))('a setting in %s', (_, Kind) => {
  test.each([
    ['auto', 1],
    ['auto', 9],
    ['fused', 4],
  ] as const)('is seen by the next prediction: %s, %i images', async (engine, count) => {
    const net = new Kind();
    const X = images.narrow(0, 0, count);
    for (const act of ['sigmoid', 'relu', 'relu', 'sigmoid', 'relu', 'sigmoid'] as const) {
      net.change(act);
      for (let again = 0; again < 2; again++) {
        expect(isSame(await torch.predict(net, X, { engine }), expected(net, X))).toBe(true);
      }
    }
  });
});

test('many changes in any order', async () => {
  torch.manualSeed(1);
  const net = new settings['a private field']!() as Net & { change(to: Act): void };
  const changes: (() => void)[] = [
    () => net.change('relu'),
    () => net.change('sigmoid'),
    () => torch.noGrad(() => void net.f3.weight.mul_(0.5)),
    () => {
      net.c2 = new nn.Conv2d(6, 16, 5);
    },
    () => {
      net.f2 = new nn.Linear(120, 84, { bias: false });
    },
    () =>
      void net.loadStateDict(Object.fromEntries(new Net().namedParameters()), { strict: false }),
    () => void net.double().float(),
    () => {
      const { forward } = Net.prototype;
      net.forward = (x) => forward.call(net, x.mul(2));
    },
    () => Reflect.deleteProperty(net, 'forward'),
    () => void net.train(),
    () => void net.eval(),
    () => {},
  ];
  for (let i = 0; i < 150; i++) {
    changes[(i * 7 + (i >> 2) * 5) % changes.length]!();
    const X = images.narrow(0, 0, 1 + (i % 9));
    expect(isSame(await torch.predict(net, X), expected(net, X)), `change ${i}`).toBe(true);
  }
});

describe('a module that does otherwise while it is trained is put into evaluation mode', () => {
  class Scaling extends nn.Module {
    forward(x: Tensor): Tensor {
      return this.training ? x : x.mul(2);
    }
  }
  class Scaled extends Net {
    tail: torch.nn.Module = new nn.Identity();
    list = new nn.Sequential(new nn.Identity());
    extra: torch.nn.Module | undefined;
    override forward(x: Tensor): Tensor {
      const logits = this.list.forward(this.tail.forward(super.forward(x)));
      return this.extra === undefined ? logits : this.extra.forward(logits);
    }
  }
  const ways: Record<string, (net: Scaled) => void> = {
    'in the place of another': (net) => {
      net.tail = new Scaling();
    },
    'in a list': (net) => void net.list.append(new Scaling()),
    'in a new field': (net) => {
      net.extra = new Scaling();
    },
    'below a layer, called by its own forward': (net) => {
      const inner = new Scaling();
      Object.assign(net.tail, { inner, forward: (x: Tensor) => inner.forward(x) });
    },
  };
  const kinds = { 'a tensor': images, values: images.data() as Float32Array };
  const cases = Object.keys(ways).flatMap((way) =>
    (['a tensor', 'values'] as const).map((kind) => [way, kind] as const),
  );
  test.each(cases)('%s: %s', async (way, kind) => {
    const net = new Scaled();
    const given = kinds[kind] as Tensor;
    for (let again = 0; again < 2; again++) {
      expect(isSame(await torch.predict(net, given), expected(net, images))).toBe(true);
    }
    const before = expected(net, images);
    ways[way]!(net);
    for (let again = 0; again < 2; again++) {
      expect(isSame(await torch.predict(net, given), before.mul(2))).toBe(true);
      expect(net.training).toBe(true);
    }
  });
});

test('another dtype of the parameters: what forward gives, or its error', async () => {
  const net = new Net();
  await torch.predict(net, images);
  net.double();
  await expect(torch.predict(net, images)).rejects.toMatchObject({ code: 'ERR_LIBTORCH' });
  expect((await torch.predict(net, images.double())).dtype).toBe('float64');
  net.float();
  expect(isSame(await torch.predict(net, images, { engine: 'fused' }), expected(net, images))).toBe(
    true,
  );
  net.f1.weight.dispose();
  await expect(torch.predict(net, images)).rejects.toMatchObject({ code: 'ERR_TENSOR_RELEASED' });
});

describe('a pass that is only followed', () => {
  test('runs forward once for each prediction, as many callers as there are', async () => {
    let calls = 0;
    const net = new Net();
    const { forward } = Net.prototype;
    net.forward = (x) => {
      calls++;
      return forward.call(net, x);
    };
    await torch.predict(net, images);
    calls = 0;
    for (let i = 0; i < 5; i++) await torch.predict(net, images);
    expect(calls).toBe(5);
    await Promise.all(Array.from({ length: 8 }, () => torch.predict(net, images)));
    expect(calls).toBe(6);
  });

  test('a tensor that forward keeps is released, and no elements can be read', async () => {
    class Keeping extends Net {
      maps: Tensor | undefined;
      override forward(x: Tensor): Tensor {
        this.maps = this.c1.forward(x).sigmoid();
        const maps = nn.functional.maxPool2d(this.maps, 2);
        const more = nn.functional.maxPool2d(this.c2.forward(maps).sigmoid(), 2);
        const hidden = this.f1.forward(more.flatten(1)).sigmoid();
        return this.f3.forward(this.f2.forward(hidden).sigmoid());
      }
    }
    const net = new Keeping();
    const before = torch.memory().tensors;
    for (let i = 0; i < 3; i++) (await torch.predict(net, images, { engine: 'fused' })).dispose();
    // Fewer where the collector has taken other tests’ tensors meanwhile.
    expect(torch.memory().tensors).toBeLessThanOrEqual(before);
    const maps = net.maps!;
    expect(maps.isDisposed).toBe(true);
    const released = expect.objectContaining({ code: 'ERR_TENSOR_RELEASED' });
    const uses: (() => unknown)[] = [
      () => maps.data(),
      () => maps.shape,
      () => maps.sum(),
      () => images.add(maps),
      () => maps.item(),
      () => maps.backward(),
      () => maps.grad,
      () => maps.tolist(),
    ];
    for (const use of uses) expect(use).toThrow(released);
    maps.dispose();
    expect((await torch.predict(net, images, { engine: 'fused' })).shape).toEqual([9, 10]);
  });

  const oddities: Record<string, (x: Tensor, net: Net) => void> = {
    'reads a value': (x) => void x.max().item(),
    'reads a parameter': (_, net) => void net.f3.bias!.data(),
    'prints a tensor': (x) => void String(x),
    'draws a random number': () => void torch.rand([1]),
    'changes a parameter': (_, net) => torch.noGrad(() => void net.f3.bias!.add_(0)),
    'calls an operator beside': (x) => void x.neg(),
    throws: () => {
      throw new Error('forward fails');
    },
  };
  // Of the second kind a lone request is followed without a tensor of them.
  const kinds: Record<string, Tensor | Float32Array> = {
    'a tensor': images,
    values: images.data() as Float32Array,
  };
  const odd = Object.keys(oddities).flatMap((name) =>
    Object.keys(kinds).map((kind) => [name, kind] as const),
  );
  test.each(odd)('a forward pass that suddenly %s: %s', async (name, kind) => {
    const given = kinds[kind] as Tensor;
    class Odd extends Net {
      #isOdd = false;
      override forward(x: Tensor): Tensor {
        if (this.#isOdd) oddities[name]!(x, this);
        return super.forward(x);
      }
      turn() {
        this.#isOdd = true;
      }
    }
    const net = new Odd();
    await torch.predict(net, given, { engine: 'fused' });
    const before = expected(net, images);
    net.turn();
    if (name === 'throws') {
      await expect(torch.predict(net, given)).rejects.toThrow('forward fails');
    } else {
      expect(isSame(await torch.predict(net, given), before)).toBe(true);
      await expect(torch.predict(net, given, { engine: 'fused' })).rejects.toMatchObject({
        code: 'ERR_ENGINE_UNSUPPORTED',
      });
    }
  });

  test('the probe is a copy: images are changed by the pass that answers alone', async () => {
    const net = new Net();
    const { forward } = Net.prototype;
    net.forward = (x) => forward.call(net, x.mul_(2));
    const X = images.clone();
    await torch.predict(net, X);
    expect(X.equal(images.mul(2))).toBe(true);
  });

  test('no other pass is recorded meanwhile', async () => {
    const net = new Net();
    const other = new Net();
    const { forward } = Net.prototype;
    const [X, y] = [images, torch.zeros([9], { dtype: 'int64' })];
    const loader = new torch.data.DataLoader(new torch.data.TensorDataset(X, y), { batchSize: 3 });
    let evaluation: Promise<number> | undefined;
    net.forward = (x) => {
      evaluation = torch.evaluate(loader, other);
      evaluation.catch(() => {});
      return forward.call(net, x);
    };
    expect(isSame(await torch.predict(net, images), expected(net, images))).toBe(true);
    expect(await evaluation).toBeGreaterThanOrEqual(0);
  });
});

test('a layer that runs without gradients from the second epoch on: eagerly then, with the reason', async () => {
  class Half extends Net {
    isFrozen = false;
    override forward(x: Tensor): Tensor {
      const half = () => nn.functional.maxPool2d(this.c1.forward(x).sigmoid(), 2);
      const first = this.isFrozen ? torch.noGrad(half) : half();
      const maps = nn.functional.maxPool2d(this.c2.forward(first).sigmoid(), 2);
      return this.f3.forward(this.f2.forward(this.f1.forward(maps.flatten(1)).sigmoid()).sigmoid());
    }
  }
  const net = new Half();
  const set = new torch.data.TensorDataset(torch.rand(8, 1, 28, 28), torch.arange(8));
  const loader = new torch.data.DataLoader(set, { batchSize: 4 });
  const optimizer = new torch.optim.SGD(net.parameters(), { lr: 0.1 });
  const epoch = async () => {
    const { epochs } = await torch.train(net, loader, loader, 4, optimizer, 'cpu', 1, {
      log: null,
    });
    return epochs[0]!;
  };
  expect((await epoch()).engine).toBe('fused');
  expect((await epoch()).engine).toBe('fused');
  net.isFrozen = true;
  const before = net.c1.weight.clone();
  const third = await epoch();
  expect(third).toMatchObject({
    engine: 'eager',
    engineReason: expect.stringMatching(/conv2d runs without gradients/),
  });
  expect(torch.equal(before, net.c1.weight)).toBe(true);
  net.isFrozen = false;
  expect((await epoch()).engine).toBe('fused');
});
