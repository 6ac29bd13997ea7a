// Everything that may be left out says what it is then; where the code says it as a constant, in the same words.
import { describe, expect, test } from 'vitest';

import { Setting } from '../../lib/argument/kind.js';
import { takenBy } from '../../lib/argument/ordered.js';
import { nn } from '../../lib/index.js';
import { native } from '../../lib/native/load.js';
import { pagesOf } from '../../scripts/docs/families.js';
import { readSymbols } from '../../scripts/docs/symbols.js';
import { layers } from '../nn/declarations.js';
import { type Defaults, overloadsOf, schemaDefaults, specDefaults } from './codeDefaults.js';
import type { Doc, Entry } from './parts.js';

interface Said {
  readonly name: string;
  readonly isOptional: boolean;
  readonly doc: string;
}

interface Parameter extends Said {
  readonly members: readonly Said[];
}

const symbols = readSymbols();
const entries: { path: string; name: string; symbol: never }[] = symbols.exports.filter(
  ({ path }: { path: string }) => path === 'nn' || path.startsWith('nn.'),
);

/** What an entry takes by name in any of its forms. */
function optionsOf(symbol: never): Said[] {
  const forms: { parameters: Parameter[] }[] = symbols.signaturesOf(symbol);
  const members = forms.flatMap(({ parameters }) => parameters.flatMap((each) => each.members));
  return members.filter(({ isOptional }) => isOptional);
}

// `Default −1, the last.` is -1, `Default 1/8.` a number too; `Default: as many as needed.` is for readers only.
function defaultIn(doc: string): unknown {
  const given = doc.replaceAll(/(?<=\d),(?=\d{3})/g, '');
  const told = /\bDefault (`[^`]*`|[^\s,;:]*[^\s,;:.])/.exec(given)?.[1];
  if (told === undefined) return undefined;
  const text = told.replaceAll('`', '').replaceAll("'", '').replace('−', '-');
  const [above, below] = text.split('/').map(Number);
  if (below !== undefined) return above! / below;
  if (text === 'true' || text === 'false') return text === 'true';
  if (text === 'null') return null;
  return Number.isNaN(Number(text)) ? text : Number(text);
}

// `[1, 1]` of a kind that makes two of one.
const plain = (value: unknown): unknown =>
  Array.isArray(value) && value.every((each) => each === value[0]) ? value[0] : value;

test('there are enough of them', () => {
  expect(entries.flatMap(({ symbol }) => optionsOf(symbol)).length).toBeGreaterThan(600);
});

test('each option says its default', () => {
  const silent = entries.flatMap(({ path, name, symbol }) =>
    optionsOf(symbol)
      .filter(({ doc }) => !/\bdefault/i.test(doc))
      .map((each) => `${path}.${name}: ${each.name}`),
  );
  expect([...new Set(silent)]).toEqual([]);
});

describe('and it is that one', () => {
  const declared = layers.map(({ name, args, options }) => ({
    name,
    takes: { ...args, ...options },
  }));
  const functions = Object.entries(nn.functional).flatMap(([name, made]) => {
    const taken = typeof made === 'function' ? takenBy(made) : undefined;
    return taken === undefined ? [] : [{ name, takes: { ...taken.args, ...taken.options } }];
  });

  test.each([
    ['nn', declared],
    ['nn.functional', functions],
  ] as const)('%s', (at, made) => {
    const wrong: string[] = [];
    let compared = 0;
    for (const { name, takes } of made) {
      const entry = entries.find((each) => each.path === at && each.name === name);
      if (entry === undefined) continue;
      for (const said of optionsOf(entry.symbol)) {
        const setting: unknown = Reflect.get(takes, said.name);
        const told = defaultIn(said.doc);
        if (!(setting instanceof Setting) || told === undefined) continue;
        compared++;
        const initial = plain(setting.initial) ?? null;
        if (told !== initial) wrong.push(`${name}: ${said.name}: ${String(told)}, is ${initial}`);
      }
    }
    expect(compared).toBeGreaterThan(100);
    expect(wrong).toEqual([]);
  });
});

// Options and parameters outside `nn`: what their docstrings say, against specs and libtorch's schemas.
describe('outside of nn too', () => {
  const pages: { entries: Entry[] }[] = pagesOf(symbols);
  const others = pages.flatMap(({ entries: all }) => all).filter(({ path }) => !/^nn\b/.test(path));

  /** What an entry says of what it takes, by name. */
  function saidBy(entry: Entry): Map<string, unknown> {
    const { tags }: Doc = symbols.docOfEntry(entry);
    const params = tags.filter(({ name }) => name === 'param').map(({ text }) => text);
    const told = [
      ...optionsOf(entry.symbol as never).map(({ name, doc }) => [name, doc] as const),
      ...params.map((each) => [/^(?:\w+\.)?(\w+)/.exec(each)?.[1] ?? '', each] as const),
    ];
    const known = told.map(([name, doc]) => [name, defaultIn(doc)] as const);
    // A list is no constant.
    return new Map(known.filter(([, value]) => value !== undefined && !`${value}`.startsWith('[')));
  }

  const compare = (inCode: (declaration: never) => Defaults[]) => {
    const wrong: string[] = [];
    let compared = 0;
    for (const entry of others) {
      const said = saidBy(entry);
      for (const declaration of entry.symbol.declarations ?? []) {
        const all = inCode(declaration as never);
        for (const [name, told] of said) {
          // Overloads may differ: a convolution's padding is 0, or 'valid'.
          const values = all.filter((each) => each.has(name)).map((each) => each.get(name));
          if (values.length === 0) continue;
          compared++;
          if (!values.includes(told)) {
            wrong.push(
              `${entry.id}: ${name}: ${String(told)}, is ${values.map(String).join(', ')}`,
            );
          }
        }
      }
    }
    return { wrong, compared };
  };

  test('as specs have it', () => {
    const { wrong, compared } = compare((at) => [specDefaults(symbols.checker, at)]);
    expect(wrong).toEqual([]);
    expect(compared).toBeGreaterThan(100);
  });

  test('as schemas have it', () => {
    const { wrong, compared } = compare((at) =>
      overloadsOf(at).map((each) => schemaDefaults(native.schema(each))),
    );
    expect(wrong).toEqual([]);
    expect(compared).toBeGreaterThan(100);
  });
});
