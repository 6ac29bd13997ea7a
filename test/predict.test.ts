import { afterEach, describe, expect, test } from 'vitest';

import * as torch from '../lib/index.js';
import { coded } from './coded.js';
import { loaders, model } from './loops.js';

afterEach(() => {
  delete process.env.LENET_TORCH_ISA;
});

torch.manualSeed(0);
const images = torch.rand([300, 1, 28, 28]).keep();

const expected = (net: torch.nn.Module, X: torch.Tensor): torch.Tensor =>
  torch.noGrad(() => net.forward(X));

function expectClose(a: torch.Tensor, b: torch.Tensor): void {
  expect(a.shape).toEqual(b.shape);
  expect(a.requiresGrad).toBe(false);
  expect(torch.tidy(() => Number(a.sub(b).abs().max().item()))).toBeLessThan(1e-5);
}

test.each([1, 2, 3, 7, 8, 9, 31, 64, 65, 300])(
  '%i images: the logits of the model',
  async (count) => {
    const net = new torch.LeNet();
    const X = images.narrow(0, 0, count);
    expectClose(await torch.predict(net, X, { engine: 'fused' }), expected(net, X));
    expectClose(await torch.predict(net, X, { engine: 'eager' }), expected(net, X));
  },
);

test('any model, any function of the images: eagerly where the fused engine has no way', async () => {
  const net = new torch.nn.Sequential(new torch.nn.Flatten(2), new torch.nn.Linear(784, 3));
  expectClose(await torch.predict(net, images), expected(net, images));
  await expect(torch.predict(net, images, { engine: 'fused' })).rejects.toMatchObject({
    code: 'ERR_ENGINE_UNSUPPORTED',
    message: expect.stringMatching(
      /^predict: engine: 'fused': flatten: the result is not \(N, 784\)/,
    ),
  });
});

test('runs in evaluation mode and restores it', async () => {
  const net = new torch.nn.Sequential(new torch.nn.Dropout(0.9));
  const result = await torch.predict(net, images);
  expect(result.equal(images)).toBe(true);
  expect(net.training).toBe(true);
});

test('callers of one turn are computed together, each with its own result', async () => {
  const net = new torch.LeNet();
  const parts = Array.from({ length: 32 }, (_, i) => images.narrow(0, i, 1 + (i % 3)));
  const results = await Promise.all(parts.map((part) => torch.predict(net, part)));
  results.forEach((result, i) => {
    expectClose(result, expected(net, parts[i]!));
  });
  results[0]!.fill_(7);
  expectClose(results[1]!, expected(net, parts[1]!));
});

test('callers with different kinds of images do not disturb each other', async () => {
  const net = new torch.LeNet();
  const wrong = torch.rand([2, 3, 28, 28]);
  const [good, bad, strided] = await Promise.allSettled([
    torch.predict(net, images.narrow(0, 0, 2)),
    torch.predict(net, wrong),
    torch.predict(net, images.narrow(0, 0, 2).transpose(2, 3)),
  ]);
  expectClose(
    (good as PromiseFulfilledResult<torch.Tensor>).value,
    expected(net, images.narrow(0, 0, 2)),
  );
  expect(bad).toMatchObject({ status: 'rejected', reason: { code: 'ERR_LIBTORCH' } });
  expectClose(
    (strided as PromiseFulfilledResult<torch.Tensor>).value,
    expected(net, images.narrow(0, 0, 2).transpose(2, 3)),
  );
});

test('weights changed in any way are used at once', async () => {
  const net = new torch.LeNet();
  const X = images.narrow(0, 0, 4);
  const check = async () =>
    expectClose(await torch.predict(net, X, { engine: 'fused' }), expected(net, X));
  await check();
  torch.noGrad(() => [...net.parameters()][3]!.add_(0.25));
  await check();
  net.loadStateDict(new torch.LeNet().stateDict());
  await check();
  const optimizer = new torch.optim.SGD(net.parameters(), { lr: 0.1 });
  new torch.nn.CrossEntropyLoss()
    .forward(net.forward(X), torch.tensor([0n, 1n, 2n, 3n]))
    .backward();
  optimizer.step();
  await check();
  const [trainIter, testIter] = loaders(100, 100, 50);
  await torch.train(net, trainIter, testIter, 50, optimizer, 'cpu', 1, { log: null });
  await check();
});

