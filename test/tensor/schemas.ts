// What lib/ declares of libtorch's operators: each `method<…>('op')`, `bindFunction<…>('op')` and `inPlaceOf`,
// with the signatures that TypeScript knows of it.
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

import { inPlaceName } from '../../lib/tensor/method.js';

interface Named {
  readonly name: string;
  readonly optional: boolean;
  readonly doc: string;
}

/** What can be given to a declared function: in order, and by name in an object that comes last. */
export interface Signature {
  readonly positional: readonly { readonly name: string; readonly optional: boolean }[];
  /** Absent: it takes no object. */
  readonly options?: {
    readonly optional: boolean;
    readonly keys: readonly Named[];
  };
  /** How many values it returns; `undefined` where the declaration does not say. */
  readonly results: number | undefined;
}

export interface Declaration {
  /** `lib/tensor/reduction.ts: sum`. */
  readonly at: string;
  readonly isMethod: boolean;
  readonly overloads: readonly string[];
  readonly signatures: readonly Signature[];
}

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A program of these files, with the package's own settings; `more`: texts in place of files. */
export function programOf(files: readonly string[], more: Readonly<Record<string, string>> = {}) {
  const { config } = ts.readConfigFile(`${root}/tsconfig.json`, ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists, getSourceFile } = host;
  host.fileExists = (name) => name in more || fileExists(name);
  host.readFile = (name) => more[name] ?? readFile(name);
  host.getSourceFile = (name, language, ...rest) =>
    more[name] === undefined
      ? getSourceFile(name, language, ...rest)
      : ts.createSourceFile(name, more[name], language);
  return ts.createProgram([...files, ...Object.keys(more)], { ...options, noEmit: true }, host);
}

export const lib = (file: string): string => `${root}lib/${file}`;

const isOptionalAt = (place: ts.ParameterDeclaration | undefined): boolean =>
  Boolean(place?.questionToken ?? place?.initializer);

