// One unit: where it looks, with which kernel, and its sum in numbers.
import type { Layer } from './contract.js';
import { h, say } from './dom.js';
import type { Field, Maps, Shown, Unit } from './maps.js';
import { decimal, unpack } from './numbers.js';
import type { Store } from './store.js';
import { maps as mapShades, paint, signed } from './themes.js';

const activations: Readonly<Record<string, (sum: number) => number>> = {
  sigmoid: (sum) => 1 / (1 + Math.exp(-sum)),
  tanh: Math.tanh,
  'scaled tanh': (sum) => 1.7159 * Math.tanh((2 / 3) * sum),
  ReLU: (sum) => Math.max(0, sum),
};

/** What a unit adds up, channel by channel. */
interface Terms {
  readonly window: readonly Float32Array[];
  /** Empty for pooling. */
  readonly kernel: readonly Float32Array[];
  readonly columns: number;
  readonly bias: number;
}

/** Where a window of a stage lies on the stage before, without what lies beyond the edge. */
function fieldBefore(field: Field, stage: Shown, before: Shown): Field {
  const { kernel, stride, padding } = stage.stage;
  if (!kernel) return { top: 0, left: 0, bottom: before.rows, right: before.columns };
  const [down, right] = stride ?? [1, 1];
  const [above, beside] = padding ?? [0, 0];
  return {
    top: Math.max(0, field.top * down - above),
    left: Math.max(0, field.left * right - beside),
    bottom: Math.min(before.rows, (field.bottom - 1) * down - above + kernel[0]),
    right: Math.min(before.columns, (field.right - 1) * right - beside + kernel[1]),
  };
}

export class UnitPanel {
  readonly element = h('div', { class: 'unit' });
  /** For a screen reader: the unit that is gone to, not each of its values while somebody paints. */
  readonly spoken = h('p', { class: 'unseen', role: 'status' });
  private unit: Unit | undefined;
  maps: Maps | undefined;

  constructor(private readonly store: Store) {
    this.element.append(hint());
    store.on(['features', 'weights', 'theme'], () => this.update());
  }

  show(unit: Unit): void {
    const { unit: last } = this;
    if (last && JSON.stringify(last) === JSON.stringify(unit)) return;
    this.unit = unit;
    this.update();
    say(this.spoken, this.element.querySelector('h3')?.textContent ?? '');
  }

  private update(): void {
    const { maps, unit } = this;
    if (maps === undefined || unit === undefined) return;
    const { shown } = maps;
    const at = shown[unit.stage];
    if (at === undefined) return;
    this.outline(maps, unit);
    const index = (unit.map * at.rows + unit.row) * at.columns + unit.column;
    const value = at.values[index] ?? Number.NaN;
    const place =
      at.rows * at.columns === 1
        ? `unit ${unit.map + 1}`
        : `map ${unit.map + 1}, row ${unit.row + 1}, column ${unit.column + 1}`;
    const title = h('h3', {}, `${at.stage.name}, ${place}: `, h('b', {}, decimal(value)));
    const before = shown[unit.stage - 1];
    if (before === undefined) {
      this.element.replaceChildren(
        title,
        h('p', {}, 'A pixel of the picture, as the network takes it.'),
      );
      return;
    }
    const terms = this.termsOf(unit, at, before);
    this.element.replaceChildren(
      title,
      ...(terms === undefined
        ? [h('p', {}, 'What it adds up is not shown for this kind of layer.')]
        : arithmetic(terms, at, before, value)),
    );
  }

  // Back from stage to stage, down to the picture.
  private outline(maps: Maps, { stage, map, row, column }: Unit): void {
    const { shown } = maps;
    let field: Field = { top: row, left: column, bottom: row + 1, right: column + 1 };
    for (let i = shown.length - 1; i > stage; i--) maps.outline(i, undefined);
    maps.outline(stage, field, map);
    for (let i = stage; i > 0; i--) {
      field = fieldBefore(field, shown[i]!, shown[i - 1]!);
      const isPooling = i === stage && isPool(shown[i]!);
      maps.outline(i - 1, field, isPooling ? map : undefined);
    }
  }