test('a layer put in another’s place is used at once', async () => {
  const net = new torch.LeNet();
  const X = images.narrow(0, 0, 4);
  await torch.predict(net, X);
  net.fc = new torch.nn.Sequential(
    ...[...net.fc].map((layer) =>
      layer instanceof torch.nn.Sigmoid ? new torch.nn.Tanh() : layer,
    ),
  );
  expectClose(await torch.predict(net, X), expected(net, X));
  net.fc = new torch.nn.Sequential(...net.fc, new torch.nn.Softmax(1));
  expectClose(await torch.predict(net, X), expected(net, X));
  net.double();
  const double = await torch.predict(net, X.double());
  expect(double.dtype).toBe('float64');
});

test('predictions and evaluations overlap on one model, also while its weights change', async () => {
  const net = new torch.LeNet();
  const [, testIter] = loaders(10, 10_000);
  const before = expected(net, images);
  const accuracy = torch.evaluate(testIter, net, 'cpu', { engine: 'fused' });
  const large = torch.predict(net, images, { engine: 'fused' });
  const small = torch.predict(net, images.narrow(0, 0, 3), { engine: 'fused' });
  expectClose(await large, before);
  expectClose(await small, before.narrow(0, 0, 3));
  torch.noGrad(() => [...net.parameters()][9]!.add_(1));
  expectClose(await torch.predict(net, images), before.add(1));
  expect(await accuracy).toBeGreaterThan(0);
  expect(await torch.evaluate(testIter, net, 'cpu', { engine: 'eager' })).toBe(await accuracy);
});

test('uint8 images, where the model scales them itself', async () => {
  const net = new torch.LeNet();
  const plain = torch.LeNet.prototype.forward;
  net.forward = (X) => plain.call(net, X.to('float32').div(255));
  const bytes = images.mul(255).to('uint8');
  expectClose(await torch.predict(net, bytes, { engine: 'fused' }), expected(net, bytes));
});

test('NaN stays with its own image', async () => {
  const net = new torch.LeNet();
  const X = images.narrow(0, 0, 9).clone();
  X.select(0, 4).fill_(Number.NaN);
  const rows = (await torch.predict(net, X, { engine: 'fused' })).isnan().any({ dim: 1 });
  expect([...(rows.data() as Uint8Array)]).toEqual([0, 0, 0, 0, 1, 0, 0, 0, 0]);
});

