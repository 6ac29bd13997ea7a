// Every layer, asked by its own declaration: what is of another kind is refused, in the same words.
import { describe, expect, test } from 'vitest';

import { Setting } from '../../lib/argument/kind.js';
import { isPlain } from '../../lib/argument/options.js';
import * as torch from '../../lib/index.js';
import { invalid } from '../coded.js';
import { classes, layers, type Part, typedLayers } from './declarations.js';

const kindOf = (part: Part) => (part instanceof Setting ? part.kind : part);

const candidates = [1, 2, 0.5, [1, 1], [1], true, 'mean', torch.ones(1)];
const strangers = [
  undefined,
  null,
  Number.NaN,
  -1.5,
  Number.POSITIVE_INFINITY,
  1n,
  'nonsense',
  '3',
  true,
  [1, 2, 3],
  [0.5, 1],
  [],
  {},
  () => {},
  Symbol('s'),
  new Map(),
  torch.ones(1),
];

// Something of the kind: the default, where there is one.
const right = (part: Part): unknown =>
  (part instanceof Setting ? part.initial : undefined) ??
  candidates.find((each) => kindOf(part).convert(each) !== undefined);

// Nothing given is the default, where there is one.
const isOptional = (part: Part): boolean => part instanceof Setting;

const wrong = (part: Part): unknown[] =>
  strangers.filter(
    (each) => kindOf(part).convert(each) === undefined && (each !== undefined || !isOptional(part)),
  );

const namedFrom = (args: Readonly<Record<string, Part>>, place: number): object =>
  Object.fromEntries(
    Object.entries(args)
      .slice(place)
      .map(([name, part]) => [name, right(part)]),
  );

test('all layers but those that take other modules, or a table, are declared', () => {
  const names = layers.map(({ name }) => name);
  expect(
    classes
      .map(([name]) => name)
      .filter((name) => !names.includes(name))
      .sort(),
  ).toEqual([
    'Identity',
    'Module',
    'ModuleDict',
    'ModuleList',
    'Parameter',
    'ParameterDict',
    'ParameterList',
    'PartialConv2d',
    'RemovableHandle',
    'Sequential',
    'Transformer',
    'TransformerDecoder',
    'TransformerEncoder',
  ]);
});

describe.each(layers.map((layer) => [layer.name, layer] as const))('%s', (name, layer) => {
  const { Class, args, options } = layer;
  const positional = Object.values(args).map(right);
  const sentence = (what: string, part: Part): string =>
    `${name}: ${what}: expected ${kindOf(part).expected}, got `;

  test('takes what is of the kind, by position and by name', () => {
    expect(new Class(...positional)).toBeInstanceOf(torch.nn.Module);
    for (const [option, part] of Object.entries(options)) {
      const value = part instanceof Setting ? part.initial : undefined;
      expect(new Class(...positional, { [option]: undefined })).toBeInstanceOf(Class);
      expect(new Class(...positional, { [option]: value })).toBeInstanceOf(Class);
    }
  });

  test.each(Object.entries(args))('by position: %s', (arg, part) => {
    const place = Object.keys(args).indexOf(arg);
    expect(wrong(part).length).toBeGreaterThan(5);
    for (const value of wrong(part)) {
      // An object in its place gives it, and those after it, by name.
      if (isPlain(value)) continue;
      const given = positional.with(place, value);
      expect(() => new Class(...given), String(value)).toThrow(invalid(sentence(arg, part)));
    }
  });

  test.each(Object.entries(args))('from %s on by name', (arg, part) => {
    const place = Object.keys(args).indexOf(arg);
    const [before, named] = [positional.slice(0, place), namedFrom(args, place)];
    expect(String(new Class(...before, named))).toBe(String(new Class(...positional)));
    for (const value of wrong(part)) {
      if (value === undefined) continue;
      const make = () => new Class(...before, { ...named, [arg]: value });
      expect(make, String(value)).toThrow(invalid(sentence(arg, part)));
    }
    if (isOptional(part)) expect(String(new Class(...before, {}))).toBeTypeOf('string');
    else expect(() => new Class(...before, {})).toThrow(invalid(sentence(arg, part)));
  });

  test.each(Object.entries(options))('by name: %s', (option, part) => {
    for (const value of wrong(part)) {
      const make = () => new Class(...positional, { [option]: value });
      expect(make, String(value)).toThrow(invalid(sentence(option, part)));
    }
  });

  test('forward says what it wants in place of anything but a tensor', () => {
    const { forward } = new Class(...positional) as { forward: (...given: unknown[]) => unknown };
    for (const value of [undefined, null, 5, 'x', {}]) {
      const call = () => forward.call(new Class(...positional), value);
      expect(call, String(value)).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/^ERR_/) }),
      );
    }
  });

  test('refuses an option that it does not have, anything but options, and one argument more', () => {
    const most = positional.length + (Object.keys(options).length > 0 ? 1 : 0);
    const tooMany = new Array(most + 1).fill(undefined);
    expect(() => new Class(...positional, ...tooMany.slice(positional.length))).toThrow(
      invalid(`${name}: takes ${most === 0 ? 'no' : `at most ${most}`} argument`),
    );
    if (most === positional.length) return;
    expect(() => new Class(...positional, { zzz: 1 })).toThrow(
      invalid(`${name}: unknown option 'zzz'`),
    );
    expect(() => new Class(...positional, new Map())).toThrow(
      invalid(`${name}: options: expected`),
    );
  });

  test('a subclass is refused in the same words', () => {
    class Mine extends (Class as new (...given: unknown[]) => torch.nn.Identity) {}
    const [first] = Object.entries(args);
    if (first === undefined) return;
    const make = () => new Mine(Symbol('s'));
    expect(make).toThrow(invalid(sentence(...first)));
  });
});

describe('types and declarations say the same', () => {
  const typed = typedLayers();

  test('of all layers', () => {
    expect([...typed.keys()].sort()).toEqual(layers.map(({ name }) => name).sort());
  });

  test.each(layers.map((layer) => [layer.name, layer] as const))('%s', (name, layer) => {
    const { parameters, args, options } = typed.get(name)!;
    const takesOptions = Object.keys(options).length > 0;
    expect(parameters.map(([each]) => each)).toEqual([
      ...Object.keys(layer.args),
      ...(takesOptions ? ['options'] : []),
    ]);
    const positional = Object.keys(layer.args);
    for (const [place, arg] of positional.entries()) {
      const [, type] = parameters[place]!;
      const given = args[arg]!.given.replace(/ \| null$/, '');
      if (!isOptional(layer.args[arg]!)) {
        expect(type, arg).toBe(given);
        continue;
      }
      // Or the rest by name, in its place.
      expect(type.startsWith(`${given} | `), `${arg}: ${type}`).toBe(true);
      const byName = type.slice(given.length);
      for (const name of positional.slice(place)) expect(byName, arg).toContain(`${name}?: `);
      if (takesOptions) expect(byName, arg).toContain('Options');
    }
    const parts = { ...layer.args, ...layer.options };
    for (const [part, { doc }] of Object.entries({ ...args, ...options })) {
      const initial = parts[part] instanceof Setting ? parts[part].initial : undefined;
      expect(doc, part).not.toBe('');
      if (typeof initial !== 'number' && typeof initial !== 'boolean') continue;
      const [, said = ''] = /Default (\S+?)[.:]?(?:\s|$)/.exec(doc) ?? [];
      const value = typeof initial === 'number' ? Number(said.replace('−', '-')) : said === 'true';
      expect([part, said, value]).toEqual([part, said, initial]);
      expect(said, part).not.toBe('');
    }
  });
});
