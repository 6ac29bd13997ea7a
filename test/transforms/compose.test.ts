// What chains of transforms do, those that Python's own generator draws for, and functions among them.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { coded } from '../coded.js';

const { DataLoader, FashionMNIST } = torch.data;
const { transforms } = torch;
const { Compose, Lambda, RandomApply, RandomChoice, RandomOrder, Resize, ToTensor } = transforms;

const add = (n: number) => new Lambda((x: torch.Tensor) => x.add(n));
const times = (n: number) => (x: torch.Tensor) => x.mul(n);
const one = () => torch.ones(1, 2, 2);
const wrong = (value: unknown) => value as never;

test('Compose follows transforms, functions and modules in their order', () => {
  const chain = new Compose([add(1), times(3), new torch.nn.ReLU(), new ToTensor()]);
  expect(chain.forward(one()).flatten().tolist()).toEqual([6, 6, 6, 6]);
  expect(String(chain)).toBe(
    'Compose(\n    Lambda()\n    <function <lambda>>\n    ReLU()\n    ToTensor()\n)',
  );
  expect(inspect(new RandomChoice([add(1)], [2]))).toBe('RandomChoice(\n    Lambda()\n)(p=(2,))');
});

test.each<[string, () => unknown]>([
  ['Compose: transforms: expected a list of transforms', () => new Compose(wrong(new ToTensor()))],
  ['Compose: transforms: expected a list', () => new Compose([wrong(ToTensor)])],
  ['Compose: transforms: expected a list', () => new Compose([wrong(null)])],
  ['Lambda: lambd: expected a function', () => new Lambda(wrong(1))],
  ['RandomChoice: transforms: expected at least one', () => new RandomChoice([])],
  ['RandomChoice: p: expected as many weights', () => new RandomChoice([add(1)], [1, 2])],
  ['RandomChoice: p: expected a list of numbers ≥ 0', () => new RandomChoice([add(1)], [-1])],
  ["RandomChoice: unknown option 'q'", () => new RandomChoice([add(1)], wrong({ q: [1] }))],
  ['RandomApply: p: expected a probability', () => new RandomApply([add(1)], 2)],
  ['Resize.*expected an integer', () => new Resize(wrong('4')).forward(one())],
])('%s', (message, make) => {
  expect(make).toThrow(coded('ERR_INVALID_ARG', new RegExp(message)));
});

describe('what Python leaves to its own generator follows manualSeed here', () => {
  const steps = [1, 2, 3].map((n) => times(10 ** n));
  const drawn = (make: () => torch.transforms.Transform, count = 300): number[] => {
    torch.manualSeed(5);
    const transform = make();
    return Array.from({ length: count }, () => transform.forward(torch.ones([])).item() as number);
  };

  test('RandomChoice takes each as often as its weight says', () => {
    const found = drawn(() => new RandomChoice(steps, { p: [1, 0, 3] }));
    expect(found).toEqual(drawn(() => new RandomChoice(steps, [1, 0, 3])));
    const times = (value: number) => found.filter((each) => each === value).length;
    expect(times(100)).toBe(0);
    expect(times(10) + times(1000)).toBe(300);
    expect(times(1000) / 300).toBeCloseTo(0.75, 1);
    const even = drawn(() => new RandomChoice(steps));
    for (const value of [10, 100, 1000]) {
      expect(even.filter((each) => each === value).length).toBeGreaterThan(70);
    }
  });

  test('RandomOrder does all, in the order that randperm draws', () => {
    const note: number[] = [];
    const noting = [0, 1, 2, 3].map((n) => (x: torch.Tensor) => {
      note.push(n);
      return x;
    });
    torch.manualSeed(8);
    new RandomOrder(noting).forward(one());
    torch.manualSeed(8);
    expect(note).toEqual(torch.randperm(4).tolist());
  });

  test('RandomApply takes a ModuleList, as in Python', () => {
    const list = new torch.nn.ModuleList([new transforms.CenterCrop(1)]);
    expect(new RandomApply(list, 1).forward(one()).shape).toEqual([1, 1, 1]);
  });
});

