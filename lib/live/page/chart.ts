// A chart of lines, with the axes of the pictures.
import { drawAxes, niceRange, niceStep, type Panel, pointIn } from '../../draw/axes.js';
import { mark } from '../../draw/marks.js';
import { element, group, label } from '../../draw/svg.js';
import { fontFamily } from '../../draw/text.js';
import { h, say } from './dom.js';
import { decimal } from './numbers.js';
import { colorOf, theme } from './themes.js';

type Point = readonly [x: number, y: number];

export interface Line {
  readonly name: string;
  /** Its run's colour and marks. */
  readonly color: number;
  readonly points: readonly Point[];
  readonly style: 'solid' | 'dashed' | 'faint';
  readonly hasMarks: boolean;
}

export interface Titles {
  readonly x: string;
  readonly y: string;
}

const height = 260;
const edge = { left: 52, right: 14, top: 34, bottom: 44 };
const dashes = '5 4';

export class Chart {
  readonly element: HTMLElement;
  private readonly picture = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  private readonly cursor = h('i', { class: 'cursor', hidden: true });
  private readonly readout = h('output', { class: 'readout' });
  private lines: readonly Line[] = [];
  private panel: Panel | undefined;

  constructor(
    private readonly titles: Titles,
    private readonly describe: (x: number) => string,
  ) {
    this.picture.setAttribute('role', 'img');
    this.picture.setAttribute('font-family', fontFamily);
    const plot = h('div', { class: 'plot' }, this.picture, this.cursor);
    this.element = h('div', { class: 'chart' }, plot, this.readout);
    plot.addEventListener('pointermove', (event) => {
      this.point(event.clientX - plot.getBoundingClientRect().left);
    });
    plot.addEventListener('pointerleave', () => this.leave());
    new ResizeObserver(() => this.draw()).observe(this.element);
    this.leave();
  }

  show(lines: readonly Line[]): void {
    this.lines = lines;
    this.draw();
  }

  draw(): void {
    const width = this.element.clientWidth;
    if (width === 0) return;
    const colors = theme();
    const { picture, lines, titles } = this;
    const points = lines.flatMap((line) => line.points).filter(([, y]) => Number.isFinite(y));
    const [first, last] = ends(points, 0);
    const y = niceRange(ends(points, 1), 5);
    const x: [number, number] = first < last ? [first, last] : [first - 1, first + 1];
    this.panel = {
      left: edge.left,
      top: edge.top,
      width: width - edge.left - edge.right,
      height: height - edge.top - edge.bottom,
      x,
      y: y.range,
    };
    const { panel } = this;
    picture.setAttribute('viewBox', `0 0 ${width} ${height}`);
    picture.setAttribute('width', String(width));
    picture.setAttribute('height', String(height));
    picture.setAttribute('fill', colors.text);
    picture.setAttribute('aria-label', this.summary());
    if (points.length === 0) {
      const waiting = label(width / 2, height / 2, 'nothing measured yet', {
        anchor: 'middle',
        size: 12,
        fill: colors.muted,
      });
      picture.innerHTML = label(edge.left, 20, titles.y, { isBold: true, size: 13 }) + waiting;
      return;
    }
    picture.innerHTML =
      drawAxes(panel, { x: ticksOf(x, panel.width), y: y.ticks }, titles, colors) +
      lines.map((line) => drawLine(line, panel)).join('');
  }

  // For those who do not see it: where each line stands.
  private summary(): string {
    const ends = this.lines.map(({ name, points }) => {
      const [x, y] = points.at(-1) ?? [0, Number.NaN];
      return `${name}: ${decimal(y)} at ${this.titles.x} ${x}`;
    });
    return `Curve of ${this.titles.y} by ${this.titles.x}. ${ends.join('; ')}`;
  }

  private point(position: number): void {
    const { panel, lines } = this;
    if (panel === undefined) return;
    const share = (position - panel.left) / panel.width;
    const x = panel.x[0] + share * (panel.x[1] - panel.x[0]);
    const found = lines.map(({ name, points }) => [name, nearest(points, x)] as const);
    const at = found.find(([, point]) => point !== undefined)?.[1]?.[0];
    if (at === undefined || share < -0.02 || share > 1.02) {
      this.leave();
      return;
    }
    this.cursor.hidden = false;
    this.cursor.style.left = `${pointIn(panel, at, 0)[0]}px`;
    const values = found.flatMap(([name, point]) =>
      point ? [`${name} ${decimal(point[1])}`] : [],
    );
    say(this.readout, `${this.describe(at)}: ${values.join(', ')}`);
  }

  private leave(): void {
    this.cursor.hidden = true;
    say(this.readout, '\u00a0');
  }
}

function ends(points: readonly Point[], axis: 0 | 1): [number, number] {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const point of points) {
    least = Math.min(least, point[axis]);
    most = Math.max(most, point[axis]);
  }
  return least > most ? [0, 1] : [least, most];
}

function ticksOf([from, to]: readonly [number, number], width: number): number[] {
  const step = Math.max(1, niceStep(to - from, Math.max(2, Math.floor(width / 64))));
  const ticks = [];
  for (let tick = Math.ceil(from / step) * step; tick <= to; tick += step) ticks.push(tick);
  return ticks;
}

function drawLine({ points, color, style, hasMarks }: Line, panel: Panel): string {
  let path = '';
  let isOpen = false;
  const marks: string[] = [];
  const stroke = colorOf(color);
  for (const [x, y] of points) {
    const [left, top] = pointIn(panel, x, Number.isFinite(y) ? y : panel.y[0]);
    if (!Number.isFinite(y)) {
      const cross = { anchor: 'middle', isBold: true, fill: stroke } as const;
      if (isOpen || marks.length === 0) marks.push(label(left, panel.top + 8, '×', cross));
      isOpen = false;
      continue;
    }
    path += `${isOpen ? 'L' : 'M'}${left.toFixed(1)} ${top.toFixed(1)}`;
    isOpen = true;
    if (hasMarks && points.length <= 40) {
      marks.push(mark(color, [left, top], style === 'dashed', theme()));
    }
  }
  const attributes = {
    class: 'line',
    d: path,
    fill: 'none',
    stroke,
    'stroke-width': { solid: 2, dashed: 1.5, faint: 1 }[style],
    'stroke-opacity': style === 'faint' ? 0.35 : undefined,
    'stroke-dasharray': style === 'dashed' ? dashes : undefined,
    'stroke-linejoin': 'round',
  };
  if (path === '') return group({}, ...marks);
  // Set off from the faint lines below.
  const rim = { ...attributes, class: 'rim', stroke: theme().background, 'stroke-width': 5 };
  const under = style === 'solid' ? element('path', rim) : '';
  return group({}, under, element('path', attributes), ...marks);
}

// Points come in order of x.
function nearest(points: readonly Point[], x: number): Point | undefined {
  let [low, high] = [0, points.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (points[middle]![0] < x) low = middle;
    else high = middle;
  }
  const [before, after] = [points[low], points[high]];
  if (before === undefined || after === undefined) return before ?? after;
  return x - before[0] < after[0] - x ? before : after;
}
