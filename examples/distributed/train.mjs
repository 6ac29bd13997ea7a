// LeNet on Fashion-MNIST among several processes. Each of them runs this file:
//   npx lenet-torch launch --nproc 2 -- train.mjs
//   srun --nodes 2 --ntasks-per-node 2 node train.mjs
//   torchrun --no-python --nnodes 2 --nproc-per-node 2 --rdzv-backend c10d --rdzv-endpoint host1:29500 node train.mjs
import * as torch from 'lenet-torch';
import { data, nn, optim } from 'lenet-torch';

// Who the others are, the launcher says.
await torch.distributed.initProcessGroup('gloo');

// Rank 0's weights are everybody's; the number of epochs may be given on the command line.
torch.manualSeed(0);
const net = new nn.parallel.DistributedDataParallel(new torch.LeNet());
const batchSize = 256; // of each process
const numEpochs = Number(process.argv[2] ?? 5);

const loader = (train) => {
  const dataset = new data.FashionMNIST({ train, transform: net.module.transform() });
  const sampler = new data.DistributedSampler(dataset, { shuffle: train, seed: 0 });
  return new data.DataLoader(dataset, { batchSize, sampler });
};
const optimizer = new optim.Adam(net.parameters(), { lr: 0.001 });
await torch.train(net, loader(true), loader(false), batchSize, optimizer, 'cpu', numEpochs);

if (torch.distributed.getRank() === 0) {
  await torch.save(net.module.stateDict(), 'lenet.safetensors');
}
await torch.distributed.destroyProcessGroup();
