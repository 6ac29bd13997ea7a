import { describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { coded, invalid } from '../coded.js';
import { image, images, labels, lenet, run, scores } from './examples.js';

const { draw, nn } = torch;

// biome-ignore lint/suspicious/noExplicitAny: wrong arguments on purpose
const wrong = (value: unknown): any => value;

const relu = new nn.ReLU();

describe('ERR_INVALID_ARG', () => {
  test.each<[string, () => unknown, RegExp]>([
    ['theme', () => draw.filters(lenet, { theme: wrong('blue') }), /theme: expected 'light' or/],
    ['options', () => draw.filters(lenet, wrong('dark')), /options: expected an object/],
    ['no module', () => draw.architecture(wrong({})), /expected a Module/],
    ['no layers', () => draw.architecture(relu), /ReLU calls none of the layers/],
    [
      'shape',
      () => draw.architecture(lenet, { inputShape: wrong(28) }),
      /expected the sizes of one/,
    ],
    ['no convolution', () => draw.connections(relu), /has no Conv2d or PartialConv2d/],
    ['no pooling', () => draw.pooling(relu), /has no TrainableSubsampling/],
    ['a map', () => draw.pooling(new nn.TrainableSubsampling(6), { map: 6 }), /from 0 to 5, got 6/],
    ['windows', () => draw.pooling(new nn.MaxPool2d(3, 2)), /side by side .* got MaxPool2d/],
    ['no filters', () => draw.filters(relu), /has no Conv2d/],
    ['image', () => draw.features(lenet, torch.zeros([28, 28])), /expected a Tensor .*\(28, 28\)/],
    ['images', () => draw.features(lenet, torch.zeros([2, 1, 28, 28])), /got \(2, 1, 28, 28\)/],
    ['label', () => draw.features(lenet, image, { label: 10 }), /from 0 to 9, got 10/],
    ['no runs', () => draw.curves([]), /at least one run/],
    ['no epochs', () => draw.curves([{ name: 'a', epochs: [] }]), /at least one epoch/],
    [
      'an epoch',
      () => draw.curves([{ name: 'a', epochs: [{ epoch: 0, loss: 1 }] }]),
      /run a: expected epochs with numbers/,
    ],
    ['not square', () => draw.confusion([[1, 2]]), /K rows of K counts/],
    ['not counts', () => draw.confusion([[0.5]]), /K rows of K counts/],
    ['names', () => draw.confusion([[1]], { classes: ['a', 'b'] }), /expected 1 names, got 2/],
    [
      'names of features',
      () => draw.features(lenet, image, { classes: ['a'] }),
      /draw\.features: classes: expected 10 names, got 1/,
    ],
    [
      'names of mistakes',
      () => draw.mistakes(images, labels, scores, { classes: wrong('shoe') }),
      /draw\.mistakes: classes: expected 10 names, got 'shoe'/,
    ],
    [
      'shapes',
      () => draw.mistakes(image, labels, scores),
      /got \(1, 1, 28, 28\), \(60\), \(60, 10\)/,
    ],
  ])('%s', (_, work, message) => {
    expect(work).toThrow(message);
    expect(work).toThrow(invalid());
  });

  test('toPng', async () => {
    const svg = draw.curves([run('a', 2)]);
    for (const scale of [0, -1, 17, Number.NaN, '2']) {
      await expect(draw.toPng(svg, { scale: wrong(scale) })).rejects.toMatchObject({
        code: 'ERR_INVALID_ARG',
      });
    }
    await expect(draw.toPng('no picture')).rejects.toMatchObject({
      code: 'ERR_INVALID_ARG',
      message: expect.stringMatching(/not a picture/),
    });
  });
});

test('images that the network does not take: ERR_LIBTORCH, with the network and the shape', () => {
  const work = () => draw.features(lenet, torch.zeros([1, 1, 32, 32]));
  expect(work).toThrow(coded('ERR_LIBTORCH'));
  expect(work).toThrow(/LeNet does not take images \(1, 1, 32, 32\)/);
});
