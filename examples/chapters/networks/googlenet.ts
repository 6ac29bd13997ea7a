import { cat, nn, type Tensor } from 'lenet-torch';

/** Four ways beside each other, their channels one behind the other. */
export class Inception extends nn.Module {
  b1_1: nn.Conv2d;
  b2_1: nn.Conv2d;
  b2_2: nn.Conv2d;
  b3_1: nn.Conv2d;
  b3_2: nn.Conv2d;
  b4_1: nn.MaxPool2d;
  b4_2: nn.Conv2d;

  /** @param c1 - Channels that the first way gives; `c2` to `c4` those of the others, step by step. */
  constructor(
    inChannels: number,
    c1: number,
    c2: readonly [number, number],
    c3: readonly [number, number],
    c4: number,
  ) {
    super();
    this.b1_1 = new nn.Conv2d(inChannels, c1, 1);
    this.b2_1 = new nn.Conv2d(inChannels, c2[0], 1);
    this.b2_2 = new nn.Conv2d(c2[0], c2[1], 3, { padding: 1 });
    this.b3_1 = new nn.Conv2d(inChannels, c3[0], 1);
    this.b3_2 = new nn.Conv2d(c3[0], c3[1], 5, { padding: 2 });
    this.b4_1 = new nn.MaxPool2d(3, 1, { padding: 1 });
    this.b4_2 = new nn.Conv2d(inChannels, c4, 1);
  }

  forward(X: Tensor): Tensor {
    const b1 = this.b1_1.forward(X).relu();
    const b2 = this.b2_2.forward(this.b2_1.forward(X).relu()).relu();
    const b3 = this.b3_2.forward(this.b3_1.forward(X).relu()).relu();
    const b4 = this.b4_2.forward(this.b4_1.forward(X)).relu();
    return cat([b1, b2, b3, b4], 1);
  }
}

const halve = (): nn.MaxPool2d => new nn.MaxPool2d(3, 2, { padding: 1 });

/** Szegedy and others, 2014, without the two classifiers on the way. `(N, 1, 96, 96)` → logits `(N, 10)`. */
export default class GoogLeNet extends nn.Module {
  net: nn.Sequential;

  constructor(numClasses = 10) {
    super();
    const b1 = new nn.Sequential(
      new nn.Conv2d(1, 64, 7, { stride: 2, padding: 3 }),
      new nn.ReLU(),
      halve(),
    );
    const b2 = new nn.Sequential(
      new nn.Conv2d(64, 64, 1),
      new nn.ReLU(),
      new nn.Conv2d(64, 192, 3, { padding: 1 }),
      new nn.ReLU(),
      halve(),
    );
    const b3 = new nn.Sequential(
      new Inception(192, 64, [96, 128], [16, 32], 32),
      new Inception(256, 128, [128, 192], [32, 96], 64),
      halve(),
    );
    const b4 = new nn.Sequential(
      new Inception(480, 192, [96, 208], [16, 48], 64),
      new Inception(512, 160, [112, 224], [24, 64], 64),
      new Inception(512, 128, [128, 256], [24, 64], 64),
      new Inception(512, 112, [144, 288], [32, 64], 64),
      new Inception(528, 256, [160, 320], [32, 128], 128),
      halve(),
    );
    const b5 = new nn.Sequential(
      new Inception(832, 256, [160, 320], [32, 128], 128),
      new Inception(832, 384, [192, 384], [48, 128], 128),
      new nn.AdaptiveAvgPool2d([1, 1]),
      new nn.Flatten(),
    );
    this.net = new nn.Sequential(b1, b2, b3, b4, b5, new nn.Linear(1024, numClasses));
  }

  get inputShape(): [number, number, number] {
    return [1, 96, 96];
  }

  forward(X: Tensor): Tensor {
    return this.net.forward(X);
  }
}
