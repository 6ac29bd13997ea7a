// What the types say of functions, classes and methods, held against what `inspect.signature` gives: names, order, what
// may be left out, and the defaults that docstrings name. Layers and functions that declare themselves as values are
// compared in test/nn/signatures.test.ts, operators with libtorch's schemas in test/tensor/schemas.test.ts.
import ts from 'typescript';
import { expect, test } from 'vitest';

import { takenBy } from '../../lib/argument/ordered.js';
import * as torch from '../../lib/index.js';
import { camelCase, placesOf } from '../../scripts/names.js';
import { layers } from '../nn/declarations.js';
import { recorded } from '../recorded.js';
import { lib, programOf, type Signature, signatureReader } from '../tensor/schemas.js';
import { all, sorted } from './differences.js';

const names = recorded<Record<string, Record<string, readonly string[] | null>>>('names');

const program = programOf([lib('index.ts')]);
const checker = program.getTypeChecker();
const signatureOf = signatureReader(checker);
const index = checker.getSymbolAtLocation(program.getSourceFile(lib('index.ts'))!)!;

function memberOf(owner: ts.Symbol, name: string): ts.Symbol | undefined {
  const found = checker.getExportsOfModule(owner).find((each) => each.getName() === name);
  if (found === undefined) return undefined;
  return found.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(found) : found;
}

/** The signatures that TypeScript knows by a name of Python's. */
function signaturesOf(group: string, name: string): Signature[] | undefined {
  if (group === 'Tensor') {
    const tensor = checker.getDeclaredTypeOfSymbol(memberOf(index, 'Tensor')!);
    const method = tensor.getProperty(camelCase(name));
    return method && checker.getTypeOfSymbol(method).getCallSignatures().map(signatureOf);
  }
  const path: string[] = (placesOf(group)[0] as string)
    .split('.')
    .filter(Boolean)
    .map((part): string => camelCase(part));
  const owner = path.reduce((at: ts.Symbol | undefined, part) => at && memberOf(at, part), index);
  const member = owner && memberOf(owner, camelCase(name));
  if (member === undefined) return undefined;
  const type = checker.getTypeOfSymbol(member);
  return [...type.getCallSignatures(), ...type.getConstructSignatures()].map(signatureOf);
}

interface Parameter {
  readonly name: string;
  readonly initial: string | undefined;
  readonly byName: boolean;
}

const parametersOf = (list: readonly string[]): Parameter[] =>
  list
    .filter((text) => !text.startsWith('*'))
    .map((text) => {
      const [, name = '', initial, byName] = /^(\w+)(?:=(.*?))?( by name)?$/.exec(text) ?? [];
      return { name: camelCase(name), initial, byName: byName !== undefined };
    });

const plain: Record<string, unknown> = {
  None: null,
  True: true,
  False: false,
  true: true,
  false: false,
};
const valueOf = (text: string): unknown => {
  const [, word] = /^(?:'|<function )(.*)['>]$/.exec(text) ?? [];
  if (word !== undefined) return word;
  if (text in plain) return plain[text];
  const [, over, under] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  if (over !== undefined) return Number(over) / Number(under);
  return /^[[(].*[\])]$/.test(text) ? text.slice(1, -1).split(/,\s*/).map(valueOf) : Number(text);
};

let defaults = 0;

/** What differs from Python's, in words. */
function problemsOf(python: readonly string[], signatures: readonly Signature[]): string[] {
  const parameters = parametersOf(python);
  const theirs = new Set(parameters.map(({ name }) => name));
  const found = new Set<string>();
  const ours = new Set<string>();
  const called = new Set<string>();
  for (const { positional, options } of signatures) {
    for (const [place, { name }] of positional.entries()) {
      ours.add(name);
      const its = parameters[place];
      if (its?.name === name && !its.byName) continue;
      if (its === undefined || theirs.has(name)) found.add(`${name} stands at place ${place}`);
      else found.add(`${its.name} is called ${name}`);
      ours.delete(name);
      called.add(its === undefined || theirs.has(name) ? name : its.name);
    }
    for (const { name, doc } of options?.keys ?? []) {
      ours.add(name);
      const initial = parameters.find((each) => each.name === name)?.initial;
      const [, said] = /Default:? `?([^\s`]*[^\s`.]|\[.*?\])`?\.?(?:\s|$)/.exec(doc) ?? [];
      // None is what is found out when it is called.
      if (initial === undefined || initial === 'None' || said === undefined) continue;
      const [a, b] = [valueOf(said), valueOf(initial)];
      if (!Number.isNaN(a)) defaults++;
      const differs = JSON.stringify(a) !== JSON.stringify(b) && !Number.isNaN(a);
      if (differs) found.add(`${name} is ${said} by its docstring, in Python ${initial}`);
    }
  }
  for (const { name, initial } of parameters) {
    if (called.has(name)) continue;
    if (!ours.has(name)) found.add(`${name} cannot be given`);
    const isNeeded = ({ positional, options }: Signature) =>
      [...positional, ...(options?.optional ? [] : (options?.keys ?? []))].some(
        (each) => each.name === name && !each.optional,
      );
    if (!ours.has(name)) continue;
    if (initial === undefined && !signatures.every(isNeeded)) found.add(`${name} may be left out`);
    if (initial !== undefined && signatures.every(isNeeded)) found.add(`${name} must be given`);
  }
  for (const name of ours) {
    if (!theirs.has(name)) found.add(`${name} is not in Python`);
  }
  return [...found].sort();
}

/** Whether it says itself, as a value, what it takes. */
function declaresItself(group: string, name: string): boolean {
  // test/transforms compares those.
  if (group.startsWith('transforms')) return true;
  if (group === 'nn') return layers.some((each) => each.name === name);
  return (
    group === 'nn.functional' &&
    takenBy(Reflect.get(torch.nn.functional, camelCase(name))) !== undefined
  );
}

const compared = Object.entries(names).flatMap(([group, list]) =>
  Object.entries(list).flatMap(([name, python]) => {
    // What takes anything in Python looks at it itself.
    const isTold = python !== null && !python.some((each) => each.startsWith('*'));
    const signatures = signaturesOf(group, name) ?? [];
    if (!isTold || signatures.length === 0 || declaresItself(group, name)) return [];
    return [[`${group}.${name}`, python, signatures] as const];
  }),
);

const found = compared.map(([name, python, signatures]) => {
  return [name, sorted(name, problemsOf(python, signatures))] as const;
});

test('many are compared', () => {
  expect(compared.length).toBeGreaterThan(90);
  expect(defaults).toBeGreaterThan(90);
});

test('what differs is found out', () => {
  const named = (name: string, optional = false, doc = '') => ({ name, optional, doc });
  const options = {
    optional: true,
    keys: [named('gamma', true, 'Rate. Default 0.2.'), named('x')],
  };
  const wrong = [{ positional: [named('b'), named('c', true)], options, results: 1 }];
  expect(problemsOf(['a', 'b', 'c', 'gamma=0.1', 'last=-1'], wrong)).toEqual([
    'a cannot be given',
    'b stands at place 0',
    'c stands at place 1',
    'gamma is 0.2 by its docstring, in Python 0.1',
    'last cannot be given',
    'x is not in Python',
  ]);
});

test.each(found)('%s', (_, { unknown }) => {
  expect(unknown).toEqual([]);
});

test('what test/parity/differences.json lists differs', () => {
  const known = new Set(found.flatMap(([, each]) => each.known));
  const idle = all((pattern) => !/^nn\.[A-Z]/.test(pattern)).filter((each) => !known.has(each));
  expect(idle).toEqual([]);
});
