// summary and the pictures take the chapters' networks; what a picture cannot show it refuses.
import { describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { invalid } from '../coded.js';
import { networks } from './networks.js';
import { overlappingTexts, textsOf, textsOutside } from './svg.js';

const { draw } = torch;

/** Why the layers of some cannot stand in a row. */
const refused: Record<string, RegExp> = {
  GoogLeNet: /has branches: cat takes the results of several layers/,
  ResNet: /has branches: add takes the results of several layers/,
  DenseNet: /has branches: cat takes the results of several layers/,
  RNN: /calls RNN, which the picture has no form for/,
  GRU: /calls GRU, which the picture has no form for/,
  LSTM: /calls LSTM, which the picture has no form for/,
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
    expect(total.connections === null).toBe(/RNN|GRU|LSTM/.test(name));
  });

  test('draw.architecture', () => {
    const reason = refused[name];
    if (reason !== undefined) {
      expect(() => draw.architecture(net)).toThrow(invalid(reason));
      return;
    }
    const svg = draw.architecture(net);
    expect(textsOf(svg)).toEqual(expect.arrayContaining(['INPUT', 'OUTPUT', '1@28×28', '10']));
    expect(textsOutside(svg)).toEqual([]);
    expect(overlappingTexts(svg)).toEqual([]);
  });

  test('draw.features shows each layer, or says which it has no form for', () => {
    const image = torch.rand(1, 1, 28, 28);
    if (/RNN|GRU|LSTM/.test(name)) {
      expect(() => draw.features(net, image)).toThrow(invalid(refused[name]!));
      return;
    }
    const svg = draw.features(net, image);
    expect(textsOutside(svg)).toEqual([]);
    expect(overlappingTexts(svg)).toEqual([]);
  });
});
