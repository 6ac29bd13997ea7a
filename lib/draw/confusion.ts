import { inspect } from 'node:util';
import { atMost } from '../argument/atMost.js';
import { text } from '../argument/kind.js';
import { readOptions, type SpecOf } from '../argument/options.js';

import { invalidArgument } from '../error.js';
import { Tensor } from '../tensor/index.js';
import type { ConfusionMatrix } from '../training/metrics.js';
import { shade } from './bitmap.js';
import { requireNames } from './classes.js';
import { counts, hex, readableOn } from './colors.js';
import { element, label, picture } from './svg.js';
import { fitText, formatCount, textWidth } from './text.js';
import { type DrawOptions, drawSpec, lookedAt, type Theme } from './theme.js';

/** Options of {@link confusion}. */
export interface ConfusionOptions extends DrawOptions {
  /** Names of the classes. Default: their numbers. */
  classes?: readonly string[];
  /** Above the picture. Default `'Confusion matrix'`. */
  title?: string;
}

// Pixels.
const margin = 20;
const cell = 46;
const mostName = 120;
const nameSize = 11;

const spec = {
  ...drawSpec,
  classes: lookedAt<readonly string[]>(),
  title: text.or('Confusion matrix'),
} satisfies SpecOf<ConfusionOptions>;

/**
 * A confusion matrix: a row per right class, a column per predicted one, shaded by the share of the
 * row; recall at the right, precision below.
 *
 * @param matrix - `(K, K)`, counts of examples by right and predicted class: nested arrays, or a tensor.
 * @param classes - K names. Default: their numbers.
 * @param options.title - Default `'Confusion matrix'`.
 * @returns SVG.
 * @throws {TypeError} `ERR_INVALID_ARG` for a matrix that is not square, counts that are not integers
 *   ≥ 0, or another number of names.
 * @example
 * const svg = torch.draw.confusion([[8, 2], [1, 9]], { classes: ['bag', 'boot'] });
 * ['bag', '80'].map((each) => svg.includes(each)); // → [ true, true ]
 */
export function confusion(matrix: ConfusionMatrix | Tensor, options?: ConfusionOptions): string {
  atMost('confusion', 2, arguments.length);
  const what = 'draw.confusion';
  const { theme, classes, title } = readOptions(what, spec, options);
  const rows = requireMatrix(what, matrix);
  const names = requireNames(what, classes, rows.length);
  const widest = Math.max(...[...names, 'precision'].map((name) => textWidth(name, nameSize)));
  const nameWidth = Math.min(mostName, widest);
  const left = margin + 22 + nameWidth + 10;
  const top = margin + 58 + nameWidth * Math.SQRT1_2;
  const size = rows.length * cell;
  const total = rows.flat().reduce((sum, count) => sum + count, 0);
  const right = rows.reduce((sum, row, i) => sum + row[i]!, 0);
  const accuracy = total === 0 ? 'no examples' : `accuracy ${(right / total).toFixed(3)}`;
  const caption = `${accuracy}, ${formatCount(right)} of ${formatCount(total)} right`;
  const width = Math.max(
    left + size + 60 + nameWidth * 0.4,
    2 * margin + textWidth(title, 14, true) + 24 + textWidth(caption, 12),
  );
  const middle = { anchor: 'middle', fill: theme.muted } as const;
  return picture(
    { width, height: top + size + 34 + margin },
    theme,
    `${title}: ${caption}`,
    label(margin, margin + 12, title, { size: 14, isBold: true }),
    label(margin + textWidth(title, 14, true) + 24, margin + 12, caption, { fill: theme.muted }),
    label(left + size / 2, margin + 40, 'predicted class', middle),
    label(margin + 10, top + size / 2, 'right class', { ...middle, turn: -90 }),
    drawCells(rows, [left, top], theme),
    drawNames(names, [left, top], nameWidth),
    drawShares(rows, [left, top], theme),
  );
}

function requireMatrix(what: string, matrix: unknown): ConfusionMatrix {
  const rows = (matrix instanceof Tensor ? matrix.tolist() : matrix) as ConfusionMatrix;
  const isSquare =
    Array.isArray(rows) &&
    rows.length > 0 &&
    rows.every((row) => Array.isArray(row) && row.length === rows.length);
  const isCount = (count: number): boolean => Number.isSafeInteger(count) && count >= 0;
  if (isSquare && rows.flat().every(isCount)) return rows;
  throw invalidArgument(
    `${what}: matrix: expected K rows of K counts, integers ≥ 0, got ${inspect(matrix, { depth: 1 })}`,
  );
}

function drawCells(
  rows: ConfusionMatrix,
  [left, top]: readonly [number, number],
  theme: Theme,
): string {
  const scale = counts(theme);
  const inks: [string, string] = ['#ffffff', '#000000'];
  return rows
    .flatMap((row, y) => {
      const total = row.reduce((sum, count) => sum + count, 0);
      return row.map((count, x) => {
        const color = shade(total === 0 ? 0 : count / total, { scale, range: [0, 1] });
        const place = { x: left + x * cell, y: top + y * cell };
        const box = element('rect', {
          ...place,
          width: cell,
          height: cell,
          fill: hex(color),
          stroke: theme.faint,
        });
        const text = label(place.x + cell / 2, place.y + cell / 2 + 4, String(count), {
          anchor: 'middle',
          size: count > 9999 ? 10 : nameSize,
          isBold: x === y,
          fill: count === 0 ? theme.muted : readableOn(color, inks),
        });
        return box + text;
      });
    })
    .join('\n');
}

function drawNames(
  names: readonly string[],
  [left, top]: readonly [number, number],
  width: number,
): string {
  return names
    .map((name, i) => {
      const text = fitText(name, nameSize, width);
      const middle = i * cell + cell / 2;
      return (
        label(left - 10, top + middle + 4, text, { anchor: 'end', size: nameSize }) +
        label(left + middle + 2, top - 8, text, { size: nameSize, turn: -45 })
      );
    })
    .join('\n');
}

// Of the right class how many were found, of the predicted ones how many are right.
function drawShares(
  rows: ConfusionMatrix,
  [left, top]: readonly [number, number],
  theme: Theme,
): string {
  const size = rows.length * cell;
  const share = (part: number, whole: number): string =>
    whole === 0 ? '–' : (part / whole).toFixed(3);
  const style = { size: nameSize, fill: theme.muted };
  const recall = rows.map((row, i) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    return label(left + size + 10, top + i * cell + cell / 2 + 4, share(row[i]!, total), style);
  });
  const precision = rows.map((_, i) => {
    const total = rows.reduce((sum, row) => sum + row[i]!, 0);
    const middle = left + i * cell + cell / 2;
    return label(middle, top + size + 18, share(rows[i]![i]!, total), {
      ...style,
      anchor: 'middle',
    });
  });
  return [
    label(left + size + 10, top - 8, 'recall', style),
    label(left - 10, top + size + 18, 'precision', { ...style, anchor: 'end' }),
    ...recall,
    ...precision,
  ].join('\n');
}
