import type { Shading } from './bitmap.js';
import { colorAt, hex, notANumber } from './colors.js';
import { element, label } from './svg.js';
import { formatNumber } from './text.js';
import type { Theme } from './theme.js';

const height = 5;
const steps = 16;

/** A strip of colours with the numbers at its ends; 16 pixels high. */
export function drawScale(
  [x, y]: readonly [number, number],
  width: number,
  { scale, range }: Shading,
  theme: Theme,
): string {
  const [least, most] = range;
  const step = width / steps;
  const isOne = !(least < most);
  const strip = Array.from({ length: steps }, (_, i) =>
    element('rect', {
      x: x + i * step,
      y,
      // Overlaps the next one: no seams.
      width: i === steps - 1 ? step : step + 0.5,
      height,
      fill: Number.isNaN(least) ? notANumber : hex(colorAt(scale, isOne ? 0.5 : i / (steps - 1))),
    }),
  );
  const frame = { x, y, width, height, fill: 'none', stroke: theme.faint, 'stroke-width': 0.5 };
  const style = { size: 9, fill: theme.muted };
  const baseline = y + height + 10;
  const ends = isOne
    ? [label(x, baseline, `all ${formatNumber(least, 2)}`, style)]
    : [
        label(x, baseline, formatNumber(least, 2), style),
        label(x + width, baseline, formatNumber(most, 2), { ...style, anchor: 'end' }),
      ];
  return [...strip, element('rect', frame), ...ends].join('');
}
