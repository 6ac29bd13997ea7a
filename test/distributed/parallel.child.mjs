// One rank: trains as scripts/recording/parallel.py does, which has recorded the same of Python's. Prints what it has got, as JSON.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

import * as torch from '../../dist/index.js';
import { models } from './parallelModels.mjs';

const { distributed, nn, optim } = torch;
const file = new URL('../reference/parallel.json', import.meta.url);
const [{ scenarios }] = JSON.parse(readFileSync(file, 'utf8'));

const digest = (tensors) => {
  const hash = createHash('sha256');
  for (const tensor of tensors) hash.update(new Uint8Array(tensor.detach().data().buffer));
  return hash.digest('hex');
};
const some = (tensors) => tensors.flatMap((tensor) => tensor.flatten().tolist().slice(0, 2));

async function train(rank, { model, batches, options, passes = 1, join, each }) {
  torch.manualSeed(5 + rank);
  const net = new nn.parallel.DistributedDataParallel(new models[model](), options);
  const optimizer = new optim.Adam(net.parameters(), { lr: 0.01 });
  const generator = new torch.Generator().manualSeed(100 + rank);
  const isImage = model === 'LeNet';
  const steps = [];

  const pass = () => {
    const x = torch.rand(isImage ? [8, 1, 28, 28] : [8, 4], { generator });
    const y = torch.randint(0, isImage ? 10 : 3, [8], { generator });
    const result = net.forward(x);
    nn.functional.crossEntropy(Array.isArray(result) ? result[0] : result, y).backward();
  };
  const step = () => {
    optimizer.zeroGrad();
    for (let i = 0; i < passes; i++) i < passes - 1 ? net.noSync(pass) : pass();
    const gradients = [...net.parameters()].flatMap(({ grad }) => grad ?? []);
    optimizer.step();
    const parameters = [...net.parameters()];
    steps.push({
      gradients: digest(gradients),
      parameters: digest(parameters),
      someGradients: some(gradients),
      someParameters: some(parameters),
    });
  };
  const loop = async () => {
    for (let i = 0; i < batches[rank]; i++) {
      torch.tidy(step);
      await new Promise(setImmediate);
    }
  };
  await (join === undefined ? loop() : net.join(loop, join));
  const final = join === undefined ? [...net.parameters()] : Object.values(net.stateDict());
  return { final: digest(final), someFinal: some(final), ...(each && { steps }) };
}

await distributed.initProcessGroup('gloo', { initTimeout: 60_000, timeout: 20_000 });
const results = {};
for (const scenario of scenarios) {
  if (scenario.size !== distributed.getWorldSize()) continue;
  results[scenario.name] = await train(distributed.getRank(), scenario);
}
await distributed.destroyProcessGroup();
console.log(JSON.stringify(results));
