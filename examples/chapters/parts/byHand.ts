import { type data, type nn, noGrad, type Tensor } from 'lenet-torch';

type Loss = (yHat: Tensor, y: Tensor) => Tensor;

/** A step of gradient descent, and gradients that begin anew. */
export function sgd(params: Iterable<nn.Parameter>, lr: number): void {
  noGrad(() => {
    for (const param of params) {
      param.sub_(param.grad!.mul(lr));
      param.grad!.zero_();
    }
  });
}

/** How many rows have their largest number where the label says. */
export const countRight = (yHat: Tensor, y: Tensor): number =>
  Number(yHat.argmax({ dim: 1 }).eq(y).sum().item());

/** The share of right answers. */
export function accuracy(net: nn.Module, batches: data.BatchIterable): number {
  let right = 0;
  let count = 0;
  net.eval();
  for (const [X, y] of batches) {
    right += noGrad(() => countRight(net.forward(X), y));
    count += y.shape[0]!;
  }
  net.train();
  return right / count;
}

/** What `train` does, by hand: prints the loss and both accuracies of each epoch. */
export function trainByHand(
  net: nn.Module,
  trainIter: data.BatchIterable,
  testIter: data.BatchIterable,
  loss: Loss,
  lr: number,
  numEpochs: number,
): void {
  for (let epoch = 1; epoch <= numEpochs; epoch++) {
    const begin = performance.now();
    let [sum, right, count, batches] = [0, 0, 0, 0];
    for (const [X, y] of trainIter) {
      const yHat = net.forward(X);
      const l = loss(yHat, y);
      l.backward();
      sgd(net.parameters(), lr);
      sum += Number(l.item());
      right += countRight(yHat, y);
      count += y.shape[0]!;
      batches++;
    }
    const testAcc = accuracy(net, testIter);
    const seconds = (performance.now() - begin) / 1000;
    console.log(
      `epoch ${epoch}, loss ${(sum / batches).toFixed(4)}, train acc ${(right / count).toFixed(3)}, ` +
        `test acc ${testAcc.toFixed(3)}, time ${seconds.toFixed(1)} sec`,
    );
  }
}
