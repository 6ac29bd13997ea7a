// Every function that takes options, read off the declarations: what is no option of its is refused.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

import { takenBy } from '../../lib/argument/ordered.js';
import * as torch from '../../lib/index.js';
import { isOperator } from '../../lib/tensor/method.js';
import { coded } from '../coded.js';
import { functionalCalls } from './calls/functional.js';
import { type Call, type Calls, parameter, x } from './calls/inputs.js';
import { learningCalls } from './calls/learning.js';
import { mathAlso, mathByPosition, mathCalls } from './calls/math.js';
import { nnCalls } from './calls/nn.js';
import { restCalls } from './calls/rest.js';
import { tensorCalls } from './calls/tensor.js';
import { declared, functionOf } from './declared.js';

const { nn, optim } = torch;
const folder = mkdtempSync(path.join(os.tmpdir(), 'lenet-options-'));
afterAll(() => rmSync(folder, { recursive: true }));

const calls: Calls = {
  ...nnCalls,
  ...functionalCalls,
  ...tensorCalls,
  ...mathCalls,
  ...learningCalls,
  ...restCalls(folder),
};

// Options of another sort: a language's own, and what cannot be called without a GPU.
const others = /^new (OutOfMemoryError|TorchError|Run)$|^(new )?cuda\./;
// A run that is not there, and a group, are looked for after the options.
const fails = new Set([
  'static Run#resume',
  'Tensor#cuda',
  ...Object.keys(calls).filter((name) => /^distributed\.[a-z]+[A-Z]?\w*$/.test(name)),
  ...Object.keys(calls).filter((name) => name.includes('nn.parallel.')),
]);

