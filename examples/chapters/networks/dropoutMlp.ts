import { nn, type Tensor } from 'lenet-torch';

/** Two hidden layers, each with dropout behind it. `(N, 1, 28, 28)` → logits `(N, 10)`. */
export default class DropoutMLP extends nn.Module {
  net: nn.Sequential;

  constructor(dropout1 = 0.5, dropout2 = 0.5) {
    super();
    this.net = new nn.Sequential(
      new nn.Flatten(),
      new nn.Linear(28 * 28, 256),
      new nn.ReLU(),
      new nn.Dropout(dropout1),
      new nn.Linear(256, 256),
      new nn.ReLU(),
      new nn.Dropout(dropout2),
      new nn.Linear(256, 10),
    );
  }

  forward(X: Tensor): Tensor {
    return this.net.forward(X);
  }
}
