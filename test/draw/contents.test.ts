import { decode } from 'fast-png';
import { describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import {
  image,
  images,
  labels,
  lenet,
  lenet5,
  padded,
  run,
  scores,
  wide,
  wideImage,
} from './examples.js';
import { named, textsOf } from './svg.js';

const { draw, nn } = torch;

const grouped = (count: number): string => count.toLocaleString('en-US');
const pixelsOf = (href: string) => decode(Buffer.from(href.split(',')[1]!, 'base64'));
const bitmapsOf = (svg: string) =>
  named(svg, 'image').map(({ attributes }) => pixelsOf(attributes.href!));

describe('architecture', () => {
  test('weights that layers share count where they are met first, as in summary()', () => {
    const [first, second] = [new nn.Linear(16, 16, { bias: false }), new nn.Linear(16, 16)];
    second.weight = first.weight;
    const net = new nn.Sequential(new nn.Flatten(), first, second, first);
    const counts = torch.summary(net, [1, 4, 4]).layers.map(({ parameters }) => parameters);
    expect(counts.filter(Boolean)).toEqual([256, 16]);
    const texts = textsOf(draw.architecture(net, { inputShape: [1, 4, 4] }));
    // Below its names, a layer's column has its parameters and then its connections.
    expect(texts.filter((text) => text === '0')).toHaveLength(1);
    expect(texts.filter((text) => text === '272')).toHaveLength(1);
    expect(texts.filter((text) => text === '256')).toHaveLength(3);
  });

  test.each([
    ['LeNet', lenet, [1, 28, 28], 'INPUT C1 S2 C3 S4 F5 F6 OUTPUT'],
    ['LeNet5', lenet5, [1, 32, 32], 'INPUT C1 S2 C3 S4 C5 F6 OUTPUT'],
    ['another', wide, [3, 16, 24], 'INPUT C1 S2 F3 OUTPUT'],
  ] as const)('%s: names, sizes, and the counts of summary()', (_, net, inputShape, names) => {
    const texts = textsOf(draw.architecture(net, { inputShape }));
    expect(texts.join(' ')).toMatch(new RegExp(names.replaceAll(' ', '.*')));
    const layers = torch
      .summary(net, inputShape)
      .layers.filter(({ parameters, connections }) => parameters + (connections ?? 0) > 0);
    expect(layers).toHaveLength(names.split(' ').length - 1);
    for (const { parameters, connections, outputShape } of layers) {
      expect(texts).toContain(grouped(parameters));
      expect(texts).toContain(grouped(connections!));
      const [maps, rows = 1, columns = 1] = outputShape!;
      expect(texts).toContain(rows * columns === 1 ? `${maps}` : `${maps}@${rows}×${columns}`);
    }
  });

  test('a map is a rectangle, in proportion; a vector one bar', () => {
    const boxes = named(draw.architecture(lenet5, { inputShape: [1, 32, 32] }), 'rect');
    // The page, 1 + 6 + 6 + 16 + 16 maps, 3 vectors, 4 windows.
    expect(boxes).toHaveLength(1 + 45 + 3 + 4);
    const widths = boxes.map(({ attributes }) => Number(attributes.width));
    expect(widths.filter((width) => Math.abs(width - (28 / 32) * widths[1]!) < 0.01)).toHaveLength(
      6,
    );
  });

  test.each([
    ['scaled tanh', lenet5, [1, 32, 32], 6],
    ['sigmoid', lenet, [1, 28, 28], 4],
    ['ReLU', wide, [3, 16, 24], 1],
  ] as const)('%s is found where it is applied', (name, net, inputShape, count) => {
    const texts = textsOf(draw.architecture(net, { inputShape }));
    expect(texts.filter((text) => text === name)).toHaveLength(count);
  });

  test('leaves the network as it was', () => {
    const net = new nn.Sequential(new nn.Conv2d(1, 2, 3), new nn.BatchNorm2d(2), new nn.Flatten());
    const before = [...net.buffers()].map((buffer) => buffer.tolist());
    const state = torch.getRngState().tolist();
    draw.architecture(net, { inputShape: [1, 5, 5] });
    expect([...net.buffers()].map((buffer) => buffer.tolist())).toEqual(before);
    expect(torch.getRngState().tolist()).toEqual(state);
    expect(net.training).toBe(true);
    expect(Object.hasOwn(net.at(0), 'forward')).toBe(false);
  });
});

describe('connections', () => {
  test('a cross per connection of C3, and the paper’s parameters', () => {
    const svg = draw.connections(lenet5);
    expect(named(svg, 'path')).toHaveLength(lenet5.C3.connections.flat().length);
    expect(textsOf(svg).at(-1)).toBe(
      '(5×5×3 + 1)×6 + (5×5×4 + 1)×9 + (5×5×6 + 1)×1 = 1,516 parameters',
    );
  });

  test('groups of a full convolution', () => {
    const svg = draw.connections(new nn.Conv2d(4, 6, 3, { groups: 2, bias: false }));
    expect(named(svg, 'path')).toHaveLength(2 * 6);
    expect(textsOf(svg).at(-1)).toBe('3×3×2×6 = 108 parameters');
  });
});

describe('pooling', () => {
  test('the layer’s own parameters and result', () => {
    const layer = new nn.TrainableSubsampling(2);
    torch.noGrad(() => {
      layer.weight.copy_(torch.tensor([1, 0.5]));
      layer.bias.copy_(torch.tensor([0, -0.25]));
    });
    const result = 1 / (1 + Math.exp(-(0.5 * 2.2 - 0.25)));
    const texts = textsOf(draw.pooling(layer, { map: 1 }));
    expect(texts).toContain(
      `sigmoid(0.5 · (0.8 + 0.1 + 0.5 + 0.8) − 0.25) = ${Number(result.toPrecision(3))}`,
    );
    expect(texts.at(-1)).toBe('(1 + 1) × 2 maps = 4 parameters');
  });

  test('max and mean', () => {
    expect(textsOf(draw.pooling(lenet))).toContain('max(0.8, 0.1, 0.5, 0.8) = 0.8');
    expect(textsOf(draw.pooling(new nn.AvgPool2d(2)))).toContain(
      '(0.8 + 0.1 + 0.5 + 0.8) / 4 = 0.55',
    );
  });
});

describe('features', () => {
  test('every map of every layer, and each number of the vectors', () => {
    const sizes = bitmapsOf(draw.features(lenet, image)).map(({ width, height }) => [
      width,
      height,
    ]);
    const times = (count: number, size: number[]) => Array.from({ length: count }, () => size);
    expect(sizes).toEqual([
      [28, 28],
      ...times(6, [24, 24]),
      ...times(6, [12, 12]),
      ...times(16, [8, 8]),
      ...times(16, [4, 4]),
      ...times(3, [40, 1]),
      ...times(2, [42, 1]),
    ]);
  });

  test('F6 of LeNet5 stands upright, as the bitmaps that it is compared with', () => {
    const { width, height } = bitmapsOf(draw.features(lenet5, padded)).at(-1)!;
    expect([width, height]).toEqual([7, 12]);
  });

  test('pixels are the numbers of the layer: least dark, greatest bright', () => {
    const net = new nn.Sequential(new nn.Conv2d(1, 1, 1), new nn.ReLU(), new nn.Conv2d(1, 1, 2));
    net.at(0).loadStateDict({ weight: torch.ones(1, 1, 1, 1), bias: torch.zeros(1) });
    const ramp = torch.tensor([0, 1, 2, 4]).view(1, 1, 2, 2);
    const [input, map] = bitmapsOf(draw.features(net, ramp));
    const colors = (png: ReturnType<typeof decode>) =>
      [...png.data].map((index) => png.palette![index]);
    expect(colors(input!)).toEqual([0, 1, 2, 4].map((v) => Array(3).fill(grey(v / 4))));
    expect(colors(map!)[0]).toEqual([0x44, 0x01, 0x54]);
    expect(colors(map!)[3]).toEqual([0xfd, 0xe7, 0x25]);
  });

  // 128 levels.
  const grey = (share: number): number => Math.round((Math.round(share * 127) / 127) * 255);

  test('outputs with probabilities; the least penalty of LeNet5 wins', () => {
    for (const [net, input, sign] of [
      [lenet, image, 1],
      [lenet5, padded, -1],
    ] as const) {
      const outputs = torch.noGrad(() => net.forward(input)).mul(sign);
      const predicted = Number(outputs.argmax({ dim: 1 }).item());
      const texts = textsOf(draw.features(net, input, { label: predicted }));
      const percent = 100 * (outputs.softmax(1).tolist() as number[][])[0]![predicted]!;
      expect(texts).toContain(`${percent.toFixed(1)} % · predicted · right class`);
      expect(texts.includes('output (the least wins)')).toBe(sign < 0);
    }
  });

  test('colour images, maps in several rows', () => {
    const svg = draw.features(wide, wideImage);
    expect(named(svg, 'image')).toHaveLength(3 + 40 + 40 + 7);
  });
});

test('filters: one pixel per weight, existing connections only', () => {
  const [c1, c3, c5, output] = bitmapsOf(draw.filters(lenet5));
  expect([c1!.width, c1!.height]).toEqual([6 * 6 - 1, 5]);
  expect([c3!.width, c3!.height]).toEqual([16 * 6 - 1, 6 * 6 - 1]);
  expect([c5!.width, c5!.height]).toEqual([120 * 6 - 1, 16 * 6 - 1]);
  expect([output!.width, output!.height]).toEqual([10 * 8 - 1, 12]);
  const blank = c3!.palette!.findIndex((color) => String(color) === '243,245,247');
  const missing = 6 * 16 - lenet5.C3.connections.flat().length;
  expect([...c3!.data].filter((index) => index === blank)).toHaveLength(25 * missing);
});

describe('curves', () => {
  test('a mark per epoch and line; an epoch that is not finite is a cross', () => {
    const marks = (svg: string): number => named(svg, 'circle').length;
    // One for the name of the run.
    expect(marks(draw.curves([run('a', 7)]))).toBe(3 * 7 + 1);
    const lost = { name: 'a', epochs: run('a', 7).epochs.map((e) => ({ ...e })) };
    lost.epochs[3]!.loss = Number.NaN;
    const svg = draw.curves([lost]);
    expect(marks(svg)).toBe(3 * 7);
    expect(textsOf(svg).filter((text) => text === '×')).toHaveLength(1);
  });

  test('runs are named, and differ in colour', () => {
    const svg = draw.curves([run('first', 3), run('a <b> & "c"', 4)]);
    expect(textsOf(svg)).toEqual(expect.arrayContaining(['first', 'a <b> & "c"']));
    const colors = named(svg, 'path').map(({ attributes }) => attributes.stroke);
    expect(colors).toEqual(expect.arrayContaining(['#0072b2', '#d55e00']));
  });

  test('accuracies may be missing', () => {
    const svg = draw.curves([{ name: 'a', epochs: [{ epoch: 3, loss: 1 }] }]);
    expect(named(svg, 'circle')).toHaveLength(2);
  });
});

test('confusion: counts, accuracy, recall and precision', () => {
  const texts = textsOf(
    draw.confusion(
      [
        [8, 2],
        [1, 3],
      ],
      { classes: ['cat', 'dog'] },
    ),
  );
  for (const text of ['8', '2', '1', '3', '0.800', '0.750', '0.889', '0.600']) {
    expect(texts).toContain(text);
  }
  expect(texts).toContain('accuracy 0.786, 11 of 14 right');
  expect(texts.filter((text) => text === 'cat')).toHaveLength(2);
});

describe('mistakes', () => {
  test('the surest come first, with their classes', () => {
    const predicted = scores.argmax({ dim: 1 }).tolist() as number[];
    const rights = labels.tolist() as number[];
    const shares = scores.softmax(1).tolist() as number[][];
    const wrong = rights
      .map((right, i) => ({
        i,
        right,
        predicted: predicted[i]!,
        share: shares[i]![predicted[i]!]!,
      }))
      .filter((each) => each.right !== each.predicted)
      .sort((a, b) => b.share - a.share);
    const svg = draw.mistakes(images, labels, scores, { count: 4 });
    const texts = textsOf(svg);
    expect(texts[1]).toBe(`${wrong.length} of 60 images are classified wrong`);
    expect(texts.slice(2)).toEqual(
      wrong
        .slice(0, 4)
        .flatMap((each) => [
          `${each.predicted}, ${(100 * each.share).toFixed(1)} %`,
          `is ${each.right}`,
          `image ${each.i}`,
        ]),
    );
    expect(named(svg, 'image')).toHaveLength(4);
  });

  test('order where the probability is 1 in float32', () => {
    const sure = torch.tensor([
      [0, 50],
      [0, 90],
      [0, 70],
    ]);
    const svg = draw.mistakes(torch.zeros([3, 1, 2, 2]), torch.zeros([3]).to('int64'), sure);
    const order = textsOf(svg).filter((text) => text.startsWith('image'));
    expect(order).toEqual(['image 1', 'image 2', 'image 0']);
  });
});
