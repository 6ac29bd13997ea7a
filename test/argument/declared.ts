// What the package's declarations say: every function, class and method, with the names of its parameters.
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

import * as torch from '../../lib/index.js';

/** A function, a class's constructor (`new nn.Conv2d`) or a method (`Tensor#sum`) that is exported. */
export interface Declared {
  readonly name: string;
  /** Of each overload. */
  readonly parameters: readonly (readonly string[])[];
  /** How many arguments it takes at most: `Infinity` with a rest parameter. */
  readonly most: number;
  /** Parameters whose type takes an object with any names. */
  readonly indexed: readonly string[];
}

export interface Parameter {
  readonly name: string;
  readonly type: ts.Type;
}

/** A signature's parameters; the rest of a fixed number that declared layers have counts one by one. */
export function parametersOf(checker: ts.TypeChecker, signature: ts.Signature): Parameter[] {
  return signature.parameters.flatMap((each): Parameter[] => {
    const type = checker.getTypeOfSymbol(each);
    const { valueDeclaration: place } = each;
    const isRest = place !== undefined && ts.isParameter(place) && place.dotDotDotToken;
    if (!isRest || !checker.isTupleType(type)) return [{ name: each.getName(), type }];
    const { labeledElementDeclarations: labels } = (type as ts.TupleTypeReference).target;
    return checker.getTypeArguments(type as ts.TypeReference).map((part, i) => ({
      name: labels?.[i]?.name.getText() ?? String(i),
      type: part,
    }));
  });
}

const takesAnyName = (checker: ts.TypeChecker, type: ts.Type): boolean =>
  type.isUnionOrIntersection()
    ? type.types.some((each) => takesAnyName(checker, each))
    : checker.getIndexInfoOfType(type, ts.IndexKind.String) !== undefined;

const root = fileURLToPath(new URL('../..', import.meta.url));

/** All that `lib/index.ts` exports and that can be called, by name. */
export function declared(): Map<string, Declared> {
  const { config } = ts.readConfigFile(`${root}/tsconfig.json`, ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const program = ts.createProgram([`${root}/lib/index.ts`], { ...options, noEmit: true });
  const checker = program.getTypeChecker();
  const found = new Map<string, Declared>();
  const seen = new Set<ts.Symbol>();
  const classes = new Set<ts.Symbol>();

  const mostOf = (signature: ts.Signature): number => {
    const last = signature.parameters.at(-1)?.valueDeclaration;
    const isRest = last !== undefined && ts.isParameter(last) && last.dotDotDotToken;
    return isRest ? Number.POSITIVE_INFINITY : signature.parameters.length;
  };

  const note = (name: string, signatures: readonly ts.Signature[]): void => {
    if (signatures.length === 0) return;
    const parameters = signatures.map((each) =>
      parametersOf(checker, each).map((parameter) => parameter.name),
    );
    const most = Math.max(...signatures.map(mostOf));
    const indexed = signatures
      .flatMap((each) => parametersOf(checker, each))
      .filter(({ type }) => takesAnyName(checker, type))
      .map((parameter) => parameter.name);
    found.set(name, { name, parameters, most, indexed: [...new Set(indexed)] });
  };

  const isHidden = (symbol: ts.Symbol): boolean =>
    symbol.getJsDocTags(checker).some(({ name }) => name === 'internal') ||
    (symbol.declarations ?? []).some(
      (each) =>
        ts.canHaveModifiers(each) &&
        ts
          .getModifiers(each)
          ?.some(({ kind }) =>
            [ts.SyntaxKind.PrivateKeyword, ts.SyntaxKind.ProtectedKeyword].includes(kind),
          ),
    );

  const methods = (owner: string, type: ts.Type): void => {
    for (const member of type.getProperties()) {
      const source = member.declarations?.[0]?.getSourceFile().fileName ?? '';
      if (!source.includes('/lib/') || source.includes('node_modules') || isHidden(member))
        continue;
      // Inherited ones stand with the class that has them, where it is exported.
      const parent = (member as ts.Symbol & { parent?: ts.Symbol }).parent;
      if (parent !== undefined && parent !== type.symbol && classes.has(parent)) continue;
      const name = member.getName();
      if (name.startsWith('__@') || name.startsWith('#')) continue;
      // Some classes have a method only at times.
      const own = checker.getNonNullableType(checker.getTypeOfSymbol(member));
      note(`${owner}#${name}`, own.getCallSignatures());
    }
  };

  const collectClasses = (module: ts.Symbol): void => {
    seen.add(module);
    for (const exported of checker.getExportsOfModule(module)) {
      const symbol =
        exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
      if (symbol.flags & ts.SymbolFlags.Class) classes.add(symbol);
      if (symbol.flags & ts.SymbolFlags.ValueModule && !seen.has(symbol)) collectClasses(symbol);
    }
  };

  const visit = (prefix: string, module: ts.Symbol): void => {
    for (const exported of checker.getExportsOfModule(module)) {
      const symbol =
        exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
      const name = `${prefix}${exported.getName()}`;
      if (symbol.flags & ts.SymbolFlags.ValueModule) {
        if (!seen.has(symbol)) visit(`${name}.`, seen.add(symbol) && symbol);
        continue;
      }
      if (symbol.flags & ts.SymbolFlags.TypeAlias && name === 'Tensor') {
        methods(name, checker.getDeclaredTypeOfSymbol(symbol));
      }
      if (!(symbol.flags & ts.SymbolFlags.Value)) continue;
      const type = checker.getTypeOfSymbol(symbol);
      note(name, type.getCallSignatures());
      note(`new ${name}`, type.getConstructSignatures());
      if (symbol.flags & ts.SymbolFlags.Class) {
        methods(name, checker.getDeclaredTypeOfSymbol(symbol));
        methods(name.replace(/(\w+)$/, 'static $1'), type);
      }
    }
  };
  const index = checker.getSymbolAtLocation(program.getSourceFile(`${root}/lib/index.ts`)!)!;
  collectClasses(index);
  seen.clear();
  visit('', index);
  return found;
}

export function memberOf(path: string): object {
  return path.split('.').reduce((owner, key) => Reflect.get(owner, key), torch as object);
}

/** The function, class, or method of a class that a name stands for. */
export function functionOf(name: string): object {
  const [owner, method] = name.replace(/^new |static /g, '').split('#') as [string, string?];
  if (method === undefined) return memberOf(owner);
  const found = memberOf(owner);
  return Reflect.get(name.includes('static ') ? found : Reflect.get(found, 'prototype'), method);
}
