// The line and the mark of a run, as in the curves.
import { mark } from '../../draw/marks.js';
import { element } from '../../draw/svg.js';
import { h } from './dom.js';
import { colorOf, theme } from './themes.js';

export function marksLike(run: number): HTMLElement {
  const line = element('path', { d: 'M1 7h28', stroke: colorOf(run), 'stroke-width': 2 });
  const swatch = h('span', { class: 'swatch', 'aria-hidden': 'true' });
  const inside = line + mark(run, [15, 7], false, theme());
  swatch.innerHTML = element('svg', { width: 30, height: 14, viewBox: '0 0 30 14' }, inside);
  return swatch;
}
