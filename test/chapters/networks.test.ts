// The networks of the chapters around LeNet, in examples/chapters/networks, beside those that PyTorch made and trained.
import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import * as torch from 'lenet-torch';
import { describe, expect, test } from 'vitest';

import AlexNet from '../../examples/chapters/networks/alexnet.js';
import BNLeNet from '../../examples/chapters/networks/bnLenet.js';
import BNLeNetScratch from '../../examples/chapters/networks/bnLenetScratch.js';
import DenseNet from '../../examples/chapters/networks/densenet.js';
import DropoutMLP from '../../examples/chapters/networks/dropoutMlp.js';
import DropoutMLPScratch from '../../examples/chapters/networks/dropoutMlpScratch.js';
import GoogLeNet from '../../examples/chapters/networks/googlenet.js';
import LinearRegressionScratch, {
  l2Penalty,
} from '../../examples/chapters/networks/linearScratch.js';
import MLP from '../../examples/chapters/networks/mlp.js';
import MLPScratch from '../../examples/chapters/networks/mlpScratch.js';
import NiN from '../../examples/chapters/networks/nin.js';
import RecurrentLM from '../../examples/chapters/networks/recurrent.js';
import ResNet from '../../examples/chapters/networks/resnet.js';
import RNNLMScratch from '../../examples/chapters/networks/rnnScratch.js';
import SoftmaxRegression from '../../examples/chapters/networks/softmaxRegression.js';
import SoftmaxRegressionScratch from '../../examples/chapters/networks/softmaxRegressionScratch.js';
import VGG from '../../examples/chapters/networks/vgg.js';
import { type Encoded, expectClose, recorded } from '../recorded.js';

const { nn, optim } = torch;

interface Described {
  repr: string;
  keys: string[];
  /** SHA-256 of all parameters, one after the other. */
  parameters: string;
}
interface Trained extends Described {
  name: string;
  outputs: Encoded;
  losses: number[];
  after: Encoded;
}
interface Steps {
  losses: number[];
  w: Encoded;
}

const reference = recorded<{
  lr: number;
  images: (Trained & { count: number; edge: number })[];
  text: (Trained & { args: [string, number] | [number] })[];
  weightDecay: { data: string; scratch: Steps; concise: Steps };
  fineTuning: Omit<Trained, 'name' | 'outputs'>;
}>('chapters');
const { lr } = reference;

const classes: Record<string, new () => torch.nn.Module> = {
  AlexNet,
  BNLeNet,
  BNLeNetScratch,
  DenseNet,
  DropoutMLP,
  DropoutMLPScratch,
  GoogLeNet,
  MLP,
  MLPScratch,
  NiN,
  ResNet,
  SoftmaxRegression,
  SoftmaxRegressionScratch,
  VGG,
};

// Relative to the outputs' size: sums of thousands of products round differently on processors of other kinds, and
// three steps carry that on.
const outputTolerance = 1e-5;
const afterTolerance = 1e-3;
const lossTolerance = 1e-4;

function digest(tensors: Iterable<torch.Tensor>): string {
  const hash = createHash('sha256');
  for (const tensor of tensors) {
    hash.update(new Uint8Array((tensor.data() as Float32Array).buffer));
  }
  return hash.digest('hex');
}

const describedAs = (net: torch.nn.Module): Described => ({
  repr: inspect(net),
  keys: Object.keys(net.stateDict()),
  parameters: digest(net.parameters()),
});

function expectOutputs(found: torch.Tensor, wanted: Encoded, tolerance: number): void {
  const largest = Math.max(...[wanted.tensor].flat(9).map((each) => Math.abs(Number(each))));
  expectClose(found, wanted, tolerance, tolerance * largest);
}

function expectLosses(found: readonly number[], wanted: readonly number[]): void {
  expect(found.length).toBe(wanted.length);
  found.forEach((loss, i) => {
    expect(Math.abs(loss - wanted[i]!), `step ${i + 1}: ${loss}`).toBeLessThan(
      lossTolerance * Math.max(1, wanted[i]!),
    );
  });
}

function outputsOf(net: torch.nn.Module, X: torch.Tensor): torch.Tensor {
  net.eval();
  const outputs = torch.noGrad(() => net.forward(X));
  net.train();
  return Array.isArray(outputs) ? outputs[0].select(1, -1) : outputs;
}

/** The losses of three steps. */
function stepped(
  optimizer: torch.optim.Optimizer,
  compute: () => torch.Tensor,
  before: () => unknown = () => {},
): number[] {
  return [1, 2, 3].map(() => {
    const loss = compute();
    optimizer.zeroGrad();
    loss.backward();
    before();
    optimizer.step();
    return Number(loss.item());
  });
}

