// The runs: which is looked at, which are shown, in what they differ.

import { differences } from './differences.js';
import { h, section } from './dom.js';
import { percent } from './numbers.js';
import { runPath } from './source.js';
import type { Run, Store } from './store.js';
import { marksLike } from './swatch.js';

export function runsSection(store: Store): HTMLElement {
  const list = h('tbody');
  const head = h('tr');
  const question = h('dialog', { 'aria-labelledby': 'question' });
  const whole = section(
    'runs',
    'Beside one another',
    'Runs overlaid in the curves, and the settings in which they differ.',
    h(
      'div',
      { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Runs' },
      h('table', { class: 'runs' }, h('thead', {}, head), list),
    ),
    question,
  );
  let drawn = '';
  const update = (): void => {
    const runs = [...store.runs.values()];
    whole.hidden = runs.length < 2;
    const differing = differences(runs.flatMap(({ detail }) => detail ?? []));
    const now = JSON.stringify([
      store.run,
      differing,
      runs.map(({ summary, isHidden }) => [summary, isHidden]),
    ]);
    if (now === drawn) return;
    drawn = now;
    const names = ['run', 'state', 'epochs', 'test accuracy', ...differing.keys(), ''];
    head.replaceChildren(...names.map((name) => h('th', { scope: 'col' }, name)));
    list.replaceChildren(...runs.map((run) => row(store, run, differing, question)));
  };
  store.on(['runs', 'chosen', 'epoch', 'theme'], update);
  store.on(['theme'], () => {
    drawn = '';
    update();
  });
  return whole;
}

function row(
  store: Store,
  run: Run,
  differing: ReadonlyMap<string, ReadonlyMap<string, string>>,
  question: HTMLDialogElement,
): HTMLTableRowElement {
  const { summary, isHidden } = run;
  const { name, state, epoch, epochs, testAcc } = summary;
  const show = h('input', {
    type: 'checkbox',
    checked: !isHidden,
    'aria-label': `show ${name}`,
    onchange: () => {
      run.isHidden = !show.checked;
      store.tell('runs');
    },
  });
  const choose = h(
    'button',
    {
      type: 'button',
      class: 'link',
      'aria-current': store.run === name ? 'true' : undefined,
      title: 'look at its maps',
      onclick: () => store.choose(name, 'now'),
    },
    name,
  );
  const remove = h(
    'button',
    { type: 'button', class: 'link', onclick: () => ask(store, name, question) },
    'delete',
  );
  const isBusy = state === 'training' || state === 'stopping' || state === 'elsewhere';
  remove.hidden = store.source.isSaved;
  remove.disabled = isBusy;
  return h(
    'tr',
    { class: isHidden ? 'hidden' : undefined },
    h('th', { scope: 'row' }, show, ' ', marksLike(run.color), ' ', choose),
    h('td', {}, state),
    h('td', {}, `${epoch} of ${epochs}`),
    h('td', {}, percent(testAcc, 2)),
    ...[...differing.values()].map((values) => setting(values.get(name) || '–')),
    h('td', {}, remove),
  );
}

// A long one, such as a folder, is read as a whole under the pointer.
const setting = (text: string): HTMLTableCellElement =>
  h('td', { class: 'setting', title: text.length > 40 ? text : undefined }, text);

function ask(store: Store, name: string, dialog: HTMLDialogElement): void {
  const trouble = h('p', { class: 'trouble', role: 'alert' });
  const remove = async (): Promise<void> => {
    // Nothing is asked any more about what goes.
    const other = [...store.runs.keys()].find((each) => each !== name);
    if (store.run === name && other !== undefined) store.choose(other, 'now');
    try {
      await store.source.order('DELETE', runPath(name));
      dialog.close();
      await store.load();
    } catch (error) {
      trouble.textContent = (error as Error).message;
    }
  };
  dialog.replaceChildren(
    h('h3', { id: 'question' }, `Delete the run ${name}?`),
    h(
      'p',
      {},
      'Its folder with weights, checkpoints and measurements goes. This cannot be undone.',
    ),
    trouble,
    h(
      'div',
      { class: 'row' },
      h('button', { type: 'button', autofocus: true, onclick: () => dialog.close() }, 'Keep it'),
      h('button', { type: 'button', class: 'danger', onclick: remove }, 'Delete it'),
    ),
  );
  dialog.showModal();
}
