// The kernels of the convolutions: what each map looks for.
import type { Layer } from './contract.js';
import { h, section } from './dom.js';
import { decimal, unpack } from './numbers.js';
import type { Store } from './store.js';
import { paint, signed } from './themes.js';

const mostKernels = 256;

export function filtersSection(store: Store): HTMLElement {
  const place = h('div', { class: 'filters' });
  const whole = section(
    'filters',
    'What it looks for',
    'The kernels of its convolutions: orange where light is wanted, blue where dark is. ' +
      'Where there are several maps before, a column belongs to one map, and has a kernel for each of them.',
    place,
  );
  const canvases = new Map<string, HTMLCanvasElement[]>();
  const update = (): void => {
    const layers = (store.weights?.layers ?? []).filter(({ shape }) => shape.length === 4);
    const structure = JSON.stringify(layers.map(({ name, shape }) => [name, shape]));
    if (structure !== place.dataset.structure) {
      place.dataset.structure = structure;
      canvases.clear();
      place.replaceChildren(...layers.map((layer) => figure(layer, canvases)));
    }
    for (const layer of layers) paintLayer(layer, canvases.get(layer.name) ?? []);
    whole.hidden = layers.length === 0;
  };
  store.on(['weights', 'theme'], update);
  return whole;
}

function paintLayer(
  { shape, values, name: _ }: Layer,
  canvases: readonly HTMLCanvasElement[],
): void {
  const all = unpack(values);
  const [, , rows = 1, columns = 1] = shape;
  const size = rows * columns;
  const largest = all.reduce((a, b) => Math.max(a, Math.abs(b)), 1e-9);
  canvases.forEach((canvas, i) => {
    const kernel = all.subarray(i * size, (i + 1) * size);
    paint(canvas, kernel, columns, signed(largest));
    canvas.title = [...kernel].map((each) => decimal(each)).join(' ');
  });
  const scale = canvases[0]?.closest('figure')?.querySelector('.scale');
  if (scale) scale.textContent = `−${decimal(largest)} … ${decimal(largest)}`;
}

function figure({ name, shape }: Layer, canvases: Map<string, HTMLCanvasElement[]>): HTMLElement {
  const [outputs = 0, inputs = 0, rows = 0, columns = 0] = shape;
  const count = Math.min(outputs * inputs, mostKernels);
  const made = Array.from({ length: count }, () => h('canvas'));
  canvases.set(name, made);
  // One input: kernels flow; several: a column per output.
  const grid = h(
    'div',
    {
      class: inputs === 1 ? 'kernels' : 'kernels many',
      role: 'img',
      'aria-label': `${outputs * inputs} kernels of ${rows} × ${columns}`,
    },
    ...made,
  );
  grid.style.setProperty('--inputs', String(inputs));
  return h(
    'figure',
    {},
    h(
      'figcaption',
      {},
      h('b', {}, name),
      ` ${outputs} × ${inputs} kernels of ${rows}×${columns} `,
      h('small', { class: 'scale' }),
    ),
    h('div', { class: 'scroll' }, grid),
  );
}
