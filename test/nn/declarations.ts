// What the declarations of layers say, as values and as types.
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

import type { Kind, Setting } from '../../lib/argument/kind.js';
import * as torch from '../../lib/index.js';
import type { Declaration } from '../../lib/nn/layer.js';
import { parametersOf } from '../argument/declared.js';

export type Part = Kind<unknown> | Setting<unknown>;

export interface DeclaredLayer {
  readonly name: string;
  readonly Class: new (...args: unknown[]) => torch.nn.Module;
  readonly args: Readonly<Record<string, Part>>;
  /** Those that become fields and those that do not. */
  readonly options: Readonly<Record<string, Part>>;
}

type Callable = new (...args: unknown[]) => torch.nn.Module;

/** All classes that `nn` exports. */
export const classes: readonly (readonly [string, Callable])[] = Object.entries(torch.nn)
  .filter(([, value]) => typeof value === 'function')
  .map(([name, value]) => [name, value as unknown as Callable]);

export const layers: readonly DeclaredLayer[] = classes.flatMap(([name, Class]) => {
  const declaration = Reflect.get(Class, 'declaration') as Declaration | undefined;
  if (declaration === undefined) return [];
  const { args = {}, options = {}, making = {} } = declaration;
  return [{ name, Class, args, options: { ...options, ...making } }];
});

/** A parameter of a declaration, as the types have it. */
export interface TypedPart {
  readonly doc: string;
  /** What is taken, in TypeScript. */
  readonly given: string;
}

export interface TypedLayer {
  /** The constructor's parameters: name and type, without `undefined`. */
  readonly parameters: readonly (readonly [name: string, type: string])[];
  readonly args: Readonly<Record<string, TypedPart>>;
  readonly options: Readonly<Record<string, TypedPart>>;
}

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The same from the types' side, by name. */
export function typedLayers(): Map<string, TypedLayer> {
  const { config } = ts.readConfigFile(`${root}/tsconfig.json`, ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const entry = `${root}/lib/nn/index.ts`;
  const program = ts.createProgram([entry], { ...options, noEmit: true });
  const checker = program.getTypeChecker();
  const text = (type: ts.Type): string =>
    checker.typeToString(type, undefined, ts.TypeFormatFlags.NoTruncation);

  const partsOf = (type: ts.Type | undefined): Record<string, TypedPart> =>
    Object.fromEntries(
      (type?.getProperties() ?? []).map((property) => {
        const kind = checker.getTypeOfSymbol(property) as ts.TypeReference;
        const doc = ts.displayPartsToString(property.getDocumentationComment(checker));
        return [property.getName(), { doc, given: text(checker.getTypeArguments(kind)[0]!) }];
      }),
    );

  const found = new Map<string, TypedLayer>();
  const module = checker.getSymbolAtLocation(program.getSourceFile(entry)!)!;
  for (const exported of checker.getExportsOfModule(module)) {
    const symbol =
      exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
    const declaration = symbol.declarations?.find(ts.isClassDeclaration);
    const heritage = declaration?.heritageClauses?.[0]?.types[0];
    if (heritage === undefined) continue;
    const base = checker.getTypeAtLocation(heritage.expression);
    // One that adds members of its own is an intersection.
    const layerClass = [base, ...(base.isIntersection() ? base.types : [])].find(
      ({ aliasSymbol }) => aliasSymbol?.getName() === 'LayerClass',
    );
    if (layerClass === undefined) continue;
    const [args, kept, spent] = layerClass.aliasTypeArguments ?? [];
    const [signature] = checker.getTypeOfSymbol(symbol).getConstructSignatures();
    const parameters = parametersOf(checker, signature!).map((each): [string, string] => [
      each.name,
      text(checker.getNonNullableType(each.type)),
    ]);
    found.set(exported.getName(), {
      parameters,
      args: partsOf(args),
      options: { ...partsOf(kept), ...partsOf(spent) },
    });
  }
  return found;
}
