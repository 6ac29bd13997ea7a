// What the chapters' examples share: a text in windows, and steps by hand.
import * as torch from 'lenet-torch';
import { expect, test } from 'vitest';

import RNNLMScratch from '../../examples/chapters/networks/rnnScratch.js';
import { accuracy, sgd } from '../../examples/chapters/parts/byHand.js';
import { TimeMachine, tokenize } from '../../examples/chapters/parts/characters.js';

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
