import { chmodSync, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { temporaryFolder } from '../folder.js';
import { Net } from './onnxRuntime.js';

const { nn } = torch;
const { aten } = torch.ops;
const folder = temporaryFolder('lenet-torch-onnx-', afterAll);
const path = join(folder, 'net.onnx');
const inputShape = [3, 4];

type Forward = (x: torch.Tensor) => unknown;
const weights = torch.ones(4).keep();
let calls = 0;

// Why a forward pass of (N, 3, 4) cannot become a file.
const unsupported: Record<string, [forward: Forward, reason: RegExp]> = {
  'an operator without translation': [
    (x) => x.sort()[0],
    /exportOnnx: sort has no translation to ONNX.*docs\/onnx\.md/,
  ],
  'an overload with an argument that is not translated': [
    (x) => x.div(2, { roundingMode: 'trunc' }),
    /div: roundingMode 'trunc' of float32 is not supported/,
  ],
  'a look at the elements': [
    (x) => x.mul(Number(x.sum().item())),
    /reads a tensor's elements \(item\)/,
  ],
  'a list of the elements': [(x) => torch.tensor(x.tolist()), /reads a tensor's elements \(data\)/],
  'no tensor': [() => 3, /returns something else than one tensor/],
  'a promise': [async (x) => x, /returns something else than one tensor/],
  'two tensors': [(x) => [x, x], /returns something else than one tensor/],
  'nothing recorded': [
    (x) => (x.shape[0] === 1 ? x : x.neg()),
    /forward: call 1 is nothing for a batch of 1, neg for 3\./,
  ],
  'another operator for one example': [
    (x) => (x.shape[0] === 1 ? x.relu() : x.tanh()),
    /call 1 is relu for a batch of 1, tanh for 3\. It must be the same/,
  ],
  'a number that follows the batch in another way': [
    (x) => x.mul(1 / x.shape[0]!),
    /mul: argument 'other' is 1 for a batch of 1, 0\.33\d+ for 3\. .*in proportion to the batch/,
  ],
  'a size that follows the batch in another way': [
    (x) => torch.ones(x.shape[0]! + 1),
    /ones: argument 'size'\[0\] is 2 for a batch of 1, 4 for 3/,
  ],
  'squeeze that takes the batch away': [
    (x) => x.squeeze(),
    /squeeze: the result is a tensor \[3, 4\] for a batch of 1, a tensor \[3, 3, 4\] for 3/,
  ],
  'a part of the batch': [(x) => x.narrow(0, 0, 1), /narrow: takes a part of the batch/],
  'at most five examples': [(x) => x.slice(0, 0, 5), /slice: takes a part of the batch/],
  'the first example': [(x) => x.select(0, 0), /select: takes a part of the batch/],
  'a data-dependent shape': [(x) => x.nonzero(), /nonzero: |nonzero has no translation/],
  'random numbers': [(x) => x.add(torch.rand(4)), /rand\.generator has no translation/],
  dropout: [
    (x) => nn.functional.dropout(x, 0.5, { training: true }),
    /dropout: drops elements although the model is in evaluation mode/,
  ],
  'a constant that changes': [
    (x) => x.mul(torch.tensor([1, 2, 3, calls++])),
    /mul: argument 'other', which no operator computes, is one thing for a batch of 1/,
  ],
  'a state that is changed': [
    (x) => {
      weights.add_(0);
      return x.mul(weights);
    },
    /add_: changes a tensor that the forward pass did not compute; use add$/,
  ],
  'a view whose elements were changed elsewhere': [
    (x) => {
      const y = x.mul(2);
      y.view(-1).relu_();
      return y;
    },
    /output: its input was changed in place through a view/,
  ],
  'elements put into a tensor': [
    (x) => x.clone().set([':', 0], 1),
    /fill_\.Scalar has no translation/,
  ],
  'complex numbers': [
    (x) => aten.to!.dtype!(x, 'complex64'),
    /tensors of complex64 are not supported/,
  ],
  'bounds that are tensors': [
    (x) => aten.clamp!.Tensor!(x, torch.zeros(4)),
    /clamp: argument 'min' is not a number/,
  ],
  'an argument that no translation knows': [
    (x) => aten.round!.decimals!(x, { decimals: 2 }),
    /round: argument 'decimals' is not supported/,
  ],
  'a comparison of two dtypes': [
    (x) => x.gt(torch.tensor([1n, 2n, 3n, 4n])),
    /gt: 'other' is not float32 as the tensor beside it/,
  ],
};

test.each(Object.entries(unsupported))('%s', async (_, [forward, reason]) => {
  const done = torch.exportOnnx(new Net(forward), path, { inputShape });
  await expect(done).rejects.toMatchObject({
    code: 'ERR_ONNX_UNSUPPORTED',
    message: expect.stringMatching(reason),
  });
  expect(existsSync(path)).toBe(false);
});

const wrong: Record<string, [args: unknown[], reason: RegExp]> = {
  'no module': [[(x: torch.Tensor) => x, path, { inputShape }], /net: expected a Module/],
  'no path': [[new nn.ReLU(), undefined, { inputShape }], /path: expected a file's name/],
  'no options': [[new nn.ReLU(), path], /inputShape: expected the sizes .* got undefined/],
  'no inputShape': [[new nn.ReLU(), path, {}], /inputShape: expected the sizes .* got undefined/],
  'a size of 0': [[new nn.ReLU(), path, { inputShape: [0] }], /inputShape: .* got \[ 0 \]/],
  'a batch size beside a dynamic batch': [
    [new nn.ReLU(), path, { inputShape, batchSize: 4 }],
    /batchSize: expected dynamicBatch: false beside it, got 4/,
  ],
  'no boolean': [[new nn.ReLU(), path, { inputShape, dynamicBatch: 1 }], /dynamicBatch/],
  'no dtype': [[new nn.ReLU(), path, { inputShape, inputDtype: 'float' }], /inputDtype/],
  'one name': [[new nn.ReLU(), path, { inputShape, inputName: 'output' }], /outputName/],
  'a parameter’s name': [
    [new nn.Linear(4, 2), path, { inputShape, outputName: 'weight' }],
    /'weight' is a parameter's name/,
  ],
  'metadata of numbers': [
    [new nn.ReLU(), path, { inputShape, metadata: { epoch: 3 } }],
    /metadata: 'epoch': expected a string, got 3/,
  ],
};

test.each(Object.entries(wrong))('%s', async (_, [args, reason]) => {
  const done = torch.exportOnnx(...(args as Parameters<typeof torch.exportOnnx>));
  await expect(done).rejects.toMatchObject({
    code: 'ERR_INVALID_ARG',
    message: expect.stringMatching(reason),
  });
});

test('an inputShape that the model does not take', async () => {
  const done = torch.exportOnnx(new torch.LeNet(), path, { inputShape: [3, 28, 28] });
  await expect(done).rejects.toMatchObject({
    code: 'ERR_LIBTORCH',
    message: expect.stringMatching(
      /fails for an input of \[1, 3, 28, 28\], a batch of 1: Given groups=1/,
    ),
  });
});

test('a model written for one batch size', async () => {
  const net = new Net((x) => x.view(4, 12).matmul(torch.ones(12, 2)));
  await expect(torch.exportOnnx(net, path, { inputShape })).rejects.toMatchObject({
    code: 'ERR_LIBTORCH',
    message: expect.stringMatching(/fails for an input of \[1, 3, 4\]/),
  });
  await torch.exportOnnx(net, path, { inputShape, dynamicBatch: false, batchSize: 4 });
  rmSync(path);
});

test('the error of a forward pass keeps its class', async () => {
  const net = new Net(() => {
    throw new RangeError('too far');
  });
  await expect(torch.exportOnnx(net, path, { inputShape })).rejects.toThrow(RangeError);
});

test('weights beyond 2 GiB', async () => {
  // One number that seems to be 3 GiB of them.
  const big = new nn.Parameter(torch.zeros(1).expand(3 * 2 ** 28));
  const net = new Net((x) => x.add(big.select(0, 0)), { big });
  await expect(torch.exportOnnx(net, path, { inputShape })).rejects.toMatchObject({
    code: 'ERR_ONNX_UNSUPPORTED',
    message: expect.stringMatching(/with big the weights take 3\.0 GiB: .* less than 2 GiB/),
  });
});

test('a model that is being trained', async () => {
  const net = new torch.LeNet();
  const images = torch.zeros([4, 1, 28, 28]).keep();
  const set = new torch.data.TensorDataset(images, torch.zeros([4], { dtype: 'int64' }).keep());
  const loader = new torch.data.DataLoader(set, { batchSize: 2 });
  const optimizer = new torch.optim.Adam(net.parameters());
  const training = torch.train(net, loader, loader, 2, optimizer, 'cpu', 1, { log: null });
  await expect(torch.exportOnnx(net, path, { inputShape: [1, 28, 28] })).rejects.toMatchObject({
    code: 'ERR_MODEL_BUSY',
  });
  await training;
});

describe('paths', () => {
  test.each([
    ['a missing folder', join(folder, 'missing', 'net.onnx'), /its folder does not exist/],
    ['a folder', folder, /it is a folder/],
  ])('%s', async (_, target, reason) => {
    await expect(torch.exportOnnx(new nn.ReLU(), target, { inputShape })).rejects.toMatchObject({
      code: 'ERR_FILE_WRITE',
      message: expect.stringMatching(reason),
    });
  });

  test('what was there stays when the export fails', async () => {
    writeFileSync(path, 'before');
    chmodSync(path, 0o600);
    const net = new Net((x) => x.sort()[0]);
    await expect(torch.exportOnnx(net, path, { inputShape })).rejects.toThrow();
    expect(readdirSync(folder)).toEqual(['net.onnx']);
    rmSync(path);
  });
});
