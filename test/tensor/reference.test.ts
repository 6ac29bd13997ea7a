import { describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { decode, type Encoded, expectClose, recorded, weights } from '../recorded.js';

interface Case {
  method: string;
  args: unknown[];
  inputs: Encoded[];
  outputs: unknown[];
  grads: (Encoded | null)[] | null;
}

const cases = recorded<Case[]>('operators');

// float16 and bfloat16 keep 3 and 2 digits.
const tolerance = (dtype: string): number =>
  dtype === 'bfloat16' ? 1e-2 : dtype === 'float16' ? 1e-3 : 1e-5;

describe('operators equal PyTorch, values and gradients', () => {
  test.each(cases.map((each, i) => [`${i} ${each.method}`, each] as const))('%s', (_, each) => {
    const inputs = each.inputs.map((input) => decode(input) as torch.Tensor);
    if (each.grads) {
      for (const [i, grad] of each.grads.entries()) {
        if (grad !== null) (inputs[i] as torch.Tensor).requiresGrad = true;
      }
    }
    const args = each.args.map((arg) => {
      const input = (arg as { input?: number } | null)?.input;
      return input === undefined ? arg : inputs[input];
    });
    const [self] = inputs as [torch.Tensor];
    const method = (self as unknown as Record<string, (...args: unknown[]) => unknown>)[
      each.method
    ];
    const outputs = [method?.apply(self, args)].flat() as torch.Tensor[];
    expect(outputs.length).toBe(each.outputs.length);
    for (const [i, wanted] of each.outputs.entries()) {
      expectClose(outputs[i], wanted, tolerance((wanted as Encoded).dtype));
    }
    if (each.grads === null) return;
    const [first] = outputs as [torch.Tensor];
    first.mul(weights(first)).sum().backward();
    for (const [i, grad] of each.grads.entries()) {
      if (grad !== null) expectClose((inputs[i] as torch.Tensor).grad, grad);
    }
  });

  test('every method that takes no more than a tensor is covered', () => {
    expect(new Set(cases.map(({ method }) => method)).size).toBeGreaterThan(90);
  });
});

describe('in-place forms give what the others give, and return the tensor itself', () => {
  const pairs: [string, unknown[]][] = [
    ['add', [2]],
    ['sub', [0.5]],
    ['mul', [3]],
    ['div', [4]],
    ['pow', [2]],
    ['neg', []],
    ['abs', []],
    ['exp', []],
    ['sigmoid', []],
    ['tanh', []],
    ['relu', []],
    ['clamp', [{ min: -0.5, max: 0.25 }]],
  ];
  test.each(pairs)('%s_', (name, args) => {
    torch.manualSeed(0);
    const x = torch.randn(3, 4);
    const call = (tensor: torch.Tensor, method: string): torch.Tensor =>
      (tensor as unknown as Record<string, (...args: unknown[]) => torch.Tensor>)[method]?.(
        ...args,
      ) as torch.Tensor;
    const wanted = call(x, name);
    const result = call(x, `${name}_`);
    expect(result).toBe(x);
    expect(result.equal(wanted)).toBe(true);
  });
});
