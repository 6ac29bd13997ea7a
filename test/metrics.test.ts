import { describe, expect, test } from 'vitest';

import * as torch from '../lib/index.js';
import { coded } from './coded.js';
import { tensorsInUse } from './garbage.js';
import { recorded } from './recorded.js';

interface Averages {
  precision: number;
  recall: number;
  'f1-score': number;
  support: number;
}

interface Case {
  labels: number[];
  predictions: number[];
  classes: number;
  matrix: number[][];
  accuracy: number;
  perClass: Averages[];
  macro: Averages;
  weighted: Averages;
}

function expectMetrics(actual: torch.ClassMetrics, wanted: Averages): void {
  expect(actual.precision).toBeCloseTo(wanted.precision, 12);
  expect(actual.recall).toBeCloseTo(wanted.recall, 12);
  expect(actual.f1).toBeCloseTo(wanted['f1-score'], 12);
  expect(actual.support).toBe(wanted.support);
}

describe.each(recorded<Case[]>('metrics').map((each, i) => [i, each] as const))(
  'as scikit-learn, case %i',
  (_, { labels, predictions, classes, ...wanted }) => {
    const matrix = torch.confusionMatrix(predictions, labels, classes);

    test('matrix, from arrays, tensors and scores', () => {
      expect(matrix).toEqual(wanted.matrix);
      const truth = torch.tensor(labels, { dtype: 'int64' });
      const guesses = torch.tensor(predictions, { dtype: 'int64' });
      expect(torch.confusionMatrix(guesses, truth, classes)).toEqual(wanted.matrix);
      const scores = torch.nn.functional.oneHot(guesses, classes).to('float32').mul(3).sub(7);
      expect(torch.confusionMatrix(scores, truth)).toEqual(wanted.matrix);
    });

    test('report', () => {
      const report = torch.classificationReport(matrix);
      expect(report.accuracy).toBeCloseTo(wanted.accuracy, 12);
      report.classes.forEach((each, i) => {
        expectMetrics(each, wanted.perClass[i]!);
      });
      expectMetrics(report.macroAverage, wanted.macro);
      expectMetrics(report.weightedAverage, wanted.weighted);
    });
  },
);

test('no examples: zeros, no NaN', () => {
  const report = torch.classificationReport(torch.confusionMatrix([], [], 2));
  const zero = { precision: 0, recall: 0, f1: 0, support: 0 };
  expect(report).toEqual({
    accuracy: 0,
    classes: [zero, zero],
    macroAverage: zero,
    weightedAverage: zero,
  });
});

test('leaves no tensors behind', async () => {
  const scores = torch.rand([5, 3]);
  const before = await tensorsInUse();
  torch.confusionMatrix(scores, [0, 1, 2, 0, 1]);
  expect(torch.memory().tensors).toBe(before);
});

describe('errors', () => {
  test.each<[string, () => unknown, string, RegExp]>([
    ['K missing', () => torch.confusionMatrix([0], [0]), 'ERR_INVALID_ARG', /got undefined/],
    ['K of 0', () => torch.confusionMatrix([], [], 0), 'ERR_INVALID_ARG', /≥ 1, got 0/],
    ['lengths', () => torch.confusionMatrix([0, 1], [0], 2), 'ERR_INVALID_ARG', /got 2 and 1/],
    [
      'width of the scores',
      () => torch.confusionMatrix(torch.rand([4, 3]), [0, 0, 0, 0], 2),
      'ERR_INVALID_ARG',
      /the shape \(N\) or \(N, 2\), got \[4,3\]/,
    ],
    [
      'labels as scores',
      () => torch.confusionMatrix([0], torch.rand([1, 2]), 2),
      'ERR_INVALID_ARG',
      /labels: expected the shape \(N\), got \[1,2\]/,
    ],
    ['label', () => torch.confusionMatrix([0], [2], 2), 'ERR_LABEL_RANGE', /labels: .* 1, got 2/],
    ['fraction', () => torch.confusionMatrix([0.5], [1], 2), 'ERR_LABEL_RANGE', /predictions: /],
    ['no square', () => torch.classificationReport([[1, 2]]), 'ERR_INVALID_ARG', /K rows/],
    ['counts', () => torch.classificationReport([[-1]]), 'ERR_INVALID_ARG', /integers ≥ 0/],
    ['nothing', () => torch.classificationReport([]), 'ERR_INVALID_ARG', /K rows/],
  ])('%s', (_, call, code, message) => {
    expect(call).toThrow(coded(code, message));
  });
});

test('classes may be bigints, as data() of int64 gives them; what is no array of classes is an error', () => {
  const labels = torch.tensor([0n, 1n, 1n]);
  const matrix = torch.confusionMatrix(labels.data() as BigInt64Array, [0n, 1n, 0n], 2);
  expect(matrix).toEqual([
    [1, 1],
    [0, 1],
  ]);
  for (const wrong of [
    {},
    3,
    null,
    new Map(),
    [[0], [1]],
    ['0', '1'],
    [0.5, 1],
    torch.tensor([[0n], [1n]]),
  ]) {
    const call = () => torch.confusionMatrix([0, 1], wrong as number[], 2);
    expect(call).toThrow(expect.objectContaining({ code: expect.stringMatching(/^ERR_/) }));
  }
});
