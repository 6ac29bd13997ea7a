// Pictures of networks with branches: what is in them, and that nothing lies over anything else.
import { describe, expect, test } from 'vitest';

import { type Flow, flowOf } from '../../lib/draw/network/flow.js';
import { layOut } from '../../lib/draw/network/layout.js';
import type { Box } from '../../lib/draw/network/panel.js';
import * as torch from '../../lib/index.js';
import { coded, invalid } from '../coded.js';
import { Own } from '../own.js';
import { named, overlappingTexts, textsOf, textsOutside } from './svg.js';

const { draw, nn } = torch;

class Residual extends nn.Module {
  a = new nn.Linear(4, 4);
  b = new nn.Linear(4, 4);

  forward(x: torch.Tensor): torch.Tensor {
    return x.add(this.b.forward(this.a.forward(x).relu()));
  }
}

const linear = (): torch.nn.Linear => new nn.Linear(4, 4);

/** The texts of a picture, which is looked at too. */
function texts(net: torch.nn.Module, options?: Parameters<typeof draw.architecture>[1]): string[] {
  const svg = draw.architecture(net, options);
  expect(textsOutside(svg)).toEqual([]);
  expect(overlappingTexts(svg)).toEqual([]);
  expect(textsOf(draw.architecture(net, { ...options, theme: 'dark' }))).toEqual(textsOf(svg));
  return textsOf(svg);
}

const inputShape = [4];
const all = (...found: string[]): unknown => expect.arrayContaining(found);
const count = (found: readonly string[], text: string): number =>
  found.filter((each) => each === text).length;

describe('what stands once', () => {
  test('a block that occurs several times, with the number of times, and its parameters', () => {
    const found = texts(new nn.Sequential(new Residual(), new Residual(), new Residual()), {
      inputShape,
    });
    expect(found).toEqual(all('Residual × 3', 'Residual', '120', '+'));
    expect(count(found, 'fully connected')).toBe(2);
  });

  test('one that occurs once stands where it is', () => {
    const found = texts(new nn.Sequential(linear(), new Residual()), { inputShape });
    expect(found).not.toContain('Residual');
    expect(count(found, 'fully connected')).toBe(3);
  });

  test('blocks of one class with other parts have letters', () => {
    const short = new Residual();
    Object.assign(short, { a: new nn.Identity() });
    const other = new Residual();
    Object.assign(other, { a: new nn.Identity() });
    const found = texts(new nn.Sequential(new Residual(), short, new Residual(), other), {
      inputShape,
    });
    expect(count(found, 'Residual a')).toBe(3);
    expect(count(found, 'Residual b')).toBe(3);
  });

  test('parts of a module that follow themselves', () => {
    const parts = { list: new nn.ModuleList([linear(), linear(), linear()]) };
    const net = new Own(parts, (x) => {
      let y = x!;
      for (const each of parts.list) y = y.add(each.forward(y) as torch.Tensor);
      return y;
    });
    expect(texts(net, { inputShape })).toContain('× 3');
  });

  test('a cell that reads a sequence', () => {
    const [cell, last] = [new nn.RNNCell(4, 4), linear()];
    const net = new Own({ cell, last }, (x) => {
      let state = cell.forward(x!.select(1, 0));
      for (let step = 1; step < 7; step++) state = cell.forward(x!.select(1, step), state);
      return last.forward(state);
    });
    expect(texts(net, { inputShape: [7, 4] })).toEqual(all('RNNCell × 7', '40'));
  });
});

describe('what is where', () => {
  test('branches of functions, in the order in which they are put together', () => {
    const [a, b] = [linear(), linear()];
    const net = new Own({ a, b }, (x) =>
      torch.cat([a.forward(x!).sigmoid(), b.forward(x!).tanh()], 1),
    );
    const svg = draw.architecture(net, { inputShape });
    const at = new Map(named(svg, 'text').map(({ text, attributes }) => [text, attributes.x]));
    expect(Number(at.get('sigmoid'))).toBeLessThan(Number(at.get('tanh')));
    expect(Number(at.get('concatenation'))).toBeCloseTo(Number(at.get('INPUT')), 5);
  });

  test('what writes over its input is followed', () => {
    const [a, b] = [linear(), linear()];
    const net = new Own({ a, b }, (x) => {
      const y = a.forward(x!);
      const seen = y.view(-1);
      y.relu_();
      return b.forward(seen.view(1, 4));
    });
    expect(texts(net, { inputShape })).toEqual(all('ReLU'));
  });

  test('what does not lead to the result, and dropout, are not there', () => {
    const [a, b, drop] = [linear(), new nn.LayerNorm(4), new nn.Dropout()];
    const net = new Own({ a, b, drop }, (x) => {
      b.forward(x!);
      return a.forward(drop.forward(x!)).add(x!);
    });
    const found = texts(net, { inputShape });
    expect(found).not.toContain('layer norm');
    expect(found.join()).not.toContain('ropout');
  });

  test('parameters of operators that a module calls itself', () => {
    class Scratch extends nn.Module {
      W = new nn.Parameter(torch.ones(3, 4));
      b = new nn.Parameter(torch.ones(3));

      forward(x: torch.Tensor): torch.Tensor {
        return x.matmul(this.W.t()).add(this.b).relu();
      }
    }
    expect(texts(new Scratch(), { inputShape })).toEqual(all('matmul', 'add, ReLU', '15', '3'));
  });

  test('several inputs and several results', () => {
    const [a, b] = [linear(), new nn.Linear(4, 2)];
    const net = new Own({ a, b }, (x, y) => ({ sum: a.forward(x!).mul(y!), half: b.forward(x!) }));
    const found = texts(net, { inputShape: [inputShape, inputShape] });
    expect(count(found, 'INPUT')).toBe(2);
    expect(found).toEqual(all('×', '4, 2'));
  });

  test('indices, positions and Transformers', () => {
    const parts = {
      token: new nn.Embedding(9, 8),
      place: new nn.Embedding(9, 8),
      coder: new nn.TransformerEncoder(
        new nn.TransformerEncoderLayer(8, 2, { batchFirst: true }),
        4,
      ),
    };
    const net = new Own(parts, (ids) =>
      parts.coder.forward(
        parts.token.forward(ids!).add(parts.place.forward(torch.arange(ids!.shape[1]!))),
      ),
    );
    const found = texts(net, { inputShape: [5] });
    expect(found).toEqual(all('TransformerEncoderLayer × 4', 'multi-head attention', '5×8'));
    expect(count(found, 'embedding')).toBe(2);
  });

  test('memory comes from the side', () => {
    const net = new nn.Transformer(8, 2, 2, 2, { batchFirst: true });
    const shapes = [
      [5, 8],
      [6, 8],
    ];
    expect(texts(net, { inputShape: shapes })).toEqual(
      all('TransformerEncoderLayer × 2', 'TransformerDecoderLayer × 2', '6×8'),
    );
  });

  test('inputData is shown as it is', () => {
    expect(texts(linear(), { inputData: torch.ones(3, 4) })).toContain('3×4');
  });
});

