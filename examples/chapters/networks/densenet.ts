import { cat, nn, type Tensor } from 'lenet-torch';

const convBlock = (inChannels: number, numChannels: number): nn.Sequential =>
  new nn.Sequential(
    new nn.BatchNorm2d(inChannels),
    new nn.ReLU(),
    new nn.Conv2d(inChannels, numChannels, 3, { padding: 1 }),
  );

/** Convolutions that each see what all before them gave. */
export class DenseBlock extends nn.Module {
  net: nn.Sequential;

  constructor(numConvs: number, inChannels: number, growthRate: number) {
    super();
    this.net = new nn.Sequential();
    for (let i = 0; i < numConvs; i++) {
      this.net.append(convBlock(inChannels + i * growthRate, growthRate));
    }
  }

  forward(X: Tensor): Tensor {
    let all = X;
    for (const block of this.net) all = cat([all, block.forward(all)], 1);
    return all;
  }
}

// Half the channels, half the height and width.
const transitionBlock = (inChannels: number, numChannels: number): nn.Sequential =>
  new nn.Sequential(
    new nn.BatchNorm2d(inChannels),
    new nn.ReLU(),
    new nn.Conv2d(inChannels, numChannels, 1),
    new nn.AvgPool2d(2, 2),
  );

/** Huang, Liu, van der Maaten and Weinberger, 2016. `(N, 1, 96, 96)` → logits `(N, 10)`. */
export default class DenseNet extends nn.Module {
  net: nn.Sequential;

  constructor(growthRate = 32, architecture: readonly number[] = [4, 4, 4, 4], numClasses = 10) {
    super();
    let channels = 64;
    const layers: [string, nn.Module][] = [];
    const b1 = new nn.Sequential(
      new nn.Conv2d(1, channels, 7, { stride: 2, padding: 3 }),
      new nn.BatchNorm2d(channels),
      new nn.ReLU(),
      new nn.MaxPool2d(3, 2, { padding: 1 }),
    );
    architecture.forEach((numConvs, i) => {
      layers.push([`dense_blk${i + 1}`, new DenseBlock(numConvs, channels, growthRate)]);
      channels += numConvs * growthRate;
      if (i === architecture.length - 1) return;
      layers.push([`tran_blk${i + 1}`, transitionBlock(channels, channels / 2)]);
      channels /= 2;
    });
    const last = new nn.Sequential(
      new nn.BatchNorm2d(channels),
      new nn.ReLU(),
      new nn.AdaptiveAvgPool2d([1, 1]),
      new nn.Flatten(),
      new nn.Linear(channels, numClasses),
    );
    this.net = new nn.Sequential(new Map([['b1', b1], ...layers, ['last', last]]));
  }

  get inputShape(): [number, number, number] {
    return [1, 96, 96];
  }

  forward(X: Tensor): Tensor {
    return this.net.forward(X);
  }
}
