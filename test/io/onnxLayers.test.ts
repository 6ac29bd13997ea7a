// Each layer in ONNX Runtime beside itself, or refused with the reason; and counted by `summary`.
import { expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { coded } from '../coded.js';
import { difference, Net, newFile } from './onnxRuntime.js';

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
  [() => new nn.Conv1d(2, 4, 3, { padding: 'same', dilation: 2, groups: 2 }), [2, 9]],
  [() => new nn.Conv2d(2, 3, 3, { padding: 2, paddingMode: 'circular' }), [2, 5, 6]],
  [() => new nn.Conv3d(2, 3, 2, { stride: [1, 2, 1], padding: [0, 1, 1] }), [2, 4, 5, 3]],
  [() => new nn.ConvTranspose1d(2, 4, 3, { stride: 3, outputPadding: 2 }), [2, 5]],
  [() => new nn.ConvTranspose2d(4, 2, 3, { stride: 2, padding: 1, groups: 2 }), [4, 5, 4]],
  [() => new nn.ConvTranspose3d(2, 3, 2, { dilation: 2, bias: false }), [2, 3, 4, 3]],
  [() => new nn.MaxPool1d(3, 2, { padding: 1, ceilMode: true }), [2, 10]],
  [() => new nn.MaxPool3d([2, 3, 2], 2, { dilation: [2, 1, 1] }), [2, 6, 5, 4]],
  [() => new nn.AvgPool1d(3, 2, { padding: 1, countIncludePad: false }), [2, 10]],
  [() => new nn.AvgPool3d(3, 2, { padding: 1, ceilMode: true }), [2, 6, 5, 4]],
  [() => new nn.LPPool2d(2, [2, 3]), [2, 6, 6]],
  [() => new nn.AdaptiveAvgPool1d(4), [2, 9]],
  [() => new nn.AdaptiveAvgPool2d(1), [2, 7, 5]],
  [() => new nn.AdaptiveAvgPool2d([3, 5]), [2, 7, 5]],
  [() => new nn.AdaptiveAvgPool3d([2, 3, null]), [2, 5, 6, 4]],
  [() => new nn.AdaptiveMaxPool2d([3, 2]), [2, 7, 6]],
  [() => new nn.CircularPad2d([1, 2, 0, 3]), [2, 5, 4]],
  [() => new nn.ReflectionPad1d(2), [2, 5]],
  [() => new nn.ReplicationPad3d(1), [2, 3, 2, 4]],
  [() => new nn.Upsample({ scaleFactor: 2 }), [2, 3, 4]],
  [() => new nn.Upsample({ size: 7, mode: 'linear' }), [2, 4]],
  [() => new nn.Upsample({ size: [7, 5], mode: 'bilinear' }), [2, 3, 4]],
  [() => new nn.Upsample({ size: [7, 5], mode: 'bilinear', alignCorners: true }), [2, 3, 4]],
  [() => new nn.Upsample({ scaleFactor: 1.5, mode: 'bicubic' }), [2, 4, 6]],
  [() => new nn.Upsample({ scaleFactor: 2, mode: 'trilinear' }), [2, 2, 3, 4]],
  [() => new nn.PixelShuffle(2), [8, 3, 2]],
  [() => new nn.PixelUnshuffle(3), [2, 6, 3]],
  [() => new nn.ChannelShuffle(2), [6, 3, 2]],
  [() => new nn.Unfold([2, 3], { dilation: [1, 2], padding: 1, stride: [2, 1] }), [2, 5, 6]],
  [() => new nn.Fold([5, 6], [2, 3], { padding: 1, stride: [2, 1] }), [12, 18]],
];

test.each(layers.map(([make, shape]) => [String(make()), shape, make] as const))(
  '%s of %o',
  async (_, inputShape, make) => {
    torch.manualSeed(1);
    const net = make().eval();
    // Scales of 1 would hide a wrong place.
    for (const parameter of net.parameters()) torch.noGrad(() => parameter.uniform_(0.5, 1.5));
    const { total } = torch.summary(net, [...inputShape]);
    // What a transposed convolution computes follows from its input, which a layer is not asked for.
    expect(total.connections === null).toBe(String(net).startsWith('ConvTranspose'));
    const path = newFile();
    await torch.exportOnnx(net, path, { inputShape: [...inputShape] });
    for (const batch of [2, 5]) {
      const input = torch.randn([batch, ...inputShape]).mul(2);
      expect(await difference(net, path, input)).toBeLessThan(1e-5);
    }
  },
);

type Reads = (x: torch.Tensor) => unknown;

/** Sequences `(N, T, 4)`, whatever a layer gives beside its output. */
const readers: Record<string, () => { layer: torch.nn.Module; forward: Reads }> = {
  RNN: () => reader(new nn.RNN(4, 3, 2, { batchFirst: true })),
  'RNN, both ways': () => reader(new nn.RNN(4, 3, 1, { batchFirst: true, bidirectional: true })),
  GRU: () => reader(new nn.GRU(4, 3, 2, { batchFirst: true, bidirectional: true })),
  LSTM: () => reader(new nn.LSTM(4, 3, 2, { batchFirst: true, bidirectional: true })),
  'LSTM without biases': () => reader(new nn.LSTM(4, 3, 1, { batchFirst: true, bias: false })),
  'the last state of an LSTM': () => {
    const layer = new nn.LSTM(4, 3, 2, { batchFirst: true });
    return { layer, forward: (x) => layer.forward(x)[1][0].at(-1) };
  },
  'cells, step by step': () => {
    const [first, second] = [new nn.GRUCell(4, 3), new nn.LSTMCell(3, 2)];
    const forward = (x: torch.Tensor) => {
      let state = first.forward(x.select(1, 0));
      let pair = second.forward(state);
      for (let t = 1; t < x.shape[1]!; t++) {
        state = first.forward(x.select(1, t), state);
        pair = second.forward(state, pair);
      }
      return pair[0].add(pair[1]);
    };
    return { layer: new nn.ModuleList([first, second]), forward };
  },
  attention: () => {
    const layer = new nn.MultiheadAttention(4, 2, { batchFirst: true });
    return { layer, forward: (x) => layer.forward(x, x, x)[0] };
  },
  'a Transformer encoder': () => {
    const layer = new nn.TransformerEncoder(
      new nn.TransformerEncoderLayer(4, 2, { dimFeedforward: 6, batchFirst: true }),
      2,
    );
    return { layer, forward: (x) => layer.forward(x) };
  },
};

function reader(layer: torch.nn.Module): { layer: torch.nn.Module; forward: Reads } {
  return { layer, forward: (x) => (layer.forward(x) as [torch.Tensor])[0] };
}

test.each(Object.entries(readers))('%s', async (_, make) => {
  torch.manualSeed(1);
  const { layer, forward } = make();
  const net = new Net(forward, { layer }).eval();
  const path = newFile();
  await torch.exportOnnx(net, path, { inputShape: [5, 4] });
  for (const batch of [2, 5]) {
    expect(await difference(net, path, torch.randn(batch, 5, 4))).toBeLessThan(1e-5);
  }
});

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
