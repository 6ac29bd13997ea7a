import type { Theme } from './palette.js';
import { type Attributes, group, label, line } from './svg.js';
import { formatNumber } from './text.js';

/** A panel of a chart and what its edges stand for. */
export interface Panel {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
}

/** Where a point of the data stands in the picture. */
export function pointIn(panel: Panel, x: number, y: number): [number, number] {
  const share = (value: number, [from, to]: readonly [number, number]): number =>
    (value - from) / (to - from);
  return [
    panel.left + share(x, panel.x) * panel.width,
    panel.top + (1 - share(y, panel.y)) * panel.height,
  ];
}

/** A step of 1, 2 or 5 times a power of ten that divides a length into at most `most` parts. */
export function niceStep(length: number, most: number): number {
  const rough = length / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= rough * (1 - 1e-9))!;
}

/** The range, widened to whole steps, and its marks; a single number gets room on both sides. */
export function niceRange(
  [least, most]: readonly [number, number],
  marks: number,
): { range: [number, number]; ticks: number[] } {
  if (!(most > least)) {
    const middle = Number.isFinite(least) ? least : 0;
    const room = middle === 0 ? 0.5 : Math.abs(middle) / 2;
    return niceRange([middle - room, middle + room], marks);
  }
  const step = niceStep(most - least, marks);
  const [from, to] = [Math.floor(least / step + 1e-9), Math.ceil(most / step - 1e-9)];
  const ticks = Array.from({ length: to - from + 1 }, (_, i) => round((from + i) * step, step));
  return { range: [ticks[0]!, ticks.at(-1)!], ticks };
}

// 0.30000000000000004 is 0.3.
const round = (value: number, step: number): number =>
  Number(value.toFixed(Math.min(100, Math.max(0, 1 - Math.floor(Math.log10(step))))));

/** Lines and numbers at the left and below. */
export function drawAxes(
  panel: Panel,
  ticks: { readonly x: readonly number[]; readonly y: readonly number[] },
  titles: { readonly x: string; readonly y: string },
  theme: Theme,
): string {
  const { left, top, width, height } = panel;
  const grid: Attributes = { stroke: theme.faint, 'stroke-width': 1 };
  const text = { size: 11, fill: theme.muted };
  const horizontal = ticks.y.map((tick) => {
    const [, y] = pointIn(panel, panel.x[0], tick);
    return (
      line([left, y], [left + width, y], grid) +
      label(left - 8, y + 4, formatNumber(tick, 6), { ...text, anchor: 'end' })
    );
  });
  const vertical = ticks.x.map((tick) => {
    const [x] = pointIn(panel, tick, panel.y[0]);
    return label(x, top + height + 18, String(tick), { ...text, anchor: 'middle' });
  });
  return group(
    {},
    label(left, top - 14, titles.y, { isBold: true, size: 13 }),
    label(left + width / 2, top + height + 38, titles.x, { ...text, anchor: 'middle' }),
    ...horizontal,
    ...vertical,
  );
}