/** What functions take there besides options, as Python does. */
const also: Record<string, readonly string[]> = {
  ...mathAlso,
  'nn.functional.lpPool1d': ['a boolean'],
  'nn.functional.adaptiveMaxPool1d': ['a boolean'],
  'nn.functional.adaptiveMaxPool1dWithIndices': ['a boolean'],
  'nn.functional.lpPool2d': ['a boolean'],
  'nn.functional.adaptiveMaxPool2d': ['a boolean'],
  'nn.functional.adaptiveMaxPool2dWithIndices': ['a boolean'],
  'nn.functional.lpPool3d': ['a boolean'],
  'nn.functional.adaptiveMaxPool3d': ['a boolean'],
  'nn.functional.adaptiveMaxPool3dWithIndices': ['a boolean'],
  'nn.functional.affineGrid': ['a boolean', 'null'],
  'nn.MultiheadAttention#forward': ['null'],
  'nn.TransformerEncoderLayer#forward': ['null'],
  'nn.TransformerDecoderLayer#forward': ['null'],
  'nn.TransformerEncoder#forward': ['null'],
  'nn.TransformerDecoder#forward': ['null'],
  'nn.Transformer#forward': ['null'],
  'nn.functional.crossEntropy': ['a Tensor', 'null'],
  'nn.functional.nllLoss': ['a Tensor', 'null'],
  'nn.functional.pad': ['a word', 'null'],
  'Tensor#softmax': ['null'],
  'Tensor#logSoftmax': ['null'],
  softmax: ['null'],
  lu: ['a boolean'],
  'Tensor#lu': ['a boolean'],
  logSoftmax: ['null'],
};
// Arguments that operators take by position there: a dimension, several, a power, a tolerance, a bound.
const byPosition =
  /^(Tensor#(sum|mean|prod|max|min|argmax|argmin|any|all|var|std|norm|sort|topk|logsumexp|clamp_?|allclose|isclose|to)|norm|sum|mean|argmax|allclose|arange)$|^nn\.functional\.(avgPool2d|maxPool2d|conv2d|scaledDotProductAttention)$/;

const strangers: Record<string, unknown> = {
  'a word': 'word',
  'a number': 0.5,
  'a boolean': true,
  'a list': ['word'],
  'a Map': new Map([['lr', 1]]),
  'a Tensor': torch.ones(4, 5),
  'a Promise': Promise.resolve({}),
  'an object of a class': new nn.ReLU(),
  null: null,
};

// These say themselves what they take, and are held to it: test/nn/ordered.test.ts, test/transforms/arguments.test.ts.
const areOrdered = (name: string): boolean => {
  const made: unknown = functionOf(name);
  return typeof made === 'function' && takenBy(made) !== undefined;
};

test('all that take options are here', () => {
  const taking = [...declared().values()]
    .filter(({ parameters }) => parameters.some((names) => names.includes('options')))
    .map(({ name }) => name)
    .filter((name) => !others.test(name))
    // All operators' options are read in one place: some stand here.
    .filter((name) => !isOperator(functionOf(name)));
  expect(taking.filter((name) => !(name in calls) && !areOrdered(name))).toEqual([]);
  expect(taking.length).toBeGreaterThan(100);
});

describe.each(Object.entries(calls))('%s', (name, entry) => {
  const [call, needed] = Array.isArray(entry) ? (entry as [Call, object]) : [entry as Call, {}];
  const done = async (options: unknown): Promise<unknown> => call(options);

  test('takes what it needs, and undefined for the rest', async () => {
    if (fails.has(name)) return;
    await done(needed);
    await done({ ...needed, zzzNoOption: undefined });
  });

  test('refuses an unknown name', async () => {
    await expect(done({ ...needed, zzzNoOption: 1 })).rejects.toThrow(
      coded('ERR_INVALID_ARG', /zzzNoOption/),
    );
  });

  test('refuses anything but an object', async () => {
    for (const [what, value] of Object.entries(strangers)) {
      const takes = byPosition.test(name) || mathByPosition.test(name);
      const isArgument = takes && !['a word', 'a Map', 'a Promise'].includes(what);
      if (isArgument || also[name]?.includes(what)) continue;
      await expect(done(value), what).rejects.toThrow(coded('ERR_INVALID_ARG'));
    }
  });
});

test('a hint names the option that was meant', () => {
  const adam = (options: object) => () => new optim.Adam(parameter(), options);
  expect(adam({ weight_decay: 1 })).toThrow(
    "Adam: unknown option 'weight_decay'; did you mean 'weightDecay'?",
  );
  expect(adam({ learning: 1 })).toThrow("unknown option 'learning'; there are lr, betas");
  expect(() => new optim.SGD(parameter(), 0.1 as never)).toThrow(
    'SGD: options: expected an object such as { lr: 0.1 }, got 0.1',
  );
  expect(() => x().sum({ axis: 0 } as never)).toThrow("did you mean 'dim'?");
  expect(() => x().allclose(x(), { equalNaN: true } as never)).toThrow("did you mean 'equalNan'?");
});

// By position and by name: Python refuses it too.
test.each<[string, unknown, object]>([
  ...['sum', 'mean', 'prod', 'max', 'min', 'argmax', 'argmin', 'any', 'all', 'sort', 'std', 'var']
    .concat(['logsumexp', 'median', 'nanmean', 'nansum', 'cumsum', 'cumprod', 'softmax', 'amax'])
    .concat(['logSoftmax', 'unsqueeze', 'argsort', 'countNonzero', 'squeeze', 'mode', 'flip'])
    .map((name): [string, unknown, object] => [name, 0, { [name === 'flip' ? 'dims' : 'dim']: 0 }]),
  ['norm', 2, { p: 2 }],
  ['topk', 1, { k: 1 }],
  ['clamp', 0, { min: 0 }],
  ['allclose', x(), { other: x() }],
  ['quantile', 0.5, { q: 0.5 }],
  ['flatten', 0, { startDim: 0 }],
  ['repeatInterleave', 2, { repeats: 2 }],
])('Tensor#%s refuses what is given twice', (name, value, options) => {
  for (const call of [
    Reflect.get(x(), name).bind(x()),
    Reflect.get(torch, name)?.bind(null, x()),
  ]) {
    if (call === undefined) continue;
    expect(() => call(value)).not.toThrow();
    expect(() => call(value, options)).toThrow(coded('ERR_INVALID_ARG'));
  }
});

test('groups of optimizers are read as strictly', () => {
  const group = { params: parameter(), weight_decay: 0.5 };
  expect(() => new optim.SGD([group])).toThrow(coded('ERR_INVALID_ARG', /weightDecay/));
  const sgd = new optim.SGD(parameter());
  expect(() => sgd.addParamGroup(group)).toThrow(coded('ERR_INVALID_ARG', /weightDecay/));
});
