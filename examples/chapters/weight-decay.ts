// Weight decay: a line in 200 dimensions from 20 examples, without a penalty and with one.
// Run: npm run example -- weight-decay [--epochs N]
import { data, full, manualSeed, nn, noGrad, optim, randn, type Tensor } from 'lenet-torch';

import LinearRegressionScratch, { l2Penalty } from './networks/linearScratch.js';
import { sgd } from './parts/byHand.js';
import { settings } from './parts/settings.js';

const { epochs } = settings({ epochs: 100 });
const [numTrain, numTest, numInputs] = [20, 100, 200];
const lr = 0.003;

// y = 0.05 + Σ 0.01·x and a little noise
manualSeed(0);
const X = randn(numTrain + numTest, numInputs);
const y = X.matmul(full([numInputs, 1], 0.01))
  .add(0.05)
  .add(randn(numTrain + numTest, 1).mul(0.01));
const rows = (tensor: Tensor, from: number, count: number): Tensor => tensor.narrow(0, from, count);
const dataset = new data.TensorDataset(rows(X, 0, numTrain), rows(y, 0, numTrain));
const trainIter = new data.DataLoader(dataset, { batchSize: 5, shuffle: true });

const loss = (yHat: Tensor, y: Tensor): Tensor => yHat.sub(y).pow(2).div(2).mean();
function report(what: string, net: nn.Module, w: Tensor): void {
  const lossOf = (from: number, count: number): string =>
    noGrad(() =>
      Number(loss(net.forward(rows(X, from, count)), rows(y, from, count)).item()),
    ).toPrecision(3);
  console.log(
    `${what}: train loss ${lossOf(0, numTrain)}, test loss ${lossOf(numTrain, numTest)}, ` +
      `length of w ${Number(w.norm().item()).toFixed(3)}`,
  );
}

for (const lambda of [0, 3]) {
  const net = new LinearRegressionScratch(numInputs, 1);
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (const [X, y] of trainIter) {
      loss(net.forward(X), y).add(l2Penalty(net.w).mul(lambda)).backward();
      sgd(net.parameters(), lr);
    }
  }
  report(`by hand, penalty × ${lambda}`, net, net.w);
}

for (const weightDecay of [0, 3]) {
  const net = new nn.Linear(numInputs, 1);
  for (const parameter of net.parameters()) nn.init.normal_(parameter);
  const groups = [{ params: [net.weight], weightDecay }, { params: [net.bias!] }];
  const optimizer = new optim.SGD(groups, { lr });
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (const [X, y] of trainIter) {
      const l = loss(net.forward(X), y);
      optimizer.zeroGrad();
      l.backward();
      optimizer.step();
    }
  }
  report(`by the optimizer, weightDecay ${weightDecay}`, net, net.weight);
}
