import { inspect } from 'node:util';
import { atMost } from '../argument/atMost.js';
import { anything, text } from '../argument/kind.js';
import { readOptions, type SpecOf } from '../argument/options.js';

import { invalidArgument } from '../error.js';
import { Tensor } from '../tensor/index.js';
import { tidy } from '../tensor/scope.js';
import { bitmap, numbers, rangeOf } from './bitmap.js';
import { requireNames } from './classes.js';
import { greys } from './colors.js';
import { element, label, picture } from './svg.js';
import { fitText, formatCount } from './text.js';
import { type DrawOptions, drawSpec, lookedAt, type Theme } from './theme.js';

/** Options of {@link mistakes}. */
export interface MistakesOptions extends DrawOptions {
  /** Names of the classes. Default: their numbers. */
  classes?: readonly string[];
  /** How many are shown at most, integer ≥ 1. Default 20. */
  count?: number;
  /** Above the picture. Default `'The most confident mistakes'`. */
  title?: string;
}

const spec = {
  ...drawSpec,
  classes: lookedAt<readonly string[]>(),
  count: anything<number>('a number').or(20),
  title: text.or('The most confident mistakes'),
} satisfies SpecOf<MistakesOptions>;

interface Mistake {
  readonly index: number;
  readonly right: number;
  readonly predicted: number;
  /** Of the other classes' probabilities together to the predicted one's. */
  readonly odds: number;
}

// Pixels.
const margin = 20;
const edge = 112;
const gap = 24;
const perRow = 5;
const top = 64;
const rowHeight = edge + 58;

/**
 * The errors that a network is surest of: images with the predicted class, its probability, and the
 * right class.
 *
 * @param images - `(N, 1, H, W)`.
 * @param labels - `(N)`, integers 0…K−1.
 * @param scores - `(N, K)`: logits, or whatever is largest for the predicted class. Their softmax is
 *   taken for the probabilities.
 * @param options.classes - Names of the classes. Default: their numbers.
 * @param options.count - How many are shown at most. Default 20.
 * @param options.title - Default `'The most confident mistakes'`.
 * @returns SVG.
 * @throws {TypeError} `ERR_INVALID_ARG` for tensors of other shapes, or another number of names.
 * @example
 * const labels = torch.tensor([0, 1, 2, 3], { dtype: 'int64' });
 * const scores = torch.eye(4).roll(1, 0); // each is taken for its neighbour
 * torch.draw.mistakes(images, labels, scores, { count: 2 }).startsWith('<svg'); // → true
 */
export function mistakes(
  images: Tensor,
  labels: Tensor,
  scores: Tensor,
  options?: MistakesOptions,
): string {
  atMost('mistakes', 4, arguments.length);
  const what = 'draw.mistakes';
  const { theme, count, title, classes } = readOptions(what, spec, options);
  requireShapes(what, images, labels, scores);
  if (!Number.isSafeInteger(count) || count < 1) {
    throw invalidArgument(`${what}: count: expected an integer ≥ 1, got ${inspect(count)}`);
  }
  const all = tidy(() => findMistakes(labels, scores));
  const shown = all.slice(0, count);
  const total = images.shape[0]!;
  const caption = `${formatCount(all.length)} of ${formatCount(total)} images are classified wrong`;
  const rows = Math.max(1, Math.ceil(shown.length / perRow));
  const width = 2 * margin + perRow * (edge + gap) - gap;
  const names = requireNames(what, classes, scores.shape[1]!);
  // Labels are data: one may be no class.
  const nameOf = (index: number): string => names[index] ?? String(index);
  const body = shown.map((mistake, i) => {
    const x = margin + (i % perRow) * (edge + gap);
    const y = top + Math.floor(i / perRow) * rowHeight;
    return drawMistake(mistake, images, [x, y], nameOf, theme);
  });
  return picture(
    { width, height: shown.length === 0 ? top + margin : top + rows * rowHeight + 4 },
    theme,
    `${title}: ${caption}`,
    label(margin, margin + 12, fitText(title, 14, width - 2 * margin, true), {
      size: 14,
      isBold: true,
    }),
    label(margin, margin + 28, caption, { size: 11, fill: theme.muted }),
    ...body,
  );
}

function requireShapes(what: string, images: unknown, labels: unknown, scores: unknown): void {
  const shapes = [images, labels, scores].map((each) =>
    each instanceof Tensor ? each.shape : undefined,
  );
  const [image, right, score] = shapes;
  const fits =
    image?.length === 4 &&
    image[1] === 1 &&
    right?.length === 1 &&
    score?.length === 2 &&
    image[0] === right[0] &&
    right[0] === score[0];
  if (fits) return;
  const came = shapes.map((shape) => (shape === undefined ? 'no tensor' : `(${shape.join(', ')})`));
  throw invalidArgument(
    `${what}: expected images (N, 1, H, W), labels (N) and scores (N, K), got ${came.join(', ')}`,
  );
}

// Surest first; of equally sure ones the first in the data set.
function findMistakes(labels: Tensor, scores: Tensor): Mistake[] {
  const rights = labels.to('int32').cpu().contiguous().data() as Int32Array;
  const rows = scores.to('float64').cpu().contiguous().data() as Float64Array;
  const classes = scores.shape[1]!;
  return Array.from(rights, (right, index) => {
    const row = rows.subarray(index * classes, (index + 1) * classes);
    const predicted = row.reduce((best, score, i) => (score > row[best]! ? i : best), 0);
    // Odds against the prediction: they still differ where the probability is rounded to 1.
    const odds = row.reduce(
      (sum, score, i) => (i === predicted ? sum : sum + Math.exp(score - row[predicted]!)),
      0,
    );
    return { index, right, predicted, odds };
  })
    .filter(({ right, predicted }) => right !== predicted)
    .sort((a, b) => finite(a.odds) - finite(b.odds) || a.index - b.index);
}

const finite = (odds: number): number => (Number.isNaN(odds) ? Number.MAX_VALUE : odds);

function percentOf({ odds }: Mistake): string {
  const percent = 100 / (1 + odds);
  if (Number.isNaN(percent)) return 'NaN';
  return percent > 99.9 ? '> 99.9 %' : `${percent.toFixed(1)} %`;
}

function drawMistake(
  mistake: Mistake,
  images: Tensor,
  [x, y]: readonly [number, number],
  nameOf: (index: number) => string,
  theme: Theme,
): string {
  const { index, right, predicted } = mistake;
  const [rows, columns] = images.shape.slice(-2) as [number, number];
  const values = tidy(() => numbers(images.select(0, index)));
  const place = { x, y, width: edge, height: edge };
  const width = edge + gap - 4;
  const lines = [
    { text: `${nameOf(predicted)}, ${percentOf(mistake)}`, isBold: true, fill: theme.wrong },
    { text: `is ${nameOf(right)}`, isBold: false, fill: theme.right },
    { text: `image ${index}`, isBold: false, fill: theme.muted },
  ];
  return [
    bitmap(place, { values, rows, columns }, { scale: greys, range: rangeOf(values) }),
    element('rect', { ...place, fill: 'none', stroke: theme.faint }),
    ...lines.map(({ text, isBold, fill }, i) =>
      label(x, y + edge + 15 + i * 14, fitText(text, 11, width, isBold), {
        size: 11,
        isBold,
        fill,
      }),
    ),
  ].join('');
}
