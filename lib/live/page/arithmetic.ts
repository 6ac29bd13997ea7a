// What a unit adds up, in numbers and colours.
import { h } from './dom.js';
import type { Shown } from './maps.js';
import { decimal } from './numbers.js';
import { maps as mapShades, paint, signed } from './themes.js';

/** What a unit adds up, channel by channel. */
export interface Terms {
  readonly window: readonly Float32Array[];
  /** Empty where all numbers of the window count alike. */
  readonly kernel: readonly Float32Array[];
  readonly columns: number;
  readonly bias: number;
  /** Of subsampling that has learned: its sum is taken so many times. */
  readonly weight?: number | undefined;
}

const activations: Readonly<Record<string, (sum: number) => number>> = {
  sigmoid: (sum) => 1 / (1 + Math.exp(-sum)),
  tanh: Math.tanh,
  'scaled tanh': (sum) => 1.7159 * Math.tanh((2 / 3) * sum),
  ReLU: (sum) => Math.max(0, sum),
};

const isDistance = ({ stage }: Shown): boolean => stage.op === 'Gaussian';

/** The sum of a unit step by step; `value` is what its map has. */
export function arithmetic(terms: Terms, at: Shown, before: Shown, value: number): HTMLElement[] {
  if (terms.kernel.length === 0) return [pooled(terms, at, before, value)];
  const { window, kernel, bias } = terms;
  const term = isDistance(at)
    ? (x: number, weight: number): number => (x - weight) ** 2
    : (x: number, weight: number): number => x * weight;
  const sums = window.map((values, i) =>
    values.reduce((sum, x, j) => sum + term(x, kernel[i]![j]!), 0),
  );
  const total = sums.reduce((sum, each) => sum + each, 0);
  const largest = Math.max(...kernel.map((values) => largestOf(values)), 1e-9);
  const range = mapShades(least(before), most(before));
  const isOne = window.length === 1 && window[0]!.length <= 36;
  const rows = window.map((values, i) =>
    h(
      'div',
      { class: 'product' },
      numberGrid(values, terms.columns, range, isOne),
      h('span', {}, isDistance(at) ? '−' : '×'),
      numberGrid(kernel[i]!, terms.columns, signed(largest), isOne),
      h('span', {}, '→ ', h('b', {}, decimal(sums[i]!))),
    ),
  );
  const what = isDistance(at)
    ? 'sum of the squared differences'
    : window.length > 1
      ? `sum of ${window.length} maps`
      : 'sum of the products';
  return [
    h('div', { class: window.length > 1 ? 'products' : 'products single' }, ...rows),
    h('p', { class: 'sum' }, `${what} ${decimal(total)}${rest(total, bias, at, value)}`),
  ];
}

/** From a sum to the unit's value: bias, activation, and whether its map says the same. */
function rest(sum: number, bias: number, { stage }: Shown, value: number): string {
  const total = sum + bias;
  const added =
    bias === 0
      ? ''
      : ` ${bias < 0 ? '−' : '+'} bias ${decimal(Math.abs(bias))} = ${decimal(total)}`;
  const { activation } = stage;
  const known = activation ? activations[activation] : (each: number) => each;
  const made = known?.(total) ?? Number.NaN;
  const after = activation ? `, ${activation} of it ${decimal(made)}` : '';
  // While it trains, weights and maps are asked for some steps apart; a network may also do more than its layers say.
  const isSame = Math.abs(made - value) <= 1e-3 * Math.max(1, Math.abs(value));
  return isSame
    ? added + after
    : `${added}${after} (the map says otherwise: it is of other weights, or more happens between the stages)`;
}

function pooled(
  { window, columns, weight, bias }: Terms,
  at: Shown,
  before: Shown,
  value: number,
): HTMLElement {
  const values = window[0]!;
  const numbers = [...values].map((each) => decimal(each)).join(', ');
  const sum = values.reduce((all, each) => all + each, 0);
  const say = (what: string, result: number): string =>
    `the ${what} of ${numbers} is ${decimal(result)}`;
  let text = at.stage.op.startsWith('max')
    ? say('largest', Math.max(...values)) + rest(Math.max(...values), 0, at, value)
    : say('mean', sum / values.length) + rest(sum / values.length, 0, at, value);
  if (weight !== undefined) {
    const scaled = sum * weight;
    text = `${say('sum', sum)}, times the weight ${decimal(weight)} ${decimal(scaled)}${rest(scaled, bias, at, value)}`;
  }
  const range = mapShades(least(before), most(before));
  return h('div', { class: 'product' }, numberGrid(values, columns, range, true), h('p', {}, text));
}

const least = ({ values }: Shown): number =>
  values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
const most = ({ values }: Shown): number =>
  values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
const largestOf = (values: Float32Array): number =>
  values.reduce((a, b) => Math.max(a, Math.abs(b)), 0);

/** Numbers as coloured cells; where there is room, the numbers stand in them. */
function numberGrid(
  values: Float32Array,
  columns: number,
  shades: Parameters<typeof paint>[3],
  hasNumbers: boolean,
): HTMLElement {
  const canvas = h('canvas');
  paint(canvas, values, columns, shades);
  const grid = h('span', { class: hasNumbers ? 'cells big' : 'cells' }, canvas);
  grid.style.setProperty('--columns', String(columns));
  if (!hasNumbers) return grid;
  const data = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height).data;
  for (let i = 0; i < values.length; i++) {
    const light = 0.299 * data[4 * i]! + 0.587 * data[4 * i + 1]! + 0.114 * data[4 * i + 2]!;
    grid.append(h('small', { class: light > 140 ? 'dark' : 'light' }, twoDigits(values[i]!)));
  }
  return grid;
}

// 0.27 is .27: cells are small.
const twoDigits = (value: number): string =>
  (Math.abs(value) < 9.95 ? value.toFixed(2) : value.toFixed(0))
    .replace('-', '−')
    .replace(/^(−?)0\./, '$1.');
