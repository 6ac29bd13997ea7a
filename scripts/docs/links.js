// Looks at the built site's links, anchors and pictures: each leads to what is there. Nothing is fetched.
import fs from 'node:fs';
import path from 'node:path';

import { filesBelow } from '../stamps.js';

/** What leads nowhere, a line each. */
export function faultsOf(site, base = '/') {
  const pages = new Map();
  for (const file of filesBelow(site).filter((each) => each.endsWith('.html'))) {
    const text = fs.readFileSync(file, 'utf8');
    pages.set(path.relative(site, file), {
      isShown: !path.relative(site, file).startsWith('source/'),
      ids: new Set([...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => decoded(id))),
      text,
    });
  }
  const faults = new Set();
  for (const [page, { text, isShown }] of pages) {
    if (!isShown) continue;
    for (const [, target] of text.matchAll(/ (?:href|src)="([^"]*)"/g)) {
      const why = wrong(decoded(target), page);
      if (why !== undefined) faults.add(`${page}: ${target}: ${why}`);
    }
  }
  return [...faults];

  function wrong(target, page) {
    if (/^(https?:|mailto:|data:)/.test(target)) return undefined;
    const [there, anchor] = target.split('#');
    const file = fileOf(there, page);
    if (!fs.existsSync(path.join(site, file))) return 'no such file';
    if (anchor === undefined || anchor === '') return undefined;
    return pages.get(file)?.ids.has(anchor) ? undefined : 'no such anchor';
  }

  function fileOf(there, page) {
    if (there === '') return page;
    const full = there.startsWith(base)
      ? there.slice(base.length)
      : path.posix.join(path.posix.dirname(page), there);
    const file = full === '' || full.endsWith('/') ? `${full}index.html` : full;
    return path.extname(file) === '' ? `${file}.html` : file;
  }
}

const decoded = (text) =>
  decodeURIComponent(text.replaceAll('&amp;', '&').replaceAll('&#39;', "'"));
