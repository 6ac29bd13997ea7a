// What the package exports, as TypeScript sees it: names, signatures, options and docstrings. Made of declarations alone: nothing
// is built or run. TypeScript's own checker is asked, since the package's types are computed (a layer's options come from what it
// declares): it knows the docstring of each option, which documentation tools over the syntax do not.
import path from 'node:path';
import ts from 'typescript';

import { at, root } from '../stamps.js';

/** What only belongs to an owner that is documented by itself. */
const namespaces = (checker, symbol) =>
  (symbol.flags & ts.SymbolFlags.ValueModule) !== 0 && checker.getExportsOfModule(symbol);

/** Reads the declarations of `lib/`. */
export function readSymbols() {
  const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic() {} };
  const { fileNames, options } = ts.getParsedCommandLineOfConfigFile(at('tsconfig.json'), {}, host);
  const program = ts.createProgram(fileNames, options);
  return new Symbols(program.getTypeChecker(), program.getSourceFile(at('lib', 'index.ts')));
}

class Symbols {
  constructor(checker, index) {
    this.checker = checker;
    this.modules = new Map();
    /** `{ path, name, symbol }` of each export: `path` is `nn.functional`, or `` for those of the package itself. */
    this.exports = [...this.#exportsOf(checker.getSymbolAtLocation(index), '', new Set())];
    this.byPath = new Map(this.exports.map((each) => [qualified(each), each]));
    this.tensor = this.byPath.get('Tensor');
  }

  *#exportsOf(module, at, seen) {
    if (seen.has(module)) return;
    seen.add(module);
    for (const exported of this.checker.getExportsOfModule(module)) {
      const symbol = this.resolved(exported);
      if (namespaces(this.checker, symbol)) {
        const inner = at === '' ? exported.name : `${at}.${exported.name}`;
        this.modules.set(inner, symbol);
        yield* this.#exportsOf(symbol, inner, seen);
      } else {
        yield { path: at, name: exported.name, symbol };
      }
    }
  }

  resolved(symbol) {
    return symbol.flags & ts.SymbolFlags.Alias ? this.checker.getAliasedSymbol(symbol) : symbol;
  }

  /** Methods and properties of tensors that are for users. */
  tensorMembers() {
    const type = this.checker.getDeclaredTypeOfSymbol(this.tensor.symbol);
    return this.checker
      .getPropertiesOfType(type)
      .filter((each) => !each.name.startsWith('__') && !this.isInternal(each))
      .map((symbol) => ({ path: 'Tensor', name: symbol.name, symbol }));
  }

  /** Whether there is something at run time, no type alone. */
  isValue(symbol) {
    return (symbol.flags & ts.SymbolFlags.Value) !== 0;
  }

  isInternal(symbol) {
    return symbol.getJsDocTags(this.checker).some(({ name }) => name === 'internal');
  }

  /** A docstring: its text and its tags. */
  docOf(symbol) {
    const text = ts.displayPartsToString(symbol.getDocumentationComment(this.checker));
    const tags = symbol.getJsDocTags(this.checker).map(({ name, text }) => ({
      name,
      text: ts.displayPartsToString(text ?? []),
    }));
    return { text, tags };
  }

  /** The docstring of an entry: a function that is a method of tensors too says it there. */
  docOfEntry({ path, name, symbol }) {
    const doc = this.docOf(symbol);
    if (doc.text !== '' || path === 'Tensor') return doc;
    const twin = this.tensorMember(name);
    return twin === undefined || this.placeOf(symbol).file !== 'lib/tensor/functions.ts'
      ? doc
      : this.docOf(twin);
  }

  /** What holds of a whole family: of the object whose methods tensors have, or of a namespace. */
  familyText({ path, name, symbol }) {
    if (path !== 'Tensor' && this.placeOf(symbol)?.file === 'lib/tensor/functions.ts') {
      const twin = this.tensorMember(name);
      return twin === undefined ? '' : this.familyText({ path: 'Tensor', name, symbol: twin });
    }
    if (path !== 'Tensor') {
      const source = this.modules.get(path)?.valueDeclaration?.getSourceFile().text ?? '';
      const comment = /^\/\*\*([\s\S]*?)\*\//.exec(source)?.[1] ?? '';
      return comment.replaceAll(/\n \* ?/g, '\n').trim();
    }
    // In-place forms are computed, and stand among those that are not.
    const declaration = symbol.valueDeclaration ?? this.tensorMember('fill_')?.valueDeclaration;
    const variable = declaration?.parent?.parent;
    if (variable === undefined || !ts.isVariableDeclaration(variable)) return '';
    return this.docOf(this.checker.getSymbolAtLocation(variable.name)).text;
  }

