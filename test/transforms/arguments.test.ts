// Names, order and defaults of what transforms and their functions take are torchvision's; all else is refused.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

import type { Args } from '../../lib/argument/arguments.js';
import { Setting } from '../../lib/argument/kind.js';
import { takenBy } from '../../lib/argument/ordered.js';
import * as torch from '../../lib/index.js';
import { coded } from '../coded.js';
import { recorded } from '../recorded.js';

type Callable = (...args: unknown[]) => unknown;

const { transforms } = torch;
const names = recorded<Record<string, Record<string, readonly string[]>>>('names');

const camelCase = (name: string): string =>
  name.replace(/(?<=\w)_(\w)/g, (_, letter: string) => letter.toUpperCase());
const snakeCase = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

interface Taking {
  readonly name: string;
  readonly call: Callable;
  readonly args: Args;
  readonly python: readonly string[];
}

const classes = Object.entries(transforms).flatMap(([name, value]): Taking[] => {
  const args = (Reflect.get(value, 'declaration') as { args: Args } | undefined)?.args;
  if (args === undefined) return [];
  const call = (...given: unknown[]) => Reflect.construct(value as unknown as Callable, given);
  return [{ name, call, args, python: names.transforms![name]! }];
});

const functions = Object.entries(transforms.functional).map(([name, value]): Taking => {
  const { args } = takenBy(value)!;
  const python = names['transforms.functional']![snakeCase(name)]!;
  return { name, call: value as unknown as Callable, args, python };
});

const special: Record<string, unknown> = { None: null, True: true, False: false };

/** A default of Python's. */
function valueOf(text: string): unknown {
  const [, word] = /^<\w+\.\w+: '(.*)'>$|^'(.*)'$/.exec(text)?.filter(Boolean) ?? [];
  if (word !== undefined) return word;
  if (text === 'torch.float32') return 'float32';
  if (text.startsWith('(')) return text.slice(1, -1).split(', ').map(Number);
  return text in special ? special[text] : Number(text);
}

test('all are compared', () => {
  expect(classes.length).toBe(32);
  expect(functions.length).toBe(33);
});

test('the document names each with its arguments', () => {
  const text = readFileSync(new URL('../../docs/transforms.md', import.meta.url), 'utf8');
  const [, after = ''] = text.split('## Functions');
  const rows = [...text.matchAll(/^\| `(\w+)` \| (.*?) \|/gm)].map(
    ([, name, args]) => `${name}: ${[...args!.matchAll(/`(\w+)/g)].map(([, key]) => key)}`,
  );
  expect(rows.length).toBeGreaterThan(35);
  for (const { name, args } of classes) {
    expect(rows).toContain(`${name}: ${Object.keys(args)}`);
  }
  for (const { name } of functions) expect(after).toContain(`\`${name}\``);
  for (const name of Object.keys(transforms)) {
    if (name !== 'functional') expect(text).toContain(`| \`${name}\` |`);
  }
});

// What fits to the other arguments.
const fitting: Record<string, unknown> = {
  'erase v': torch.ones([]),
  'resize maxSize': 2,
  'elasticTransform displacement': torch.zeros(1, 8, 8, 2),
};

// A range that leaves an image as it is, is none; one number stands for both.
const as: Record<string, unknown> = { 'ColorJitter 0': null };

describe.each([...classes, ...functions].map((each) => [each.name, each] as const))(
  '%s',
  (name, { call, args, python }) => {
    const parts = Object.entries(args);

    test('takes what Python takes', () => {
      const wanted = python.map((text) => {
        const [, key = '', initial] = /^(\w+)(?:=(.*))?$/.exec(text) ?? [];
        const value = initial === undefined ? 'needed' : valueOf(initial);
        return [camelCase(key), `${name} ${value}` in as ? as[`${name} ${value}`] : value];
      });
      const found = parts.map(([key, part]) => [
        key,
        part instanceof Setting ? (part.initial ?? null) : 'needed',
      ]);
      expect(found).toEqual(wanted);
    });

    const image = torch.ones(1, 8, 8);
    const corners = [
      [0, 0],
      [7, 0],
      [7, 7],
      [0, 7],
    ];
    const candidates = [
      ...[image, image.to('uint8'), torch.ones(2, 2), torch.ones(2), 1, 0.5, true, 'nearest'],
      ...[[1], [1, 1], [], corners, 'float64', 'imagenet', 'constant', () => 1],
    ];
    const kinds = parts.map(
      ([key, part]) => [key, part instanceof Setting ? part.kind : part] as const,
    );
    const right = kinds.map(
      ([key, kind]) =>
        fitting[`${name} ${key}`] ?? candidates.find((each) => kind.convert(each) !== undefined),
    );
    const strangers = [
      Symbol('s'),
      1n,
      'nonsense',
      Number.NaN,
      new Map(),
      [{}],
      [[]],
      -1.5,
      Infinity,
    ];

    test('takes it by position and by name', () => {
      const named = Object.fromEntries(kinds.map(([key], i) => [key, right[i]]));
      for (let i = 0; i < kinds.length; i++) {
        const rest = Object.fromEntries(Object.entries(named).slice(i));
        const [one, other] = [call(...right), call(...right.slice(0, i), rest)];
        expect(String(one).slice(0, 2000)).toBe(String(other).slice(0, 2000));
      }
    });

    test('refuses what is of another kind, in each place, by position and by name', () => {
      for (const [place, [key, kind]] of kinds.entries()) {
        for (const value of strangers) {
          if (kind.convert(value) !== undefined) continue;
          const message = `${name}: ${key}: expected ${kind.expected}`;
          const before = right.slice(0, place);
          expect(() => call(...before, value)).toThrow(coded('ERR_INVALID_ARG', message));
          const rest = kinds.slice(place).map(([each], i) => [each, right[place + i]]);
          const options = { ...Object.fromEntries(rest), [key]: value };
          expect(() => call(...before, options)).toThrow(coded('ERR_INVALID_ARG', message));
        }
      }
    });

    test('refuses an unknown name and one argument more', () => {
      expect(() => call(...right, 1)).toThrow(coded('ERR_INVALID_ARG', `${name}: takes at most`));
      if (right.length > 0) {
        const given = right.slice(0, -1);
        const unknown = coded('ERR_INVALID_ARG', `${name}: unknown option 'zzz'`);
        expect(() => call(...given, { zzz: 1 })).toThrow(unknown);
      }
    });
  },
);
