// Everything in `nn` that may be left out says what it is then; where a declaration knows it, in the same words.
import { describe, expect, test } from 'vitest';

import { Setting } from '../../lib/argument/kind.js';
import { takenBy } from '../../lib/argument/ordered.js';
import { nn } from '../../lib/index.js';
import { readSymbols } from '../../scripts/docs/symbols.js';
import { layers } from '../nn/declarations.js';

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
  const told = /\bDefault (`[^`]*`|[^\s,;:]*[^\s,;:.])/.exec(doc)?.[1];
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
