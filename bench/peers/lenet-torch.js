// This package's rounds.
// usage: lenet-torch.js fused|eager DATA_DIR THREADS LIMIT
// VARIANT in the environment: another network than the chapter's, as JSON (see networks.js).
import { fmaPeak } from '../../dist/engine/fused/library.js';
import * as torch from '../../dist/index.js';
import { variant } from './networks.js';
import { rounds } from './rounds.js';

const [mode, root, threads, limit] = process.argv.slice(2);
torch.setNumThreads(Number(threads));
torch.manualSeed(0);

async function epochs(engine) {
  const count = Number(limit) || 60_000;
  const { DataLoader, FashionMNIST, Subset, transforms } = torch.data;
  const transform = new transforms.ToTensor();
  const part = (train, size) => new Subset(new FashionMNIST({ root, train, transform }), size);
  const trainIter = new DataLoader(part(true, count), { batchSize: 256, shuffle: true });
  const testIter = new DataLoader(part(false, Math.max(1, Math.floor(count / 6))), {
    batchSize: 256,
  });
  const net = process.env.VARIANT ? variant(JSON.parse(process.env.VARIANT)) : new torch.LeNet();
  const optimizer = new torch.optim.Adam(net.parameters(), { lr: 0.001 });
  const epoch = async () => {
    const options = { engine, log: null };
    const history = await torch.train(net, trainIter, testIter, 256, optimizer, 'cpu', 1, options);
    const { loss, trainAcc, testAcc } = history.epochs[0];
    return { loss, trainAcc, testAcc };
  };
  await epoch();
  return epoch;
}

const work = await epochs(mode);
await rounds(work, () => (mode === 'fused' ? { peak: fmaPeak(Number(threads), 0.05) } : {}));
