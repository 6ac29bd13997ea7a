// Pages of the API, one per family, from the docstrings and what TypeScript knows of the names.
import ts from 'typescript';

import { idOf, pagesOf } from './families.js';
import { pythonName, pythonPage } from './pytorch.js';
import { qualified } from './symbols.js';

/** `[{ slug, group, title, markdown }]`; `source(file, line)` gives the address of a line of the code. */
export function apiPages(symbols, source) {
  const pages = pagesOf(symbols);
  const slugs = new Map();
  for (const { slug, entries } of pages) for (const { id } of entries) slugs.set(id, slug);
  const own = new Set(slugs.keys());
  // A function that stands with the tensor's method is found there.
  for (const each of symbols.exports) {
    const id = idOf(each);
    if (!slugs.has(id) && slugs.has(`Tensor-${id}`)) slugs.set(id, slugs.get(`Tensor-${id}`));
  }
  return pages.map((page) => ({
    ...page,
    markdown: new Page(symbols, page, { slugs, own, source }).markdown(),
  }));
}

class Page {
  constructor(symbols, page, { slugs, own, source }) {
    Object.assign(this, { symbols, page, slugs, own, source });
    this.expanded = new Set();
  }

  markdown() {
    const { group, title, entries } = this.page;
    const isType = ({ symbol }) => !this.symbols.isValue(symbol);
    const isTyped = ({ path }) => path !== 'Tensor';
    const values = entries.filter((each) => !isTyped(each) || !isType(each));
    const types = entries.filter((each) => isTyped(each) && isType(each));
    const heading = title === group || group === 'torch' ? title : `${group}: ${title}`;
    const parts = [
      `---\noutline: [2, 3]\n---\n\n# ${heading}`,
      this.#about(entries),
      this.#contents(values),
    ];
    for (const each of values) parts.push(...this.#entry(each, '##'));
    if (types.length > 0) {
      parts.push('## Types');
      for (const each of types) parts.push(...this.#type(each));
    }
    return `${parts.filter(Boolean).join('\n\n')}\n`;
  }

  // What holds of all that is on a page of methods, or of a namespace with one page.
  #about(entries) {
    const told = new Set(entries.map((each) => this.symbols.familyText(each)));
    const [text] = told;
    return told.size === 1 && text !== '' ? this.#prose(text, entries[0]) : '';
  }

  // A short description of each, so that a page can be read from its beginning.
  #contents(values) {
    if (values.length < 2) return '';
    const rows = values.map((entry) => {
      const { text } = this.#docOf(entry);
      const first = text
        .split('\n\n')[0]
        .split(/[.;:](?= )/)[0]
        .replace(/\.$/, '');
      return `| [\`${this.#shown(entry)}\`](#${idOf(entry)}) | ${cell(this.#prose(first, entry))} |`;
    });
    return ['| | |', '|---|---|', ...rows].join('\n');
  }

