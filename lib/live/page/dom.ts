// Elements, made in one line.

type Child = Node | string | false | undefined;
type Props = Readonly<
  Record<string, string | number | boolean | undefined | ((event: never) => void)>
>;

/**
 * An element with attributes, listeners (`onclick`), and children. `true` writes an attribute without a
 * value; `false` and `undefined` leave one out.
 */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (value === undefined || value === false) continue;
    if (typeof value === 'function') {
      made.addEventListener(key.slice(2), value as EventListener);
    } else made.setAttribute(key, value === true ? '' : String(value));
  }
  made.append(...children.filter((child): child is Node | string => !!child));
  return made;
}

/** Writes a text only where it differs: screen readers and selections are left alone. */
export function say(place: Element, text: string): void {
  if (place.textContent !== text) place.textContent = text;
}

/** A section of the page: a heading, a sentence or two, and what it shows. */
export function section(
  id: string,
  title: string,
  intro: string,
  ...children: Child[]
): HTMLElement {
  return h(
    'section',
    { id, 'aria-labelledby': `${id}-title` },
    h('h2', { id: `${id}-title` }, title),
    h('p', { class: 'intro' }, intro),
    ...children,
  );
}

/** A group of choices of which one holds; the arrow keys move, as browsers do it. */
export function choices<T extends string>(
  legend: string,
  name: string,
  values: Readonly<Record<T, string>>,
  chosen: T,
  onChoice: (value: T) => void,
): HTMLFieldSetElement {
  const options = (Object.keys(values) as T[]).map((value) =>
    h(
      'label',
      {},
      h('input', {
        type: 'radio',
        name,
        value,
        checked: value === chosen,
        onchange: () => onChoice(value),
      }),
      h('span', {}, values[value]),
    ),
  );
  return h('fieldset', { class: 'choices' }, h('legend', {}, legend), ...options);
}

/** Calls once at the next frame, however often it is asked before. */
export function atFrame(draw: () => void): () => void {
  let isAsked = false;
  return () => {
    if (isAsked) return;
    isAsked = true;
    requestAnimationFrame(() => {
      isAsked = false;
      draw();
    });
  };
}
