// The kinds of network that the fused engine runs, and one step of training in either engine.
import * as torch from '../../lib/index.js';

const { AvgPool2d, Conv2d, Flatten, Linear, MaxPool2d, Module, ReLU, Sequential, Sigmoid, Tanh } =
  torch.nn;

export interface Variant {
  activation?: 'sigmoid' | 'relu' | 'tanh';
  pool?: 'max' | 'average';
  /** Whether pooling comes before the activation. */
  poolFirst?: boolean;
  padding?: 0 | 2;
  bias?: boolean;
  /** Input, first and second convolution. */
  channels?: [number, number, number];
  features?: [number, number, number];
  side?: number;
}

export const variants: Record<string, Variant> = {
  'the chapter’s': {},
  'pooled first': { poolFirst: true },
  ReLU: { activation: 'relu' },
  Tanh: { activation: 'tanh' },
  'Tanh, pooled first': { activation: 'tanh', poolFirst: true },
  AvgPool2d: { pool: 'average' },
  'AvgPool2d first, ReLU': { pool: 'average', poolFirst: true, activation: 'relu' },
  'padding 2': { padding: 2 },
  'other sizes': {
    channels: [3, 5, 11],
    features: [37, 20, 7],
    side: 21,
    padding: 2,
    activation: 'tanh',
  },
  'no bias': { bias: false, activation: 'relu' },
};

const activations = { sigmoid: Sigmoid, relu: ReLU, tanh: Tanh };

/** A network of that kind; `poolFirst` may be changed, which does not change what it computes. */
export class Network extends Module {
  conv: InstanceType<typeof Sequential>;
  fc: InstanceType<typeof Sequential>;

  constructor(variant: Variant, poolFirst = variant.poolFirst ?? false) {
    super();
    const { padding = 0, bias = true, side = 28 } = variant;
    const { channels = [1, 6, 16], features = [120, 84, 10] } = variant;
    const Activation = activations[variant.activation ?? 'sigmoid'];
    const Pool = variant.pool === 'average' ? AvgPool2d : MaxPool2d;
    const block = (from: number, to: number) => [
      new Conv2d(from, to, 5, { padding, bias }),
      ...(poolFirst ? [new Pool(2), new Activation()] : [new Activation(), new Pool(2)]),
    ];
    const shrink = (size: number): number => Math.floor((size + 2 * padding - 4) / 2);
    const last = shrink(shrink(side));
    this.conv = new Sequential(
      ...block(channels[0], channels[1]),
      ...block(channels[1], channels[2]),
    );
    this.fc = new Sequential(
      new Flatten(),
      new Linear(channels[2] * last * last, features[0], { bias }),
      new Activation(),
      new Linear(features[0], features[1], { bias }),
      new Activation(),
      new Linear(features[1], features[2], { bias }),
    );
  }

  forward(images: torch.Tensor): torch.Tensor {
    return this.fc.forward(this.conv.forward(images));
  }
}

/**
 * Images and labels of a variant's sizes. There are at most 16 different images: the more there are,
 * the surer two values of some window differ by less than rounding.
 */
export function randomData(variant: Variant, count: number): [torch.Tensor, torch.Tensor] {
  const { channels = [1], features = [120, 84, 10], side = 28 } = variant;
  const different = torch.rand([Math.min(count, 16), channels[0], side, side]);
  const images = different.indexSelect(0, torch.arange(count).remainder(16));
  return [images.keep(), torch.randint(0, features[2], [count]).keep()];
}

type Data = readonly [torch.Tensor, torch.Tensor];
export type Gradients = torch.Tensor[];

/** The gradients of the mean loss, by autograd. */
export function eagerGradients(net: torch.nn.Module, [X, y]: Data): Gradients {
  return torch.tidy(() => {
    net.zeroGrad();
    const [first] = net.parameters();
    const dtype = first!.dtype;
    new torch.nn.CrossEntropyLoss().forward(net.forward(X.to(dtype)), y).backward();
    return [...net.parameters()].map((parameter) => parameter.grad!.clone());
  });
}

/** The same by the fused engine: momentum begins as the gradient itself. */
export async function fusedGradients(net: torch.nn.Module, data: Data): Promise<Gradients> {
  const optimizer = new torch.optim.SGD(net.parameters(), { lr: 0, momentum: 0.9 });
  const loader = loaderOf(data, data[0].shape[0]!);
  await torch.train(net, loader, loader, 1, optimizer, 'cpu', 1, { engine: 'fused', log: null });
  return [...net.parameters()].map((each) => optimizer.state.get(each)!.momentumBuffer!);
}

export function loaderOf(data: Data, batchSize: number, shuffle = false) {
  const dataset = new torch.data.TensorDataset(...data);
  return new torch.data.DataLoader(dataset, { batchSize, shuffle });
}

/** ‖a − b‖ / ‖b‖ of each tensor. */
export function relativeErrors(a: Gradients, b: Gradients): number[] {
  return torch.tidy(() =>
    a.map((tensor, i) => {
      const expected = b[i]!.to('float64');
      const error = tensor.to('float64').sub(expected).pow(2).sum().sqrt().item();
      return Number(error) / Number(expected.pow(2).sum().sqrt().item());
    }),
  );
}

/** A case of the gradient tests. */
export interface Case {
  net: Network;
  data: Data;
  /** By autograd in float32 and in float64. */
  eager: Gradients;
  exact: Gradients;
}

/**
 * A network and data without ties in max pooling and zeros in ReLU, up to rounding: the gradient is the
 * same in PyTorch's two orders of activation and pooling, and in float64 (a tie costs 1e-4 and more).
 */
export function tieFree(variant: Variant, count: number): Case {
  for (let seed = 0; seed < 50; seed++) {
    torch.manualSeed(seed);
    const net = new Network(variant);
    const data = randomData(variant, count);
    const gradientsOf = (other: Network): Gradients => {
      other.loadStateDict(net.stateDict());
      return eagerGradients(other, data);
    };
    const eager = eagerGradients(net, data);
    const exact = gradientsOf(new Network(variant).double());
    const swapped =
      variant.pool === 'average' ? eager : gradientsOf(new Network(variant, !variant.poolFirst));
    const errors = [...relativeErrors(eager, exact), ...relativeErrors(swapped, exact)];
    if (Math.max(...errors) < 3e-5) return { net, data, eager, exact };
  }
  throw new Error('no data without ties');
}

/** What a network’s parameters are now. */
export const copyOf = (net: torch.nn.Module): torch.Tensor[] =>
  [...net.parameters()].map((parameter) => parameter.detach().clone().keep());

/** Element by element, of all tensors. */
export function largestDifference(a: torch.Tensor[], b: torch.Tensor[]): number {
  const each = a.map((tensor, i) => Number(tensor.sub(b[i]!).abs().max().item()));
  return Math.max(...each);
}
