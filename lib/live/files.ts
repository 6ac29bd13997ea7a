import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

import { codeFolder, packageFolder } from '../location.js';

// The page is made for browsers, and lies compiled in dist/ alone: also for who runs lib/ itself.
const compiled = [codeFolder, join(packageFolder, 'dist')].find((root) =>
  existsSync(`${root}/live/page/main.js`),
);
const first = 'live/page/main.js';
// Later ones win over earlier ones.
const styles = ['page', 'controls', 'status', 'curves', 'scrub', 'maps', 'filters', 'mistakes'];
const importing = /(\bfrom |\bimport )'(\.[^']+)'/g;

/** The page as it lies in the package. */
export interface PageFiles {
  /** Modules by path, `live/page/main.js`: the first one and all that it imports, and nothing besides. */
  readonly modules: ReadonlyMap<string, string>;
  readonly html: string;
  readonly style: string;
}

let known: PageFiles | undefined;

/** The page's files, read once. */
export function pageFiles(): PageFiles {
  known ??= readPage();
  return known;
}

function readPage(): PageFiles {
  if (compiled === undefined) {
    throw new Error(`the live page is not built: no ${first}; npm run build makes it`);
  }
  const read = (name: string): string => readFileSync(`${compiled}/${name}`, 'utf8');
  const modules = new Map<string, string>();
  const visit = (name: string): void => {
    if (modules.has(name)) return;
    const text = read(name);
    modules.set(name, text);
    for (const [, , path] of text.matchAll(importing)) visit(resolve(name, path!));
  };
  visit(first);
  const style = styles.map((name) => read(`live/page/style/${name}.css`)).join('\n');
  return { modules, html: read('live/page/index.html'), style };
}

const resolve = (from: string, path: string): string => posix.join(posix.dirname(from), path);

/** HTML of the page, whose scripts the server has at `/page/`. */
export function shell(): string {
  return fill(pageFiles(), `<script type="module" src="/page/${first}"></script>`);
}

/**
 * HTML of a run that needs no server: the page with all its scripts in it, and what the server would
 * have answered.
 *
 * @param answers - The API's answers by path with query.
 */
export function savedPage(title: string, answers: Readonly<Record<string, unknown>>): string {
  const page = pageFiles();
  const urls: Record<string, string> = {};
  for (const [name, text] of page.modules) {
    // A module of a data URL stands nowhere that a relative path could start from.
    const moved = text.replace(importing, (_, word, path) => `${word}'${resolve(name, path)}'`);
    urls[name] = `data:text/javascript;base64,${Buffer.from(moved).toString('base64')}`;
  }
  const scripts = [
    `<script type="importmap">${inScript({ imports: urls })}</script>`,
    `<script type="application/json" id="answers">${inScript(answers)}</script>`,
    `<script type="module">import '${first}';</script>`,
  ];
  return fill(page, scripts.join('\n'), title);
}

function fill({ html, style }: PageFiles, scripts: string, title?: string): string {
  const named =
    title === undefined
      ? html
      : html.replace(/<title>.*<\/title>/, () => `<title>${inText(title)}</title>`);
  return named.replace('/* style */', () => style).replace('<!-- scripts -->', () => scripts);
}

// No text can end the script that it stands in.
const inScript = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c');

const inText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
