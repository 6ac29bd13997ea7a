// Settings of layers that the fused engine does not know: it says so, and never leaves them out.
import { expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { coded } from '../coded.js';

const { nn } = torch;
const batches = new torch.data.DataLoader(
  new torch.data.TensorDataset(torch.rand(2, 1, 8, 8), torch.tensor([0n, 1n])),
  { batchSize: 2 },
);

test.each([
  ['reflect', 'pad'],
  ['circular', 'pad'],
  ['zeros', undefined],
] as const)("a convolution with padding mode '%s'", async (paddingMode, reason) => {
  const conv = new nn.Conv2d(1, 2, 3, { padding: 1, paddingMode });
  const net = new nn.Sequential(conv, new nn.ReLU(), new nn.Flatten(), new nn.Linear(128, 2));
  const run = torch.evaluate(batches, net, 'cpu', { engine: 'fused' });
  if (reason === undefined) expect(await run).toBeDefined();
  else await expect(run).rejects.toThrow(coded('ERR_ENGINE_UNSUPPORTED', new RegExp(reason)));
});

test('a pooling that returns indices', async () => {
  class First extends nn.Module {
    pool = new nn.MaxPool2d(2, 2, { returnIndices: true });
    out = new nn.Linear(16, 2);
    forward(x: torch.Tensor): torch.Tensor {
      return this.out.forward(this.pool.forward(x)[0].flatten(1));
    }
  }
  const run = torch.evaluate(batches, new First(), 'cpu', { engine: 'fused' });
  await expect(run).rejects.toThrow(coded('ERR_ENGINE_UNSUPPORTED', /max_pool2d_with_indices/));
});
