import { nn, type Tensor } from 'lenet-torch';

/** Softmax regression: one linear layer of all pixels. `(N, 1, 28, 28)` → logits `(N, 10)`. */
export default class SoftmaxRegression extends nn.Module {
  net = new nn.Sequential(new nn.Flatten(), new nn.Linear(28 * 28, 10));

  forward(X: Tensor): Tensor {
    return this.net.forward(X);
  }
}
