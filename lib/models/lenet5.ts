import { atMost } from '../argument/atMost.js';
import { anything, flag, oneOf } from '../argument/kind.js';
import { readOptions, type SpecOf } from '../argument/options.js';
import {
  type ConnectionTable,
  Conv2d,
  EuclideanRBF,
  EuclideanRBFLoss,
  type EuclideanRBFLossOptions,
  functional,
  init,
  Linear,
  Module,
  PartialConv2d,
  TrainableSubsampling,
} from '../nn/index.js';
import type { Tensor } from '../tensor/index.js';
import { Compose, Normalize, Pad, ToTensor, type Transform } from '../transforms/index.js';
import { digitBitmaps } from './digits.js';
import type { ImageModel } from './imageModel.js';

/** Options of {@link LeNet5}. */
export interface LeNet5Options extends Pick<EuclideanRBFLossOptions, 'criterion' | 'j'> {
  /** The squashing function: the chapter's sigmoid, or the paper's 1.7159 · tanh(2x / 3). Default `'sigmoid'`. */
  squash?: 'sigmoid' | 'tanh';
  /** Whether the bitmaps of the output units are learned too. Default false. */
  trainableRBF?: boolean;
}

// Channels of S2 that a map of C3 sees: so many in a row, around the end.
const inARow = (first: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => (first + i) % 6);

const c3Connections: ConnectionTable = [
  ...[0, 1, 2, 3, 4, 5].map((first) => inARow(first, 3)),
  ...[0, 1, 2, 3, 4, 5].map((first) => inARow(first, 4)),
  [0, 1, 3, 4],
  [1, 2, 4, 5],
  [0, 2, 3, 5],
  [0, 1, 2, 3, 4, 5],
];

// The loss reads its own.
const spec = {
  squash: oneOf('sigmoid', 'tanh').or('sigmoid'),
  trainableRBF: flag.or(false),
  criterion: anything<'penalty' | 'discriminative'>('a criterion').optional(),
  j: anything<number>('a number').optional(),
} satisfies SpecOf<LeNet5Options>;

/**
 * The network of LeCun and others, 1998, layer by layer as the chapter counts it: convolutions,
 * trainable subsampling, a partial connection table, and radial basis units that compare 84 numbers
 * with bitmaps of the digits. Its outputs are penalties: the smallest is the prediction.
 *
 * Shape: `(N, 1, 32, 32)` float32, background −0.1 and ink 1.175 (see {@link LeNet5.transform}) →
 * penalties `(N, 10)`.
 *
 * | layer | what | output |
 * |---|---|---|
 * | C1 | convolution 5×5 | 6@28×28 |
 * | S2 | trainable subsampling 2×2 | 6@14×14 |
 * | C3 | convolution 5×5 through the connection table | 16@10×10 |
 * | S4 | trainable subsampling 2×2 | 16@5×5 |
 * | C5 | convolution 5×5 | 120@1×1 |
 * | F6 | fully connected | 84 |
 * | OUTPUT | Euclidean radial basis units | 10 |
 *
 * Every layer but the last ends in the squashing function. Parameters are drawn as in the paper,
 * evenly from `±2.4 / F`, F the inputs of a unit.
 *
 * @param options.squash - `'sigmoid'` or `'tanh'`. Default `'sigmoid'`.
 * @param options.trainableRBF - Default false: the bitmaps are parameters that want no gradient.
 * @param options.criterion - What `train` minimises, see `nn.EuclideanRBFLoss`. Default `'penalty'`.
 * @param options.j - The constant of the other criterion, `'discriminative'`, > 0. Default 10.
 * @throws {TypeError} `ERR_INVALID_ARG` for an option of the wrong kind.
 * @see http://yann.lecun.com/exdb/publis/pdf/lecun-01a.pdf
 * @example
 * new torch.LeNet5().forward(torch.zeros(1, 1, 32, 32)).shape; // → [ 1, 10 ]
 */
export class LeNet5 extends Module implements ImageModel {
  readonly squash: 'sigmoid' | 'tanh';
  C1: Conv2d;
  S2: TrainableSubsampling;
  C3: PartialConv2d;
  S4: TrainableSubsampling;
  C5: Conv2d;
  F6: Linear;
  OUTPUT: EuclideanRBF;
  declare private readonly loss: EuclideanRBFLoss;

  constructor(options?: LeNet5Options) {
    atMost('LeNet5', 1, arguments.length);
    super();
    const { squash, trainableRBF: trainable, ...loss } = readOptions('LeNet5', spec, options);
    this.squash = squash;
    // Not enumerable: a module's enumerable fields are its members.
    Object.defineProperty(this, 'loss', { value: new EuclideanRBFLoss(loss) });
    this.C1 = new Conv2d(1, 6, 5);
    this.S2 = new TrainableSubsampling(6, 2, { squash });
    this.C3 = new PartialConv2d(6, c3Connections, 5);
    this.S4 = new TrainableSubsampling(16, 2, { squash });
    this.C5 = new Conv2d(16, 120, 5);
    this.F6 = new Linear(120, 84);
    this.OUTPUT = new EuclideanRBF(84, 10, { centers: digitBitmaps(), trainable });
    for (const { weight, bias } of [this.C1, this.C5, this.F6]) {
      const { fanIn } = init.calculateFanInAndFanOut(weight);
      init.fanInUniform_(weight, fanIn);
      if (bias !== null) init.fanInUniform_(bias, fanIn);
    }
  }

  /** What `train` minimises, and `evaluate` reads the outputs with: the smallest penalty wins. */
  get objective(): EuclideanRBFLoss {
    return this.loss;
  }

  forward(img: Tensor): Tensor {
    atMost('LeNet5.forward', 1, arguments.length);
    const squashed = (sums: Tensor): Tensor => functional.squash(sums, this.squash);
    const s2 = this.S2.forward(squashed(this.C1.forward(img)));
    const s4 = this.S4.forward(squashed(this.C3.forward(s2)));
    const c5 = squashed(this.C5.forward(s4));
    const f6 = squashed(this.F6.forward(c5.flatten(1)));
    return this.OUTPUT.forward(f6);
  }

  /**
   * Makes what the network expects of images as Fashion-MNIST and MNIST have them: uint8 `(N, 1, 28, 28)`
   * → float32 `(N, 1, 32, 32)`, 0 (background) to −0.1 and 255 to 1.175, a border of background around.
   */
  static transform(): Transform {
    atMost('transform', 0, arguments.length);
    // (x − mean) / std = 1.275 x − 0.1
    return new Compose([
      new ToTensor(),
      new Normalize(0.1 / 1.275, 1 / 1.275),
      new Pad(2, { fill: -0.1 }),
    ]);
  }

  /** {@link LeNet5.transform}. */
  transform(): Transform {
    atMost('transform', 0, arguments.length);
    return LeNet5.transform();
  }

  /** Sizes of one image, `[1, 32, 32]`. */
  get inputShape(): ImageModel['inputShape'] {
    return [1, 32, 32];
  }

  override extraMetadata(): { squash: string } {
    atMost('extraMetadata', 0, arguments.length);
    return { squash: this.squash };
  }

  override extraRepr(): string {
    atMost('extraRepr', 0, arguments.length);
    return `squash=${this.squash}, objective=${this.loss}`;
  }
}
