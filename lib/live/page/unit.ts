// One unit: where it looks, with which kernel, and its sum in numbers.

import { arithmetic, type Terms } from './arithmetic.js';
import type { Layer } from './contract.js';
import { h, say } from './dom.js';
import type { Field, Maps, Shown, Unit } from './maps.js';
import { decimal, unpack } from './numbers.js';
import type { Store } from './store.js';

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
    if (isPool(at)) {
      const [weight, bias] = [valueOf(weights?.values, unit.map), valueOf(weights?.bias, unit.map)];
      const pooled = { window: [patch(unit.map)], kernel: [], columns: kernel[1] };
      return { ...pooled, weight, bias: bias ?? 0 };
    }
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

const valueOf = (values: string | null | undefined, index: number): number | undefined =>
  values ? unpack(values)[index] : undefined;

const biasOf = ({ bias }: Layer, unit: number): number => valueOf(bias, unit) ?? 0;

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

function hint(): HTMLElement {
  return h(
    'p',
    { class: 'hint' },
    'Point at a unit of a map: here stand what it looks at, its kernel, and its sum in numbers.',
  );
}
