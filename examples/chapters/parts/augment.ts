import { arange, type data, nn, rand, randint, type Tensor, where } from 'lenet-torch';

type Transform = data.transforms.Transform;

// Each image has a draw of its own: `(N, 1, 1, 1)`.
const draws = (X: Tensor): Tensor => rand(X.shape[0]!, 1, 1, 1);

/** Turns images around from left to right, each with probability `p`. */
export class FlipSometimes implements Transform {
  readonly pointwise = false;
  readonly p: number;

  constructor(p = 0.5) {
    this.p = p;
  }

  forward(X: Tensor): Tensor {
    return where(draws(X).lt(this.p), X.flip([-1]), X);
  }
}

/** Moves images by up to some pixels across and down; what comes in from outside is black. */
export class Shift implements Transform {
  readonly pointwise = false;
  readonly most: number;

  constructor(most = 2) {
    this.most = most;
  }

  forward(X: Tensor): Tensor {
    const { most } = this;
    const [count, channels, height, width] = X.shape as [number, number, number, number];
    const wide = nn.functional.pad(X, [most, most, most, most]);
    const from = (): Tensor => randint(0, 2 * most + 1, [count, 1, 1, 1]);
    const rows = from().add(arange(height).view(1, 1, -1, 1));
    const columns = from().add(arange(width).view(1, 1, 1, -1));
    return wide
      .gather(2, rows.expand(count, channels, height, width + 2 * most))
      .gather(3, columns.expand(count, channels, height, width));
  }
}

/** Makes images brighter or darker, by a factor from `1 − by` to `1 + by`. */
export class Brightness implements Transform {
  readonly pointwise = false;
  readonly by: number;

  constructor(by = 0.5) {
    this.by = by;
  }

  forward(X: Tensor): Tensor {
    const factors = draws(X).mul(2).sub(1).mul(this.by).add(1);
    return X.mul(factors).clamp(0, 1);
  }
}
