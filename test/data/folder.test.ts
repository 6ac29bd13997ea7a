// Folders of files and pictures, against torchvision (scripts/recording/picture_folder.py).
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { coded, invalid } from '../coded.js';
import { temporaryFolder } from '../folder.js';
import { tensorsInUse } from '../garbage.js';
import { recorded } from '../recorded.js';

const { ConcatDataset, DataLoader, DatasetFolder, ImageFolder, Subset, transforms } = torch.data;

const reference = recorded<{
  tree: Record<string, string | null>;
  classes: string[];
  samples: [string, number][];
  pixels: [height: number, width: number, channels: number, sha256: string][];
  texts: [string, number][];
}>('picture_folder');
const images = new Map(
  recorded<{ name: string; file: string }[]>('images').map(({ name, file }) => [
    name,
    Buffer.from(file, 'base64'),
  ]),
);

let root: string;
const write = (file: string, bytes: string | Buffer): void => {
  fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  fs.writeFileSync(path.join(root, file), bytes);
};

beforeAll(() => {
  root = temporaryFolder('lenet pictures é ', afterAll);
  for (const [file, name] of Object.entries(reference.tree)) {
    write(`all/${file}`, name === null ? 'text' : images.get(name)!);
  }
  const [grey, rgba] = [images.get('grey.png')!, images.get('rgba.png')!];
  for (let i = 0; i < 9; i++) {
    write(`train/dark/${i}.png`, grey);
    write(`train/light/${i}.png`, rgba);
  }
  write('broken/cat/1.png', grey);
  write('broken/dog/2.png', grey.subarray(0, 60));
});

const all = (options = {}) => new ImageFolder(path.join(root, 'all'), options);
const sized = new transforms.Compose([new transforms.Resize([20, 30]), new transforms.ToTensor()]);
const train = (transform: torch.data.TransformLike = sized) =>
  new ImageFolder(path.join(root, 'train'), { transform });

const pixels = (image: torch.Tensor) => {
  const [channels, height, width] = image.shape;
  const bytes = torch.tidy(() => image.permute(1, 2, 0).contiguous().data());
  return [
    height,
    width,
    channels,
    createHash('sha256')
      .update(bytes as Uint8Array)
      .digest('hex'),
  ];
};

test('classes, files, order and pixels are torchvision’s', async () => {
  const folder = all();
  expect(folder.classes).toEqual(reference.classes);
  expect(folder.classToIdx).toEqual(
    Object.fromEntries(reference.classes.map((name, label) => [name, label])),
  );
  const found = folder.samples.map(([file, label]) => [
    path.relative(path.join(root, 'all'), file),
    label,
  ]);
  expect(found).toEqual(reference.samples);
  expect(folder.imgs).toBe(folder.samples);
  expect(folder.targets).toEqual(reference.samples.map(([, label]) => label));
  const seen = folder.samples.map((_, i) => pixels(folder.get(i)[0]));
  expect(seen).toEqual(reference.pixels);
  for (const numWorkers of [0, 2]) {
    const later: unknown[] = [];
    for await (const [image, labels] of new DataLoader(folder, { numWorkers })) {
      expect(labels.tolist()).toEqual([folder.targets[later.length]]);
      later.push(pixels(image.squeeze(0)));
    }
    expect(later, `${numWorkers} workers`).toEqual(reference.pixels);
  }
});

test('DatasetFolder takes what its loader gives, at once or later', async () => {
  const files = { extensions: ['.txt'], allowEmpty: true };
  const name = (file: string) => path.basename(file);
  const folder = new DatasetFolder(path.join(root, 'all'), name, files);
  expect(folder.samples.map((_, i) => folder.get(i))).toEqual(reference.texts);
  const later = new DatasetFolder(path.join(root, 'all'), async (file) => name(file), {
    isValidFile: (file) => file.endsWith('.txt'),
    allowEmpty: true,
    transform: (text) => text.length,
    targetTransform: (label) => label + 1,
  });
  expect(() => later.get(0)).toThrow(invalid('for await'));
  for await (const [lengths, labels] of new DataLoader(later)) {
    expect([lengths.tolist(), labels.tolist()]).toEqual([[8], [1]]);
  }
  expect(() => new DatasetFolder(root, name)).toThrow(invalid('one of the options'));
  expect(() => new DatasetFolder(root, name, { ...files, isValidFile: () => true })).toThrow(
    invalid('one of the options'),
  );
  expect(() => new DatasetFolder(path.join(root, 'all'), name, { extensions: ['.txt'] })).toThrow(
    coded('ERR_DATA_NOT_FOUND', 'end in .txt for each class, found none for ant, '),
  );
  expect(() => new DatasetFolder(path.join(root, 'none'), name, files)).toThrow(
    coded('ERR_DATA_NOT_FOUND', 'there is no such file'),
  );
  expect(() => new DatasetFolder(path.join(root, 'train/dark'), name, files)).toThrow(
    coded('ERR_DATA_NOT_FOUND', 'a folder for each class'),
  );
});

