// Runs where promises cannot be watched. Prints, as JSON, what it found. Usage:
// node --expose-gc --import ./withoutHooks.mjs runtime.child.mjs
import v8 from 'node:v8';

import * as torch from '../../dist/index.js';

const { DataLoader, FashionMNIST, Subset, transforms } = torch.data;
const live = () => torch.memory().tensors;
const turn = () => new Promise((resolve) => setImmediate(resolve));
torch.setNumThreads(1);

let watched = true;
try {
  v8.promiseHooks.createHook({ init() {} })();
} catch {
  watched = false;
}

// A scope of one stretch: what is made in it goes with it, what another task makes later does not.
const before = live();
let later;
{
  const scope = torch.scope();
  torch.ones(3).add(1);
  const inScope = live() - before;
  const task = turn().then(() => (later = torch.ones(2)));
  await null;
  await task;
  scope.dispose();
  if (inScope !== 2) throw new Error(`${inScope} tensors in the scope`);
}
globalThis.gc();
await turn();
const afterScope = live() - before;
const survived = later.tolist();
later.dispose();

const all = new FashionMNIST({ train: true, transform: new transforms.ToTensor() });
const batches = new DataLoader(new Subset(all, 512), { batchSize: 64, shuffle: true });

async function train(engine) {
  torch.manualSeed(1);
  const net = new torch.LeNet();
  const optimizer = new torch.optim.Adam(net.parameters());
  let last;
  const options = { engine, log: null, onEpoch: (result) => (last = result) };
  await torch.train(net, batches, batches, 64, optimizer, 'cpu', 2, options);
  return { engine: last.engine, loss: last.loss };
}

// A loop by hand that other tasks run between: the scope of each batch takes all that it made.
async function loop() {
  torch.manualSeed(1);
  const net = new torch.LeNet();
  const start = live();
  let sum = 0;
  for (const [X, y] of batches) {
    const loss = torch.nn.functional.crossEntropy(net.forward(X), y);
    loss.backward();
    sum += loss.item();
    await turn();
    net.zeroGrad();
  }
  return { sum, left: live() - start };
}

const trained = [await train('eager'), await train('fused')];
console.log(JSON.stringify({ watched, afterScope, survived, trained, looped: await loop() }));
