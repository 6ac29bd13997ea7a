// A strict program that uses every public name: what there is at run time has a type, what has a type is there, and
// neither is `any`.
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, test } from 'vitest';

import * as torch from '../lib/index.js';
import { camelCase, count } from '../scripts/names.js';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Paths of all values that are exported, namespaces too. */
function valuesIn(space: object, path = 'torch', seen = new Set<object>()): string[] {
  return Object.entries(space).flatMap(([name, value]) => {
    const own = `${path}.${name}`;
    if (value?.[Symbol.toStringTag] !== 'Module') return [own];
    return seen.has(value) ? [own] : [own, ...valuesIn(value, own, seen.add(value))];
  });
}

const methods = count(torch)
  .find(({ group }) => group === 'Tensor')!
  .here.map((name) => `torch.Tensor.prototype.${camelCase(name)}`);
const values = [...valuesIn(torch), ...methods];

/** A program of one text beside the package's own, which it imports as a user does. */
function programOf(text: string): ts.Program {
  const file = `${root}user.mts`;
  const options: ts.CompilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    noPropertyAccessFromIndexSignature: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists, getSourceFile } = host;
  host.fileExists = (name) => name === file || fileExists(name);
  host.readFile = (name) => (name === file ? text : readFile(name));
  host.getSourceFile = (name, language, ...rest) =>
    name === file
      ? ts.createSourceFile(name, text, language)
      : getSourceFile(name, language, ...rest);
  return ts.createProgram([file], options, host);
}

const problemsOf = (program: ts.Program): string[] =>
  ts.getPreEmitDiagnostics(program).map((each) => {
    return ts.flattenDiagnosticMessageText(each.messageText, '\n');
  });

/** Paths of all types that are exported, with `any` for each parameter that they need. */
function typesIn(checker: ts.TypeChecker, module: ts.Symbol, path: string): string[] {
  return checker.getExportsOfModule(module).flatMap((exported) => {
    const isAlias = exported.flags & ts.SymbolFlags.Alias;
    const symbol = isAlias ? checker.getAliasedSymbol(exported) : exported;
    const own = `${path}.${exported.getName()}`;
    if (symbol.flags & ts.SymbolFlags.ValueModule) return typesIn(checker, symbol, own);
    if (!(symbol.flags & ts.SymbolFlags.Type)) return [];
    const declared = symbol.declarations?.find(
      (each) =>
        ts.isClassDeclaration(each) ||
        ts.isInterfaceDeclaration(each) ||
        ts.isTypeAliasDeclaration(each),
    );
    const needed = (declared?.typeParameters ?? []).filter((each) => each.default === undefined);
    const args = needed.map(() => 'any').join(', ');
    return [needed.length > 0 ? `${own}<${args}>` : own];
  });
}

const importing = "import * as torch from 'lenet-torch';\n";

test('a strict program that uses every public name compiles', { timeout: 120_000 }, () => {
  const empty = programOf(`${importing}export const { version } = torch;`);
  const checker = empty.getTypeChecker();
  const index = empty.getSourceFile(`${root}dist/index.d.ts`);
  const names = typesIn(checker, checker.getSymbolAtLocation(index!)!, 'torch');
  const lines = [
    ...values.map((value, i) => `export const v${i} = ${value};`),
    ...names.map((name, i) => `export type T${i} = ${name};`),
  ];
  const program = programOf(importing + lines.join('\n'));
  expect(problemsOf(program)).toEqual([]);

  const all = program.getTypeChecker();
  const source = program.getSourceFile(`${root}user.mts`)!;
  const anys = all
    .getExportsOfModule(all.getSymbolAtLocation(source)!)
    .filter((symbol) => symbol.flags & ts.SymbolFlags.Value)
    .filter((symbol) => {
      const type = all.getTypeOfSymbolAtLocation(symbol, source);
      const calls = [...type.getCallSignatures(), ...type.getConstructSignatures()];
      return [type, ...calls.map((each) => each.getReturnType())].some(
        ({ flags }) => flags & ts.TypeFlags.Any,
      );
    })
    .map((symbol) => values[Number(symbol.getName().slice(1))]);
  expect(anys).toEqual([]);
  expect(values.length).toBeGreaterThan(1500);
  expect(names.length).toBeGreaterThan(500);
});

test('a name that is not there is an error of TypeScript', { timeout: 60_000 }, () => {
  const problems = problemsOf(programOf(`${importing}export const x = torch.nn.Conv4d;`));
  expect(problems).toEqual([expect.stringContaining("'Conv4d' does not exist")]);
});