describe('data sets', () => {
  const images = (transform: torch.transforms.Step, count = 6) => {
    const dataset = new FashionMNIST({ train: false, transform });
    torch.manualSeed(1);
    for (const [batch] of new DataLoader(dataset, { batchSize: count }))
      return batch.clone().keep();
    throw new Error('no batch');
  };

  test('ask what changes all images alike, and functions, image by image', () => {
    const seen: string[] = [];
    const look = (x: torch.Tensor) => {
      seen.push(x.shape.join('x'));
      return x;
    };
    images(look, 2);
    images(new Compose([new transforms.RandomHorizontalFlip(), new Lambda(look)]), 2);
    expect(seen).toEqual(['1x28x28', '1x28x28', '1x28x28', '1x28x28']);
    // One of a user's own, that is said to be for batches.
    images({ forward: (x: torch.Tensor) => look(x).to('float32') }, 2);
    expect(seen.at(-1)).toBe('2x1x28x28');
  });

  test('each image has a draw of its own, and an example is what it is in a batch', () => {
    const flip = new transforms.RandomVerticalFlip();
    const plain = images(new Compose([]), 16);
    const flipped = images(flip, 16);
    const isSame = Array.from({ length: 16 }, (_, i) =>
      plain.select(0, i).equal(flipped.select(0, i)),
    );
    expect(new Set(isSame).size).toBe(2);
    const dataset = new FashionMNIST({ train: false, transform: flip });
    torch.manualSeed(1);
    // The loader's own draw comes first.
    torch.rand(1);
    expect(dataset.get(0)[0].shape).toEqual([1, 28, 28]);
  });

  test('FiveCrop and a function after it give crops as Python stacks them', () => {
    const stack = new Lambda((crops: torch.Tensor[]) => torch.stack(crops));
    const found = images(new Compose([new transforms.FiveCrop(20), stack, new ToTensor()]), 3);
    expect(found.shape).toEqual([3, 5, 1, 20, 20]);
  });

  test('have bytes resized as by Pillow, whatever stands around; tensors are as torchvision’s', () => {
    const pillow = images(new Resize(20, { antialias: 'pillow' }));
    expect(images(new Resize(20)).equal(pillow)).toBe(true);
    const nested = new Compose([new RandomApply([new RandomChoice([new Resize(20)])], 1)]);
    expect(images(nested).equal(pillow)).toBe(true);
    const tensors = new Resize(20).forward(images(new Compose([])));
    expect(tensors.equal(pillow)).toBe(false);
    expect(tensors.to('int64').sub(pillow.to('int64')).abs().max().item()).toBe(1);
    class Own extends Resize {
      override forward(img: torch.Tensor): torch.Tensor {
        return super.forward(img);
      }
    }
    // What a subclass overrides is not replaced.
    expect(images(new Own(20)).equal(tensors)).toBe(true);
  });

  test('train on augmented images, in the eager engine, and say why', async () => {
    const transform = new Compose([new transforms.RandomHorizontalFlip(), new ToTensor()]);
    const set = new torch.data.Subset(new FashionMNIST({ train: false, transform }), 64);
    const loader = new DataLoader(set, { batchSize: 32, shuffle: true });
    torch.manualSeed(0);
    const net = new torch.LeNet();
    const optimizer = new torch.optim.Adam(net.parameters());
    const { epochs } = await torch.train(net, loader, loader, 1, optimizer, 'cpu', 1, {
      log: null,
    });
    expect(epochs[0]).toMatchObject({ engine: 'eager' });
    expect(epochs[0]?.engineReason).toMatch(/Compose/);
  });
});

test('transforms are modules where torchvision’s are, and evaluation changes nothing', () => {
  class Net extends torch.nn.Module {
    flip = new transforms.RandomHorizontalFlip(1);
    forward(x: torch.Tensor): torch.Tensor {
      return this.flip.forward(x);
    }
  }
  const net = new Net();
  expect(String(net)).toBe('Net(\n  (flip): RandomHorizontalFlip(p=1)\n)');
  expect(Object.keys(net.stateDict())).toEqual([]);
  expect(net.eval().flip.training).toBe(false);
  const image = torch.arange(4).view(1, 2, 2);
  expect(net.forward(image).tolist()).toEqual([
    [
      [1, 0],
      [3, 2],
    ],
  ]);
});

test('those that draw nothing may stand in a network that is exported and predicts', async () => {
  class Net extends torch.nn.Module {
    scaled = new transforms.Normalize([0.5], [0.25]);
    middle = new transforms.CenterCrop(2);
    fc = new torch.nn.Linear(4, 2);
    forward(x: torch.Tensor): torch.Tensor {
      return this.fc.forward(this.middle.forward(this.scaled.forward(x)).flatten(1));
    }
  }
  const folder = mkdtempSync(path.join(os.tmpdir(), 'lenet-transforms-'));
  const net = new Net();
  try {
    const file = path.join(folder, 'net.onnx');
    await torch.exportOnnx(net, file, { inputShape: [1, 4, 4] });
    expect(statSync(file).size).toBeGreaterThan(100);
  } finally {
    rmSync(folder, { recursive: true });
  }
  const images = torch.rand(3, 1, 4, 4);
  const wanted = torch.noGrad(() => net.forward(images));
  expect((await torch.predict(net, images)).allclose(wanted)).toBe(true);
});

test.each<[string, () => unknown]>([
  [
    'RandomRotation: img: .*got one of uint8 \\(9, 11\\)',
    () => bytes(new transforms.RandomRotation(5), 9, 11),
  ],
  [
    'RandomHorizontalFlip: img: .*got one of uint8 \\(3\\)',
    () => bytes(new transforms.RandomHorizontalFlip(), 3),
  ],
  [
    'Normalize: tensor: .*floats, got one of uint8',
    () => bytes(new transforms.Normalize(0, 1), 1, 2, 2),
  ],
  ['resize: img: expected pixels, got \\[0, 4\\]', () => bytes(new Resize(3), 1, 0, 4)],
  [
    'rotate: fill: .*2, got \\[1, 2, 3\\]',
    () => bytes(new transforms.RandomRotation(5, { fill: [1, 2, 3] }), 2, 4, 4),
  ],
  [
    'RandAugment: magnitude: .* 5, got 9',
    () => bytes(new transforms.RandAugment(1, 9, 5), 1, 4, 4),
  ],
])('%s', (message, call) => {
  expect(call).toThrow(coded('ERR_INVALID_ARG', new RegExp(message)));
});

function bytes(transform: torch.transforms.Transform, ...shape: number[]): unknown {
  return transform.forward(torch.zeros(shape, { dtype: 'uint8' }));
}

test('a crop that lies wholly beyond an image is black, on every side', () => {
  const image = torch.ones(1, 3, 4);
  for (const [top, left] of [
    [-9, 0],
    [0, -9],
    [9, 0],
    [0, 9],
  ] as const) {
    const found = transforms.functional.crop(image, top, left, 2, 3);
    expect(found.shape).toEqual([1, 2, 3]);
    expect(found.sum().item()).toBe(0);
  }
});

test('white of the widest integers is exact', () => {
  const image = torch.zeros([1, 1, 1], { dtype: 'int64' });
  expect(transforms.functional.invert(image).item()).toBe(2n ** 63n - 1n);
});
