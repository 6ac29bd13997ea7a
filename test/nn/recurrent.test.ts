import { describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { invalid } from '../coded.js';

const { nn } = torch;
const { rnn } = nn.utils;

const layers = { RNN: nn.RNN, GRU: nn.GRU, LSTM: nn.LSTM } as const;
const sequences = () => [2, 4, 1].map((length) => torch.randn(length, 3));

function isClose(a: torch.Tensor, b: torch.Tensor): boolean {
  return a.shape.join() === b.shape.join() && a.allclose(b, { atol: 1e-6 });
}

describe.each(Object.entries(layers))('packed sequences in %s', (_name, Layer) => {
  test.each([false, true])('each give what they give alone; bidirectional: %s', (bidirectional) => {
    torch.manualSeed(1);
    const layer = new Layer(3, 5, 2, { bidirectional });
    const given = sequences();
    const [packed, hidden] = layer.forward(rnn.packSequence(given, { enforceSorted: false }));
    expect(packed).toBeInstanceOf(rnn.PackedSequence);
    const results = rnn.unpackSequence(packed);
    for (const [i, sequence] of given.entries()) {
      const [alone, state] = layer.forward(sequence);
      expect(isClose(results[i]!, alone)).toBe(true);
      for (const [k, each] of [hidden].flat().entries()) {
        expect(isClose(each.select(1, i), [state].flat()[k]!)).toBe(true);
      }
    }
  });

  test('begin with states in the order of the sequences', () => {
    torch.manualSeed(1);
    const layer = new Layer(3, 5);
    const given = sequences();
    const states = torch.randn(1, 3, 5);
    const begin = (h: torch.Tensor) => (layer instanceof nn.LSTM ? [h, h] : h) as never;
    const packed = rnn.packSequence(given, { enforceSorted: false });
    const results = rnn.unpackSequence(layer.forward(packed, begin(states))[0]);
    for (const [i, sequence] of given.entries()) {
      const [alone] = layer.forward(sequence, begin(states.select(1, i)));
      expect(isClose(results[i]!, alone)).toBe(true);
    }
  });
});

describe('packed sequences', () => {
  test('come back padded, at any length', () => {
    const given = sequences();
    const packed = rnn.packSequence(given, { enforceSorted: false });
    const [padded, lengths] = rnn.padPackedSequence(packed, {
      batchFirst: true,
      paddingValue: -1,
      totalLength: 6,
    });
    expect([padded.shape, lengths.tolist()]).toEqual([
      [3, 6, 3],
      [2, 4, 1],
    ]);
    expect(padded.at(0, 2).tolist()).toEqual([-1, -1, -1]);
    expect(() => rnn.padPackedSequence(packed, { totalLength: 3 })).toThrow(invalid());
  });

  test('are lists of four, of which scopes know', () => {
    const packed = torch.tidy(() => rnn.packSequence([torch.ones(2, 1), torch.ones(1, 1)]));
    const [data, batchSizes, ...orders] = packed;
    expect(data!.shape).toEqual([3, 1]);
    expect(batchSizes!.tolist()).toEqual([2, 1]);
    expect(orders).toEqual([null, null]);
    expect(packed.double().data.dtype).toBe('float64');
    expect(() => packed.to('float65' as never)).toThrow(invalid());
    expect(() => packed.to('int64', 'float32')).toThrow(invalid());
    // Lists made of it are plain ones.
    expect(packed.slice(0, 2)).not.toBeInstanceOf(rnn.PackedSequence);
  });

  test('are not longer than what they are made of', () => {
    expect(() => rnn.packPaddedSequence(torch.ones(2, 1, 1), [3])).toThrow(invalid(/at most 2/));
    expect(() => rnn.packPaddedSequence(torch.ones(2, 1, 1), [-1])).toThrow(invalid());
    expect(() => new rnn.PackedSequence(1 as never, torch.ones(1))).toThrow(invalid());
  });
});

test('a single layer warns of dropout that does nothing', async () => {
  const warned = new Promise<Error>((resolve) => process.once('warning', resolve));
  new nn.GRU(2, 2, 1, { dropout: 0.25 });
  expect((await warned).message).toContain('dropout=0.25 does nothing');
});
