// The live page: makes its sections, and lets the stream of events bring them to life.
import { curvesSection } from './curves.js';
import { decisivePanel } from './decisive.js';
import { h, say, section } from './dom.js';
import { filtersSection } from './filters.js';
import { keepLooking } from './look.js';
import { Maps } from './maps.js';
import { mistakesSection } from './mistakes.js';
import { Painter } from './painter.js';
import { runsSection } from './runs.js';
import { scoresPanel } from './scores.js';
import { scrubBar } from './scrub.js';
import { openSource, runPath } from './source.js';
import { statusPanel } from './status.js';
import { Store } from './store.js';
import { follow } from './stream.js';
import { themeSwitch } from './themes.js';
import { UnitPanel } from './unit.js';

const store = new Store(openSource());
const painter = new Painter(store);
const unit = new UnitPanel(store);
const maps = new Maps(store, (at) => unit.show(at));
unit.maps = maps;

function heading(): HTMLElement {
  const title = h('h1', {}, 'A network learns');
  const save = h('a', { class: 'save', download: '' }, 'Save as a file');
  save.hidden = true;
  const lost = h('p', { class: 'lost', role: 'alert', hidden: true });
  const none = h('p', { class: 'lost', role: 'status', hidden: true });
  const update = (): void => {
    const { summary, detail } = store.chosen ?? {};
    none.hidden = summary !== undefined;
    save.hidden = store.source.isSaved || summary === undefined;
    say(
      none,
      none.hidden ? '' : 'No run is here yet. One that begins is shown as soon as it does.',
    );
    if (summary === undefined) return;
    // As the class is written: LeNet( …
    const { text } = (detail?.configuration.model ?? {}) as { text?: readonly string[] };
    const name = text?.[0]?.match(/^\w+/)?.[0] ?? summary.model;
    say(title, `${name} learns`);
    document.title = `${summary.name}: ${name} learns`;
    save.href = runPath(summary.name, '/file');
  };
  store.on(['runs', 'chosen'], update);
  store.on(['connection'], () => {
    lost.hidden = store.connection !== 'lost';
    say(
      lost,
      lost.hidden
        ? ''
        : 'The connection is lost. What you see is the last that came; the page goes on when the training answers again.',
    );
  });
  return h(
    'header',
    {},
    h('div', { class: 'titles' }, title, h('nav', {}, themeSwitch(store), save)),
    lost,
    none,
  );
}

function mapsSection(): HTMLElement {
  const trouble = h('p', { class: 'trouble', role: 'alert' });
  const delay = h('p', { class: 'delay' });
  keepLooking(store, (message) => say(trouble, message));
  store.on(['features'], () => {
    if (Number.isFinite(store.delay))
      say(delay, `maps ${Math.round(store.delay)} ms after the brush`);
  });
  return section(
    'maps',
    'What it sees',
    store.source.isSaved
      ? 'A test image on its way through the network: each stage makes maps of the maps before it.'
      : 'A garment on its way through the network: each stage makes maps of the maps before it. Paint on it, and they follow.',
    h(
      'div',
      { class: 'look' },
      h('div', { class: 'side' }, painter.element, scoresPanel(store), decisivePanel(store)),
      h('div', { class: 'main' }, trouble, maps.element, unit.element, unit.spoken, delay),
    ),
  );
}

function showImage(index: number): void {
  void painter.show(index);
  document.getElementById('maps')?.scrollIntoView({ block: 'start' });
  painter.element.querySelector('canvas')?.focus({ preventScroll: true });
}

document
  .getElementById('page')!
  .append(
    heading(),
    statusPanel(store),
    curvesSection(store),
    runsSection(store),
    h(
      'div',
      { class: 'by-epoch' },
      scrubBar(store),
      mapsSection(),
      filtersSection(store),
      mistakesSection(store, showImage),
    ),
  );

// The first picture, once it is known which run is looked at, and what its network takes.
store.on(['runs'], () => {
  if (store.picture === undefined && store.detail?.images) {
    void painter.show(store.source.images[0] ?? 0);
  }
});
follow(store);