  private termsOf(unit: Unit, at: Shown, before: Shown): Terms | undefined {
    const { kernel, stride, padding, layer } = at.stage;
    const weights = this.store.weights?.layers.find(({ name }) => name === layer);
    if (!kernel) return weights && fullTerms(unit, before, weights);
    const [top, left] = [
      unit.row * (stride?.[0] ?? 1) - (padding?.[0] ?? 0),
      unit.column * (stride?.[1] ?? 1) - (padding?.[1] ?? 0),
    ];
    const patch = (channel: number): Float32Array => {
      const values = new Float32Array(kernel[0] * kernel[1]);
      for (let i = 0; i < values.length; i++) {
        const row = top + Math.floor(i / kernel[1]);
        const column = left + (i % kernel[1]);
        const isInside = row >= 0 && column >= 0 && row < before.rows && column < before.columns;
        // Beyond the edge are zeros.
        if (isInside)
          values[i] = before.values[(channel * before.rows + row) * before.columns + column]!;
      }
      return values;
    };
    if (isPool(at)) return { window: [patch(unit.map)], kernel: [], columns: kernel[1], bias: 0 };
    if (weights?.shape.length !== 4 || weights.shape[1] !== before.channels) return undefined;
    const all = unpack(weights.values);
    const size = kernel[0] * kernel[1];
    const channels = Array.from({ length: before.channels }, (_, channel) => channel);
    const from = (channel: number): number => (unit.map * before.channels + channel) * size;
    return {
      window: channels.map(patch),
      kernel: channels.map((channel) => all.subarray(from(channel), from(channel) + size)),
      columns: kernel[1],
      bias: biasOf(weights, unit.map),
    };
  }
}

const isPool = ({ stage }: Shown): boolean => /pooling|subsampling/.test(stage.op);

const biasOf = ({ bias }: Layer, unit: number): number => (bias ? (unpack(bias)[unit] ?? 0) : 0);

function fullTerms({ map }: Unit, before: Shown, weights: Layer): Terms | undefined {
  const { channels, rows, columns, values } = before;
  const [outputs = 0, inputs] = weights.shape;
  if (weights.shape.length !== 2 || inputs !== values.length || map >= outputs) return undefined;
  const own = unpack(weights.values).subarray(map * inputs, (map + 1) * inputs);
  const bias = biasOf(weights, map);
  if (rows * columns === 1) return { window: [values], kernel: [own], columns: 12, bias };
  const size = rows * columns;
  const part = (all: Float32Array, i: number): Float32Array =>
    all.subarray(i * size, (i + 1) * size);
  const each = Array.from({ length: channels }, (_, i) => i);
  return {
    window: each.map((i) => part(values, i)),
    kernel: each.map((i) => part(own, i)),
    columns,
    bias,
  };
}

function arithmetic(terms: Terms, at: Shown, before: Shown, value: number): HTMLElement[] {
  const { window, kernel, bias } = terms;
  if (kernel.length === 0) return [pooled(terms, at, before)];
  const sums = window.map((values, i) => values.reduce((sum, x, j) => sum + x * kernel[i]![j]!, 0));
  const total = sums.reduce((sum, each) => sum + each, bias);
  const { activation } = at.stage;
  const known = activation ? activations[activation] : (sum: number) => sum;
  const made = known?.(total) ?? Number.NaN;
  const largest = Math.max(...kernel.map((values) => largestOf(values)), 1e-9);
  const range = mapShades(least(before), most(before));
  const isOne = window.length === 1 && window[0]!.length <= 36;
  const rows = window.map((values, i) =>
    h(
      'div',
      { class: 'product' },
      numberGrid(values, terms.columns, range, isOne),
      h('span', {}, '×'),
      numberGrid(kernel[i]!, terms.columns, signed(largest), isOne),
      h('span', {}, '→ ', h('b', {}, decimal(sums[i]!))),
    ),
  );
  const parts = [
    window.length > 1 ? `sum of ${window.length} maps` : 'sum of the products',
    ` ${decimal(total - bias)}`,
    ` ${bias < 0 ? '−' : '+'} bias ${decimal(Math.abs(bias))}`,
    ` = ${decimal(total)}`,
  ];
  const after = activation ? `, ${activation} of it ${decimal(made)}` : '';
  const isSame = Math.abs(made - value) <= 1e-3 * Math.max(1, Math.abs(value));
  // Weights and maps are of one moment only between two epochs; a network may also do more than its layers say.
  const doubt = isSame
    ? ''
    : ' (the map says otherwise: it is of other weights, or more happens between the stages)';
  return [
    h('div', { class: window.length > 1 ? 'products' : 'products single' }, ...rows),
    h('p', { class: 'sum' }, `${parts.join('')}${after}${doubt}`),
  ];
}

function pooled({ window, columns }: Terms, at: Shown, before: Shown): HTMLElement {
  const values = window[0]!;
  const range = mapShades(least(before), most(before));
  const isMax = at.stage.op.startsWith('max');
  const numbers = [...values].map((each) => decimal(each)).join(', ');
  const mean = values.reduce((sum, each) => sum + each, 0) / values.length;
  const text = isMax
    ? `the largest of ${numbers} is ${decimal(Math.max(...values))}`
    : `the mean of ${numbers} is ${decimal(mean)}${at.stage.op.startsWith('mean') ? '' : ', then times a weight, plus a bias'}`;
  return h(
    'div',
    { class: 'product' },
    numberGrid(values, columns, range, true),
    h('span', {}, text),
  );
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

function hint(): HTMLElement {
  return h(
    'p',
    { class: 'hint' },
    'Point at a unit of a map: here stand what it looks at, its kernel, and its sum in numbers.',
  );
}
