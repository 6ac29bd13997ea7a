// What takes or gives tensors says of which shapes: in its docstring, in that of the function that it is another form of
// (`As {@link sub}`), or in the sentence about its family ("element by element; shapes broadcast").
import ts from 'typescript';
import { expect, test } from 'vitest';

import { pagesOf } from '../../scripts/docs/families.js';
import { readSymbols } from '../../scripts/docs/symbols.js';
import type { Doc, Entry } from './parts.js';

const symbols = readSymbols();
const { checker }: { checker: ts.TypeChecker } = symbols;
const pages: { slug: string; entries: Entry[] }[] = pagesOf(symbols);
const entries = pages.flatMap((page) => page.entries.map((each) => ({ ...each, slug: page.slug })));
const tensor: ts.Symbol = checker.getDeclaredTypeOfSymbol(symbols.tensor.symbol).symbol;

function holdsTensor(type: ts.Type, depth = 0): boolean {
  if (depth > 3) return false;
  if (type.symbol === tensor) return true;
  if (type.isUnionOrIntersection()) return type.types.some((each) => holdsTensor(each, depth + 1));
  const isReference = (type as ts.ObjectType).objectFlags & ts.ObjectFlags.Reference;
  if (!(type.flags & ts.TypeFlags.Object) || !isReference) return false;
  const parts = checker.getTypeArguments(type as ts.TypeReference);
  return parts.some((each) => holdsTensor(each, depth + 1));
}

/** Whether a callable takes tensors beside `this`, gives some, or is a layer. */
function isOfTensors({ symbol }: Entry): boolean {
  const type = checker.getTypeOfSymbol(symbol);
  const isClass = (symbol.flags & ts.SymbolFlags.Class) !== 0;
  const signatures = isClass ? type.getConstructSignatures() : type.getCallSignatures();
  if (signatures.length === 0) return false;
  if (isClass && checker.getDeclaredTypeOfSymbol(symbol).getProperty('forward')) return true;
  return signatures.some((signature) => {
    const taken = signature.parameters.filter(({ name }) => name !== 'this');
    if (taken.some((each) => holdsTensor(checker.getTypeOfSymbol(each)))) return true;
    return !isClass && holdsTensor(signature.getReturnType());
  });
}

const shapeWords =
  /\bshapes?\b|\bdimensions?\b|\bsizes?\b|\belements?\b|\bvectors?\b|\bmatri(x|ces)\b|\brows?\b|\bcolumns?\b|\bscalars?\b|\blengths?\b|`\([^`)]*[A-Z…\d][^`)]*\)`|`dim`/i;

const ids = new Map(entries.map((each) => [each.id, each]));

function saysShape(entry: Entry, seen = new Set<string>()): boolean {
  if (seen.has(entry.id)) return false;
  seen.add(entry.id);
  const { text, tags }: Doc = symbols.docOfEntry(entry);
  const told = tags.filter(({ name }) => name !== 'example' && name !== 'see');
  const words = [text, ...told.map((tag) => tag.text)].join('\n');
  if (shapeWords.test(words) || shapeWords.test(symbols.familyText(entry))) return true;
  // What it is another form of.
  const names = [...words.matchAll(/\{@link ([\w.]+)\s*\}|\bAs `(?:torch\.)?(\w+)`/g)];
  const forms = [
    ...names.map(([, linked, named]) => linked ?? named!),
    ...(text === '' ? [entry.name.replace(/_$/, '')] : []),
  ];
  return forms.some((name) => {
    const at = entry.path === '' ? '' : `${entry.path.replaceAll('.', '-')}-`;
    const other = ids.get(`${at}${name}`) ?? ids.get(name) ?? ids.get(`Tensor-${name}`);
    return other !== undefined && saysShape(other, seen);
  });
}

// What has no shapes of its own to speak of.
const contents = 'the modules in it say what they take';
const steps = 'it changes parameters of any shape, each by itself or all alike';
const images = 'the transforms in it say what they take';
const anyShape: Readonly<Record<string, string>> = {
  'nn-Module': 'a base class',
  'nn-Sequential': contents,
  'nn-ModuleDict': contents,
  'nn-ParameterDict': 'of whatever is put into it',
  'nn-parallel-DistributedDataParallel': contents,
  'optim-swaUtils-AveragedModel': contents,
  'data-Subset': 'the data set says it',
  'data-transforms-Compose': images,
  'data-transforms-Lambda': 'of whatever the function takes',
  'data-transforms-RandomApply': images,
  'data-transforms-RandomOrder': images,
  'data-transforms-RandomChoice': images,
  'Tensor-detach_': 'it gives itself',
  'Tensor-keep': 'it gives itself',
  ...Object.fromEntries(
    ['Adagrad', 'Adam', 'AdamW', 'Adamax', 'ASGD', 'LBFGS', 'NAdam', 'Optimizer', 'RAdam']
      .concat('RMSprop', 'Rprop', 'SGD')
      .map((name) => [`optim-${name}`, steps]),
  ),
};

const ofTensors = entries.filter(isOfTensors);

test('there are enough of them', () => {
  expect(ofTensors.length).toBeGreaterThan(1000);
});

test('what takes or gives tensors says their shapes', () => {
  const silent = ofTensors.filter((each) => !saysShape(each)).map(({ id }) => id);
  expect(silent.sort()).toEqual(Object.keys(anyShape).sort());
}, 120_000);

test('words that say nothing of shapes are found', () => {
  expect(shapeWords.test('The larger of each pair; a number rather than NaN.')).toBe(false);
  expect(shapeWords.test('Shape: `(N, C)` → `(N)`.')).toBe(true);
});