// Of draws, each transform takes the next ones: their order shows in the images.
class Noise {
  readonly pointwise = false;

  forward(given: torch.Tensor): torch.Tensor {
    return given.add(torch.rand([1]));
  }
}

describe('the same batches, however they are read', () => {
  const chain = new transforms.Compose([sized, new Noise()]);
  const options = { batchSize: 4, shuffle: true };
  const seen = async (more: object, later: boolean, stop = 99) => {
    torch.manualSeed(3);
    const loader = new DataLoader(train(chain), { ...options, ...more });
    const found: unknown[] = [];
    const see = ([batch, labels]: readonly torch.Tensor[]): boolean => {
      // What a training draws comes between the batches.
      const next = torch.rand(1).tolist();
      found.push([labels!.tolist(), batch!.sum().item(), batch!.shape, next]);
      return found.length === stop;
    };
    if (later) {
      for await (const batch of loader) if (see(batch)) break;
    } else for (const batch of loader) if (see(batch)) break;
    return [...found, torch.rand(1).tolist()];
  };

  test.each([
    [{ numWorkers: 0 }],
    [{ numWorkers: 1 }],
    [{ numWorkers: 3, prefetchFactor: 3 }],
    [{ numWorkers: 2, dropLast: true }],
  ])('%o', async (more) => {
    const { numWorkers: _, prefetchFactor: __, ...same } = { prefetchFactor: 0, ...more };
    expect(await seen(more, true)).toEqual(await seen(same, false));
    expect(await seen(more, true, 2)).toEqual(await seen(same, false, 2));
  });

  test('of parts and of several sets', async () => {
    const parts = new ConcatDataset([train(), new Subset(train(), [17, 0, 3])]);
    const sums = (batch: readonly torch.Tensor[]) => batch.map((part) => part.sum().item());
    const once = Array.from(new DataLoader(parts, { batchSize: 5 }), sums);
    const later: unknown[] = [];
    for await (const batch of new DataLoader(parts, { batchSize: 5, numWorkers: 2 })) {
      later.push(sums(batch));
    }
    expect(later).toEqual(once);
  });

  test('no tensors are left, and no threads', async () => {
    const folder = train(chain);
    const before = await tensorsInUse();
    for (const numWorkers of [0, 2]) {
      const loader = new DataLoader(folder, { batchSize: 4, numWorkers });
      for await (const _ of loader);
      for await (const _ of loader) break;
    }
    expect(await tensorsInUse()).toBe(before);
  });
});

test('images are decoded off the event loop', async () => {
  const large = temporaryFolder('lenet large ');
  fs.mkdirSync(path.join(large, 'a'));
  const image = torch.draw.toPng(torch.draw.confusion([[1]]), { scale: 8 });
  const png = await image;
  for (let i = 0; i < 6; i++) fs.writeFileSync(path.join(large, 'a', `${i}.png`), png);
  for (const numWorkers of [0, 2]) {
    const folder = new ImageFolder(large, { transform: new transforms.Resize([8, 8]) });
    let longest = 0;
    let last = performance.now();
    const ticking = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 1);
    const start = performance.now();
    for await (const _ of new DataLoader(folder, { batchSize: 6, numWorkers }));
    const took = performance.now() - start;
    clearInterval(ticking);
    expect(longest, `of ${took} ms with ${numWorkers} workers`).toBeLessThan(0.7 * took);
  }
});

