// Where it errs: the confusion matrix, and images.
import { colorAt, counts as countScale, readableOn } from '../../draw/colors.js';
import { dark, light } from '../../draw/palette.js';
import type { Cell, Confusion } from './contract.js';
import { h, say, section } from './dom.js';
import { testImage } from './look.js';
import { percent } from './numbers.js';
import { runPath } from './source.js';
import type { Store } from './store.js';
import { paint, photo, theme } from './themes.js';

const mostImages = 40;

export function mistakesSection(store: Store, onImage: (index: number) => void): HTMLElement {
  const matrix = h('table', { class: 'confusion' });
  const title = h('h3', {});
  const images = h('div', { class: 'gallery' });
  const whole = section(
    'mistakes',
    'Where it errs',
    'Rows are what the test images are, columns what the network takes them for. ' +
      'A cell shows its images; an image goes to the maps.',
    h(
      'div',
      { class: 'errors' },
      h('div', { class: 'scroll' }, matrix),
      h('div', {}, title, images),
    ),
  );
  let asked = '';
  let found: Confusion | undefined;

  const gallery = (text: string, all: readonly { index: number; note: string }[]): void => {
    say(title, text);
    const first = all.slice(0, mostImages);
    images.replaceChildren(
      ...first.map(({ index, note }) => thumbnail(store, index, note, onImage)),
    );
  };
  const open = async (actual: number, predicted: number): Promise<void> => {
    const classes = found?.classes ?? [];
    const names = `${classes[actual]}, taken for ${classes[predicted]}`;
    if (store.source.isSaved) {
      gallery(`${names}: its images are not in the saved file`, []);
      return;
    }
    const path = runPath(store.run, `/cell?${asked}actual=${actual}&predicted=${predicted}`);
    try {
      const cell = await store.source.get<Cell>(path);
      const notes = cell.images.map(({ index, score }) => ({ index, note: percent(score, 0) }));
      gallery(`${names}: ${notes.length}`, notes);
    } catch (error) {
      gallery(`${names}: ${(error as Error).message}`, []);
    }
  };
  const draw = (): void => {
    if (found === undefined) return;
    drawMatrix(matrix, found, open);
  };
  const load = async (): Promise<void> => {
    const epoch = store.epochOrLast ?? store.detail?.kept.at(-1);
    const query = epoch === undefined ? '' : `epoch=${epoch}&`;
    if (store.run === '' || epoch === undefined) return;
    if (`${store.run} ${query}` === matrix.dataset.of) return;
    matrix.dataset.of = `${store.run} ${query}`;
    try {
      found = await store.source.get<Confusion>(runPath(store.run, `/confusion?epoch=${epoch}`));
    } catch (error) {
      matrix.dataset.of = '';
      say(title, (error as Error).message);
      return;
    }
    asked = query;
    draw();
    const { classes, mistakes } = found;
    // A saved file has some of the images.
    const { isSaved, images: saved } = store.source;
    const there = mistakes.filter(({ index }) => !isSaved || saved.includes(index));
    const worst = there.map(({ index, actual, predicted, score }) => ({
      index,
      note: `${classes[actual]} → ${classes[predicted]} ${percent(score, 0)}`,
    }));
    gallery(mistakes.length === 0 ? 'No mistakes' : 'The worst mistakes', worst.slice(0, 24));
  };
  // Ten thousand images are a twentieth of an epoch: only for who looks.
  let isSeen = false;
  const ask = (): void => {
    if (isSeen) void load();
  };
  new IntersectionObserver((entries) => {
    isSeen = entries.some((entry) => entry.isIntersecting);
    ask();
  }).observe(whole);
  store.on(['chosen', 'epoch'], ask);
  store.on(['theme'], draw);
  return whole;
}

function thumbnail(
  store: Store,
  index: number,
  note: string,
  onImage: (index: number) => void,
): HTMLElement {
  const canvas = h('canvas', { width: 28, height: 28 });
  testImage(store, index).then(
    ({ shape, pixels }) => {
      const columns = shape.at(-1) ?? 28;
      paint(canvas, pixels.subarray(0, columns * (shape.at(-2) ?? 28)), columns, photo());
    },
    // The black square stays; its number and class stand beside it.
    () => {},
  );
  return h(
    'button',
    { type: 'button', onclick: () => onImage(index), title: `test image ${index}: show its maps` },
    canvas,
    h('small', {}, note),
  );
}

function drawMatrix(
  table: HTMLTableElement,
  { classes, counts }: Confusion,
  onCell: (actual: number, predicted: number) => void,
): void {
  const scale = countScale(theme());
  const totals = counts.map((row) =>
    Math.max(
      1,
      row.reduce((sum, each) => sum + each, 0),
    ),
  );
  const focus = document.activeElement?.getAttribute('data-cell');
  const cell = (actual: number, predicted: number): HTMLElement => {
    const count = counts[actual]![predicted]!;
    const ground = colorAt(scale, count / totals[actual]!);
    const button = h(
      'button',
      {
        type: 'button',
        tabindex: actual + predicted === 0 ? 0 : -1,
        'data-cell': `${actual} ${predicted}`,
        'aria-label': `${count} of ${classes[actual]} taken for ${classes[predicted]}`,
        onclick: () => onCell(actual, predicted),
      },
      count === 0 ? '·' : String(count),
    );
    button.style.background = `rgb(${ground.join(' ')})`;
    button.style.color = count === 0 ? 'var(--muted)' : readableOn(ground, [dark.text, light.text]);
    return h('td', { class: actual === predicted ? 'right' : undefined }, button);
  };
  table.replaceChildren(
    h('caption', { class: 'unseen' }, 'Confusion matrix; arrow keys go from cell to cell'),
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        h('td'),
        ...classes.map((name) => h('th', { scope: 'col' }, h('span', {}, name))),
      ),
    ),
    h(
      'tbody',
      {},
      ...classes.map((name, actual) =>
        h(
          'tr',
          {},
          h('th', { scope: 'row' }, name),
          ...classes.map((_, predicted) => cell(actual, predicted)),
        ),
      ),
    ),
  );
  table.onkeydown = (event) => walk(table, event, classes.length);
  if (focus) table.querySelector<HTMLElement>(`[data-cell="${focus}"]`)?.focus();
}

// One stop of the Tab key for the whole matrix; arrows go on from there.
function walk(table: HTMLTableElement, event: KeyboardEvent, size: number): void {
  const steps: Record<string, readonly [number, number]> = {
    ArrowLeft: [0, -1],
    ArrowRight: [0, 1],
    ArrowUp: [-1, 0],
    ArrowDown: [1, 0],
  };
  const step = steps[event.key];
  const now = (event.target as HTMLElement).dataset.cell?.split(' ').map(Number);
  if (step === undefined || now === undefined) return;
  const at = now.map((each, i) => (each + step[i]! + size) % size);
  const next = table.querySelector<HTMLElement>(`[data-cell="${at.join(' ')}"]`);
  if (next === null) return;
  event.preventDefault();
  (event.target as HTMLElement).tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}
