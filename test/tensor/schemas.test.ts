// Types of operators are written by hand; libtorch's schemas say what is true. Each declaration is held against
// the schemas of the overloads that it names.
import { expect, test } from 'vitest';

import { native } from '../../lib/native/load.js';
import {
  boundNames,
  type Declaration,
  declarations,
  lib,
  programOf,
  type Signature,
  undocumented,
} from './schemas.js';

interface Argument {
  readonly name: string;
  readonly required: boolean;
  readonly byNameOnly: boolean;
}

interface Schema {
  readonly arguments: readonly Argument[];
  readonly results: number;
}

const camelCase = (name: string): string =>
  name.replace(/(?<=\w)_(\w)/g, (_, letter: string) => letter.toUpperCase());

// Divides at commas that stand in no bracket.
function divided(text: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const letter of text) {
    if ('([{'.includes(letter)) depth++;
    if (')]}'.includes(letter)) depth--;
    if (letter === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += letter;
  }
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

function isThere(operator: string): boolean {
  try {
    return native.schema(operator) !== '';
  } catch {
    return false;
  }
}

function schemaOf(operator: string): Schema {
  const [, given, returned] = /^[\w:.]+\((.*)\) -> (.*)$/.exec(native.schema(operator)) ?? [];
  const parts = divided(given as string);
  const star = parts.indexOf('*');
  return {
    arguments: parts
      .map((part, i) => {
        const [, type, name, , value] = /^(.*) (\w+)(=(.*))?$/.exec(part) ?? [];
        const required = value === undefined && !type?.endsWith('?');
        return { name: camelCase(name ?? ''), required, byNameOnly: star >= 0 && i > star };
      })
      .filter(({ name }) => name !== ''),
    results: returned?.startsWith('(') ? divided(returned.slice(1, -1)).length : 1,
  };
}

/** One way to call a function: what is given in order, and what by name. */
interface Form {
  readonly positional: readonly string[];
  readonly named: readonly string[];
}

/** The least that a signature takes, and with it each thing more that it takes. */
function formsOf({ positional, options }: Signature): Form[] {
  const names = positional.map(({ name }) => name);
  const least = positional.filter(({ optional }) => !optional).length;
  const prefixes = names.slice(least).map((_, i) => names.slice(0, least + i + 1));
  const required = options?.keys.filter(({ optional }) => !optional).map(({ name }) => name) ?? [];
  const forms: Form[] = [];
  if (!options || options.optional || required.length === 0) {
    forms.push({ positional: names.slice(0, least), named: [] });
    for (const positional of prefixes) forms.push({ positional, named: [] });
  }
  if (!options) return forms;
  forms.push({ positional: names.slice(0, least), named: required });
  for (const { name, optional } of options.keys) {
    if (optional) forms.push({ positional: names.slice(0, least), named: [...required, name] });
  }
  return forms;
}

/** Whether an overload takes it: the same names at the same places, and nothing missing. */
const takes = (schema: Schema, { positional, named }: Form): boolean =>
  positional.every((name, i) => {
    const argument = schema.arguments[i];
    return argument?.name === name && !argument.byNameOnly;
  }) &&
  named.every((name) => schema.arguments.slice(positional.length).some((a) => a.name === name)) &&
  schema.arguments.every(
    ({ name, required }, i) => !required || i < positional.length || named.includes(name),
  );

const inWords = ({ positional, named }: Form): string =>
  `(${[...positional, ...(named.length > 0 ? [`{ ${named.join(', ')} }`] : [])].join(', ')})`;

/** What is wrong with a declaration, in sentences. */
function problemsOf({ at, isMethod, overloads, signatures }: Declaration): string[] {
  const problems: string[] = [];
  if (overloads.length === 0) problems.push(`${at}: names no operator`);
  const unknown = overloads.filter((name) => !isThere(name));
  if (unknown.length > 0) return [`${at}: libtorch has no ${unknown.join(', ')}`];
  const schemas = overloads.map((name) => {
    const { arguments: all, results } = schemaOf(name);
    // A function calls it as Python does.
    const input = (each: Argument) => (each.name === 'self' ? { ...each, name: 'input' } : each);
    return { name, results, arguments: isMethod ? all.slice(1) : all.map(input) };
  });
  const forms = signatures.map((signature) => ({ signature, forms: formsOf(signature) }));
  for (const { signature, forms: its } of forms) {
    for (const form of its) {
      const takers = schemas.filter((schema) => takes(schema, form));
      if (takers.length === 0) problems.push(`${at}${inWords(form)}: no overload takes that`);
      else if (
        signature.results !== undefined &&
        !takers.some(({ results }) => results === signature.results)
      ) {
        problems.push(
          `${at}${inWords(form)}: ${signature.results} results, not ${takers[0]!.results}`,
        );
      }
    }
  }
  const all = forms.flatMap(({ forms: its }) => its);
  for (const schema of schemas) {
    for (const { name } of schema.arguments) {
      const canBeGiven = all.some(
        (form) => form.positional.includes(name) || form.named.includes(name),
      );
      if (!canBeGiven) problems.push(`${at}: ${schema.name}'s ${name} cannot be given`);
    }
    const least = schema.arguments.filter(({ required }) => required).map(({ name }) => name);
    const isLeast = ({ positional, named }: Form): boolean =>
      [...positional, ...named].sort().join() === [...least].sort().join();
    if (!all.some(isLeast)) {
      problems.push(
        `${at}: ${schema.name} needs ${least.join(', ') || 'nothing'}, the declaration more`,
      );
    }
  }
  return [...new Set(problems)];
}

const program = programOf([lib('index.ts')]);
const found = declarations(program);

test('all are found', () => {
  expect(found.length).toBeGreaterThan(100);
});

test('names, order, what may be left out, and results are those of libtorch', () => {
  expect(found.flatMap(problemsOf)).toEqual([]);
});

// They are looked up at their first call: a wrong name would be found by nobody else.
test('operators that are bound by name are there', () => {
  const names = boundNames(program);
  expect(names.length).toBeGreaterThan(100);
  for (const name of names) expect(native.schema(name)).toContain('(');
});

test('each member of Tensor has a docstring', () => {
  expect(undocumented(program)).toEqual([]);
});

// The test itself, held against declarations that are wrong.
const right = `{
  (this: Tensor, options?: { dtype?: string }): Tensor;
  (this: Tensor, dim: number, keepdim?: boolean, options?: { dtype?: string }): Tensor;
  (this: Tensor, options: { dim: number; keepdim?: boolean }): Tensor;
}`;
const wrong: readonly (readonly [string, readonly string[], string, readonly string[]])[] = [
  ['as it is', ['prod', 'prod.dim_int'], right, []],
  [
    'a wrong name',
    ['unsqueeze'],
    '(this: Tensor, axis: number) => Tensor',
    ['(axis): no', 'dim cannot'],
  ],
  [
    'a wrong order',
    ['transpose.int'],
    '(this: Tensor, dim1: number, dim0: number) => Tensor',
    ['(dim1, dim0): no'],
  ],
  [
    'required, and has a default',
    ['tril'],
    '(this: Tensor, diagonal: number) => Tensor',
    ['tril needs nothing'],
  ],
  ['optional, and has none', ['unsqueeze'], '(this: Tensor, dim?: number) => Tensor', ['(): no']],
  ['an option is missing', ['cumsum'], '(this: Tensor, dim: number) => Tensor', ['dtype cannot']],
  [
    'an option of another name',
    ['tril'],
    '(this: Tensor, options?: { diag?: number }) => Tensor',
    ['({ diag }): no', 'diagonal cannot'],
  ],
  [
    'in order, and is given by name only',
    ['cumsum'],
    '(this: Tensor, dim: number, dtype?: string) => Tensor',
    ['(dim, dtype): no'],
  ],
  [
    'too few results',
    ['topk'],
    '(this: Tensor, k: number, dim?: number, largest?: boolean, sorted?: boolean) => Tensor',
    ['1 results, not 2'],
  ],
  [
    'an operator that takes it with something else',
    ['prod', 'prod.dim_int'],
    `${right} & ((this: Tensor, options?: { keepdim?: boolean }) => Tensor)`,
    ['({ keepdim }): no'],
  ],
];
const wrongFile = lib('tensor/wrong.ts');
const texts = wrong.map(
  ([, overloads, type], i) =>
    `export const w${i} = method<${type}>(${overloads.map((name) => `'${name}'`).join()});`,
);
const imports = `import { method } from './method.js'; import type { Tensor } from './tensor.js';`;
const wrongProgram = programOf([], { [wrongFile]: [imports, ...texts].join('\n') });
const wrongOnes = declarations(wrongProgram, (file) => file === wrongFile);

test.each(wrong.map(([what, , , problems], i) => [what, problems, i] as const))(
  'a declaration is found out: %s',
  (_, problems, i) => {
    const said = problemsOf(wrongOnes[i]!);
    for (const problem of problems) expect(said).toContainEqual(expect.stringContaining(problem));
    if (problems.length === 0) expect(said).toEqual([]);
  },
);