test('a network is left as it was', () => {
  const net = new nn.Sequential(new Residual(), new nn.BatchNorm1d(4));
  const before = [...Object.values(net.stateDict())].map((each) => each.tolist());
  draw.architecture(net, { inputShape });
  expect([...Object.values(net.stateDict())].map((each) => each.tolist())).toEqual(before);
  expect([...net.modules()].every(({ training }) => training)).toBe(true);
  expect([...net.modules()].some((each) => Object.hasOwn(each, 'forward'))).toBe(false);
});

test('refusals', () => {
  expect(() => draw.architecture(linear(), { inputShape: [5] })).toThrow(
    coded('ERR_LIBTORCH', /^draw.architecture: inputShape: \[5\]: .*cannot be multiplied/),
  );
  const many = new Own({ first: linear() }, (x) => {
    let [y, z] = [x!, x!];
    for (let i = 0; i < 130; i++) [y, z] = [y.add(z).relu(), y.mul(z)];
    return y;
  });
  expect(() => draw.architecture(many, { inputShape })).toThrow(
    invalid(/has \d+ parts beside each other/),
  );
});

// Random networks: each box takes one to three of those before it.
const random = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
};

function randomBoxes(seed: number): Box[] {
  const next = random(seed);
  const boxes: Box[] = [];
  const size = 2 + Math.floor(next() * 14);
  for (let i = 0; i < size; i++) {
    const wanted = i === 0 ? 0 : 1 + Math.floor(next() * 3);
    const near = Array.from({ length: wanted }, () => {
      const back = Math.floor(next() ** 2 * Math.min(i, 6));
      return boxes[i - 1 - back]!;
    });
    const from = [...new Set(near)];
    const kind = from.length === 2 && next() < 0.5 ? 'sign' : from.length > 1 ? 'join' : 'box';
    boxes.push({ kind, parts: [], call: undefined, from, count: 1, parameters: 0, shape: [] });
  }
  return boxes;
}

test('every box has a place of its own, below what it takes', () => {
  for (let seed = 1; seed <= 300; seed++) {
    const boxes = randomBoxes(seed);
    const flow: Flow = flowOf(boxes);
    const layout = layOut(flow, ({ kind }) => {
      const half = kind === 'sign' ? 9 : 50;
      return { left: half, right: half, height: kind === 'sign' ? 18 : 30 };
    });
    const places = boxes.map((box) => layout.boxes.get(box));
    expect(places, `seed ${seed}`).not.toContain(undefined);
    for (const [i, place] of places.entries()) {
      const { x, y, left, right, height } = place!;
      expect(x - left).toBeGreaterThanOrEqual(-1e-6);
      expect(x + right).toBeLessThanOrEqual(layout.extent.left + layout.extent.right + 1e-6);
      for (const from of boxes[i]!.from) {
        const above = layout.boxes.get(from)!;
        expect(above.y + above.height, `seed ${seed}`).toBeLessThan(y);
      }
      const beside = places.filter(
        (other) =>
          other !== place &&
          other!.x - other!.left < x + right - 1e-6 &&
          x - left + 1e-6 < other!.x + other!.right &&
          other!.y < y + height &&
          y < other!.y + other!.height,
      );
      expect(beside, `seed ${seed}`).toEqual([]);
      // Each thing that a box takes comes in by an arrow, but where one line brings several.
      const near = 1e-6;
      const touches = (atX: number, atY: number): boolean =>
        Math.abs(atX - x - (right - left) / 2) <= (left + right) / 2 + near &&
        Math.abs(atY - y - height / 2) <= height / 2 + near;
      const arrows = layout.wires.filter(({ isArrow, points }) => {
        const [endX, endY] = points.at(-1)!;
        return isArrow && touches(endX, endY);
      });
      expect(arrows.length, `seed ${seed}`).toBeGreaterThanOrEqual(boxes[i]!.from.length);
    }
  }
});
