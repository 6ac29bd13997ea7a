// What the network takes the picture for.
import { h, say } from './dom.js';
import { percent, read } from './numbers.js';
import type { Store } from './store.js';

export function scoresPanel(store: Store): HTMLElement {
  const list = h('ol', { class: 'scores' });
  const verdict = h('p', { class: 'verdict' });
  let names = '';
  const update = (): void => {
    const { features, label } = store;
    if (features === undefined) return;
    const { scores } = features;
    const now = JSON.stringify(scores.map((each) => each.label));
    if (now !== names) {
      list.replaceChildren(
        ...scores.map((each) =>
          h('li', {}, h('span', {}, each.label), h('i', {}, h('b')), h('data')),
        ),
      );
    }
    names = now;
    scores.forEach((each, i) => {
      const item = list.children[i] as HTMLElement;
      const share = read(each.score);
      item.classList.toggle('predicted', each.label === features.label);
      item.classList.toggle('right', i === label);
      item.querySelector('b')!.style.width = `${Number.isFinite(share) ? 100 * share : 0}%`;
      say(item.querySelector('data')!, percent(each.score));
    });
    const score = scores.find((each) => each.label === features.label)?.score;
    const right = label === undefined ? undefined : scores[label]?.label;
    const mistake = right !== undefined && right !== features.label;
    verdict.replaceChildren(
      'This is ',
      h('strong', {}, features.label),
      `, says the network, with ${percent(score)}`,
      mistake ? `. It is ${right}.` : '.',
    );
    verdict.classList.toggle('wrong', mistake);
  };
  store.on(['features'], update);
  return h('div', { class: 'outcome' }, verdict, list);
}
