import { element, label } from './svg.js';
import { fitText, formatNumber, textWidth } from './text.js';
import type { Theme } from './theme.js';

/** One class at a network's output. */
export interface Bar {
  readonly name: string;
  /** What the network gives. */
  readonly output: number;
  /** Probability, 0–1. */
  readonly share: number;
  readonly isPredicted: boolean;
  readonly isRight: boolean;
}

const lineStep = 18;
const nameSize = 11;
const numbersWidth = 120;

export const barsHeight = (bars: readonly Bar[]): number => (bars.length + 1) * lineStep;

/** Classes with their probabilities as bars, and the network's outputs as numbers. */
export function drawBars(
  bars: readonly Bar[],
  [x, y]: readonly [number, number],
  width: number,
  theme: Theme,
): string {
  const longest = Math.max(...bars.map(({ name }) => textWidth(name, nameSize, true)));
  const nameWidth = Math.min(longest, width / 3);
  const room = width - nameWidth - numbersWidth - 160;
  const isKnown = bars.some(({ isRight }) => isRight);
  const colorOf = (isRight: boolean, isPredicted: boolean): string => {
    if (isRight || (isPredicted && !isKnown)) return theme.right;
    return isPredicted ? theme.wrong : theme.muted;
  };
  const head = { size: nameSize, fill: theme.muted };
  const predicted = bars.find(({ isPredicted }) => isPredicted);
  const isLeast = predicted !== undefined && bars.some(({ output }) => output > predicted.output);
  const rows = bars.map(({ name, output, share, isPredicted, isRight }, i) => {
    const baseline = y + (i + 1) * lineStep + 12;
    const left = x + nameWidth + 10;
    const length = Number.isFinite(share) ? Math.max(1, share * room) : 1;
    const mark = [isPredicted ? 'predicted' : '', isRight ? 'right class' : '']
      .filter((each) => each !== '')
      .join(' · ');
    const percent = Number.isFinite(share) ? `${(share * 100).toFixed(1)} %` : 'NaN';
    const style = { size: nameSize, isBold: isPredicted };
    return [
      label(x, baseline, fitText(name, nameSize, nameWidth, true), style),
      element('rect', {
        x: left,
        y: baseline - 10,
        width: length,
        height: 12,
        fill: colorOf(isRight, isPredicted),
      }),
      label(left + length + 6, baseline, mark === '' ? percent : `${percent} · ${mark}`, {
        size: nameSize,
        isBold: isPredicted,
      }),
      label(x + width, baseline, formatNumber(output), {
        size: nameSize,
        anchor: 'end',
        fill: theme.muted,
      }),
    ].join('');
  });
  return [
    label(x + nameWidth + 10, y + 12, 'probability', head),
    label(x + width, y + 12, isLeast ? 'output (the least wins)' : 'output', {
      ...head,
      anchor: 'end',
    }),
    ...rows,
  ].join('\n');
}