describe('images that are no tensor', () => {
  const net = new torch.LeNet();
  const bytes = Uint8Array.from({ length: 3 * 784 }, (_, i) => (i * 31) % 256);
  const X = torch.tensor(bytes, { shape: [3, 1, 28, 28] }).keep();
  const scaled = X.to('float32').div(255).keep();

  test('bytes become 0–1', async () => {
    expectClose(await torch.predict(net, bytes), expected(net, scaled));
    expectClose(await torch.predict(net, new Uint8ClampedArray(bytes)), expected(net, scaled));
    expectClose(await torch.predict(net, Buffer.from(bytes)), expected(net, scaled));
  });

  test('float32 values stay', async () => {
    const values = scaled.mul(7).data() as Float32Array;
    expectClose(await torch.predict(net, values), expected(net, scaled.mul(7)));
  });

  test('another shape', async () => {
    const wide = new torch.nn.Sequential(new torch.nn.Flatten(), new torch.nn.Linear(6, 2));
    const result = await torch.predict(wide, new Float32Array(12), { shape: [3, 1, 2] });
    expect(result.shape).toEqual([2, 2]);
  });

  test('decoded images, one or many, of any size', async () => {
    const decoded = (i: number, value = (x: number) => x): torch.data.DecodedImage => ({
      data: bytes.slice(784 * i, 784 * (i + 1)).map(value),
      width: 28,
      height: 28,
    });
    const all = expected(net, scaled);
    const plain = { invert: false };
    expectClose(await torch.predict(net, decoded(1), plain), all.narrow(0, 1, 1));
    expectClose(
      await torch.predict(
        net,
        [0, 1, 2].map((i) => decoded(i)),
        plain,
      ),
      all,
    );
    const negative = decoded(2, (x) => 255 - x);
    expectClose(await torch.predict(net, negative, { invert: true }), all.narrow(0, 2, 1));
    const large = { data: new Uint8Array(4 * 90 * 50).fill(255), width: 90, height: 50 };
    expectClose(await torch.predict(net, large), expected(net, torch.zeros([1, 1, 28, 28])));
  });

  test('the values are those at the call', async () => {
    const changing = bytes.slice();
    const result = torch.predict(net, changing);
    changing.fill(0);
    expectClose(await result, expected(net, scaled));
  });

  test('leaves no tensors behind', async () => {
    (await torch.predict(net, bytes)).dispose();
    const before = torch.memory().tensors;
    for (let i = 0; i < 20; i++) (await torch.predict(net, bytes)).dispose();
    expect(torch.memory().tensors).toBeLessThanOrEqual(before);
  });

  // Once a model is known a lone request makes no tensor of its images.
  test('one request after the other, of all kinds and sizes', async () => {
    const known = new torch.LeNet();
    const values = scaled.data() as Float32Array;
    for (let i = 0; i < 12; i++) {
      const count = 1 + (i % 3);
      const Kind = [Uint8Array, Float32Array, Uint8ClampedArray, Buffer][i % 4]!;
      const source = Kind === Float32Array ? values : bytes;
      const given = Kind.from(source.subarray(0, 784 * count)) as Uint8Array;
      const result = torch.predict(known, given);
      given.fill(0);
      expectClose(await result, expected(known, scaled.narrow(0, 0, count)));
    }
  });

  test('several requests of one turn, the first of which was alone at first', async () => {
    const known = new torch.LeNet();
    await torch.predict(known, bytes);
    for (const engine of ['auto', 'fused', 'eager'] as const) {
      const changing = bytes.slice();
      const results = [
        torch.predict(known, changing),
        torch.predict(known, changing.subarray(784)),
      ];
      results.push(torch.predict(known, scaled, { engine }));
      changing.fill(0);
      const [all, some, tensor] = await Promise.all(results);
      expectClose(all!, expected(known, scaled));
      expectClose(some!, expected(known, scaled.narrow(0, 1, 2)));
      expectClose(tensor!, expected(known, scaled));
    }
    const [wide, right] = [new Float32Array(6), torch.predict(known, bytes)];
    await expect(torch.predict(known, wide, { shape: [1, 2, 3] })).rejects.toMatchObject({
      code: 'ERR_LIBTORCH',
    });
    expectClose(await right, expected(known, scaled));
  });

  const image = { data: new Uint8Array(4), width: 2, height: 2 };
  test.each<[string, unknown, object, RegExp]>([
    ['no whole image', new Uint8Array(785), {}, /784 values .* \[1,28,28\], got 785$/],
    ['none', new Float32Array(0), {}, /got 0$/],
    ['no images', [], {}, /got 0$/],
    ['other typed arrays', new Float64Array(784), {}, /expected a Tensor .* Uint8Array/],
    ['a path', 'photo.png', {}, /expected a Tensor.*decodeImage\(await readFile\('boot.png'\)\)$/],
    ['an ArrayBuffer', new ArrayBuffer(784), {}, /expected a Tensor.*: new Uint8Array\(buffer\)$/],
    ['nested arrays', [[0, 1]], {}, /expected a Tensor.*: torch\.tensor\(images\)$/],
    [
      "a file's bytes",
      Buffer.from('\x89PNG\r\n\x1a\n..', 'latin1'),
      {},
      /got 10: a PNG, .*decodeImage\(bytes\)$/,
    ],
    ['nothing', null, {}, /expected a Tensor/],
    ['an image without size', { data: new Uint8Array(4) }, {}, /integers ≥ 1/],
    ['a shape of two', bytes, { shape: [28, 28] }, /shape: expected \[C, H, W\]/],
    ['colors for decoded images', image, { shape: [3, 28, 28] }, /become grey/],
    ['another inversion', image, { invert: 'dark' }, /'auto', true or false, got 'dark'/],
  ])('%s: refused', async (_, images, options, message) => {
    await expect(torch.predict(net, images as never, options)).rejects.toMatchObject({
      code: 'ERR_INVALID_ARG',
      message: expect.stringMatching(message),
    });
  });
});

test('no images: no logits', async () => {
  const result = await torch
    .predict(new torch.LeNet(), torch.zeros([2, 1, 28, 28]).narrow(0, 0, 0))
    .catch((error: unknown) => error);
  expect(result instanceof torch.Tensor ? result.shape : result).toEqual(
    result instanceof torch.Tensor ? [0, 10] : coded('ERR_LIBTORCH'),
  );
});

test('that there were no images says nothing of the next call', async () => {
  const net = new torch.LeNet();
  await torch.predict(net, images.narrow(0, 0, 0)).catch(() => {});
  expectClose(await torch.predict(net, images, { engine: 'fused' }), expected(net, images));
});

test('does not leak tensors', async () => {
  const net = new torch.LeNet();
  const one = images.narrow(0, 0, 1).keep();
  (await torch.predict(net, one)).dispose();
  const before = torch.memory().tensors;
  for (let i = 0; i < 300; i++) (await torch.predict(net, one)).dispose();
  // Fewer where the collector has taken other tests' tensors meanwhile.
  expect(torch.memory().tensors).toBeLessThanOrEqual(before);
});

