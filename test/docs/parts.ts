// What a docstring has to say beside what the name is, as far as declarations tell that there is something to say.
import ts from 'typescript';

export interface Entry {
  readonly path: string;
  readonly name: string;
  readonly id: string;
  readonly slug: string;
  readonly symbol: ts.Symbol;
}

export interface Doc {
  readonly text: string;
  readonly tags: readonly { readonly name: string; readonly text: string }[];
}

interface Parameter {
  readonly name: string;
  readonly isOptional: boolean;
  readonly doc: string;
  readonly members: readonly { readonly name: string; readonly isOptional: boolean; doc: string }[];
}

export interface Symbols {
  readonly checker: ts.TypeChecker;
  docOfEntry(entry: Entry): Doc;
  signaturesOf(symbol: ts.Symbol): readonly { readonly parameters: readonly Parameter[] }[];
}

const isDefault = (text: string): boolean => /\bdefaults?\b|\bundefined\b/i.test(text);

/** Options that a signature lets out and whose default stands nowhere: in the option's words, in a `@param`, or in a sentence about it. */
export function withoutDefault(symbols: Symbols, entry: Entry): string[] {
  const { text, tags } = symbols.docOfEntry(entry);
  const said = tags.filter(({ name }) => name === 'param').map((tag) => tag.text);
  const isSaid = (option: string): boolean =>
    said.some((each) => new RegExp(`^(\\w+\\.)?${option}\\b`).test(each) && isDefault(each)) ||
    text
      .split(/(?<=[.;])\s/)
      .some((each) => new RegExp(`\`[^\`]*\\b${option}\\b[^\`]*\``).test(each) && isDefault(each));
  const lacking = symbols
    .signaturesOf(entry.symbol)
    .flatMap(({ parameters }) => parameters.flatMap(({ members }) => members))
    .filter(({ isOptional, doc, name }) => isOptional && !isDefault(doc) && !isSaid(name));
  return [...new Set(lacking.map(({ name }) => name))];
}

/** Codes that are thrown in a callable itself, or in a function of the package that it calls, and that its docstring does not name. */
export function unnamedCodes(symbols: Symbols, entry: Entry): string[] {
  const { checker } = symbols;
  const { text, tags } = symbols.docOfEntry(entry);
  const whole = [text, ...tags.map((tag) => tag.text)].join('\n');
  const bodies = bodiesOf(entry.symbol);
  const called = bodies.flatMap((body) => calledFrom(checker, body));
  const codes = new Set([...bodies, ...called].flatMap((body) => thrownIn(checker, body)));
  return [...codes].filter((code) => !whole.includes(code));
}

function bodiesOf(symbol: ts.Symbol): ts.Node[] {
  return (symbol.declarations ?? []).flatMap((each) => {
    if (ts.isFunctionDeclaration(each) || ts.isMethodDeclaration(each)) return each.body ?? [];
    if (!ts.isClassDeclaration(each)) return [];
    return each.members.flatMap((one) =>
      ts.isConstructorDeclaration(one) ? (one.body ?? []) : [],
    );
  });
}

function* nodesOf(node: ts.Node): Generator<ts.Node> {
  yield node;
  const inner: ts.Node[] = [];
  ts.forEachChild(node, (each) => {
    // What is caught does not come out, or is thrown anew in `catch`.
    const isCaught = ts.isTryStatement(node) && node.catchClause !== undefined;
    if (!isCaught || each !== node.tryBlock) inner.push(each);
  });
  for (const each of inner) yield* nodesOf(each);
}

// What checks arguments says `ERR_INVALID_ARG` of itself, as every function does.
function calledFrom(checker: ts.TypeChecker, body: ts.Node): ts.Node[] {
  return [...nodesOf(body)].flatMap((node) => {
    if (!ts.isCallExpression(node)) return [];
    const symbol = resolved(checker, node.expression);
    const file = symbol?.declarations?.[0]?.getSourceFile().fileName ?? '';
    if (symbol === undefined || !/\/lib\/(?!argument\/|error\.ts)/.test(file)) return [];
    return bodiesOf(symbol);
  });
}

function resolved(checker: ts.TypeChecker, node: ts.Node): ts.Symbol | undefined {
  const symbol = checker.getSymbolAtLocation(node);
  if (symbol === undefined) return undefined;
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

function thrownIn(checker: ts.TypeChecker, body: ts.Node): string[] {
  return [...nodesOf(body)].flatMap((node) =>
    ts.isThrowStatement(node) ? codesOf(checker, node.expression) : [],
  );
}

function codesOf(checker: ts.TypeChecker, thrown: ts.Expression, depth = 0): string[] {
  if (ts.isNewExpression(thrown)) {
    const code = thrown.arguments?.[0];
    return code !== undefined && ts.isStringLiteral(code) && code.text.startsWith('ERR_')
      ? [code.text]
      : [];
  }
  if (!ts.isCallExpression(thrown)) return [];
  const name = thrown.expression.getText();
  if (name === 'invalidArgument' || name === 'invalidRange') return ['ERR_INVALID_ARG'];
  const maker = depth > 1 ? undefined : resolved(checker, thrown.expression);
  return bodiesOf(maker ?? ({ declarations: [] } as unknown as ts.Symbol)).flatMap((body) =>
    [...nodesOf(body)].flatMap((node) =>
      ts.isReturnStatement(node) && node.expression !== undefined
        ? codesOf(checker, node.expression, depth + 1)
        : [],
    ),
  );
}
