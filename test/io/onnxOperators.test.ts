import { beforeEach, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { checkerComplaints, difference, hasChecker, Net, newFile } from './onnxRuntime.js';

const { nn } = torch;
const { functional: F } = nn;
const { aten } = torch.ops;
type Forward = (x: torch.Tensor) => torch.Tensor;

async function check(net: torch.nn.Module, inputShape: number[], dtype: torch.DType = 'float32') {
  const path = newFile();
  await torch.exportOnnx(net, path, { inputShape, inputDtype: dtype });
  for (const batch of [2, 5]) {
    const shape = [batch, ...inputShape];
    const input = dtype === 'float32' ? torch.randn(shape) : torch.randint(0, 200, shape).to(dtype);
    expect(await difference(net, path, input)).toBeLessThan(1e-5);
  }
}

beforeEach(() => {
  torch.manualSeed(0);
});

const positive = (x: torch.Tensor): torch.Tensor => x.abs().add(0.5);
const row = torch.tensor([1, -2, 3, 0.5]).keep();

// Of (N, 3, 4).
const operators: Record<string, Forward> = {
  'view with the batch': (x) => x.view(x.shape[0]!, -1),
  'view with −1 for the batch': (x) => x.view(-1, 12),
  'view that joins batch and rows': (x) => x.view(x.shape[0]! * 3, 4),
  'a scalar with the batch in it': (x) => x.sum({ dim: 0 }).div(x.shape[0]!),
  'sizes of which two follow the batch': (x) =>
    x
      .sum({ dim: [1, 2] })
      .unsqueeze(1)
      .matmul(torch.ones(1, x.shape[0]!)),
  'reshape and flatten': (x) => x.reshape([-1, 2, 6]).flatten(1),
  'permute, transpose, t': (x) => x.permute(2, 0, -2).transpose(0, 1).select(2, 0).t(),
  'unsqueeze and squeeze': (x) => x.unsqueeze(-1).squeeze(-1).unsqueeze(1).squeeze(1),
  'expand and repeat': (x) =>
    x.select(1, 0).unsqueeze(1).expand(-1, 3, 4).repeat(1, 2, 1).repeat(2, 1, 1, 1),
  'cat and stack': (x) => torch.cat([x, x.neg()], -1).add(torch.stack([x, x], 2).flatten(2)),
  parts: (x) =>
    torch.cat(
      [
        x.select(1, -1),
        x.narrow(2, 1, 2).flatten(1),
        x.slice(2, -3).flatten(1),
        x.slice(2, 0, undefined, 2).flatten(1),
        x.at(':', 1, { start: 1, end: 3 }),
      ],
      1,
    ),
  'split, chunk, unbind': (x) => {
    const [a, b] = x.split(3, 2);
    const [c, d] = x.chunk(2, -1);
    const [e, , f] = x.unbind(1);
    return torch
      .cat([a!, b!, c!, d!], 2)
      .sum({ dim: 1 })
      .add(torch.cat([e!, f!], 1));
  },
  'index_select and gather': (x) =>
    x
      .indexSelect(2, torch.tensor([3n, 0n, 0n]))
      .add(x.gather(2, torch.zeros([1, 3, 3], { dtype: 'int64' }).expand(x.shape[0]!, 3, 3))),
  pad: (x) =>
    F.pad(F.pad(x, [1, 2]), [0, 1, 2, 0], { value: 3 }).add(
      F.pad(F.pad(x, [1, 2], { mode: 'reflect' }), [0, 1], { mode: 'replicate' })
        .unsqueeze(0)
        .squeeze(0)
        .narrow(1, 0, 1),
    ),
  'add, sub, mul, div with numbers': (x) => x.add(2).sub(0.5).mul(3).div(7),
  'add and sub with alpha': (x) => x.add(row, { alpha: 2 }).sub(x.mul(x), { alpha: 0.5 }),
  'addcmul, addcdiv': (x) =>
    (aten.addcmul!(row, x, x, { value: 3 }) as torch.Tensor)
      .addcmul_(x, row)
      .addcdiv_(x, row, { value: 2 }),
  'rows put into zeros': (x) => {
    const zeros = aten.new_zeros!(row, [3, 4]);
    const [index, source] = [torch.tensor([2n, 0n]), torch.stack([row, row.neg()])];
    return x.add(aten.index_copy!(zeros, 0, index, source) as torch.Tensor);
  },
  'max of two': (x) => aten.max!.other!(x, x.mul(x)) as torch.Tensor,
  'div with floor': (x) => x.div(0.3, { roundingMode: 'floor' }),
  'rsub and Scalar overloads': (x) =>
    aten.rsub!.Scalar!(aten.mul!.Scalar!(x, 2), 1, 1) as torch.Tensor,
  pow: (x) => positive(x).pow(1.7).add(x.pow(2)).add(positive(x).pow(row)),
  'maximum and minimum': (x) => x.maximum(row).minimum(torch.tensor(0.7)),
  'comparisons, where, masked_fill': (x) =>
    torch
      .where(x.gt(0).logicalAnd(x.lt(1)), x, x.mul(0.1))
      .maskedFill(x.ne(row).logicalNot(), 5)
      .add(x.ge(0.5).to('float32'))
      .add(x.le(-0.5).logicalXor(x.eq(0)).float()),
  'exp, log, sqrt and their like': (x) =>
    [
      x.exp(),
      positive(x).log(),
      positive(x).sqrt(),
      positive(x).log2(),
      positive(x).log10(),
      positive(x).rsqrt(),
      positive(x).reciprocal(),
      x.square(),
      x.sin(),
      x.cos(),
      x.erf(),
      x.sign(),
      x.floor(),
      x.ceil(),
      x.mul(2).round().div(2),
    ].reduce((sum, each) => sum.add(each.mul(0.1))),
  'relu, sigmoid, tanh, softmax': (x) =>
    x.relu().add(x.sigmoid()).add(x.tanh()).add(x.softmax(-1)).add(x.logSoftmax(1)),
  'silu, leaky_relu': (x) => aten.silu!(aten.leaky_relu!(x, 0.1)) as torch.Tensor,
  clamp: (x) => x.clamp({ min: -0.5 }).clamp({ max: 1 }).clamp({ min: -0.2, max: 0.4 }),
  'sum, mean, prod': (x) =>
    x
      .sum({ dim: 1 })
      .add(x.mean({ dim: [1], keepdim: true }).squeeze(1))
      .add(x.prod({ dim: 1 })),
  'sum of everything': (x) => x.sum().add(x.mean()).add(x.max()).add(x.min()),
  'max and min with positions': (x) => {
    const [most, at] = x.max({ dim: 2, keepdim: true });
    const [least] = x.min({ dim: -1 });
    return most.squeeze(2).sub(least).add(at.squeeze(2));
  },
  argmax: (x) => x.argmax({ dim: 1 }),
  'argmin of everything': (x) => x.argmin(),
  'var, std, norm': (x) =>
    x
      .var({ dim: [1, 2] })
      .add(x.std({ dim: [1, 2], correction: 0 }))
      .add(x.norm({ dim: [1, 2] }))
      .add(x.norm({ p: 1, dim: [1, 2] })),
  'logsumexp and cumsum': (x) => x.cumsum(1).logsumexp({ dim: 2, keepdim: true }),
  unflatten: (x) => aten.unflatten!.int!(x, 2, [2, 2]) as torch.Tensor,
  'matmul, mm, bmm, dot': (x) =>
    x
      .bmm(x.transpose(1, 2))
      .matmul(torch.eye(3))
      .select(1, 0)
      .mm(torch.full([3, 2], 0.5))
      .mul(row.dot(row)),
  'zeros, ones and full by the batch': (x) =>
    torch
      .cat([x, torch.zeros(x.shape[0]!, 1, 4), torch.ones([x.shape[0]!, 1, 4])], 1)
      .add(torch.full([x.shape[0]!, 1, 1], 0.25)),
  'zeros_like and full_like': (x) => torch.zerosLike(x).add(torch.fullLike(x, 2)).mul(x),
  'arange and linspace': (x) => x.add(torch.arange(4)).mul(torch.linspace(0, 1, 3).unsqueeze(1)),
  'in-place operators': (x) => {
    const y = x.mul(2);
    y.relu_().add_(1).mul_(row);
    return y.sub(x);
  },
  'in-place on a clone': (x) => x.clone().sub_(1).add(x),
  dtypes: (x) => x.to('int64').add(1n).to('float64').add(x.double()).to('float32'),
  'an integer result': (x) => x.mul(3).long().sum({ dim: 1 }),
  'a bool result': (x) => x.gt(0.1),
  'a constant result': (x) => torch.tensor([1, 2]).add(x.mean().mul(0)),
  'the input itself': (x) => x,
};

test.each(Object.entries(operators))('%s', async (_, forward) => {
  await check(new Net(forward), [3, 4]);
});

test('images of uint8', async () => {
  const layer = new nn.Linear(12, 2);
  const forward: Forward = (x) => layer.forward(x.to('float32').div(255).flatten(1));
  await check(new Net(forward, { layer }), [3, 4], 'uint8');
});

test('float64 and float16 weights', async () => {
  const layer = new nn.Linear(4, 2).double();
  await check(new Net((x) => layer.forward(x.double()), { layer }), [3, 4]);
  const scale = torch.tensor([0.1, 2, -3, 4], { dtype: 'float16' }).keep();
  await check(new Net((x) => x.mul(scale.float())), [3, 4]);
});

const layers: Record<string, torch.nn.Module> = {
  'Conv2d same, even kernel': new nn.Conv2d(2, 3, [2, 4], { padding: 'same' }),
  'Conv2d same, dilation': new nn.Conv2d(2, 3, [2, 3], { padding: 'same', dilation: [3, 2] }),
  'Conv2d depthwise': new nn.Conv2d(2, 4, 3, { groups: 2, stride: [1, 2], padding: [0, 3] }),
  'MaxPool2d ceilMode': new nn.MaxPool2d(3, 2, { ceilMode: true }),
  'MaxPool2d ceilMode, last window left out': new nn.MaxPool2d(2, 4, {
    ceilMode: true,
    padding: 1,
  }),
  'MaxPool2d dilation': new nn.MaxPool2d([3, 2], [2, 1], { dilation: [2, 3], padding: [1, 1] }),
  'MaxPool2d with more after the image than a kernel': new nn.MaxPool2d(2, 3, {
    dilation: 4,
    ceilMode: true,
  }),
  'AdaptiveAvgPool2d of one window': new nn.AdaptiveAvgPool2d([1, 1]),
  'AdaptiveAvgPool2d of six windows': new nn.AdaptiveAvgPool2d([2, 3]),
  'AvgPool2d padding': new nn.AvgPool2d(3, 2, { padding: 1 }),
  'AvgPool2d countIncludePad false': new nn.AvgPool2d(3, 2, { padding: 1, countIncludePad: false }),
  'AvgPool2d ceilMode': new nn.AvgPool2d([3, 2], 2, { ceilMode: true, padding: [1, 0] }),
  'AvgPool2d ceilMode, countIncludePad false': new nn.AvgPool2d(4, 3, {
    ceilMode: true,
    padding: 2,
    countIncludePad: false,
  }),
  'AvgPool2d divisorOverride': new nn.AvgPool2d(2, 3, { divisorOverride: 3, padding: 1 }),
  'BatchNorm2d without statistics': new nn.BatchNorm2d(2, { trackRunningStats: false }),
  'BatchNorm2d without statistics and parameters': new nn.BatchNorm2d(2, {
    trackRunningStats: false,
    affine: false,
  }),
  'Softmax without dim': new nn.Softmax(),
  'LogSoftmax negative dim': new nn.LogSoftmax(-1),
  'Flatten of images': new nn.Flatten(2),
  'Linear of images': new nn.Linear(9, 2, { bias: false }),
  'a ModuleList': (() => {
    const list = new nn.ModuleList([new nn.Conv2d(2, 2, 1), new nn.Conv2d(2, 2, 1)]);
    return new Net((x) => [...list].reduce((y, each) => each.forward(y), x), { list });
  })(),
};

test.each(Object.entries(layers))('%s', async (_, layer) => {
  await check(layer, [2, 10, 9]);
});

test.runIf(hasChecker)('ONNX’s own checker has nothing to say', () => {
  expect(checkerComplaints()).toMatch(/^\d+ files$/);
});
