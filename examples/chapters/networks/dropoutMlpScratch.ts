import { nn, rand, type Tensor, zerosLike } from 'lenet-torch';

/** Sets each element to zero with probability `dropout`, and enlarges the others to keep the mean. */
export function dropoutLayer(X: Tensor, dropout: number): Tensor {
  if (dropout === 1) return zerosLike(X);
  const mask = rand(X.shape).gt(dropout).to('float32').to(X.deviceName);
  return mask.mul(X).div(1 - dropout);
}

/** The same with dropout by hand. `(N, 1, 28, 28)` → logits `(N, 10)`. */
export default class DropoutMLPScratch extends nn.Module {
  readonly dropouts: readonly [number, number];
  lin1 = new nn.Linear(28 * 28, 256);
  lin2 = new nn.Linear(256, 256);
  lin3 = new nn.Linear(256, 10);

  constructor(dropout1 = 0.5, dropout2 = 0.5) {
    super();
    this.dropouts = [dropout1, dropout2];
  }

  forward(X: Tensor): Tensor {
    const [dropout1, dropout2] = this.dropouts;
    let H1 = this.lin1.forward(X.reshape(X.shape[0]!, -1)).relu();
    if (this.training) H1 = dropoutLayer(H1, dropout1);
    let H2 = this.lin2.forward(H1).relu();
    if (this.training) H2 = dropoutLayer(H2, dropout2);
    return this.lin3.forward(H2);
  }
}
