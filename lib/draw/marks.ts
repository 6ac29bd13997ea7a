import type { Theme } from './palette.js';
import { element } from './svg.js';

/** The colour of a run among others. */
export const colorOf = (run: number, { series }: Theme): string => series[run % series.length]!;

/** Circle, square, diamond, triangle; hollow for dashed lines. */
export function mark(
  run: number,
  [x, y]: readonly [number, number],
  isHollow: boolean,
  theme: Theme,
): string {
  const color = colorOf(run, theme);
  const style = { fill: isHollow ? theme.background : color, stroke: color, 'stroke-width': 1.2 };
  const at = (dx: number, dy: number): string => `${(x + dx).toFixed(1)} ${(y + dy).toFixed(1)}`;
  switch (run % 4) {
    case 0:
      return element('circle', { cx: x, cy: y, r: 3, ...style });
    case 1:
      return element('rect', { x: x - 2.8, y: y - 2.8, width: 5.6, height: 5.6, ...style });
    case 2:
      return element('path', {
        d: `M${at(0, -4)}L${at(4, 0)}L${at(0, 4)}L${at(-4, 0)}Z`,
        ...style,
      });
    default:
      return element('path', { d: `M${at(0, -3.8)}L${at(3.6, 2.8)}L${at(-3.6, 2.8)}Z`, ...style });
  }
}
