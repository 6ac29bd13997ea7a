// What libtorch's messages say to whoever writes JavaScript.
import { describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { native } from '../../lib/native/load.js';
import { coded } from '../coded.js';

const { nn } = torch;
const F = nn.functional;
const x = torch.rand(2, 3);
const [pair, column] = [torch.tensor([0, 1]), torch.tensor([[0], [1]])];

describe('labels and indices of plain numbers: what to write instead', () => {
  test.each<[string, () => unknown]>([
    ['crossEntropy', () => F.crossEntropy(x, pair)],
    ['nllLoss', () => F.nllLoss(x, pair)],
    ['multiMarginLoss', () => F.multiMarginLoss(x, pair)],
    ['indexSelect', () => x.indexSelect(0, pair)],
    ['gather', () => x.gather(1, column)],
    ['scatter', () => x.scatter(1, column, 1)],
    ['take', () => x.take(pair)],
    ['takeAlongDim', () => x.takeAlongDim(column, 1)],
    ['indexAdd', () => x.indexAdd(0, pair, x)],
    ['indexFill', () => x.indexFill(0, pair, 1)],
    ['at', () => x.at(pair)],
    ['oneHot', () => F.oneHot(pair)],
    ['Embedding', () => new nn.Embedding(3, 2).forward(pair)],
    ['EmbeddingBag', () => new nn.EmbeddingBag(3, 2).forward(column)],
  ])('%s', (_, call) => {
    expect(call).toThrow(
      coded(
        'ERR_LIBTORCH',
        /[^.]; labels and indices are int64, such as torch\.tensor\(\[0n, 1n\]\).*: plain numbers make float32$/,
      ),
    );
  });

  test('other dtypes in the wrong place: as libtorch says it', () => {
    expect(() => F.crossEntropy(x, torch.tensor([0n, 1n]).int())).toThrow(/found Int$/);
    expect(() => x.matmul(x)).toThrow(/\(2x3 and 2x3\)$/);
  });
});

test.each([
  ['Specify retain_graph=True if you', 'Specify retainGraph: true if you'],
  ['Set allow_unused=True if', 'Set allowUnused: true if'],
  ['with `return_indices=False` is', 'with `returnIndices: false` is'],
  ['a=Truely, =True, x = True, a_b', 'a=Truely, =True, x = True, a_b'],
])('options in advice: %s', (text, here) => {
  expect(native.judgeError(text).message).toBe(here);
});

test('a second pass over a graph', () => {
  const y = torch.ones(2, { requiresGrad: true }).pow(2).sum();
  y.backward();
  expect(() => y.backward()).toThrow(/Specify retainGraph: true if/);
});

test.each([
  ['cat', () => torch.cat(x as never)],
  ['stack', () => torch.stack(x as never)],
])('%s of a single tensor', (name, call) => {
  expect(call).toThrow(
    coded('ERR_INVALID_ARG', `${name}: argument 'tensors': expected Tensor[], got Tensor`),
  );
});
