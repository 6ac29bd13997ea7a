import { atMost } from '../argument/atMost.js';
import { ToTensor, type Transform } from '../data/transforms/transforms.js';
import { Conv2d, Linear, MaxPool2d, Module, Sequential, Sigmoid } from '../nn/index.js';
import type { Tensor } from '../tensor/index.js';
import type { ImageModel } from './imageModel.js';

/**
 * The chapter's network for 28×28 images of one channel and ten classes.
 *
 * Shape: `(N, 1, 28, 28)` float32 0–1 → logits `(N, 10)`.
 *
 * @example
 * new torch.LeNet().forward(torch.zeros(1, 1, 28, 28)).shape; // → [ 1, 10 ]
 */
export class LeNet extends Module implements ImageModel {
  conv: Sequential;
  fc: Sequential;

  constructor() {
    atMost('LeNet', 0, arguments.length);
    super();
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
      new Linear(84, 10),
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
