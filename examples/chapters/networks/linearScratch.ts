import { nn, normal, type Tensor, zeros } from 'lenet-torch';

/** Half the sum of the squares of w: the penalty of weight decay. */
export const l2Penalty = (w: Tensor): Tensor => w.pow(2).sum().div(2);

/** Linear regression with nothing but tensors. `(N, numInputs)` → `(N, 1)`. */
export default class LinearRegressionScratch extends nn.Module {
  w: nn.Parameter;
  b: nn.Parameter;

  constructor(numInputs = 200, sigma = 0.01) {
    super();
    this.w = new nn.Parameter(normal(0, sigma, [numInputs, 1]));
    this.b = new nn.Parameter(zeros([1]));
  }

  forward(X: Tensor): Tensor {
    return X.matmul(this.w).add(this.b);
  }
}
