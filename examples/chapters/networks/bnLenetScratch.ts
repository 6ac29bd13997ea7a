import { nn, noGrad, ones, type Tensor, zeros } from 'lenet-torch';

const momentum = 0.1;
const eps = 1e-5;

/** Batch normalization with nothing but tensors: after a convolution (`numDims` 4) or a linear layer (2). */
export class BatchNorm extends nn.Module {
  gamma: nn.Parameter;
  beta: nn.Parameter;
  declare moving_mean: Tensor;
  declare moving_var: Tensor;
  readonly dims: number[];

  constructor(numFeatures: number, numDims: 2 | 4) {
    super();
    const shape = numDims === 2 ? [1, numFeatures] : [1, numFeatures, 1, 1];
    this.dims = numDims === 2 ? [0] : [0, 2, 3];
    this.gamma = new nn.Parameter(ones(shape));
    this.beta = new nn.Parameter(zeros(shape));
    this.registerBuffer('moving_mean', zeros(shape));
    this.registerBuffer('moving_var', ones(shape));
  }

  forward(X: Tensor): Tensor {
    let mean = this.moving_mean;
    let variance = this.moving_var;
    if (this.training) {
      mean = X.mean({ dim: this.dims, keepdim: true });
      variance = X.sub(mean).pow(2).mean({ dim: this.dims, keepdim: true });
      noGrad(() => {
        this.moving_mean.mul_(1 - momentum).add_(mean.mul(momentum));
        this.moving_var.mul_(1 - momentum).add_(variance.mul(momentum));
      });
    }
    const XHat = X.sub(mean).div(variance.add(eps).sqrt());
    return this.gamma.mul(XHat).add(this.beta);
  }
}

/** The same network with layers by hand. `(N, 1, 28, 28)` → logits `(N, 10)`. */
export default class BNLeNetScratch extends nn.Module {
  net: nn.Sequential;

  constructor(numClasses = 10) {
    super();
    this.net = new nn.Sequential(
      new nn.Conv2d(1, 6, 5),
      new BatchNorm(6, 4),
      new nn.Sigmoid(),
      new nn.AvgPool2d(2, 2),
      new nn.Conv2d(6, 16, 5),
      new BatchNorm(16, 4),
      new nn.Sigmoid(),
      new nn.AvgPool2d(2, 2),
      new nn.Flatten(),
      new nn.Linear(256, 120),
      new BatchNorm(120, 2),
      new nn.Sigmoid(),
      new nn.Linear(120, 84),
      new BatchNorm(84, 2),
      new nn.Sigmoid(),
      new nn.Linear(84, numClasses),
    );
  }

  forward(X: Tensor): Tensor {
    return this.net.forward(X);
  }
}