test('a folder of pictures trains, is evaluated and goes on in the middle of an epoch', async () => {
  const folder = train();
  class Net extends torch.nn.Module {
    body = new torch.nn.Sequential(new torch.nn.Flatten(), new torch.nn.Linear(3 * 20 * 30, 2));

    steps = 0;
    onStep: ((steps: number) => void) | undefined;

    forward(x: torch.Tensor): torch.Tensor {
      if (this.training) this.onStep?.(++this.steps);
      return this.body.forward(x);
    }
  }
  const run = async (numWorkers: number, dir?: string, stopAt?: number) => {
    torch.manualSeed(0);
    const net = new Net();
    const optimizer = new torch.optim.SGD(net.parameters(), { lr: 0.05 });
    const batches = new DataLoader(folder, { batchSize: 4, shuffle: true, numWorkers });
    const tests = new DataLoader(folder, { batchSize: 4 });
    const stop = new AbortController();
    net.onStep = (steps) => {
      if (steps === stopAt) stop.abort();
    };
    const kept = dir && fs.existsSync(dir) ? torch.Run.resume(dir) : dir && torch.Run.create(dir);
    const history = await torch
      .train(net, batches, tests, 4, optimizer, 'cpu', 3, {
        log: null,
        signal: stop.signal,
        ...(kept && { run: await kept }),
      })
      .catch((error: Error) => error.name);
    const weights = net.body.stateDict()['1.weight']!.tolist();
    if (typeof history === 'string') return history;
    const accuracy = await torch.evaluate(tests, net);
    expect(accuracy).toBe(history.epochs.at(-1)!.testAcc);
    return [weights, history.epochs.map(({ loss, testAcc }) => [loss, testAcc])];
  };
  const wanted = await run(0);
  expect((wanted[1] as number[][]).at(-1)![1]).toBe(1);
  expect(await run(2)).toEqual(wanted);
  const dir = path.join(temporaryFolder('lenet run '), 'run');
  // In the second epoch, after two of its five batches.
  expect(await run(2, dir, 7)).toBe('AbortError');
  expect(await run(2, dir)).toEqual(wanted);
});

test('what goes wrong is told with the file', async () => {
  const broken = new ImageFolder(path.join(root, 'broken'));
  const damaged = coded('ERR_IMAGE', path.join('dog', '2.png'));
  expect(() => broken.get(1)).toThrow(damaged);
  const pass = async (numWorkers: number, folder: torch.data.Dataset) => {
    for await (const _ of new DataLoader(folder, { numWorkers }));
  };
  await expect(pass(0, broken)).rejects.toThrow(damaged);
  await expect(pass(2, broken)).rejects.toThrow(damaged);
  fs.rmSync(path.join(root, 'broken/dog/2.png'));
  const gone = coded('ERR_FILE_NOT_FOUND', path.join('dog', '2.png'));
  await expect(pass(0, broken)).rejects.toThrow(gone);
  await expect(pass(2, broken)).rejects.toThrow(gone);
  expect(() => broken.get(2)).toThrow(invalid('index from 0 to 1'));
  const mixed = new DataLoader(all(), { batchSize: 3 });
  expect(() => [...mixed]).toThrow(invalid('expected tensors of one shape, got [3,40,60] and'));
  write('others/cat/1.bmp', 'BM');
  write('others/cat/2.png', images.get('grey.png')!);
  expect(() => new ImageFolder(path.join(root, 'others'))).toThrow(
    coded('ERR_IMAGE', '1 others such as'),
  );
  const isValidFile = (file: string) => file.endsWith('.png');
  expect(new ImageFolder(path.join(root, 'others'), { isValidFile })).toHaveLength(1);
  expect(() => new ImageFolder(5 as never)).toThrow(invalid('expected the name of a file'));
  expect(() => all({ transform: 5 as never })).toThrow(invalid('transform'));
});

test('a transform may be a function, and a class may get another number', () => {
  const flipped = train((image) => image.flip(2));
  const plain = new ImageFolder(path.join(root, 'train'), {
    targetTransform: (label) => 7 - label,
  });
  expect(flipped.get(9)[0].flip(2).equal(plain.get(9)[0])).toBe(true);
  expect([plain.get(0)[1], plain.get(9)[1]]).toEqual([7, 6]);
});

test('links back to a folder above are followed once', () => {
  write('loop/cat/1.png', images.get('grey.png')!);
  fs.symlinkSync(path.join(root, 'loop/cat'), path.join(root, 'loop/cat/again'));
  expect(new ImageFolder(path.join(root, 'loop'))).toHaveLength(1);
});
