// Files of the clone as plain pages with a line's anchor each, for links from the site: it needs no server that shows code.
import fs from 'node:fs';
import path from 'node:path';

import { at } from '../stamps.js';

export class Sources {
  #files = new Set();

  constructor(folder) {
    this.folder = folder;
  }

  /** Where a file of the clone, or a line of it, is shown; undefined for what is no file. */
  address(file, line) {
    if (!fs.statSync(at(file), { throwIfNoEntry: false })?.isFile()) return undefined;
    this.#files.add(file);
    return `source/${file}.html${line === undefined ? '' : `#L${line}`}`;
  }

  /** Writes the files that were asked for. */
  write() {
    for (const file of this.#files) {
      const to = path.join(this.folder, `${file}.html`);
      fs.mkdirSync(path.dirname(to), { recursive: true });
      fs.writeFileSync(to, shown(file, fs.readFileSync(at(file), 'utf8')));
    }
  }
}

const shown = (file, text) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,">
<title>${file}</title>
<style>
:root { color-scheme: light dark; --line: #8888; --mark: light-dark(#ffef9f, #4b4412) }
body { margin: 0; font: 13px/1.5 ui-monospace, monospace }
h1 { font-size: 14px; margin: 0; padding: 10px 16px; position: sticky; top: 0; background: Canvas; border-bottom: 1px solid var(--line) }
pre { margin: 0; padding: 8px 0; overflow-x: auto; counter-reset: line; font: inherit }
span { display: block; padding-right: 16px; min-height: 1.5em; scroll-margin-top: 80px }
span::before { counter-increment: line; content: counter(line); display: inline-block; width: 4em; margin-right: 1.5em; text-align: right; color: var(--line) }
span:target { background: var(--mark) }
</style>
<h1>${file}</h1>
<pre>${text
  .replace(/\n$/, '')
  .split('\n')
  .map((line, i) => `<span id="L${i + 1}">${escaped(line)}</span>`)
  .join('')}</pre>
</html>
`;

const escaped = (text) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
