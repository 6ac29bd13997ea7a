import { describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { decode, type Encoded, expectClose, recorded } from '../recorded.js';
import type { OptimizerName } from './names.js';

interface Case {
  optimizer: OptimizerName;
  options: Record<string, number>;
  start: Encoded[];
  grads: (Encoded | null)[][];
  steps: Encoded[][];
  numbers: number[][];
  stateKeys: Record<string, string[]>;
}

describe('parameter groups equal PyTorch: own options, late groups, mixed dtypes, missing gradients', () => {
  test.each(recorded<Case[]>('groups').map((each) => [each.optimizer, each] as const))(
    '%s',
    (name, each) => {
      const params = (decode(each.start) as torch.Tensor[]).map((p) => p.requiresGrad_());
      const [a, b, c, d] = params as [torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor];
      const groups = [{ params: [a] }, { params: [b, c], lr: 0.5, weightDecay: 0.1 }];
      const optimizer = new torch.optim[name](groups, each.options);
      each.grads.forEach((grads, step) => {
        if (step === 2) optimizer.addParamGroup({ params: d, lr: 0.2 });
        params.forEach((param, i) => {
          param.grad = decode(grads[i]) as torch.Tensor | null;
        });
        optimizer.step();
        params.forEach((param, i) => {
          expectClose(param.detach(), each.steps[step]?.[i], 1e-6, 1e-6);
        });
      });
      const saved = optimizer.stateDict();
      expect(saved.param_groups.map((group) => group.params)).toEqual(each.numbers);
      const keys = Object.entries(saved.state).map(([number, state]) => [
        number,
        Object.keys(state).sort(),
      ]);
      expect(Object.fromEntries(keys)).toEqual(each.stateKeys);
    },
  );
});
