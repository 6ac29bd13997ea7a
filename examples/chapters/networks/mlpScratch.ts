import { maximum, nn, randn, type Tensor, zeros, zerosLike } from 'lenet-torch';

const relu = (X: Tensor): Tensor => maximum(X, zerosLike(X));

/** The same with nothing but tensors. `(N, 1, 28, 28)` → logits `(N, 10)`. */
export default class MLPScratch extends nn.Module {
  W1: nn.Parameter;
  b1: nn.Parameter;
  W2: nn.Parameter;
  b2: nn.Parameter;

  constructor(numHiddens = 256) {
    super();
    this.W1 = new nn.Parameter(randn(28 * 28, numHiddens).mul(0.01));
    this.b1 = new nn.Parameter(zeros([numHiddens]));
    this.W2 = new nn.Parameter(randn(numHiddens, 10).mul(0.01));
    this.b2 = new nn.Parameter(zeros([10]));
  }

  forward(X: Tensor): Tensor {
    const H = relu(
      X.reshape(-1, 28 * 28)
        .matmul(this.W1)
        .add(this.b1),
    );
    return H.matmul(this.W2).add(this.b2);
  }
}
