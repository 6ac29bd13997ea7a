// What test/parity holds against PyTorch for a whole Transformer; here its parts by themselves.
import { describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { invalid } from '../coded.js';

const { nn } = torch;

const layer = () => new nn.TransformerEncoderLayer(4, 2, { dimFeedforward: 6, dropout: 0 });

describe('TransformerEncoder', () => {
  test('has copies with parameters of their own, for which no numbers are drawn', () => {
    const given = layer();
    given.linear1.weight.requiresGrad = false;
    const state = torch.getRngState();
    const encoder = new nn.TransformerEncoder(given, 2, { norm: new nn.LayerNorm(4) });
    expect(torch.getRngState().equal(state)).toBe(true);
    const [first, second] = [...encoder.layers];
    expect(first!.linear1.weight.equal(given.linear1.weight)).toBe(true);
    expect(first!.linear1.weight).not.toBe(second!.linear1.weight);
    expect(first!.linear1.weight.requiresGrad).toBe(false);
    expect(
      Object.keys(encoder.stateDict())
        .filter((key) => /norm/.test(key))
        .slice(-2),
    ).toEqual(['norm.weight', 'norm.bias']);
  });

  test('is its layers one after the other', () => {
    const encoder = new nn.TransformerEncoder(layer(), 2);
    const x = torch.randn(3, 2, 4);
    const mask = nn.Transformer.generateSquareSubsequentMask(3);
    const byHand = [...encoder.layers].reduce((y, each) => each.forward(y, mask), x);
    // The mask is found to be a causal one.
    expect(encoder.forward(x, { mask }).allclose(byHand, { atol: 1e-6 })).toBe(true);
    const changed = x.clone();
    changed.set([2], 0);
    const early = (y: torch.Tensor) => y.narrow(0, 0, 2);
    expect(early(encoder.forward(changed, mask)).allclose(early(byHand), { atol: 1e-6 })).toBe(
      true,
    );
  });

  test('refuses layers that it cannot copy', () => {
    expect(() => new nn.TransformerEncoder(new nn.Linear(4, 4) as never, 2)).toThrow(
      invalid('no other layers can be copied'),
    );
    expect(() => new nn.TransformerEncoder(layer(), 0)).toThrow(invalid());
    expect(() => layer().forward(torch.ones(3, 2, 4), torch.ones(3, 3).long())).toThrow(
      invalid('booleans or floats'),
    );
  });
});

test('Transformer takes modules in the place of its own', () => {
  class Same extends nn.Module {
    forward(src: torch.Tensor): torch.Tensor {
      return src;
    }
  }
  const net = new nn.Transformer(4, 2, {
    customEncoder: new Same(),
    numDecoderLayers: 1,
    dropout: 0,
  });
  const [src, tgt] = [torch.randn(3, 2, 4), torch.randn(2, 2, 4)];
  expect(net.forward(src, tgt).allclose(net.decoder.forward(tgt, src))).toBe(true);
  expect(nn.Transformer.generateSquareSubsequentMask(2).tolist()).toEqual([
    [0, Number.NEGATIVE_INFINITY],
    [0, 0],
  ]);
});