describe('errors', () => {
  test.each<[string, () => Promise<unknown>, object]>([
    ['no model', () => torch.predict({} as never, images), { code: 'ERR_INVALID_ARG' }],
    [
      'no images',
      () => torch.predict(new torch.LeNet(), [1] as never),
      { code: 'ERR_INVALID_ARG' },
    ],
    [
      'unknown engine',
      () => torch.predict(new torch.LeNet(), images, { engine: 'warp' as never }),
      { code: 'ERR_INVALID_ARG', message: /one of 'auto', 'eager', 'fused', got 'warp'/ },
    ],
    [
      'released images',
      () => {
        const X = images.clone();
        const result = torch.predict(new torch.LeNet(), X);
        X.dispose();
        return result;
      },
      { code: 'ERR_TENSOR_RELEASED' },
    ],
    [
      'an unknown instruction set',
      () => {
        process.env.LENET_TORCH_ISA = 'mmx';
        return torch.predict(new torch.LeNet(), images);
      },
      { code: 'ERR_INVALID_ARG' },
    ],
  ])('%s', async (_, start, { code, message = /./ }: { code?: string; message?: RegExp }) => {
    await expect(start()).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  test('while the model is trained', async () => {
    const { net, optimizer } = model();
    const [trainIter, testIter] = loaders(2000, 100, 50);
    const bytes = new Uint8Array(784);
    await torch.predict(net, bytes);
    const training = torch.train(net, trainIter, testIter, 50, optimizer, 'cpu', 1, { log: null });
    await expect(torch.predict(net, images)).rejects.toMatchObject({ code: 'ERR_MODEL_BUSY' });
    await expect(torch.predict(net, bytes)).rejects.toMatchObject({ code: 'ERR_MODEL_BUSY' });
    await training;
    expectClose(await torch.predict(net, images), expected(net, images));
  });

  describe('what was awaited is over: training may begin at once', () => {
    const many = torch.rand([200, 1, 28, 28]).keep();
    const wrong = torch.rand([2, 3, 28, 28]).keep();
    const cases: [string, torch.Tensor, torch.PredictOptions][] = [
      ['one image', images.narrow(0, 0, 1).keep(), {}],
      ['one image, eagerly', images.narrow(0, 0, 1).keep(), { engine: 'eager' }],
      ['many images', many, {}],
      ['many images, eagerly', many, { engine: 'eager' }],
      ['images that the model does not take', wrong, {}],
      ['images that the fused engine does not take', wrong, { engine: 'fused' }],
    ];
    const train = async (
      net: torch.nn.Module,
      onEpoch?: () => Promise<void>,
    ): Promise<torch.History> => {
      const optimizer = new torch.optim.SGD(net.parameters(), { lr: 0.1 });
      const [trainIter, testIter] = loaders(100, 100, 50);
      const options = { log: null, ...(onEpoch && { onEpoch }) };
      return await torch.train(net, trainIter, testIter, 50, optimizer, 'cpu', 2, options);
    };

    test.each(cases)('%s', async (_, X, options) => {
      const net = new torch.LeNet();
      await torch.predict(net, X, options).catch(() => {});
      expect((await train(net)).epochs).toHaveLength(2);
      await Promise.allSettled([X, X, X].map((each) => torch.predict(net, each, options)));
      expect((await train(net)).epochs).toHaveLength(2);
    });

    test.each(cases)('in onEpoch: %s', async (_, X, options) => {
      const net = new torch.LeNet();
      const history = await train(net, async () => {
        await torch.predict(net, X, options).catch(() => {});
      });
      expect(history.epochs).toHaveLength(2);
    });

    test('a model that the fused engine does not run', async () => {
      const net = new torch.nn.Sequential(new torch.nn.Flatten(), new torch.nn.Linear(784, 10));
      await torch.predict(net, images);
      expect((await train(net)).epochs).toHaveLength(2);
    });
  });

  test('training while a prediction is under way', async () => {
    const { net, optimizer } = model();
    const [trainIter, testIter] = loaders(100, 100, 50);
    const all = torch.rand([10_000, 1, 28, 28]);
    const prediction = torch.predict(net, all);
    await new Promise(setImmediate);
    await expect(
      torch.train(net, trainIter, testIter, 50, optimizer, 'cpu', 1, { log: null }),
    ).rejects.toMatchObject({ code: 'ERR_MODEL_BUSY' });
    await prediction;
  });
});
