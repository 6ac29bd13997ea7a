// Functions that take their arguments as Python does, asked by what they say they take.
import { describe, expect, test } from 'vitest';

import { Setting } from '../../lib/argument/kind.js';
import { isPlain } from '../../lib/argument/options.js';
import { takenBy } from '../../lib/argument/ordered.js';
import * as torch from '../../lib/index.js';
import { invalid } from '../coded.js';

type Callable = (...args: unknown[]) => unknown;

const functions = Object.entries(torch.nn.functional).flatMap(([name, made]) => {
  const takes = takenBy(made);
  return takes === undefined ? [] : [{ name, call: made as unknown as Callable, ...takes }];
});

const candidates = [torch.ones(2), 1, 0.5, true, 'mean', [1], () => {}];
const strangers = [Symbol('s'), 1n, 'nonsense', Number.NaN, new Map(), {}, [{}]];

test('many are made so', () => {
  expect(functions.length).toBeGreaterThan(20);
});

describe.each(functions.map((each) => [each.name, each] as const))('%s', (name, each) => {
  const { call, args, options = {} } = each;
  const parts = Object.entries(args).map(
    ([arg, part]) => [arg, part instanceof Setting ? part.kind : part] as const,
  );
  const right = parts.map(([, kind]) =>
    candidates.find((candidate) => kind.convert(candidate) !== undefined),
  );
  const needed = Object.values(args).filter((part) => !(part instanceof Setting)).length;

  test('refuses what is of another kind, in each place, by position and by name', () => {
    for (const [place, [arg, kind]] of parts.entries()) {
      for (const value of strangers) {
        if (kind.convert(value) !== undefined) continue;
        const message = invalid(`${name}: ${arg}: expected ${kind.expected}`);
        const before = right.slice(0, place);
        if (!isPlain(value)) expect(() => call(...before, value), String(value)).toThrow(message);
        const rest = Object.fromEntries(
          parts.slice(place).map(([each], i) => [each, right[place + i]]),
        );
        expect(() => call(...before, { ...rest, [arg]: value })).toThrow(message);
      }
    }
    for (const [option, { kind }] of Object.entries(options)) {
      for (const value of strangers) {
        if (kind.convert(value) !== undefined) continue;
        expect(() => call(...right.slice(0, needed), { [option]: value })).toThrow(
          invalid(`${name}: ${option}: expected ${kind.expected}`),
        );
      }
    }
  });

  test('refuses an unknown name, one argument more, and nothing where something is needed', () => {
    expect(() => call(...right, ...(Object.keys(options).length > 0 ? [{}] : []), 1)).toThrow(
      invalid(`${name}: takes `),
    );
    if (needed < right.length || Object.keys(options).length > 0) {
      expect(() => call(...right.slice(0, needed), { zzz: 1 })).toThrow(
        invalid(`${name}: unknown option 'zzz'`),
      );
    }
    expect(() => call()).toThrow(invalid(`${name}: ${parts[0]![0]}: expected`));
  });
});
