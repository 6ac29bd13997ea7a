// Each layer in ONNX Runtime beside itself, or refused with the reason; and counted by `summary`.
import { expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { coded } from '../coded.js';
import { difference, newFile } from './onnxRuntime.js';

const { nn } = torch;

/** With the shape of one example. */
const layers: readonly (readonly [() => torch.nn.Module, readonly number[]])[] = [
  [() => new nn.ELU(0.5), [3, 4]],
  [() => new nn.CELU(0.5), [3, 4]],
  [() => new nn.SELU(), [3, 4]],
  [() => new nn.GELU(), [3, 4]],
  [() => new nn.GELU({ approximate: 'tanh' }), [3, 4]],
  [() => new nn.GLU(), [3, 4]],
  [() => new nn.GLU(1), [4, 3]],
  [() => new nn.Hardshrink(0.3), [3, 4]],
  [() => new nn.Softshrink(0.3), [3, 4]],
  [() => new nn.Tanhshrink(), [3, 4]],
  [() => new nn.Hardsigmoid(), [3, 4]],
  [() => new nn.Hardswish(), [3, 4]],
  [() => new nn.Hardtanh(-0.5, 0.25), [3, 4]],
  [() => new nn.ReLU6(), [3, 4]],
  [() => new nn.LeakyReLU(0.3), [3, 4]],
  [() => new nn.LogSigmoid(), [3, 4]],
  [() => new nn.Mish(), [3, 4]],
  [() => new nn.PReLU(), [3, 4]],
  [() => new nn.PReLU(3), [3, 4]],
  [() => new nn.PReLU(3, 0.5), [3]],
  [() => new nn.RReLU(), [3, 4]],
  [() => new nn.Softplus(2, 1), [3, 4]],
  [() => new nn.Softsign(), [3, 4]],
  [() => new nn.Threshold(0.2, 5), [3, 4]],
  [() => new nn.Softmin(1), [3, 4]],
  [() => new nn.Softmax2d(), [3, 2, 4]],
  [() => new nn.Dropout1d(), [3, 4]],
  [() => new nn.Dropout2d(), [3, 4, 2]],
  [() => new nn.AlphaDropout(), [3, 4]],
  [() => new nn.FeatureAlphaDropout(), [3, 4]],
  [() => new nn.BatchNorm1d(3), [3]],
  [() => new nn.BatchNorm1d(3), [3, 4]],
  [() => new nn.BatchNorm3d(3), [3, 2, 2, 2]],
  [() => new nn.SyncBatchNorm(3), [3, 2, 2]],
  [() => new nn.InstanceNorm1d(3), [3, 4]],
  [() => new nn.InstanceNorm2d(3, { affine: true }), [3, 4, 2]],
  [() => new nn.InstanceNorm3d(3), [3, 2, 2, 2]],
  [() => new nn.GroupNorm(2, 4), [4, 3]],
  [() => new nn.GroupNorm(2, 4, { affine: false }), [4, 2, 3]],
  [() => new nn.LayerNorm(4), [3, 4]],
  [() => new nn.LayerNorm([3, 4], { bias: false, eps: 0.1 }), [3, 4]],
  [() => new nn.LocalResponseNorm(3, { alpha: 0.5 }), [6, 4]],
  [() => new nn.LocalResponseNorm(2, { k: 2 }), [6, 4, 2]],
  [() => new nn.CrossMapLRN2d(3, { alpha: 0.5 }), [6, 4, 2]],
  [() => new nn.RMSNorm(4), [3, 4]],
  [() => new nn.RMSNorm([3, 4], { eps: 0.1 }), [3, 4]],
];

test.each(layers.map(([make, shape]) => [String(make()), shape, make] as const))(
  '%s of %o',
  async (_, inputShape, make) => {
    torch.manualSeed(1);
    const net = make().eval();
    // Scales of 1 would hide a wrong place.
    for (const parameter of net.parameters()) torch.noGrad(() => parameter.uniform_(0.5, 1.5));
    const { total } = torch.summary(net, [...inputShape]);
    expect(total.connections, 'connections').not.toBeNull();
    const path = newFile();
    await torch.exportOnnx(net, path, { inputShape: [...inputShape] });
    for (const batch of [2, 5]) {
      const input = torch.randn([batch, ...inputShape]).mul(2);
      expect(await difference(net, path, input)).toBeLessThan(1e-5);
    }
  },
);

test('an embedding of what is computed', async () => {
  class Looked extends nn.Module {
    table = new nn.Embedding(5, 3, { paddingIdx: 1 });
    forward(x: torch.Tensor): torch.Tensor {
      return this.table.forward(x.abs().clamp({ max: 4 }).to('int64'));
    }
  }
  const net = new Looked();
  const path = newFile();
  await torch.exportOnnx(net, path, { inputShape: [4] });
  expect(await difference(net, path, torch.randn(5, 4).mul(3))).toBeLessThan(1e-6);
});

test.each<[() => torch.nn.Module, readonly number[], RegExp]>([
  [() => new nn.InstanceNorm1d(3, { trackRunningStats: true }), [3, 4], /running statistics/],
])('%o is refused', async (make, inputShape, reason) => {
  const net = make().eval();
  await expect(torch.exportOnnx(net, newFile(), { inputShape: [...inputShape] })).rejects.toThrow(
    coded('ERR_ONNX_UNSUPPORTED', reason),
  );
});
