// Every feature map of the network, stage by stage.
import { formatNumber } from '../../draw/text.js';
import type { Stage } from './contract.js';
import { h, say } from './dom.js';
import { read, unpack } from './numbers.js';
import type { Store } from './store.js';
import { maps, paint, photo } from './themes.js';

/** A unit of the network. */
export interface Unit {
  readonly stage: number;
  readonly map: number;
  readonly row: number;
  readonly column: number;
}

/** A rectangle of a stage's maps, in units; its ends are not in it. */
export interface Field {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

/** A stage with its numbers at hand. */
export interface Shown {
  readonly stage: Stage;
  readonly values: Float32Array;
  readonly channels: number;
  readonly rows: number;
  readonly columns: number;
}

const mostMaps = 64;

/** `[maps, rows, columns]`; a vector is as many maps of one unit. */
export function sizesOf({ shape }: Stage): [number, number, number] {
  return shape.length === 3
    ? (shape as unknown as [number, number, number])
    : [shape.reduce((product, size) => product * size, 1), 1, 1];
}

/** Columns in which a vector is shown: a divisor near 30. */
function vectorColumns(length: number): number {
  for (let columns = Math.min(30, length); columns > 9; columns--) {
    if (length % columns === 0) return columns;
  }
  return Math.min(30, length);
}

interface Row {
  readonly canvases: readonly HTMLCanvasElement[];
  readonly fields: readonly HTMLElement[];
  readonly columns: number;
  readonly isVector: boolean;
  readonly scale: HTMLElement;
}

export class Maps {
  readonly element = h('div', { class: 'stages' });
  shown: readonly Shown[] = [];
  private rows: readonly Row[] = [];
  private structure = '';

  constructor(
    store: Store,
    private readonly onUnit: (unit: Unit) => void,
  ) {
    const draw = (): void => {
      if (store.features !== undefined) this.show(store.features.stages);
    };
    store.on(['features'], draw);
  }

  private show(stages: readonly Stage[]): void {
    this.shown = stages.map((stage) => {
      const [channels, rows, columns] = sizesOf(stage);
      return { stage, values: unpack(stage.values), channels, rows, columns };
    });
    const structure = JSON.stringify(stages.map(({ name, op, shape }) => [name, op, shape]));
    if (structure !== this.structure) this.build();
    this.structure = structure;
    this.shown.forEach((shown, i) => {
      this.paint(shown, this.rows[i]!);
    });
  }

  private paint({ stage, values, rows, columns }: Shown, row: Row): void {
    const [least, most] = [read(stage.least), read(stage.most)];
    const shades = stage.name === 'INPUT' ? photo(least, most) : maps(least, most);
    say(row.scale, `${short(least)} … ${short(most)}`);
    if (row.isVector) {
      paint(row.canvases[0]!, values, row.columns, shades);
      return;
    }
    row.canvases.forEach((canvas, map) => {
      paint(
        canvas,
        values.subarray(map * rows * columns, (map + 1) * rows * columns),
        columns,
        shades,
      );
    });
  }

  private build(): void {
    const built = this.shown.map((shown, i) => this.buildStage(shown, i));
    this.rows = built.map(([, row]) => row);
    this.element.replaceChildren(...built.map(([element]) => element));
  }

  private buildStage({ stage, channels, rows, columns }: Shown, index: number): [HTMLElement, Row] {
    const isVector = rows * columns === 1;
    const count = isVector ? 1 : Math.min(channels, mostMaps);
    const across = isVector ? vectorColumns(channels) : columns;
    const canvases = Array.from({ length: count }, () => h('canvas'));
    const fields = canvases.map(() => h('i', { class: 'field', hidden: true }));
    const size = isVector ? String(channels) : `${channels}@${rows}×${columns}`;
    const steps = [stage.op, stage.kernel ? stage.kernel.join('×') : '', stage.activation ?? ''];
    const what = steps.filter((step) => step !== '').join(' ');
    const pictures = canvases.map((canvas, map) => {
      const holder = h('span', { class: isVector ? 'map vector' : 'map' }, canvas, fields[map]!);
      const sizes = { columns: across, across: Math.min(count, 16), narrow: Math.min(count, 8) };
      for (const [name, size] of Object.entries(sizes)) {
        holder.style.setProperty(`--${name}`, String(size));
      }
      this.listen(canvas, index, map, isVector ? Math.ceil(channels / across) : rows, across);
      return holder;
    });
    const scale = h('small', { class: 'scale' });
    const grid = h(
      'div',
      {
        class: 'grid',
        role: 'img',
        tabindex: 0,
        'aria-label': `${stage.name}, ${what}: ${isVector ? `${channels} units` : `${channels} maps of ${rows} × ${columns}`}. Arrow keys go from unit to unit.`,
      },
      ...pictures,
    );
    this.listenToKeys(grid, index);
    const left =
      channels > count && !isVector
        ? h('small', {}, `and ${channels - count} more maps`)
        : undefined;
    const head = h(
      'div',
      { class: 'stage-head' },
      h('b', {}, stage.name),
      h('span', {}, what),
      h('small', {}, size),
      scale,
    );
    const element = h('div', { class: 'stage' }, head, grid, left);
    return [element, { canvases, fields, columns: across, isVector, scale }];
  }