/** Reads what TypeScript knows of a signature. */
export function signatureReader(checker: ts.TypeChecker): (signature: ts.Signature) => Signature {
  const isOptions = (type: ts.Type): boolean =>
    (type.isUnion() ? type.types : [type])
      .filter(({ flags }) => !(flags & ts.TypeFlags.Undefined))
      .every(
        (each) =>
          (each.flags & ts.TypeFlags.Object || each.isIntersection()) &&
          !checker.isArrayLikeType(each) &&
          each.getCallSignatures().length === 0 &&
          // Neither an object of a class, nor a list of some sort.
          !each.getProperties().some((member) => /^(#|__@|requiresGrad$)/.test(member.getName())) &&
          !isNeeded(each.getProperty('length')),
      );

  const isOptional = (symbol: ts.Symbol): boolean =>
    Boolean(symbol.flags & ts.SymbolFlags.Optional) ||
    isOptionalAt(symbol.valueDeclaration as ts.ParameterDeclaration | undefined);

  // Not one that stands for whatever else is given.
  const isPlain = (symbol: ts.Symbol): boolean =>
    !(symbol.valueDeclaration as ts.ParameterDeclaration | undefined)?.dotDotDotToken;

  const isNeeded = (member: ts.Symbol | undefined): boolean =>
    member !== undefined && !isOptional(member);

  // Of a rest of a fixed number: one by one.
  const partsOf = (type: ts.TupleTypeReference) => {
    const { labeledElementDeclarations: labels, elementFlags } = type.target;
    return checker.getTypeArguments(type).map((part, i) => ({
      name: labels?.[i]?.name.getText() ?? String(i),
      optional: Boolean(elementFlags[i]! & ts.ElementFlags.Optional),
      type: part,
    }));
  };

  const countResults = (type: ts.Type): number | undefined => {
    if (type.flags & ts.TypeFlags.Void) return undefined;
    if (checker.isTupleType(type)) return checker.getTypeArguments(type as ts.TypeReference).length;
    return 1;
  };

  return (signature) => {
    const parameters = signature.getParameters().flatMap((symbol) => {
      const type = checker.getTypeOfSymbol(symbol);
      if (isPlain(symbol)) return [{ name: symbol.getName(), optional: isOptional(symbol), type }];
      return checker.isTupleType(type) ? partsOf(type as ts.TupleTypeReference) : [];
    });
    const last = parameters.at(-1);
    const takesOptions = last !== undefined && isOptions(last.type);
    const positional = takesOptions ? parameters.slice(0, -1) : parameters;
    const results = countResults(signature.getReturnType());
    if (!takesOptions) return { positional, results };
    const keys = checker
      .getNonNullableType(last.type)
      .getProperties()
      .map((key) => ({
        name: key.getName(),
        optional: isOptional(key),
        doc: ts.displayPartsToString(key.getDocumentationComment(checker)),
      }));
    return { positional, options: { optional: last.optional, keys }, results };
  };
}

/** All declarations in a program's files that `wanted` takes; by default those below lib/. */
export function declarations(
  program: ts.Program,
  wanted: (file: string) => boolean = (file) => file.startsWith(lib('')),
): Declaration[] {
  const checker = program.getTypeChecker();

  const signatureOf = signatureReader(checker);

  const overloadsOf = (call: ts.CallExpression): string[] =>
    call.arguments.filter(ts.isStringLiteral).map(({ text }) => text);

  // `inPlaceOf(family, 'add')`: what the method of that name says, of other overloads.
  const inPlaceOnes = (call: ts.CallExpression): Declaration[] => {
    const [family, ...names] = call.arguments;
    const members = checker.getTypeAtLocation(family!).getProperties();
    const chosen = names.filter(ts.isStringLiteral).map(({ text }) => text);
    return members
      .filter((member) => chosen.length === 0 || chosen.includes(member.getName()))
      .map((member) => {
        const { initializer } = member.valueDeclaration as ts.PropertyAssignment;
        return {
          at: `${relative(root, call.getSourceFile().fileName)}: ${member.getName()}_`,
          isMethod: true,
          overloads: overloadsOf(initializer as ts.CallExpression).map(inPlaceName),
          signatures: checker
            .getTypeOfSymbolAtLocation(member, call)
            .getCallSignatures()
            .map(signatureOf),
        };
      });
  };

  const found: Declaration[] = [];
  const visit = (node: ts.Node): void => {
    ts.forEachChild(node, visit);
    if (!ts.isCallExpression(node) || !ts.isIdentifier(node.expression)) return;
    const maker = node.expression.text;
    if (maker === 'inPlaceOf') found.push(...inPlaceOnes(node));
    if (!['method', 'bindFunction'].includes(maker)) return;
    const overloads = overloadsOf(node);
    // `several(overload)`: the operator's name is its caller's.
    if (node.arguments.some(ts.isSpreadElement)) return;
    const { parent } = node;
    if (!(ts.isPropertyAssignment(parent) || ts.isVariableDeclaration(parent))) return;
    found.push({
      at: `${relative(root, node.getSourceFile().fileName)}: ${parent.name.getText()}`,
      isMethod: maker === 'method',
      overloads,
      signatures: checker.getTypeAtLocation(node).getCallSignatures().map(signatureOf),
    });
  };
  for (const file of program.getSourceFiles()) if (wanted(file.fileName)) visit(file);
  return found;
}

/** The operators that lib/ binds by name, with no declared type: `bind<…>('op')`. */
export function boundNames(program: ts.Program): string[] {
  const names: string[] = [];
  const visit = (node: ts.Node): void => {
    ts.forEachChild(node, visit);
    if (!ts.isCallExpression(node) || !/^(native\.)?bind$/.test(node.expression.getText())) return;
    for (const argument of node.arguments) {
      if (ts.isStringLiteral(argument)) names.push(argument.text);
    }
  };
  for (const file of program.getSourceFiles()) {
    if (file.fileName.startsWith(lib(''))) visit(file);
  }
  return names;
}

/** Members of Tensor that have no docstring. */
export function undocumented(program: ts.Program): string[] {
  const checker = program.getTypeChecker();
  const exported = checker.getExportsOfModule(
    checker.getSymbolAtLocation(program.getSourceFile(lib('tensor/tensor.ts'))!)!,
  );
  const tensor = exported.find((symbol) => symbol.getName() === 'Tensor')!;
  return checker
    .getDeclaredTypeOfSymbol(tensor)
    .getProperties()
    .filter((member) =>
      member.declarations?.every((at) => at.getSourceFile().fileName.startsWith(lib(''))),
    )
    .filter((member) => member.getJsDocTags(checker).every(({ name }) => name !== 'internal'))
    .filter((member) => member.getDocumentationComment(checker).length === 0)
    .map((member) => member.getName())
    .filter((name) => !name.startsWith('__@'));
}
