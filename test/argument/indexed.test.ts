// A misspelt option is an error of types: no parameter takes an object with any names, but those that are there for it.
import { expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { invalid } from '../coded.js';
import { declared } from './declared.js';

/** What names are for. */
const meant: Readonly<Record<string, string>> = {
  'new data.StackDataset: named': 'data sets by the names of what examples have',
  'new nn.ModuleDict: modules': 'modules by name',
  'new nn.ParameterDict: parameters': 'parameters by name',
  'new nn.Sequential: named': 'layers by name',
  'new optim.Optimizer: spec': 'what options a subclass has',
  'nn.Module#loadStateDict: state': 'tensors by the names of parameters',
  'nn.ModuleDict#update: parts': 'modules by name',
  'nn.ParameterDict#update: parts': 'parameters by name',
  'save: data': 'whatever is to be saved',
  'saveSafetensors: tensors': 'tensors by name',
};

const all = [...declared().values()];
const found = all.flatMap(({ name, indexed }) => indexed.map((each) => `${name}: ${each}`));

test('no options take any name', () => {
  expect(found.sort()).toEqual(Object.keys(meant).sort());
});

test('a misspelt option of a function is refused by its type and when it is called', () => {
  const x = torch.ones(1, 2, 4, 4);
  // @ts-expect-error
  expect(() => torch.nn.functional.dropout(x, 0.5, true, false, { inPlace: true })).toThrow(
    invalid(),
  );
  // @ts-expect-error
  expect(() => torch.nn.functional.dropout(x, { trainin: true })).toThrow(invalid("'training'"));
  // @ts-expect-error
  expect(() => torch.nn.functional.dropout2d(x, 0.5, { trainin: true })).toThrow(invalid());
});
