import { nn, normal, type Tensor, zeros } from 'lenet-torch';

/** Each row's exponentials, divided by their sum. */
export function softmax(X: Tensor): Tensor {
  const exponentials = X.exp();
  return exponentials.div(exponentials.sum({ dim: 1, keepdim: true }));
}

/** The mean over the examples of −log of what their class was given. */
export function crossEntropy(yHat: Tensor, y: Tensor): Tensor {
  return yHat.gather(1, y.view(-1, 1)).log().mean().neg();
}

/** The same with nothing but tensors: `(N, 1, 28, 28)` → probabilities `(N, 10)`. */
export default class SoftmaxRegressionScratch extends nn.Module {
  W = new nn.Parameter(normal(0, 0.01, [28 * 28, 10]));
  b = new nn.Parameter(zeros([10]));

  // What train and the loop by hand minimise: the outputs are no logits.
  get objective() {
    return { forward: crossEntropy };
  }

  forward(X: Tensor): Tensor {
    return softmax(
      X.reshape(-1, 28 * 28)
        .matmul(this.W)
        .add(this.b),
    );
  }
}
