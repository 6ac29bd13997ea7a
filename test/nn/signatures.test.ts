// Names, order and defaults of what layers and functions take, held against those that `inspect.signature` gives.
import { describe, expect, test } from 'vitest';

import { Setting } from '../../lib/argument/kind.js';
import { takenBy } from '../../lib/argument/ordered.js';
import * as torch from '../../lib/index.js';
import { all, sorted } from '../parity/differences.js';
import { recorded } from '../recorded.js';
import { layers, type Part } from './declarations.js';

type Names = Record<string, Record<string, readonly string[] | null>>;

const names = recorded<Names>('names');

const snakeCase = (name: string): string =>
  name.replace(/([a-z\d])([A-Z])/g, (_, before, letter) => `${before}_${letter.toLowerCase()}`);
const camelCase = (name: string): string =>
  name.replace(/(?<=\w)_(\w)/g, (_, letter: string) => letter.toUpperCase());

/** Deprecated in Python, or not for users. */
const dropped = new Set(['size_average', 'reduce', '_stacklevel', 'min_value', 'max_value']);

interface Parameter {
  readonly name: string;
  /** As Python writes it; `undefined` for one that is required. */
  readonly initial: string | undefined;
  readonly isDropped: boolean;
}

const parametersOf = (list: readonly string[]): Parameter[] =>
  // `*args: Any`: whatever is given is not looked at.
  list
    .filter((text) => !text.startsWith('*'))
    .map((text) => {
      const [, name = '', initial] = /^(\w+)(?:=(.*?))?(?: by name)?$/.exec(text) ?? [];
      return { name: camelCase(name), initial, isDropped: dropped.has(name) };
    });

function pythonValue(text: string): unknown {
  if (/^'.*'$/.test(text)) return text.slice(1, -1);
  return { None: null, True: true, False: false }[text] ?? (text === 'None' ? null : Number(text));
}

/** What differs from Python's, in words. */
function problems(
  python: readonly string[],
  args: Readonly<Record<string, Part>>,
  options: Readonly<Record<string, Part>>,
): string[] {
  const parameters = parametersOf(python);
  const found: string[] = [];
  // What comes after a dropped one is by name.
  for (const [place, name] of Object.keys(args).entries()) {
    if (parameters[place]?.name !== name) {
      found.push(`at place ${place}: ${name}, in Python ${parameters[place]?.name}`);
    }
  }
  const all = { ...args, ...options };
  const wanted = parameters.filter(({ isDropped }) => !isDropped);
  for (const { name, initial } of wanted) {
    const part = all[name];
    if (part === undefined) found.push(`${name} cannot be given`);
    else if (initial === undefined) {
      if (part instanceof Setting) found.push(`${name} is required in Python`);
    } else if (!(part instanceof Setting)) found.push(`${name} has a default in Python`);
    // A device or dtype is Python's own default where none is given.
    else if (name !== 'dtype' && name !== 'device') {
      const [, functionName] = /^<function (\w+)/.exec(initial) ?? [];
      const [ours, its] = [part.initial ?? null, functionName ?? pythonValue(initial)];
      // One number stands for all directions.
      const same = (value: unknown) => Object.is(value, its);
      const isSame = part.like !== undefined || [ours].flat().every(same);
      if (!isSame) found.push(`${name} is ${String(ours)}, in Python ${initial}`);
    }
  }
  const more = Object.keys(all).filter((name) => !wanted.some((each) => each.name === name));
  for (const name of more) found.push(`${name} is not in Python`);
  return found;
}

describe('functions', () => {
  const functions = Object.entries(torch.nn.functional).flatMap(([name, made]) => {
    const takes = takenBy(made);
    const python = names['nn.functional']?.[snakeCase(name)];
    return takes === undefined || !python ? [] : [[name, python, takes] as const];
  });

  test('many are compared', () => {
    expect(functions.length).toBeGreaterThan(50);
  });

  test.each(functions)('%s', (_, python, { args, options = {} }) => {
    expect(problems(python, args, options)).toEqual([]);
  });
});

describe('layers', () => {
  const compared = layers.flatMap(({ name, args, options }) => {
    const python = names.nn?.[name];
    // Some take whatever is given in Python, and look at it themselves.
    const isTold = python != null && !python.some((each) => each.startsWith('*args'));
    return isTold ? [[name, python, args, options] as const] : [];
  });

  const found = compared.map(([name, python, args, options]) => {
    return [name, sorted(`nn.${name}`, problems(python, args, options))] as const;
  });

  test.each(found)('%s', (_, { unknown }) => {
    expect(unknown).toEqual([]);
  });

  test('what test/parity/differences.json lists differs', () => {
    const known = found.flatMap(([, each]) => each.known);
    expect(
      all((pattern) => /^nn\.[A-Z]/.test(pattern)).filter((each) => !known.includes(each)),
    ).toEqual([]);
  });
});