describe('networks for images, trained by train, step by step', () => {
  test.each(reference.images.map((each) => [each.name, each] as const))(
    '%s',
    async (name, each) => {
      torch.manualSeed(42);
      const net = new (classes[name] as new () => torch.nn.Module)();
      const { repr, keys, parameters, count, edge } = each;
      expect(describedAs(net)).toEqual({ repr, keys, parameters });
      const X = torch.rand(count, 1, edge, edge);
      const y = torch.randint(0, 10, [count]);
      expectOutputs(outputsOf(net, X), each.outputs, outputTolerance);
      const batches = [[X, y]] as const;
      const sgd = new optim.SGD(net.parameters(), { lr });
      const options = { engine: 'eager', log: null } as const;
      const { epochs } = await torch.train(net, batches, batches, count, sgd, 'cpu', 3, options);
      expectLosses(
        epochs.map(({ loss }) => loss),
        each.losses,
      );
      expectOutputs(outputsOf(net, X), each.after, afterTolerance);
    },
  );

  test('every class is recorded', () => {
    expect(reference.images.map(({ name }) => name).sort()).toEqual(Object.keys(classes).sort());
  });
});

describe('language models', () => {
  test.each(reference.text.map((each) => [`${each.name}(${each.args})`, each] as const))(
    '%s',
    (_, each) => {
      torch.manualSeed(42);
      const [kind, vocabSize = 28] = each.args as [keyof typeof layers, number?];
      const layers = { RNN: nn.RNN, GRU: nn.GRU, LSTM: nn.LSTM };
      const net =
        each.name === 'RNNLMScratch'
          ? new RNNLMScratch(28)
          : new RecurrentLM(layers[kind], vocabSize);
      const { repr, keys, parameters } = each;
      expect(describedAs(net)).toEqual({ repr, keys, parameters });
      const tokens = torch.randint(0, 28, [4, 9]);
      const [X, y] = [tokens.narrow(1, 0, 8), tokens.narrow(1, 1, 8).reshape(-1)];
      expectOutputs(outputsOf(net, X), each.outputs, outputTolerance);
      const loss = new nn.CrossEntropyLoss();
      const sgd = new optim.SGD(net.parameters(), { lr: 1 });
      const losses = stepped(
        sgd,
        () => loss.forward(net.forward(X)[0].reshape(-1, 28), y),
        () => nn.utils.clipGradNorm_(net.parameters(), 1),
      );
      expectLosses(losses, each.losses);
      expectOutputs(outputsOf(net, X), each.after, afterTolerance);
    },
  );
});

test('weight decay, by hand and by the optimizer', () => {
  const { data, scratch, concise } = reference.weightDecay;
  torch.manualSeed(42);
  const X = torch.randn(20, 200);
  const y = X.matmul(torch.full([200, 1], 0.01))
    .add(0.05)
    .add(torch.randn(20, 1).mul(0.01));
  const byHand = new LinearRegressionScratch();
  const builtIn = new nn.Linear(200, 1);
  expect(digest([X])).toBe(data);
  const half = () => byHand.forward(X).sub(y).pow(2).div(2).mean();
  expectLosses(
    stepped(new optim.SGD(byHand.parameters(), { lr: 0.01 }), () =>
      half().add(l2Penalty(byHand.w).mul(3)),
    ),
    scratch.losses,
  );
  expectOutputs(byHand.w, scratch.w, afterTolerance);
  const groups = [{ params: [builtIn.weight], weightDecay: 3 }, { params: [builtIn.bias!] }];
  const loss = new nn.MSELoss();
  expectLosses(
    stepped(new optim.SGD(groups, { lr: 0.01 }), () => loss.forward(builtIn.forward(X), y)),
    concise.losses,
  );
  expectOutputs(builtIn.weight, concise.w, afterTolerance);
});

test('fine-tuning: the last layer replaced, two learning rates', async () => {
  const each = reference.fineTuning;
  torch.manualSeed(42);
  const net = new BNLeNet(5);
  const { repr, keys, parameters } = each;
  net.net.set(-1, new nn.Linear(84, 5));
  expect(describedAs(net)).toEqual({ repr, keys, parameters });
  const X = torch.rand(8, 1, 28, 28);
  const y = torch.randint(0, 5, [8]);
  const head = [...net.net.at(-1).parameters()];
  const body = [...net.parameters()].filter((parameter) => !head.includes(parameter));
  const sgd = new optim.SGD([{ params: body }, { params: head, lr: lr * 10 }], { lr });
  const options = { engine: 'eager', log: null } as const;
  const batches = [[X, y]] as const;
  const { epochs } = await torch.train(net, batches, batches, 8, sgd, 'cpu', 3, options);
  expectLosses(
    epochs.map(({ loss }) => loss),
    each.losses,
  );
  expectOutputs(outputsOf(net, X), each.after, afterTolerance);
});
