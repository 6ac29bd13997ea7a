import { nn, type Tensor } from 'lenet-torch';

/** LeNet with batch normalization before each sigmoid. `(N, 1, 28, 28)` → logits `(N, 10)`. */
export default class BNLeNet extends nn.Module {
  net: nn.Sequential;

  constructor(numClasses = 10) {
    super();
    this.net = new nn.Sequential(
      new nn.Conv2d(1, 6, 5),
      new nn.BatchNorm2d(6),
      new nn.Sigmoid(),
      new nn.AvgPool2d(2, 2),
      new nn.Conv2d(6, 16, 5),
      new nn.BatchNorm2d(16),
      new nn.Sigmoid(),
      new nn.AvgPool2d(2, 2),
      new nn.Flatten(),
      new nn.Linear(256, 120),
      new nn.BatchNorm1d(120),
      new nn.Sigmoid(),
      new nn.Linear(120, 84),
      new nn.BatchNorm1d(84),
      new nn.Sigmoid(),
      new nn.Linear(84, numClasses),
    );
  }

  forward(X: Tensor): Tensor {
    return this.net.forward(X);
  }
}
