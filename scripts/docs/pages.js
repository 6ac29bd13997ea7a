// Puts the site's pages together: docs/*.md as they are but for links, and those that are made of the code.
import fs from 'node:fs';
import path from 'node:path';

import { at } from '../stamps.js';
import { apiPages } from './api.js';
import { chapterPage } from './chapter.js';
import { indexOfApi } from './index.js';
import { made, sections, written } from './sidebar.js';
import { Sources } from './source.js';
import { readSymbols } from './symbols.js';

/** Writes all pages into a folder, which is made anew; resolves to `[{ page, title, section, markdown }]` in the site's order. */
export async function writePages(folder) {
  fs.rmSync(folder, { recursive: true, force: true });
  for (const name of ['api', 'public']) {
    fs.mkdirSync(path.join(folder, name), { recursive: true });
  }
  fs.cpSync(at('docs', 'pictures'), path.join(folder, 'pictures'), { recursive: true });
  fs.copyFileSync(at('docs', 'train.svg'), path.join(folder, 'train.svg'));
  const sources = new Sources(path.join(folder, 'public', 'source'));
  const pages = [];
  const write = (page, text, about = {}) => {
    fs.writeFileSync(path.join(folder, `${page}.md`), text);
    const title = /^# (.+?)(?: \{#.*)?$/m.exec(text)?.[1] ?? page;
    pages.push({ page, title, markdown: text, ...about });
  };
  const linked = (text, from) => relinked(text, from, sources);

  for (const name of written()) {
    write(name, linked(fs.readFileSync(at('docs', `${name}.md`), 'utf8'), 'docs'));
  }
  for (const [name, file] of Object.entries(made)) {
    write(name, linked(fs.readFileSync(at(file), 'utf8'), ''));
  }
  write('chapter', linked(chapterPage(path.join(folder, 'chapter')), 'docs'));
  fs.copyFileSync(
    at('docs', 'pictures', 'features.svg'),
    path.join(folder, 'public', 'features.svg'),
  );
  const symbols = readSymbols();
  const api = apiPages(symbols, (file, line) => `../${sources.address(file, line)}`);
  for (const { slug, markdown, group, title } of api) {
    write(`api/${slug}`, markdown, { group, short: title });
  }
  write('api/index', indexOfApi(api));
  if (!written().includes('names')) {
    const { namesTable } = await import('./names.js');
    write('names', await namesTable());
  }
  sources.write();
  return inOrder(pages);
}

function inOrder(pages) {
  const listed = sections.flatMap(({ title, pages: all }) => all.map(([page]) => [page, title]));
  const rank = new Map(listed.map(([page], i) => [page, i]));
  const of = new Map(listed);
  return pages
    .map((each) => ({ ...each, section: of.get(each.page) ?? 'API' }))
    .sort((a, b) => (rank.get(a.page) ?? 1e6) - (rank.get(b.page) ?? 1e6));
}

/**
 * A document of the clone as a page of the site: what it links to in the clone is a page too, or the text of a file.
 *
 * @param from - The document's folder in the clone.
 */
export function relinked(text, from, sources) {
  const pageOf = new Map(Object.entries(made).map(([page, file]) => [file, page]));
  return text
    .split(/(^```[\s\S]*?^```$)/m)
    .map((part, i) => (i % 2 === 1 ? part : part.replaceAll(/(!?\[[^\]]*\])\(([^)\s]+)\)/g, link)))
    .join('');

  function link(whole, label, target) {
    if (/^(\w+:|#)/.test(target)) return whole;
    const [there, anchor] = target.split('#');
    const file = path.posix.normalize(path.posix.join(from, there));
    const hash = anchor === undefined ? '' : `#${anchor}`;
    if (file === 'README.md') return `${label}(./index.md)`;
    if (pageOf.has(file)) return `${label}(./${pageOf.get(file)}.md${hash})`;
    if (file.startsWith('docs/')) return `${label}(./${file.slice(5)}${hash})`;
    const address = sources.address(file);
    return address === undefined
      ? label.slice(1, -1)
      : `${label}(./${address}${hash}){target="_self"}`;
  }
}

/** What VitePress shows beside the pages. */
export function sidebarOf(pages) {
  const there = new Set(pages.map(({ page }) => page));
  const guides = sections.map(({ title, pages: all }) => ({
    text: title,
    items: all
      .filter(([page]) => there.has(page.split('#')[0]))
      .map(([page, text]) => ({ text, link: `/${page}` })),
  }));
  const groups = new Map();
  for (const { page, group, short } of pages) {
    if (group === undefined) continue;
    const items = groups.get(group) ?? [];
    groups.set(group, items);
    items.push({ text: short, link: `/${page}` });
  }
  const api = [...groups].map(([text, items]) =>
    items.length === 1 ? { ...items[0], text } : { text, collapsed: true, items },
  );
  return {
    '/api/': [{ text: 'API', link: '/api/', items: api }],
    '/': [...guides, { text: 'API', items: [{ text: 'All names', link: '/api/' }] }],
  };
}
