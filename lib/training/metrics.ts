import { inspect } from 'node:util';

import { atMost } from '../argument/atMost.js';
import { invalidArgument, TorchError } from '../error.js';
import { Tensor } from '../tensor/index.js';
import { tidy } from '../tensor/scope.js';

/** Counts of examples: row = their class, column = the class that was predicted. */
export type ConfusionMatrix = readonly (readonly number[])[];

/** How well one class was recognised; 0 where a quotient would be 0/0. */
export interface ClassMetrics {
  /** Of the examples predicted to be of the class, the fraction that are. */
  readonly precision: number;
  /** Of the examples of the class, the fraction that were predicted to be. */
  readonly recall: number;
  /** Harmonic mean of precision and recall. */
  readonly f1: number;
  /** How many examples are of the class. */
  readonly support: number;
}

/** What a confusion matrix says in fractions. */
export interface ClassificationReport {
  /** Fraction of all examples whose class was predicted. */
  readonly accuracy: number;
  /** Class by class. */
  readonly classes: readonly ClassMetrics[];
  /** Mean of the classes, each counted once. */
  readonly macroAverage: ClassMetrics;
  /** Mean of the classes, each counted by its support. */
  readonly weightedAverage: ClassMetrics;
}

/**
 * Counts how often each class was taken for each; mirrors scikit-learn's `confusion_matrix`, with the
 * predictions first.
 *
 * @param predictions - Scores `(N, K)`, of which the largest wins; or classes `(N)`, integers 0…K−1,
 *   as a tensor or an array.
 * @param labels - The true classes `(N)`, integers 0…K−1.
 * @param classes - K, integer ≥ 1. Default: the width of the scores; needed for predicted classes.
 * @returns K rows of K counts.
 * @throws {TypeError} `ERR_INVALID_ARG` for shapes or numbers that do not fit together.
 * @throws {TorchError} `ERR_LABEL_RANGE` for a label or a prediction that is no class.
 * @see https://scikit-learn.org/stable/modules/generated/sklearn.metrics.confusion_matrix.html
 * @example
 * torch.confusionMatrix([0, 1, 1], [0, 1, 0], 2); // → [[1, 1], [0, 1]]
 */
export function confusionMatrix(
  predictions: Tensor | ArrayLike<number | bigint>,
  labels: Tensor | ArrayLike<number | bigint>,
  classes?: number,
): number[][] {
  atMost('confusionMatrix', 3, arguments.length);
  const width =
    classes ?? (predictions instanceof Tensor && predictions.ndim === 2 && predictions.shape[1]);
  if (typeof width !== 'number' || !Number.isInteger(width) || width < 1) {
    throw invalidArgument(
      `confusionMatrix: classes: expected an integer ≥ 1, got ${inspect(classes)}`,
    );
  }
  const predicted = classNumbers('predictions', predictions, width);
  const actual = classNumbers('labels', labels, width);
  if (predicted.length !== actual.length) {
    throw invalidArgument(
      `confusionMatrix: expected as many predictions as labels, got ${predicted.length} and ${actual.length}`,
    );
  }
  const matrix = Array.from({ length: width }, () => new Array<number>(width).fill(0));
  actual.forEach((label, i) => {
    matrix[label]![predicted[i]!]!++;
  });
  return matrix;
}

/**
 * Accuracy, and precision, recall and F1 per class; mirrors scikit-learn's `classification_report`
 * with `zero_division=0`.
 *
 * @param matrix - Of {@link confusionMatrix}; sums of several are matrices too.
 * @throws {TypeError} `ERR_INVALID_ARG` when it is not square, or counts are not integers ≥ 0.
 * @see https://scikit-learn.org/stable/modules/generated/sklearn.metrics.classification_report.html
 * @example
 * const report = torch.classificationReport([[3, 1], [0, 4]]);
 * report.accuracy; // → 0.875
 * report.classes[0]; // → { precision: 1, recall: 0.75, f1: 0.8571428571428571, support: 4 }
 */
export function classificationReport(matrix: ConfusionMatrix): ClassificationReport {
  atMost('classificationReport', 1, arguments.length);
  const size = Array.isArray(matrix) ? matrix.length : 0;
  const square = size > 0 && matrix.every((row) => Array.isArray(row) && row.length === size);
  if (!square || !matrix.flat().every((count) => Number.isInteger(count) && count >= 0)) {
    throw invalidArgument('classificationReport: expected K rows of K counts, integers ≥ 0');
  }
  const classes = matrix.map((row, i): ClassMetrics => {
    const hits = row[i]!;
    const support = sum(row);
    const predicted = sum(matrix.map((other) => other[i]!));
    return {
      precision: ratio(hits, predicted),
      recall: ratio(hits, support),
      f1: ratio(2 * hits, predicted + support),
      support,
    };
  });
  const total = sum(classes.map(({ support }) => support));
  const mean = (weight: (metrics: ClassMetrics) => number): ClassMetrics => {
    const of = (key: 'precision' | 'recall' | 'f1') =>
      sum(classes.map((metrics) => metrics[key] * weight(metrics)));
    return { precision: of('precision'), recall: of('recall'), f1: of('f1'), support: total };
  };
  return {
    accuracy: ratio(sum(matrix.map((row, i) => row[i]!)), total),
    classes,
    macroAverage: mean(() => 1 / size),
    weightedAverage: mean(({ support }) => ratio(support, total)),
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

// One class per example.
function classNumbers(
  what: string,
  given: Tensor | ArrayLike<number | bigint>,
  classes: number,
): number[] {
  if (!(given instanceof Tensor) && typeof given?.length !== 'number') {
    throw invalidArgument(`confusionMatrix: ${what}: expected a Tensor or an array of classes`);
  }
  const numbers =
    given instanceof Tensor
      ? numbersOf(what, given, classes)
      : Array.from(given, (each) => (typeof each === 'bigint' ? Number(each) : each));
  const wrong = numbers.find((value) => !Number.isInteger(value) || value < 0 || value >= classes);
  if (wrong !== undefined) {
    throw new TorchError(
      'ERR_LABEL_RANGE',
      `confusionMatrix: ${what}: expected classes from 0 to ${classes - 1}, got ${inspect(wrong)}`,
    );
  }
  return numbers;
}

function numbersOf(what: string, given: Tensor, classes: number): number[] {
  const scores = what === 'predictions' && given.ndim === 2;
  if ((given.ndim !== 1 && !scores) || (scores && given.shape[1] !== classes)) {
    const shapes = what === 'predictions' ? `(N) or (N, ${classes})` : '(N)';
    throw invalidArgument(
      `confusionMatrix: ${what}: expected the shape ${shapes}, got [${given.shape}]`,
    );
  }
  return tidy(() => Array.from((scores ? given.argmax({ dim: 1 }) : given).data(), Number));
}
