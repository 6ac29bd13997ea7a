// Runs modules made of documents, one after the other: `node scripts/docs/runBlocks.js FOLDER NAME…`, in a folder of its own. Prints one
// line of JSON for each: `{ name, error?, wrong: [{ shown, got }] }`.
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { inspect } from 'node:util';
import * as torch from 'lenet-torch';

const [folder, ...names] = process.argv.slice(2);
const { DataLoader, FashionMNIST, Subset, transforms } = torch.data;
const set = (train) => new FashionMNIST({ train, transform: new transforms.ToTensor() });
const sets = { train: set(true), test: set(false) };
const log = console.log;

function makeGiven() {
  torch.manualSeed(0);
  const net = new torch.LeNet();
  const loader = (all, shuffle) =>
    new DataLoader(new Subset(all, 512), { batchSize: 256, shuffle });
  const given = {
    net,
    trainIter: loader(sets.train, true),
    testIter: loader(sets.test, false),
    trainSet: sets.train,
    batches: [[torch.zeros(4, 1, 28, 28), torch.zeros([4], { dtype: 'int64' })]],
    optimizer: new torch.optim.Adam(net.parameters(), { lr: 0.001 }),
    loss: new torch.nn.CrossEntropyLoss(),
    batchSize: 256,
    lr: 0.001,
    numEpochs: 1,
    device: 'cpu',
    images: torch.rand(4, 1, 28, 28),
  };
  Object.assign(globalThis, given);
}

// How a result is broken into lines, and how its brackets are spaced, is nobody's promise.
const squeezed = (text) =>
  text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/(?<=[[{(]) | (?=[\]})])/g, '')
    .trim();

// Files that documents speak of.
await torch.save(new torch.LeNet().stateDict(), 'lenet.pt');
await torch.save(new torch.LeNet().stateDict(), 'lenet.safetensors');
const { encode } = await import('fast-png');
const { writeFileSync } = await import('node:fs');
const png = encode({
  data: sets.test.images.select(0, 0).data(),
  width: 28,
  height: 28,
  channels: 1,
});
for (const name of ['shirt.png', 'boot.png']) writeFileSync(name, png);

for (const name of names) {
  const wrong = [];
  globalThis.__shown = (isLog, value, shown) => {
    const got = isLog && typeof value === 'string' ? value : inspect(value);
    if (squeezed(got) !== squeezed(shown)) wrong.push({ shown, got });
  };
  makeGiven();
  // What they print is theirs.
  console.log = () => {};
  let error;
  try {
    await import(pathToFileURL(path.join(folder, name)).href);
  } catch (thrown) {
    error = inspect(thrown);
  }
  console.log = log;
  console.log(JSON.stringify({ name, error, wrong }));
}
