import { beforeEach, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { checkerComplaints, difference, hasChecker, Net, newFile } from './onnxRuntime.js';

const { nn } = torch;
type Forward = (x: torch.Tensor) => torch.Tensor;
interface Network {
  net: torch.nn.Module;
  inputShape: number[];
}

// Weights of which no two are alike, and statistics as after training.
function randomize(net: torch.nn.Module): void {
  torch.noGrad(() => {
    for (const [name, buffer] of net.namedBuffers()) {
      if (name.endsWith('running_mean')) buffer.normal_(0, 0.5);
      if (name.endsWith('running_var')) buffer.uniform_(0.5, 2);
    }
    for (const module of net.modules()) {
      if (!(module instanceof nn.BatchNorm2d)) continue;
      module.weight?.uniform_(0.5, 1.5);
      module.bias?.normal_();
    }
  });
}

function residual(): Network {
  const body = new nn.Sequential(
    new nn.Conv2d(3, 3, 3, { padding: 'same', bias: false }),
    new nn.BatchNorm2d(3),
    new nn.ReLU(),
    new nn.Conv2d(3, 3, 3, { padding: 1 }),
    new nn.BatchNorm2d(3, { affine: false }),
  );
  const head = new nn.Linear(3, 5);
  const forward: Forward = (x) =>
    head.forward(
      body
        .forward(x)
        .add(x)
        .relu()
        .mean({ dim: [2, 3] }),
    );
  return { net: new Net(forward, { body, head }), inputShape: [3, 9, 8] };
}

function branches(): Network {
  const left = new nn.Conv2d(2, 4, 3, { stride: 2, dilation: 2, padding: [2, 1], groups: 2 });
  const right = new nn.Conv2d(2, 4, 3, { stride: 2, dilation: 2, padding: [2, 1] });
  const mix = new nn.Linear(8, 3, { bias: false });
  const forward: Forward = (x) => {
    const joined = torch.cat([left.forward(x), right.forward(x).tanh()], 1);
    const pixels = mix.forward(joined.permute(0, 2, 3, 1)); // (N, H, W, 3)
    return pixels.transpose(1, -1).contiguous().view(x.shape[0]!, -1).mul(0.5).sub(1);
  };
  return { net: new Net(forward, { left, right, mix }), inputShape: [2, 11, 10] };
}

function attention(): Network {
  const queries = new nn.Linear(6, 6);
  const keys = new nn.Linear(6, 6);
  const forward: Forward = (x) => {
    const scores = queries.forward(x).matmul(keys.forward(x).transpose(1, 2));
    return scores.div(Math.sqrt(6)).softmax(-1).matmul(x).flatten(1);
  };
  return { net: new Net(forward, { queries, keys }), inputShape: [5, 6] };
}

const networks: Record<string, () => Network> = {
  LeNet: () => ({ net: new torch.LeNet(), inputShape: [1, 28, 28] }),
  'padding 2, ReLU and AvgPool2d': () => ({
    net: new nn.Sequential(
      new nn.Conv2d(1, 4, 5, { padding: 2 }),
      new nn.ReLU(),
      new nn.AvgPool2d(2),
      new nn.Conv2d(4, 8, 5, { padding: 'valid' }),
      new nn.ReLU({ inplace: true }),
      new nn.AvgPool2d(2, 2),
      new nn.Flatten(),
      new nn.Linear(200, 10),
    ),
    inputShape: [1, 28, 28],
  }),
  'BatchNorm2d and a residual addition, 3 channels': residual,
  'Dropout and LogSoftmax': () => ({
    net: new nn.Sequential(
      new nn.Identity(),
      new nn.Conv2d(3, 6, 3, { stride: [2, 1] }),
      new nn.Tanh(),
      new nn.Dropout(0.5),
      new nn.MaxPool2d(3, 2, { padding: 1, ceilMode: true }),
      new nn.Flatten(),
      new nn.Dropout(0.25, { inplace: true }),
      new nn.Linear(6 * 4 * 6, 7),
      new nn.LogSoftmax(1),
    ),
    inputShape: [3, 13, 12],
  }),
  'permute, cat, groups and dilation': branches,
  'attention, without images': attention,
  'LeNet5 of 1998': () => ({ net: new torch.LeNet5(), inputShape: [1, 32, 32] }),
};

beforeEach(() => {
  torch.manualSeed(0);
});

test.each(Object.entries(networks))('%s: any batch, 1e-5', async (_, make) => {
  const { net, inputShape } = make();
  randomize(net);
  const path = newFile();
  await torch.exportOnnx(net, path, { inputShape });
  for (const batch of [1, 2, 7]) {
    const input = torch.randn([batch, ...inputShape]);
    expect(await difference(net, path, input)).toBeLessThan(1e-5);
  }
});

test.each(Object.entries(networks))('%s: one batch size', async (_, make) => {
  const { net, inputShape } = make();
  randomize(net);
  const path = newFile();
  await torch.exportOnnx(net, path, { inputShape, dynamicBatch: false, batchSize: 4 });
  const input = torch.randn([4, ...inputShape]);
  expect(await difference(net, path, input)).toBeLessThan(1e-5);
  await expect(difference(net, path, torch.randn([2, ...inputShape]))).rejects.toThrow(/Got: 2/);
});

test.runIf(hasChecker)('ONNX’s own checker has nothing to say', () => {
  expect(checkerComplaints()).toMatch(/^\d+ files$/);
});
