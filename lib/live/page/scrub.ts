// The slider over the epochs whose weights are kept, and what holds for all below: which weights.
import { h, say } from './dom.js';
import { percent } from './numbers.js';
import type { Chosen, Store } from './store.js';

const beat = 700;

export function scrubBar(store: Store): HTMLElement {
  const slider = h('input', { type: 'range', min: 0, step: 1, 'aria-label': 'epoch' });
  const text = h('output', { class: 'scrub-text' });
  const play = h('button', { type: 'button', class: 'play' }, 'Play');
  let timer: ReturnType<typeof setInterval> | undefined;

  // One place more than epochs that are kept: the newest weights. A saved file has no newer ones.
  const places = (): Chosen[] => {
    const kept: readonly Chosen[] = store.detail?.kept ?? [];
    return store.source.isSaved ? [...kept] : [...kept, 'now'];
  };
  const update = (): void => {
    const all = places();
    slider.max = String(all.length - 1);
    const at = store.epoch === 'now' ? all.length - 1 : all.indexOf(store.epoch);
    slider.value = String(at);
    const what = describe(store, all[at] ?? 'now');
    say(text, what);
    slider.setAttribute('aria-valuetext', what);
  };
  const go = (place: number): void => {
    const to = places()[place];
    if (to !== undefined) store.choose(store.run, to);
  };
  const stop = (): void => {
    clearInterval(timer);
    timer = undefined;
    say(play, 'Play');
  };
  slider.addEventListener('input', () => {
    stop();
    go(slider.valueAsNumber);
  });
  play.addEventListener('click', () => {
    if (timer !== undefined) return stop();
    if (slider.value === slider.max) go(0);
    say(play, 'Pause');
    timer = setInterval(() => {
      if (slider.value === slider.max) stop();
      else go(slider.valueAsNumber + 1);
    }, beat);
  });
  store.on(['chosen', 'epoch', 'runs'], update);
  return h(
    'div',
    { class: 'scrub', role: 'group', 'aria-label': 'Weights of which epoch' },
    play,
    slider,
    text,
  );
}

function describe(store: Store, at: Chosen): string {
  const { detail } = store;
  const epoch = at === 'now' ? (detail?.kept.at(-1) ?? 0) : at;
  const accuracy = detail?.history.find((each) => each.epoch === epoch)?.testAcc;
  const result = accuracy === undefined ? '' : `, test accuracy ${percent(accuracy)}`;
  if (at === 'now') return `the newest weights${result}`;
  return epoch === 0 ? 'before the first step' : `after epoch ${epoch}${result}`;
}