  tensorMember(name) {
    return this.checker.getDeclaredTypeOfSymbol(this.tensor.symbol).getProperty(name);
  }

  /** Where a symbol is declared: `{ file, line }`, the file relative to the clone. */
  placeOf(symbol) {
    const declaration = symbol.valueDeclaration ?? symbol.declarations?.[0];
    if (declaration === undefined) return undefined;
    const source = declaration.getSourceFile();
    const { line } = source.getLineAndCharacterOfPosition(declaration.getStart());
    return { file: path.relative(root, source.fileName), line: line + 1 };
  }

  /** What can be called or constructed, and with what. */
  signaturesOf(symbol) {
    const type = this.checker.getTypeOfSymbol(symbol);
    const isClass = (symbol.flags & ts.SymbolFlags.Class) !== 0;
    const signatures = isClass ? type.getConstructSignatures() : type.getCallSignatures();
    return signatures.filter(isForUsers).map((signature) => {
      const returned = this.typeText(signature.getReturnType());
      return {
        isClass,
        parameters: this.#parametersOf(signature),
        returned: isClass ? undefined : returned,
      };
    });
  }

  // `...args: [dim: number, keepdim?: boolean]` is two parameters.
  #parametersOf(signature) {
    return signature.parameters
      .filter(({ name }) => name !== 'this')
      .flatMap((symbol) => {
        const type = this.checker.getTypeOfSymbol(symbol);
        const declaration = symbol.valueDeclaration;
        const isRest = declaration !== undefined && declaration.dotDotDotToken !== undefined;
        const isOptional =
          declaration !== undefined &&
          (declaration.questionToken !== undefined || declaration.initializer !== undefined);
        const isTuple = this.checker.isTupleType(type);
        // A tuple that a mapped type makes of another one has no declaration to ask.
        if (isTuple && (isRest || declaration?.dotDotDotToken !== undefined)) {
          return this.#named(type);
        }
        if (isTuple && symbol.name === 'args') return this.#named(type);
        const name = isRest ? `...${symbol.name}` : symbol.name;
        return [this.#parameter(name, type, isOptional, this.docOf(symbol).text)];
      });
  }

