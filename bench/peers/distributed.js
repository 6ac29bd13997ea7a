// This package's rounds, one process of several.
// usage: distributed.js fused|eager|allReduce DATA_DIR THREADS LIMIT BATCH
import * as torch from '../../dist/index.js';
import { rounds } from './rounds.js';

const [mode, root, threads, limit, batch] = process.argv.slice(2);
const { data, distributed, nn, optim } = torch;
const batchSize = Number(batch);
torch.setNumThreads(Number(threads));
torch.manualSeed(0);
await distributed.initProcessGroup('gloo');

async function epochs() {
  const count = Number(limit) || 60_000;
  const transform = new data.transforms.ToTensor();
  const loader = (train, size) => {
    const part = new data.Subset(new data.FashionMNIST({ root, train, transform }), size);
    const sampler = new data.DistributedSampler(part, { shuffle: train });
    return new data.DataLoader(part, { batchSize, sampler });
  };
  const trainIter = loader(true, count);
  const testIter = loader(false, Math.max(1, Math.floor(count / 6)));
  const net = new nn.parallel.DistributedDataParallel(new torch.LeNet());
  const optimizer = new optim.Adam(net.parameters(), { lr: 0.001 });
  const epoch = async () => {
    const options = { engine: mode, log: null };
    const history = await torch.train(
      net,
      trainIter,
      testIter,
      batchSize,
      optimizer,
      'cpu',
      1,
      options,
    );
    const { loss, trainAcc, testAcc } = history.epochs[0];
    return { loss, trainAcc, testAcc };
  };
  await epoch();
  return epoch;
}

// Seconds of one sum of so many bytes, the median of many.
function allReduces() {
  const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
  const time = async (tensor, times) => {
    const all = [];
    for (let i = 0; i < times; i++) {
      const start = performance.now();
      await distributed.allReduce(tensor);
      all.push((performance.now() - start) / 1000);
    }
    tensor.fill_(1);
    return median(all);
  };
  const [small, large] = [44_426, 2_621_440].map((size) => torch.ones([size]).keep());
  return async () => ({ small: await time(small, 300), large: await time(large, 30) });
}

const work = mode === 'allReduce' ? allReduces() : await epochs();
if (mode === 'allReduce') await work();
await rounds(work);
await distributed.destroyProcessGroup();
