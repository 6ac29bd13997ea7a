// The defaults that stand in code, by the names of options: in specs (`{ alpha: number().or(1) }`), wherever a function of the
// package hands one on, and in libtorch's schemas.
import ts from 'typescript';

/** What an option is where it is left out: `undefined` where the code does not say it as a constant. */
export type Defaults = Map<string, unknown>;

function constantOf(node: ts.Expression): { readonly value: unknown } | undefined {
  if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node)) {
    return constantOf(node.expression);
  }
  if (ts.isStringLiteralLike(node)) return { value: node.text };
  if (node.kind === ts.SyntaxKind.TrueKeyword) return { value: true };
  if (node.kind === ts.SyntaxKind.FalseKeyword) return { value: false };
  if (node.kind === ts.SyntaxKind.NullKeyword) return { value: null };
  const number = Number(node.getText().replaceAll('_', ''));
  return Number.isNaN(number) ? undefined : { value: number };
}

// `integer(0).or(2)` is 2.
function initialOf(setting: ts.Node | undefined): { readonly value: unknown } | undefined {
  if (setting === undefined || !ts.isCallExpression(setting)) return undefined;
  const made = setting.expression;
  if (!ts.isPropertyAccessExpression(made) || made.name.text !== 'or') return undefined;
  return constantOf(setting.arguments[0]!);
}

function* callsIn(node: ts.Node): Generator<ts.CallExpression> {
  if (ts.isCallExpression(node)) yield node;
  const inner: ts.Node[] = [];
  ts.forEachChild(node, (each) => void inner.push(each));
  for (const each of inner) yield* callsIn(each);
}

const readers = /^(readOptions|read|factory|super|transform|ordered|Signature)\b/;

/** The constants in the specs that a declaration reads its options by. */
export function specDefaults(checker: ts.TypeChecker, declaration: ts.Node): Defaults {
  const found: Defaults = new Map();
  const look = (type: ts.Type, depth: number): void => {
    for (const property of type.getProperties()) {
      const at = property.valueDeclaration;
      if (at === undefined || !ts.isPropertyAssignment(at)) continue;
      const initial = initialOf(at.initializer);
      if (initial !== undefined) found.set(property.getName(), initial.value);
      else if (depth > 0 && /^(args|options)$/.test(property.getName())) {
        look(checker.getTypeOfSymbol(property), depth - 1);
      }
    }
  };
  for (const call of callsIn(declaration)) {
    if (!readers.test(call.expression.getText())) continue;
    for (const argument of call.arguments) {
      const given = ts.isAsExpression(argument) ? argument.expression : argument;
      look(checker.getTypeAtLocation(given), 1);
    }
  }
  return found;
}

const camelCase = (name: string): string =>
  name.replace(/(?<=\w)_(\w)/g, (_, letter: string) => letter.toUpperCase());

const words = new Map<string, unknown>([
  ['None', null],
  ['True', true],
  ['False', false],
]);

/** The overloads that a declaration binds: `method('var', 'var.correction')`. */
export function overloadsOf(declaration: ts.Node): string[] {
  const made = (declaration as ts.PropertyAssignment).initializer;
  if (made === undefined || !ts.isCallExpression(made)) return [];
  if (!/^(method|bindFunction)$/.test(made.expression.getText())) return [];
  return made.arguments.filter(ts.isStringLiteral).map(({ text }) => text);
}

/** The constants of a schema: numbers, flags, strings. `None` is whatever the kernel makes of it, and left out. */
export function schemaDefaults(schema: string): Defaults {
  const found: Defaults = new Map();
  for (const [, type, name, text] of schema.matchAll(
    /([\w?[\]]+) (\w+)=("[^"]*"|\[[^\]]*\]|[^,)]+)/g,
  )) {
    // Libtorch counts its formats.
    if (/^MemoryFormat/.test(type!)) continue;
    const value = valueOf(text!);
    if (value !== null) found.set(camelCase(name!), value);
  }
  return found;
}

function valueOf(text: string): unknown {
  if (words.has(text)) return words.get(text);
  if (text.startsWith('"')) return text.slice(1, -1);
  if (!text.startsWith('[')) return Number(text);
  // One number for all dimensions; other lists are no constants.
  const numbers = new Set(text.slice(1, -1).split(', '));
  return numbers.size === 1 && !numbers.has('') ? Number([...numbers][0]) : null;
}