  #named(tuple) {
    const { labeledElementDeclarations: labels = [], elementFlags = [] } = tuple.target ?? {};
    return this.checker.getTypeArguments(tuple).map((type, i) => {
      const isOptional = (elementFlags[i] & ts.ElementFlags.Optional) !== 0;
      const isRest = (elementFlags[i] & ts.ElementFlags.Rest) !== 0;
      const name = labels[i]?.name?.getText() ?? `value${i}`;
      return this.#parameter(isRest ? `...${name}` : name, type, isOptional, '');
    });
  }

  /** A type without `undefined` and `null`; of `unknown` the compiler would make `{}`. */
  #present(type) {
    const isUnknown = (type.flags & ts.TypeFlags.Unknown) !== 0;
    return isUnknown ? type : this.checker.getNonNullableType(type);
  }

  #parameter(name, given, isOptional, doc) {
    const type = isOptional ? this.#present(given) : given;
    const members = this.optionsOf(this.#present(type));
    const text = this.typeText(type);
    // What is computed has no name that says anything; its members stand below.
    const isComputed = members.length > 0 && /^\w+<\{|^\{|[&(]/.test(text);
    return { name, isOptional, doc, members, type: isComputed ? '{ … }' : shortened(text) };
  }

  /** The members of a parameter that is an object of options, whoever declares them here. */
  optionsOf(type) {
    if (!(type.flags & ts.TypeFlags.Object) && !type.isIntersection()) return [];
    if (this.checker.isArrayType(type) || this.checker.isTupleType(type)) return [];
    if (type.getCallSignatures().length > 0 || type.getConstructSignatures().length > 0) return [];
    if (type.symbol !== undefined && (type.symbol.flags & ts.SymbolFlags.Class) !== 0) return [];
    const members = this.checker.getPropertiesOfType(type).filter((each) => !this.isInternal(each));
    const isOptions =
      members.length > 0 &&
      members.length < 40 &&
      members.every((each) => (each.flags & ts.SymbolFlags.Optional) !== 0 || isOwn(each)) &&
      members.some((each) => (each.flags & ts.SymbolFlags.Optional) !== 0);
    return isOptions ? members.map((each) => this.member(each)) : [];
  }

  member(symbol) {
    const type = this.checker.getTypeOfSymbol(symbol);
    const isOptional = (symbol.flags & ts.SymbolFlags.Optional) !== 0;
    return {
      name: symbol.name,
      isOptional,
      isMethod: type.getCallSignatures().length > 0,
      type: this.typeText(isOptional ? this.#present(type) : type),
      doc: this.docOf(symbol).text,
    };
  }

  typeText(type) {
    const text = this.checker.typeToString(
      type,
      undefined,
      ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.UseAliasDefinedOutsideCurrentScope,
    );
    return text.replaceAll(/import\("[^"]+"\)\./g, '');
  }

  /** What a class or an interface declares itself, or takes from a base that has no page. */
  membersOf({ symbol }) {
    const type = this.checker.getDeclaredTypeOfSymbol(symbol);
    const others = this.#inherited(type, symbol);
    return this.checker
      .getPropertiesOfType(type)
      .filter((each) => !each.name.startsWith('__') && !each.name.startsWith('#'))
      .filter((each) => !this.isInternal(each) && isOwn(each) && !isHidden(each))
      .filter((each) => !(each.declarations ?? []).some((one) => others.has(one.parent)))
      .map((each) => ({ symbol: each, ...this.member(each) }));
  }

  /** What a class has without an instance: `Run.create`. */
  staticsOf({ symbol }) {
    if ((symbol.flags & ts.SymbolFlags.Class) === 0) return [];
    return [...(symbol.exports?.values() ?? [])]
      .filter((each) => each.name !== 'prototype' && !each.name.startsWith('__'))
      .filter((each) => !this.isInternal(each) && !isHidden(each))
      .map((each) => ({ symbol: each, ...this.member(each) }));
  }

  // Declarations of classes and interfaces that have an entry of their own.
  #inherited(type, self) {
    const exported = new Set(this.exports.map((each) => each.symbol));
    const found = new Set();
    const visit = (each) => {
      const symbol = each.symbol;
      const isClass = symbol !== undefined && (symbol.flags & ts.SymbolFlags.Class) !== 0;
      if (isClass && symbol !== self && exported.has(symbol)) {
        for (const declaration of symbol.declarations ?? []) found.add(declaration);
      }
      if (each.isIntersection?.()) each.types.forEach(visit);
      if ((each.flags & ts.TypeFlags.Object) !== 0 && each.symbol !== undefined) {
        for (const base of this.#bases(each)) visit(base);
      }
    };
    visit(type);
    return found;
  }

  #bases(type) {
    const target = type.target ?? type;
    return target.isClassOrInterface?.() ? this.checker.getBaseTypes(target) : [];
  }
}

const shortened = (text) => text.replaceAll(/\b\w+<\{[^{}]*\}>/g, '{ … }');

const isOwn = (symbol) =>
  (symbol.declarations ?? []).every((each) =>
    each.getSourceFile().fileName.startsWith(`${root}/lib/`),
  );

const isHidden = (symbol) =>
  (symbol.declarations ?? []).some(
    (each) =>
      (ts.getCombinedModifierFlags(each) &
        (ts.ModifierFlags.Private | ts.ModifierFlags.Protected)) !==
      0,
  );

// A class that is made by a function of its own has a constructor that nobody else calls.
const isForUsers = ({ declaration }) =>
  declaration === undefined ||
  ((ts.getCombinedModifierFlags(declaration) &
    (ts.ModifierFlags.Private | ts.ModifierFlags.Protected)) ===
    0 &&
    !ts.getJSDocTags(declaration).some(({ tagName }) => tagName.text === 'internal'));

/** `nn.Conv2d` */
export const qualified = ({ path, name }) => (path === '' ? name : `${path}.${name}`);
