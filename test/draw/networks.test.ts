// summary and the pictures take the chapters' networks; what a picture of features cannot show it refuses.
import { describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { invalid } from '../coded.js';
import { networks } from './networks.js';
import { overlappingTexts, textsOf, textsOutside } from './svg.js';

const { draw } = torch;

/** Of which feature maps cannot be drawn. */
const isSequence = (name: string): boolean => /^(RNN|GRU|LSTM)$/.test(name);

/** What of a network is in its picture. */
const shown: Record<string, string[]> = {
  GoogLeNet: ['concatenation', 'Own', 'convolution 5×5', '16@14×14'],
  ResNet: ['+', 'batch norm, ReLU', '16@14×14'],
  DenseNet: ['concatenation', '× 2', '8@14×14'],
  RNN: ['RNN', '28×16'],
  GRU: ['GRU', '28×16'],
  LSTM: ['LSTM', '28×16'],
};

describe.each(Object.entries(networks))('%s', (name, make) => {
  torch.manualSeed(1);
  const net = make();

  test('summary counts what stateDict and the layers hold', () => {
    const { layers, total } = torch.summary(net, [1, 28, 28]);
    const parameters = [...net.parameters()].reduce((sum, each) => sum + each.numel(), 0);
    expect(total.parameters).toBe(parameters);
    for (const each of layers) expect(each.outputShape, each.name).not.toBeNull();
    expect(total.activationBytes).toBeGreaterThan(0);
    expect(total.connections === null).toBe(isSequence(name));
  });

  test('draw.architecture', () => {
    const svg = draw.architecture(net);
    const expected = ['INPUT', 'OUTPUT', '1@28×28', '10', ...(shown[name] ?? [])];
    expect(textsOf(svg)).toEqual(expect.arrayContaining(expected));
    expect(textsOutside(svg)).toEqual([]);
    expect(overlappingTexts(svg)).toEqual([]);
  });

  test('draw.features shows each layer, or says which it has no form for', () => {
    const image = torch.rand(1, 1, 28, 28);
    if (isSequence(name)) {
      const reason = new RegExp(`calls ${name}, which the picture has no form for`);
      expect(() => draw.features(net, image)).toThrow(invalid(reason));
      return;
    }
    const svg = draw.features(net, image);
    expect(textsOutside(svg)).toEqual([]);
    expect(overlappingTexts(svg)).toEqual([]);
  });
});
