// Which pixels decided.
import type { Decisive } from './contract.js';
import { choices, h, say } from './dom.js';
import { unpack } from './numbers.js';
import type { Store } from './store.js';
import { maps, paint, signed } from './themes.js';

type Method = 'off' | 'gradient' | 'occlusion';

const told: Readonly<Record<Method, string>> = {
  off: '',
  gradient: 'How much the winning score would change with each pixel.',
  occlusion: 'How much the winning score falls when the surroundings of a pixel are hidden.',
};

export function decisivePanel(store: Store): HTMLElement {
  let method: Method = 'off';
  let asked: AbortController | undefined;
  const canvas = h('canvas', { role: 'img', hidden: true });
  const text = h('p', { class: 'what' });
  const names = store.source.isSaved
    ? { off: 'Off', gradient: 'Gradient' }
    : { off: 'Off', gradient: 'Gradient', occlusion: 'Occlusion' };
  let timer: ReturnType<typeof setTimeout> | undefined;

  const load = async (): Promise<void> => {
    asked?.abort();
    const { picture, which } = store;
    if (method === 'off' || picture === undefined) return;
    asked = new AbortController();
    const { signal } = asked;
    try {
      const path = `/api/decisive?${which}&method=${method}`;
      const { shape, values, label } = await store.source.ask<Decisive>(path, picture, signal);
      if (signal.aborted) return;
      const numbers = unpack(values);
      const most = numbers.reduce((a, b) => Math.max(a, Math.abs(b)), 1e-12);
      const hasSigns = numbers.some((each) => each < 0);
      paint(canvas, numbers, shape.at(-1) ?? 1, hasSigns ? signed(most) : maps(0, most));
      canvas.hidden = false;
      canvas.setAttribute('aria-label', `the pixels that decide for ${label}`);
      say(text, `${told[method]} The winner is ${label}.`);
    } catch (error) {
      if (!signal.aborted) say(text, (error as Error).message);
    }
  };
  const soon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void load(), 120);
  };
  store.on(['features', 'theme'], soon);
  const change = (to: Method): void => {
    method = to;
    canvas.hidden = true;
    say(text, '');
    void load();
  };
  return h(
    'div',
    { class: 'decisive' },
    h('h3', {}, 'Which pixels decided'),
    choices<Method>(
      'Which pixels decided',
      'decisive',
      names as Record<Method, string>,
      method,
      change,
    ),
    canvas,
    text,
  );
}
