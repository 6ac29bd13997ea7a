// What the chapters' examples share: images changed at random, and a text in windows.
import * as torch from 'lenet-torch';
import { expect, test } from 'vitest';

import RNNLMScratch from '../../examples/chapters/networks/rnnScratch.js';
import { Brightness, FlipSometimes, Shift } from '../../examples/chapters/parts/augment.js';
import { accuracy, sgd } from '../../examples/chapters/parts/byHand.js';
import { TimeMachine, tokenize } from '../../examples/chapters/parts/characters.js';

// Each image has pixels of its own, none of them black.
const images = () =>
  torch
    .arange(1, 1 + 64 * 2 * 3 * 4)
    .view(64, 2, 3, 4)
    .to('float32');
const rowsOf = (X: torch.Tensor) => Array.from({ length: X.shape[0]! }, (_, i) => X.select(0, i));

test('each image is turned around by itself, or left as it is', () => {
  torch.manualSeed(0);
  const X = images();
  const turned = rowsOf(new FlipSometimes().forward(X)).map((image, i) => {
    const as = X.select(0, i);
    if (torch.equal(image, as)) return 0;
    expect(torch.equal(image, as.flip([-1]))).toBe(true);
    return 1;
  });
  const sum = turned.reduce<number>((total, each) => total + each, 0);
  expect(sum).toBeGreaterThan(16);
  expect(sum).toBeLessThan(48);
});

test('images are moved by whole pixels in all directions, black behind them', () => {
  torch.manualSeed(0);
  const X = images();
  const seen = new Set<string>();
  rowsOf(new Shift(1).forward(X)).forEach((image, i) => {
    const wide = torch.nn.functional.pad(X.select(0, i), [1, 1, 1, 1]);
    const places = [0, 1, 2].flatMap((top) => [0, 1, 2].map((left) => [top, left] as const));
    const at = places.filter(([top, left]) =>
      torch.equal(image, wide.narrow(1, top, 3).narrow(2, left, 4)),
    );
    expect(at.length).toBe(1);
    seen.add(String(at[0]));
  });
  expect(seen.size).toBe(9);
});

test('images become brighter or darker as a whole, and stay between 0 and 1', () => {
  torch.manualSeed(0);
  const X = torch.full([64, 1, 2, 2], 0.5);
  const made = new Brightness(0.5).forward(X);
  const [least, most] = [Number(made.min().item()), Number(made.max().item())];
  expect(least).toBeGreaterThanOrEqual(0.25);
  expect(least).toBeLessThan(0.3);
  expect(most).toBeGreaterThan(0.7);
  expect(most).toBeLessThanOrEqual(0.75);
  expect(torch.equal(made, made.narrow(2, 0, 1).narrow(3, 0, 1).expand(64, 1, 2, 2))).toBe(true);
  expect(
    Number(
      new Brightness(1)
        .forward(torch.ones(64, 1, 2, 2))
        .max()
        .item(),
    ),
  ).toBe(1);
});

test('the text is letters and spaces, in windows that begin at every character', () => {
  expect(tokenize(" `Well?' said he--_twice_.").join('')).toBe('well said he twice');
  const book = new TimeMachine();
  expect(book.tokens.slice(0, 18).join('')).toBe('the time traveller');
  expect(book.vocab.join('')).toBe(' abcdefghijklmnopqrstuvwxyz');
  const [trainIter, valIter] = book.loaders(1024, 4, 3, 2);
  const windows = (loader: Iterable<readonly [torch.Tensor]>): string[] => {
    const found: string[] = [];
    for (const [batch] of loader) {
      for (const row of batch.tolist() as number[][]) {
        found.push(row.map((i) => book.vocab[i]).join(''));
      }
    }
    return found;
  };
  expect(windows(trainIter).sort()).toEqual(['e tim', 'he ti', 'the t']);
  expect(windows(valIter)).toEqual([' time', 'time ']);
  const [all, rest] = book.loaders(1024, 4, 1_000_000, 5000);
  expect([windows(all).length, windows(rest).length]).toEqual([book.tokens.length - 5004, 5000]);
});

test('a network goes on from what it has read, state by state', () => {
  torch.manualSeed(0);
  const book = new TimeMachine();
  const net = new RNNLMScratch(27, 8, 1);
  const text = book.continued(net, 'it has', 5, torch.device('cpu'));
  // The same without a state: the whole text is read anew for each character.
  let whole = 'it has';
  while (whole.length < 11) {
    const tokens = torch.tensor([book.indices([...whole])], { dtype: 'int64' });
    const [logits] = net.forward(tokens);
    whole += book.vocab[Number(logits.select(1, -1).argmax().item())];
  }
  expect(text).toBe(whole);
});

test('a step by hand is SGD’s, and accuracy is evaluate’s', async () => {
  torch.manualSeed(0);
  const [one, other] = [new torch.nn.Linear(4, 3), new torch.nn.Linear(4, 3)];
  other.loadStateDict(one.stateDict());
  const optimizer = new torch.optim.SGD(other.parameters(), { lr: 0.5 });
  const X = torch.randn(32, 4);
  const y = torch.randint(0, 3, [32]);
  const loss = new torch.nn.CrossEntropyLoss();
  for (let step = 0; step < 3; step++) {
    loss.forward(one.forward(X), y).backward();
    sgd(one.parameters(), 0.5);
    optimizer.zeroGrad();
    loss.forward(other.forward(X), y).backward();
    optimizer.step();
  }
  expect(torch.allclose(one.weight, other.weight)).toBe(true);
  expect(accuracy(one, [[X, y]])).toBeCloseTo(await torch.evaluate([[X, y]], other), 6);
});
