import { inspect } from 'node:util';
import { expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { decode, type Encoded, recorded } from '../recorded.js';

interface Text {
  tensors: { value: Encoded; repr: string }[];
  leaf: Encoded;
  graph: { expression: string; repr: string }[];
  modules: string[];
  complex: { parts: Encoded; repr: string }[];
}

const text = recorded<Text>('text');

test.each(text.tensors.map(({ value, repr }) => [`${value.dtype} [${value.shape}]`, value, repr]))(
  'a tensor prints as in Python: %s',
  (_, value, repr) => {
    expect(inspect(decode(value))).toBe(repr);
  },
);

test.each(text.complex.map(({ parts, repr }) => [`[${parts.shape}]`, parts, repr]))(
  'complex numbers print as in Python: %s',
  (_, parts, repr) => {
    expect(inspect(torch.ops.aten.view_as_complex?.(decode(parts)))).toBe(repr);
  },
);

test('history shows as in Python', () => {
  const leaf = (decode(text.leaf) as torch.Tensor).requiresGrad_();
  const shown = [leaf, leaf.mul(2), leaf.sum()].map(String);
  expect(shown).toEqual(text.graph.map(({ repr }) => repr));
});

test('modules print as in Python', () => {
  const { nn } = torch;
  const modules = [
    new nn.Conv2d(1, 6, [3, 5], { stride: 2, padding: 1, dilation: 2, bias: false }),
    new nn.Linear(3, 2, { bias: false }),
    new nn.BatchNorm2d(4),
    new nn.Dropout(0.25),
    new nn.Flatten(),
    new nn.Softmax(1),
    new nn.LogSoftmax(1),
    new nn.MaxPool2d(3, 2, { padding: 1 }),
    new nn.AvgPool2d(2),
    new nn.CrossEntropyLoss(),
    new nn.ModuleList([new nn.Linear(2, 2), new nn.Linear(2, 2), new nn.ReLU()]),
    new nn.Identity(),
  ];
  expect(modules.map((module) => inspect(module))).toEqual(text.modules);
});
