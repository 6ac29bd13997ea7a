import { nn, type Tensor } from 'lenet-torch';

/** A convolution, then two of 1×1: a small network that looks at each place. */
export function ninBlock(
  inChannels: number,
  outChannels: number,
  kernelSize: number,
  options?: { stride?: number; padding?: number },
): nn.Sequential {
  return new nn.Sequential(
    new nn.Conv2d(inChannels, outChannels, kernelSize, options),
    new nn.ReLU(),
    new nn.Conv2d(outChannels, outChannels, 1),
    new nn.ReLU(),
    new nn.Conv2d(outChannels, outChannels, 1),
    new nn.ReLU(),
  );
}

/** Lin, Chen and Yan, 2013: no fully connected layers. `(N, 1, 224, 224)` → logits `(N, 10)`. */
export default class NiN extends nn.Module {
  net: nn.Sequential;

  constructor(numClasses = 10) {
    super();
    this.net = new nn.Sequential(
      ninBlock(1, 96, 11, { stride: 4 }),
      new nn.MaxPool2d(3, 2),
      ninBlock(96, 256, 5, { padding: 2 }),
      new nn.MaxPool2d(3, 2),
      ninBlock(256, 384, 3, { padding: 1 }),
      new nn.MaxPool2d(3, 2),
      new nn.Dropout(0.5),
      ninBlock(384, numClasses, 3, { padding: 1 }),
      new nn.AdaptiveAvgPool2d([1, 1]),
      new nn.Flatten(),
    );
  }

  get inputShape(): [number, number, number] {
    return [1, 224, 224];
  }

  forward(X: Tensor): Tensor {
    return this.net.forward(X);
  }
}