  #shown(entry) {
    return entry.path === 'Tensor' ? entry.name : qualified(entry);
  }

  // In-place forms and functions of methods have the docstring of the method.
  #docOf(entry) {
    const doc = this.symbols.docOfEntry(entry);
    if (doc.text !== '') return doc;
    if (entry.name.endsWith('_')) {
      return {
        text: `As \`${entry.name.slice(0, -1)}\`, written over the tensor itself, which is the result.`,
        tags: [],
      };
    }
    return doc;
  }

  *#entry(entry, level) {
    yield `${level} ${this.#shown(entry)} {#${idOf(entry)}}`;
    const signatures = this.#callable(entry);
    const twin = this.#twin(entry);
    const lines = [
      ...signatures.map((each) => code(this.#called(entry), each)),
      ...(twin === undefined
        ? []
        : this.#callable(twin).map((each) => code(`torch.${twin.name}`, each))),
    ];
    if (lines.length > 0) yield fence(lines.join('\n'));
    else if ((entry.symbol.flags & ts.SymbolFlags.Class) === 0) {
      const { type } = this.symbols.member(entry.symbol);
      if (type.length < 200) yield fence(`${this.#called(entry)}: ${type}`);
    }
    const { text, tags } = this.#docOf(entry);
    yield this.#prose(text, entry);
    yield this.#parameters(signatures, tags, entry);
    const statics = this.symbols.staticsOf(entry).filter(({ doc }) => doc !== '');
    if ((entry.symbol.flags & ts.SymbolFlags.Class) !== 0) {
      yield this.#members(`${entry.name}.`, statics, entry);
      yield this.#members('', this.symbols.membersOf(entry), entry);
    }
    yield* this.#tags(tags, entry);
    yield this.#links(entry, tags);
  }

  // `torch.sum(x)` beside `x.sum()`
  #twin({ path, name }) {
    return path === 'Tensor' ? this.symbols.byPath.get(name) : undefined;
  }

  #callable({ symbol }) {
    return this.symbols.signaturesOf(symbol);
  }

  #called(entry) {
    if (entry.path === 'Tensor') return `x.${entry.name}`;
    const name = entry.path === '' ? `torch.${entry.name}` : qualified(entry);
    return (entry.symbol.flags & ts.SymbolFlags.Class) !== 0 ? `new ${name}` : name;
  }

  #parameters(signatures, tags, entry) {
    const told = new Map(
      tags
        .filter(({ name }) => name === 'param')
        .map(({ text }) => /^([\w.]+)\s*-?\s*([\s\S]*)$/.exec(text)?.slice(1) ?? ['', '']),
    );
    const rows = new Map();
    for (const { parameters } of signatures) {
      for (const { name, type, doc, isOptional, members } of parameters) {
        const text = doc || told.get(name) || '';
        const row = rows.get(name);
        if (row === undefined) rows.set(name, { type, text, isOptional, members });
        else if (row.members.length === 0) row.members = members;
      }
    }
    // What says nothing beyond the signature above it.
    const useful = [...rows].filter(([, { text, members }]) => text !== '' || members.length > 0);
    if (useful.length === 0) return '';
    const lines = ['| | type | |', '|---|---|---|'];
    for (const [name, { type, text, members }] of useful) {
      lines.push(
        `| \`${name}\` | ${this.#typed(type, entry)} | ${cell(this.#prose(text, entry))} |`,
      );
      this.expanded.add(type);
      for (const each of members) {
        const doc = each.doc || told.get(`${name}.${each.name}`) || '';
        lines.push(
          `| &nbsp;&nbsp;\`${each.name}${each.isOptional ? '?' : ''}\` | ${this.#typed(each.type, entry)} | ${cell(this.#prose(doc, entry))} |`,
        );
      }
    }
    return lines.join('\n');
  }

  #members(prefix, members, entry) {
    if (members.length === 0) return '';
    const lines = members.map((each) => {
      const text = cell(this.#prose(each.doc, entry));
      const signature = each.isMethod ? this.symbols.signaturesOf(each.symbol)[0] : undefined;
      const head =
        signature === undefined
          ? `\`${prefix}${each.name}\`: ${this.#typed(each.type, entry)}`
          : `\`${inline(`${prefix}${each.name}`, signature)}\``;
      return `- ${head}${text === '' ? '' : ` — ${text}`}`;
    });
    return lines.join('\n');
  }

  *#type(entry) {
    yield `### ${qualified(entry)} {#${idOf(entry)}}`;
    const { text, tags } = this.symbols.docOf(entry.symbol);
    yield this.#prose(text, entry);
    const declaration = entry.symbol.declarations?.[0];
    if (declaration !== undefined && ts.isTypeAliasDeclaration(declaration)) {
      const shown = declaration.type.getText().replaceAll(/ *\/\/[^\n]*/g, '');
      if (shown.length < 600) yield fence(`type ${entry.name} = ${shown}`);
      else if (declaration.type.kind === ts.SyntaxKind.UnionType) {
        yield declaration.type.types.map((each) => `\`${each.getText()}\``).join(', ');
      }
    } else if (!this.expanded.has(entry.name)) {
      yield this.#members('', this.symbols.membersOf(entry), entry);
    }
    yield* this.#tags(tags, entry);
    yield this.#links(entry, tags);
  }

  *#tags(tags, entry) {
    for (const { name, text } of tags) {
      if (name === 'returns') yield `**Returns** ${this.#prose(text, entry)}`;
      if (name === 'throws') {
        const [, type, rest] = /^(?:\{(\w+)\})?\s*([\s\S]*)$/.exec(text);
        const isNamed = type !== undefined && type !== 'TorchError';
        yield `**Throws** ${isNamed ? `\`${type}\` ` : ''}${this.#prose(rest, entry)}`;
      }
      if (name === 'example')
        yield text.includes('```') ? text : fence(text.replace(/^compile\n/, ''));
    }
  }

  #links(entry, tags) {
    const see = tags.find(({ name, text }) => name === 'see' && /^https?:/.test(text));
    const page = pythonPage(entry) ?? see?.text.trim();
    const links = [];
    if (page !== undefined) links.push(`[${pythonName(entry) ?? 'PyTorch'}](${page})`);
    const { file, line } = this.symbols.placeOf(entry.symbol) ?? {};
    if (file !== undefined) {
      links.push(`[${file}](${this.source(file, line)}){target="_self"}`);
    }
    return links.length === 0 ? '' : `<div class="links">\n\n${links.join(' · ')}\n\n</div>`;
  }

  // A type in a table: names that have an entry are links.
  #typed(type, entry) {
    const text = type.length > 240 ? `${type.slice(0, 240)}…` : type;
    const linked = escaped(text).replaceAll(/\b[A-Z]\w+\b/g, (name) => {
      const id = this.#find(name, entry);
      return id === undefined ? name : `<a href="${this.#address(id)}">${name}</a>`;
    });
    return `<code v-pre>${linked.replaceAll('|', '&#124;')}</code>`;
  }

  #find(name, { path }) {
    const dashed = name.replaceAll('.', '-');
    const near = path === '' ? [] : [`${path.replaceAll('.', '-')}-${dashed}`];
    return [...near, dashed, `Tensor-${dashed}`, `nn-${dashed}`].find((id) => this.slugs.has(id));
  }

  #address(id) {
    const slug = this.slugs.get(id);
    const there = this.own.has(id) ? id : `Tensor-${id}`;
    return slug === this.page.slug ? `#${there}` : `./${slug}.html#${there}`;
  }

  // A docstring's text: Markdown, in which only code may look like HTML or a template.
  #prose(text, entry) {
    return text
      .replace(/^- /, '')
      .replaceAll(/\{@link(?:code)? ([\w.]+)(?:\s*\|?\s*([^}]*))?\}/g, (_, name, label) => {
        const id = this.#find(name, entry);
        const shown = label || `\`${name}\``;
        return id === undefined ? shown : `[${shown}](${this.#address(id)})`;
      })
      .split(/(```[\s\S]*?```|`[^`]*`)/)
      .map((part, i) =>
        i % 2 === 1 ? part : part.replaceAll('<', '&lt;').replaceAll('{{', '&#123;{'),
      )
      .join('')
      .trim();
  }
}

const fence = (text) => `\`\`\`ts\n${text}\n\`\`\``;
const cell = (text) => text.replaceAll(/\s*\n\s*/g, ' ').replaceAll('|', '\\|');
const escaped = (text) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const given = ({ name, isOptional, type }) => `${name}${isOptional ? '?' : ''}: ${type}`;

function inline(name, { parameters, returned }) {
  const result = returned === undefined ? '' : `: ${returned}`;
  return `${name}(${parameters.map(given).join(', ')})${result}`;
}

function code(name, signature) {
  const line = inline(name, signature);
  if (line.length <= 88) return line;
  const result = signature.returned === undefined ? '' : `: ${signature.returned}`;
  return `${name}(\n${signature.parameters.map((each) => `  ${given(each)},`).join('\n')}\n)${result}`;
}
