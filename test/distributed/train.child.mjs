// One rank of a training, as MODE says. Prints what it has got, as JSON.
import { createHash } from 'node:crypto';

import * as torch from '../../dist/index.js';

const { data, distributed, nn, optim } = torch;
const { MODE: mode, ENGINE: engine = 'auto', DIR: dir, COUNT = '601', LAYERS } = process.env;

await distributed.initProcessGroup('gloo', { initTimeout: 60_000, timeout: 20_000 });
const rank = distributed.getRank();
const isLast = rank === distributed.getWorldSize() - 1;
const numEpochs = 2;

function dataset(count, seed) {
  const generator = new torch.Generator().manualSeed(seed);
  const labels = torch.randint(0, 10, [count], { generator }).keep();
  const noise = torch.rand([count, 1, 28, 28], { generator }).mul(0.5);
  // A row of light for each class: enough to be learned.
  const rows = torch.eye(28).indexSelect(0, labels).reshape([count, 1, 28, 1]);
  return new data.TensorDataset(noise.add(rows).keep(), labels);
}

class Droppy extends nn.Module {
  seq = new nn.Sequential(
    new nn.Conv2d(1, 4, 5, { stride: 4 }),
    new nn.BatchNorm2d(4),
    new nn.ReLU(),
    new nn.Flatten(),
    new nn.Dropout(0.3),
    new nn.Linear(144, 10),
  );

  forward(x) {
    return this.seq.forward(x);
  }
}

torch.manualSeed(3);
const fails = mode === 'throws';
class Failing extends torch.LeNet {
  calls = 0;

  forward(x) {
    if (isLast && ++this.calls === 4) throw new RangeError('boom');
    return super.forward(x);
  }
}
const isDroppy = mode.startsWith('run') && engine === 'eager';
const listedLayers = () => JSON.parse(LAYERS).map(([name, ...args]) => new nn[name](...args));
const plain = LAYERS
  ? new nn.Sequential(...listedLayers())
  : isDroppy
    ? new Droppy()
    : fails
      ? new Failing()
      : new torch.LeNet();
const net = new nn.parallel.DistributedDataParallel(plain);
const lr = mode === 'otherRate' && isLast ? 0.02 : 0.01;
const optimizer = new optim.Adam(net.parameters(), { lr });
const trainSet = dataset(Number(COUNT), 1);
const testSet = dataset(101, 2);
const share = (set, shuffle) => new data.DistributedSampler(set, { shuffle });
const loader = (set, batchSize, shuffle) =>
  new data.DataLoader(set, { batchSize, sampler: share(set, shuffle) });
let trainIter = loader(trainSet, 20, true);
const testIter = loader(testSet, 50, false);
// Random numbers of each rank's own: those of dropout.
torch.manualSeed(rank);

function digest() {
  const hash = createHash('sha256');
  for (const tensor of [...net.parameters(), ...net.buffers()]) {
    hash.update(Buffer.from(tensor.detach().data().buffer));
  }
  return hash.digest('hex');
}

// The batches in an array.
function listed() {
  const all = [];
  for (const batch of trainIter) all.push(batch.map((each) => each.clone().keep()));
  return all;
}

const steps = [];
const got = { steps };
const options = { engine, log: (line) => steps.push(line) };

async function trained(more = {}, epochs = numEpochs) {
  const { epochs: all } = await torch.train(
    net,
    trainIter,
    testIter,
    20,
    optimizer,
    'cpu',
    epochs,
    {
      ...options,
      ...more,
    },
  );
  return all.map(({ seconds: _, ...rest }) => rest);
}

const modes = {
  async plain() {
    got.epochs = await trained();
    got.again = await torch.evaluate(testIter, net);
    got.alone = await torch.evaluate(new data.DataLoader(testSet, { batchSize: 50 }), net.module);
    got.whole = await torch.evaluate(new data.DataLoader(testSet, { batchSize: 50 }), net);
    got.scores = (await torch.predict(net, testSet.tensors[0].narrow(0, 0, 2))).shape;
    // Values of some elements, to compare with one process.
    got.values = [...net.parameters()].map((each) =>
      each.detach().flatten().narrow(0, 0, 3).tolist(),
    );
  },
  async stop() {
    const controller = new AbortController();
    const onProgress = ({ epoch }) => {
      // A fast epoch may have ended when this is called: there has to be another one.
      if (isLast && epoch === 1) controller.abort(new Error('enough'));
    };
    await trained({ signal: isLast ? controller.signal : undefined, onProgress }).catch((error) => {
      got.error = [error.name, error.message];
    });
    await distributed.barrier();
  },
  otherEpochs: () => trained({}, isLast ? 3 : 2),
  otherRate: () => trained(),
  otherEngine: () => trained({ engine: isLast ? 'eager' : 'auto' }),
  async otherLength() {
    trainIter = listed();
    if (isLast) trainIter.pop();
    await trained();
  },
  // Iterables that do not say how many batches they have.
  async unknownLength() {
    const known = listed();
    const count = known.length - (isLast ? 1 : 0);
    trainIter = {
      *[Symbol.iterator]() {
        yield* known.slice(0, count);
      },
    };
    await trained();
  },
  async otherBatches() {
    if (isLast) trainIter = listed();
    got.epochs = await trained();
  },
  throws: () => trained({ engine: 'eager' }),
  async throwsInCallback() {
    await trained({
      onEpoch: () => {
        if (isLast) throw new TypeError('no more');
      },
    });
  },
  async killed() {
    await trained({
      onProgress: ({ epoch }) => {
        if (isLast && epoch === 1) process.kill(process.pid, 'SIGKILL');
      },
    });
  },
  async run() {
    const run = await torch.Run.create(dir, {
      processGroup: net.processGroup,
      checkpointEvery: '4steps',
    });
    got.epochs = await trained({
      run,
      onProgress: ({ epoch, done }) => {
        if (isLast && process.env.KILL && epoch === 2 && done >= 7) {
          process.kill(process.pid, 'SIGKILL');
        }
      },
    });
  },
  async runOn() {
    const run = await torch.Run.resume(dir, { processGroup: net.processGroup });
    got.before = [run.epochs.length, run.step];
    got.epochs = await trained({ run });
  },
  async runAlone() {
    const run = rank === 0 ? await torch.Run.create(dir) : undefined;
    await trained({ run });
  },
  // By the clock of the first rank.
  async runTimed() {
    const run = await torch.Run.create(dir, {
      processGroup: net.processGroup,
      checkpointEvery: '0.05s',
    });
    got.epochs = await trained({ run, listeners: [{ stepped() {} }] }, 6);
  },
  async runMissing() {
    await torch.Run.resume(dir, { processGroup: net.processGroup });
  },
};

try {
  await modes[mode]();
} catch (error) {
  got.error = [error.code ?? error.name, error.message];
}
got.digest = digest();
await distributed.destroyProcessGroup().catch(() => {});
console.log(JSON.stringify(got));
