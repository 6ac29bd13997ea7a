import { nn, type Tensor } from 'lenet-torch';

/** A multilayer perceptron with one hidden layer. `(N, 1, 28, 28)` → logits `(N, 10)`. */
export default class MLP extends nn.Module {
  net: nn.Sequential;

  constructor(numHiddens = 256) {
    super();
    this.net = new nn.Sequential(
      new nn.Flatten(),
      new nn.Linear(28 * 28, numHiddens),
      new nn.ReLU(),
      new nn.Linear(numHiddens, 10),
    );
  }

  forward(X: Tensor): Tensor {
    return this.net.forward(X);
  }
}
