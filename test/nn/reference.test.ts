import { describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { decode, type Encoded, expectClose, recorded, weights } from '../recorded.js';

interface Case {
  layer: string;
  args: unknown[];
  state: Record<string, Encoded>;
  inputs: Encoded[];
  outputs: Encoded[];
  grads: (Encoded | null)[] | null;
  paramGrads: Record<string, Encoded>;
  after: Record<string, Encoded>;
}

const cases = recorded<Case[]>('layers');

describe('layers and losses equal PyTorch: values, gradients, state', () => {
  test.each(
    cases.map(
      (each, i) => [`${i} ${each.layer}(${JSON.stringify(each.args).slice(0, 60)})`, each] as const,
    ),
  )('%s', (_, each) => {
    const Layer = (
      torch.nn as unknown as Record<string, new (...args: unknown[]) => torch.nn.Module>
    )[each.layer] as new (
      ...args: unknown[]
    ) => torch.nn.Module;
    const layer = new Layer(...(decode(each.args) as unknown[]));
    layer.loadStateDict(decode(each.state) as torch.nn.StateDict);
    const inputs = each.inputs.map((input) => decode(input) as torch.Tensor);
    each.grads?.forEach((grad, i) => {
      if (grad !== null) (inputs[i] as torch.Tensor).requiresGrad = true;
    });
    const output = layer.forward(...inputs) as torch.Tensor;
    expectClose(output, each.outputs[0]);
    if (each.grads !== null) {
      output.mul(weights(output)).sum().backward();
      each.grads.forEach((grad, i) => {
        if (grad !== null) expectClose((inputs[i] as torch.Tensor).grad, grad, 1e-5, 1e-5);
      });
      for (const [name, parameter] of layer.namedParameters()) {
        expectClose(parameter.grad, each.paramGrads[name], 1e-5, 1e-5);
      }
    }
    const state = layer.stateDict();
    expect(Object.keys(state)).toEqual(Object.keys(each.after));
    for (const [key, tensor] of Object.entries(state)) expectClose(tensor, each.after[key]);
  });
});
