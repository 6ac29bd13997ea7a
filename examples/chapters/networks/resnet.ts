import { nn, type Tensor } from 'lenet-torch';

/** Two convolutions, to whose result the input is added; a third, of 1×1, where the input has another size. */
export class Residual extends nn.Module {
  conv1: nn.Conv2d;
  conv2: nn.Conv2d;
  conv3: nn.Conv2d | null = null;
  bn1: nn.BatchNorm2d;
  bn2: nn.BatchNorm2d;

  constructor(
    inChannels: number,
    numChannels: number,
    options: { use1x1conv?: boolean; strides?: number } = {},
  ) {
    super();
    const { use1x1conv = false, strides: stride = 1 } = options;
    this.conv1 = new nn.Conv2d(inChannels, numChannels, 3, { padding: 1, stride });
    this.conv2 = new nn.Conv2d(numChannels, numChannels, 3, { padding: 1 });
    if (use1x1conv) this.conv3 = new nn.Conv2d(inChannels, numChannels, 1, { stride });
    this.bn1 = new nn.BatchNorm2d(numChannels);
    this.bn2 = new nn.BatchNorm2d(numChannels);
  }

  forward(X: Tensor): Tensor {
    let Y = this.bn1.forward(this.conv1.forward(X)).relu();
    Y = this.bn2.forward(this.conv2.forward(Y));
    return Y.add(this.conv3 === null ? X : this.conv3.forward(X)).relu();
  }
}

function block(
  numResiduals: number,
  inChannels: number,
  numChannels: number,
  firstBlock: boolean,
): nn.Sequential {
  const residuals: Residual[] = [];
  for (let i = 0; i < numResiduals; i++) {
    residuals.push(
      i === 0 && !firstBlock
        ? new Residual(inChannels, numChannels, { use1x1conv: true, strides: 2 })
        : new Residual(i === 0 ? inChannels : numChannels, numChannels),
    );
  }
  return new nn.Sequential(...residuals);
}

/** ResNet-18 of He, Zhang, Ren and Sun, 2015. `(N, 1, 96, 96)` → logits `(N, 10)`. */
export default class ResNet extends nn.Module {
  net: nn.Sequential;

  constructor(
    architecture: readonly (readonly [numResiduals: number, numChannels: number])[] = [
      [2, 64],
      [2, 128],
      [2, 256],
      [2, 512],
    ],
    numClasses = 10,
  ) {
    super();
    let channels = 64;
    const b1 = new nn.Sequential(
      new nn.Conv2d(1, channels, 7, { stride: 2, padding: 3 }),
      new nn.BatchNorm2d(channels),
      new nn.ReLU(),
      new nn.MaxPool2d(3, 2, { padding: 1 }),
    );
    const blocks = architecture.map(([numResiduals, numChannels], i): [string, nn.Module] => {
      const made = block(numResiduals, channels, numChannels, i === 0);
      channels = numChannels;
      return [`b${i + 2}`, made];
    });
    const last = new nn.Sequential(
      new nn.AdaptiveAvgPool2d([1, 1]),
      new nn.Flatten(),
      new nn.Linear(channels, numClasses),
    );
    this.net = new nn.Sequential(new Map([['b1', b1], ...blocks, ['last', last]]));
  }

  get inputShape(): [number, number, number] {
    return [1, 96, 96];
  }

  forward(X: Tensor): Tensor {
    return this.net.forward(X);
  }
}
