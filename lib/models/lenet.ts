import { atMost } from '../argument/atMost.js';
import { integer } from '../argument/kind.js';
import { readOptions, type SpecOf } from '../argument/options.js';
import { Conv2d, Linear, MaxPool2d, Module, Sequential, Sigmoid } from '../nn/index.js';
import type { Tensor } from '../tensor/index.js';
import { ToTensor, type Transform } from '../transforms/index.js';
import type { ImageModel } from './imageModel.js';

/** Options of {@link LeNet}. */
export interface LeNetOptions {
  /** How many classes there are, integer ≥ 1. Default 10. */
  numClasses?: number;
}

const spec = { numClasses: integer(1).or(10) } satisfies SpecOf<LeNetOptions>;

/**
 * The chapter's network for 28×28 images of one channel and ten classes.
 *
 * Shape: `(N, 1, 28, 28)` float32 0–1 → logits `(N, numClasses)`.
 *
 * @example
 * new torch.LeNet().forward(torch.zeros(1, 1, 28, 28)).shape; // → [ 1, 10 ]
 */
export class LeNet extends Module implements ImageModel {
  conv: Sequential;
  fc: Sequential;

  constructor(options?: LeNetOptions) {
    atMost('LeNet', 1, arguments.length);
    super();
    const { numClasses } = readOptions('LeNet', spec, options);
    this.conv = new Sequential(
      new Conv2d(1, 6, 5), // inChannels, outChannels, kernelSize
      new Sigmoid(),
      new MaxPool2d(2, 2), // kernelSize, stride
      new Conv2d(6, 16, 5), // inChannels, outChannels, kernelSize
      new Sigmoid(),
      new MaxPool2d(2, 2), // kernelSize, stride
    );

    this.fc = new Sequential(
      new Linear(16 * 4 * 4, 120),
      new Sigmoid(),
      new Linear(120, 84),
      new Sigmoid(),
      new Linear(84, numClasses),
    );
  }

  forward(img: Tensor): Tensor {
    atMost('LeNet.forward', 1, arguments.length);
    const feature = this.conv.forward(img);
    const output = this.fc.forward(feature.view(img.shape[0]!, -1));
    return output;
  }

  /** Sizes of one image, `[1, 28, 28]`. */
  get inputShape(): ImageModel['inputShape'] {
    return [1, 28, 28];
  }

  /** uint8 0–255 → float32 0–1. */
  transform(): Transform {
    atMost('transform', 0, arguments.length);
    return new ToTensor();
  }
}
