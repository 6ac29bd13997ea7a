// TypeScript in documents and docstrings, as modules that are compiled and run (test/docs/blocks.test.ts).
import fs from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

import { at, filesBelow, root } from '../stamps.js';

/** Documents in which every block of TypeScript holds. */
export const documents = () => [
  'README.md',
  'CONTRIBUTING.md',
  ...fs
    .readdirSync(at('docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/**
 * All blocks as modules: `[{ name, place, isRun, source }]`. Blocks of a document go on with what the ones before have declared, until one
 * declares a name anew. Behind `ts` may stand `compile`: what needs a GPU, other processes, or a port is compiled, by itself, and not run.
 *
 * @returns {{ name: string, place: string, isRun: boolean, source: string }[]}
 */
export function modules() {
  const found = [...documents().flatMap(ofDocument), ...examples()];
  return found.map((each, i) => ({ ...each, name: `${String(i).padStart(4, '0')}.ts` }));
}

function ofDocument(file) {
  const text = fs.readFileSync(at(file), 'utf8');
  const made = [];
  let names = new Set();
  for (const { index, 1: kind, 2: body } of text.matchAll(/^```ts\b *(.*)\n([\s\S]*?)^```$/gm)) {
    const declared = declaredBy(body);
    const isRun = !kind.includes('compile');
    const last = made.at(-1);
    if (!isRun || !last?.isRun || declared.some((each) => names.has(each))) {
      const line = text.slice(0, index).split('\n').length;
      made.push({ place: `${file}:${line}`, isRun, text: body });
      names = new Set();
    } else {
      last.text += body;
    }
    for (const each of declared) names.add(each);
  }
  return made.map(completed);
}

// Of docstrings: `@example` and what stands under it, fenced or not.
function* examples() {
  for (const file of filesBelow(at('lib')).filter((each) => each.endsWith('.ts'))) {
    const text = fs.readFileSync(file, 'utf8');
    if (!text.includes('@example')) continue;
    for (const { index, 1: compile, 2: body } of text.matchAll(
      /^ *\* @example( compile)?\n((?: *\*(?! @|\/).*\n)+)/gm,
    )) {
      const line = text.slice(0, index).split('\n').length;
      const code = body.replaceAll(/^ *\* ?/gm, '').replaceAll(/^```.*\n/gm, '');
      const place = `${path.relative(root, file)}:${line}`;
      yield completed({ place, isRun: compile === undefined, text: code });
    }
  }
}

function parse(text) {
  return ts.createSourceFile('block.ts', text, ts.ScriptTarget.ES2022, true);
}

/** Names that a block declares or imports. */
function declaredBy(text) {
  const names = [];
  const add = (node) => {
    if (ts.isIdentifier(node)) names.push(node.text);
    else for (const each of node.elements) if (each.name !== undefined) add(each.name);
  };
  for (const each of parse(text).statements) {
    if (ts.isVariableStatement(each))
      for (const one of each.declarationList.declarations) add(one.name);
    else if (ts.isClassDeclaration(each) || ts.isFunctionDeclaration(each)) add(each.name);
    else if (ts.isImportDeclaration(each)) {
      const { name, namedBindings } = each.importClause ?? {};
      if (name !== undefined) add(name);
      if (namedBindings === undefined) continue;
      if (ts.isNamespaceImport(namedBindings)) add(namedBindings.name);
      else for (const one of namedBindings.elements) add(one.name);
    }
  }
  return names;
}

/**
 * The package and its namespaces need no import in a document.
 *
 * @returns {{ place: string, isRun: boolean, source: string }}
 */
function completed({ text, ...rest }) {
  const declared = declaredBy(text);
  const missing = ['nn', 'optim', 'data', 'distributed'].filter(
    (name) => !declared.includes(name) && new RegExp(`\\b${name}\\.`).test(text),
  );
  const head = [
    ...(declared.includes('torch') ? [] : ["import * as torch from 'lenet-torch';"]),
    ...(missing.length > 0 ? [`import { ${missing.join(', ')} } from 'lenet-torch';`] : []),
  ];
  return { ...rest, source: `${head.join('\n')}\nexport {};\n${text}` };
}

/** A module's source in which shown results are compared: `expression; // → result`. */
export function compared(source) {
  const edits = [];
  const visit = (node) => {
    const shown = ts.isExpressionStatement(node) ? shownBehind(source, node.getEnd()) : undefined;
    if (shown === undefined) {
      ts.forEachChild(node, visit);
      return;
    }
    const { expression } = node;
    const isLog =
      ts.isCallExpression(expression) && expression.expression.getText() === 'console.log';
    const value = (isLog ? expression.arguments[0] : expression).getText();
    const text = `__shown(${isLog}, ${value}, ${JSON.stringify(shown)});`;
    edits.push({ from: node.getStart(), to: node.getEnd(), text });
  };
  visit(parse(source));
  let made = source;
  for (const { from, to, text } of edits.reverse())
    made = made.slice(0, from) + text + made.slice(to);
  return made;
}

// What is shown may go on in the next lines, each a comment of its own.
function shownBehind(text, end) {
  const [line, ...rest] = text.slice(end).split('\n');
  const first = /^\s*\/\/ → (.*)$/.exec(line)?.[1];
  if (first === undefined) return undefined;
  const lines = [first];
  for (const each of rest) {
    const more = /^\s*\/\/ {3}(.*)$/.exec(each)?.[1];
    if (more === undefined) break;
    lines.push(more);
  }
  return lines.join('\n');
}

/** What is wrong with the modules' types, by their place: a Map to `[message]`. */
export function typeFaults(all, folder) {
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  for (const { name, source } of all) fs.writeFileSync(path.join(folder, name), source);
  const given = ['given.d.ts', 'next.d.ts'].map((name) => at('scripts', 'docs', name));
  const program = ts.createProgram([...all.map(({ name }) => path.join(folder, name)), ...given], {
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    strict: true,
    noUncheckedIndexedAccess: true,
    noEmit: true,
    skipLibCheck: true,
    types: ['node'],
  });
  const faults = new Map();
  for (const { name, place } of all) {
    const source = program.getSourceFile(path.join(folder, name));
    const found = [
      ...program.getSyntacticDiagnostics(source),
      ...program.getSemanticDiagnostics(source),
    ];
    const messages = found.map(({ start, messageText }) => {
      const line = source.text.slice(0, start).split('\n').length;
      const shown = source.text.split('\n')[line - 1].trim();
      return `${ts.flattenDiagnosticMessageText(messageText, ' ')} (${shown})`;
    });
    if (messages.length > 0) faults.set(place, messages);
  }
  return faults;
}

/** JavaScript of a module that says what it shows. */
export function runnable({ source }) {
  return ts.transpileModule(compared(source), {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
  }).outputText;
}