  private listen(
    canvas: HTMLCanvasElement,
    stage: number,
    map: number,
    rows: number,
    columns: number,
  ): void {
    const point = (event: PointerEvent): void => {
      const box = canvas.getBoundingClientRect();
      const inside = (at: number, size: number, count: number): number =>
        Math.min(count - 1, Math.max(0, Math.floor((at / size) * count)));
      const row = inside(event.clientY - box.top, box.height, rows);
      const column = inside(event.clientX - box.left, box.width, columns);
      this.onUnit(this.unitAt(stage, map, row, column));
    };
    canvas.addEventListener('pointermove', point);
    canvas.addEventListener('pointerdown', point);
  }

  // A place of the picture of a vector is a map of its own.
  private unitAt(stage: number, map: number, row: number, column: number): Unit {
    const { isVector, columns } = this.rows[stage]!;
    if (!isVector) return { stage, map, row, column };
    const { channels } = this.shown[stage]!;
    return { stage, map: Math.min(channels - 1, row * columns + column), row: 0, column: 0 };
  }

  private listenToKeys(grid: HTMLElement, stage: number): void {
    let at: Unit = { stage, map: 0, row: 0, column: 0 };
    grid.addEventListener('focus', () => {
      if (grid.matches(':focus-visible')) this.onUnit(at);
    });
    grid.addEventListener('keydown', (event) => {
      const moved = this.moved(at, event.key);
      if (moved === undefined) return;
      at = moved;
      event.preventDefault();
      this.onUnit(at);
    });
  }

  private moved({ stage, map, row, column }: Unit, key: string): Unit | undefined {
    const { channels, rows, columns } = this.shown[stage]!;
    const wrap = (at: number, size: number): number => (at + size) % size;
    const { isVector, columns: across } = this.rows[stage]!;
    const steps: Record<string, readonly [number, number]> = {
      ArrowLeft: [0, -1],
      ArrowRight: [0, 1],
      ArrowUp: [-1, 0],
      ArrowDown: [1, 0],
    };
    if (key === 'PageDown') return { stage, map: wrap(map + 1, channels), row, column };
    if (key === 'PageUp') return { stage, map: wrap(map - 1, channels), row, column };
    const step = steps[key];
    if (step === undefined) return undefined;
    if (isVector) {
      return { stage, map: wrap(map + step[0] * across + step[1], channels), row, column };
    }
    return { stage, map, row: wrap(row + step[0], rows), column: wrap(column + step[1], columns) };
  }

  /** Outlines a field on a stage's maps: on one, or with `map` left out on all. */
  outline(stage: number, field: Field | undefined, map?: number): void {
    const row = this.rows[stage];
    const shown = this.shown[stage];
    if (row === undefined || shown === undefined) return;
    const { rows, columns } = row.isVector
      ? { rows: Math.ceil(shown.channels / row.columns), columns: row.columns }
      : shown;
    const box = row.isVector && map !== undefined ? cellOf(map, columns) : field;
    row.fields.forEach((element, i) => {
      element.hidden = box === undefined || (map !== undefined && !row.isVector && i !== map);
      if (box === undefined) return;
      element.style.top = `${(100 * box.top) / rows}%`;
      element.style.left = `${(100 * box.left) / columns}%`;
      element.style.height = `${(100 * (box.bottom - box.top)) / rows}%`;
      element.style.width = `${(100 * (box.right - box.left)) / columns}%`;
    });
  }
}

function cellOf(index: number, columns: number): Field {
  const [top, left] = [Math.floor(index / columns), index % columns];
  return { top, left, bottom: top + 1, right: left + 1 };
}

const short = (value: number): string => formatNumber(value, 2);
