// How it learns: curves of all runs that are shown.
import { Chart, type Line } from './chart.js';
import type { Epoch } from './contract.js';
import { atFrame, h, section } from './dom.js';
import { decimal, duration, percent, read } from './numbers.js';
import type { Run, Store } from './store.js';

export function curvesSection(store: Store): HTMLElement {
  const loss = new Chart({ x: 'step', y: 'loss' }, (x) => `step ${x}`);
  const accuracy = new Chart({ x: 'epoch', y: 'accuracy' }, (x) => `epoch ${x}`);
  const table = h('tbody');
  const drawLoss = atFrame(() => loss.show(lossLines(store)));
  const drawEpochs = atFrame(() => {
    accuracy.show(accuracyLines(store));
    table.replaceChildren(...(store.detail?.history ?? []).map(row).reverse());
  });
  store.on(['losses', 'epoch', 'runs', 'theme', 'chosen'], drawLoss);
  store.on(['epoch', 'runs', 'theme', 'chosen'], drawEpochs);
  const head = ['epoch', 'loss', 'training accuracy', 'test accuracy', 'time'];
  return section(
    'curves',
    'How it learns',
    'Each step shows the network some images, and moves all weights a little so that the loss falls. ' +
      'The faint line is the loss of each step; the marks are the means of epochs, in the middle of each.',
    h('div', { class: 'charts' }, loss.element, accuracy.element),
    h(
      'p',
      { class: 'key' },
      h('i', { class: 'solid' }),
      ' test  ',
      h('i', { class: 'dashed' }),
      ' training',
    ),
    h(
      'details',
      {},
      h('summary', {}, 'The same in numbers'),
      h(
        'div',
        { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Epochs in numbers' },
        h(
          'table',
          { class: 'numbers' },
          h('thead', {}, h('tr', {}, ...head.map((name) => h('th', { scope: 'col' }, name)))),
          table,
        ),
      ),
    ),
  );
}

function row({ epoch, loss, trainAcc, testAcc, seconds }: Epoch): HTMLTableRowElement {
  return h(
    'tr',
    {},
    h('th', { scope: 'row' }, String(epoch)),
    h('td', {}, decimal(loss, 4)),
    h('td', {}, percent(trainAcc, 2)),
    h('td', {}, percent(testAcc, 2)),
    h('td', {}, duration(seconds)),
  );
}

const shown = (store: Store): Run[] => [...store.runs.values()].filter((run) => !run.isHidden);

// One run needs no name at each number.
function named(store: Store, run: Run, what: string): string {
  return store.runs.size > 1 ? `${run.summary.name}, ${what}` : what;
}

function lossLines(store: Store): Line[] {
  const lines = shown(store).flatMap((run): Line[] => {
    const { color, losses, detail } = run;
    const steps = detail?.progress?.steps ?? 0;
    // In the middle of what it is the mean of.
    const means = (detail?.history ?? []).map(
      ({ epoch, loss }) => [(epoch - 0.5) * steps, read(loss)] as const,
    );
    const faint = { name: named(store, run, 'loss'), color, points: losses } as const;
    const mean = { name: named(store, run, 'mean of the epoch'), color, points: means } as const;
    return [
      { ...faint, style: 'faint', hasMarks: false },
      ...(steps > 0 ? [{ ...mean, style: 'solid', hasMarks: true } as const] : []),
    ];
  });
  // Means stand before the steps of all runs.
  const isFaint = ({ style }: Line): boolean => style === 'faint';
  return [...lines.filter(isFaint), ...lines.filter((line) => !isFaint(line))];
}

function accuracyLines(store: Store): Line[] {
  return shown(store).flatMap((run): Line[] => {
    const { color, detail } = run;
    const points = (key: 'trainAcc' | 'testAcc') =>
      (detail?.history ?? [])
        .map((epoch) => [epoch.epoch, read(epoch[key])] as const)
        .filter(([, value]) => !Number.isNaN(value));
    return [
      {
        name: named(store, run, 'training'),
        color,
        points: points('trainAcc'),
        style: 'dashed',
        hasMarks: true,
      },
      {
        name: named(store, run, 'test'),
        color,
        points: points('testAcc'),
        style: 'solid',
        hasMarks: true,
      },
    ];
  });
}
