// One of several ranks over NCCL, each with a GPU of its own: what has come of each operation, and of a model that is
// trained on the GPU beside the same one on the CPU. Prints it as JSON.
import * as torch from '../../../dist/index.js';

const { cuda, data, distributed, nn, optim } = torch;
const rank = Number(process.env.RANK);
cuda.setDevice(rank);
await distributed.initProcessGroup('cpu:gloo,cuda:nccl', { initTimeout: 60_000, timeout: 20_000 });
const size = distributed.getWorldSize();
const place = `cuda:${rank}`;
const row = (value, dtype = 'float32') => torch.full([2], value, { dtype }).to(place).keep();
const rows = (make) => Array.from({ length: size }, (_, i) => row(make(i)));
const got = {};
const note = (name, ...tensors) => {
  got[name] = tensors.flatMap((tensor) => tensor.cpu().tolist().flat());
};

for (const op of ['sum', 'avg', 'product', 'min', 'max']) {
  const tensor = row(rank + 1);
  await distributed.allReduce(tensor, { op });
  note(op, tensor);
}
const sent = row(rank);
await distributed.broadcast(sent, size - 1);
note('broadcast', sent);
const reduced = row(rank + 1);
await distributed.reduce(reduced, 0);
if (rank === 0) note('reduce', reduced);
const list = rows(() => -1);
await distributed.allGather(list, row(rank));
note('allGather', ...list);
const flat = torch.zeros([size, 2]).to(place).keep();
await distributed.allGatherIntoTensor(flat, row(rank));
note('allGatherIntoTensor', flat);
const part = row(-1);
await distributed.reduceScatter(
  part,
  rows((i) => rank * 10 + i),
);
note('reduceScatter', part);
await distributed.reduceScatterTensor(
  part,
  torch
    .arange(2 * size, { dtype: 'float32' })
    .to(place)
    .keep(),
);
note('reduceScatterTensor', part);
const gathered = rank === 0 ? rows(() => -1) : null;
await distributed.gather(row(rank + 5), gathered);
if (gathered !== null) note('gather', ...gathered);
await distributed.scatter(part, rank === 0 ? rows((i) => i + 7) : null);
note('scatter', part);
if (rank === 0) await distributed.send(row(9), 1);
if (rank === 1) {
  got.from = await distributed.recv(part, 0);
  note('recv', part);
}
await distributed.barrier();
got.objects = await distributed.allGatherObject(rank);
got.differ = await distributed
  .allReduce(
    torch
      .zeros([3 + rank])
      .to(place)
      .keep(),
  )
  .catch(({ code }) => code);

// Images that are nobody's: the same on all ranks.
torch.manualSeed(0);
const images = torch.rand([96, 1, 28, 28]).keep();
const labels = torch.randint(0, 10, [96]).keep();
const trained = async (device) => {
  torch.manualSeed(1);
  const net = new torch.LeNet();
  net.to(device);
  const shared = new nn.parallel.DistributedDataParallel(net);
  const set = new data.TensorDataset(images, labels);
  const sampler = new data.DistributedSampler(set, { shuffle: true, seed: 0 });
  const train = new data.DataLoader(set, { batchSize: 16, sampler });
  // What is captured for an evaluation must leave alone what averages.
  const engine = device === 'cpu' ? 'eager' : 'graph';
  await torch.evaluate(train, shared, device, { engine });
  const optimizer = new optim.SGD(net.parameters(), { lr: 0.5 });
  const { epochs } = await torch.train(shared, train, train, 16, optimizer, device, 3, {
    log: null,
    engine: 'eager',
  });
  const values = [...net.parameters()].flatMap((parameter) => [...parameter.detach().cpu().data()]);
  return { values, epochs: epochs.map(({ loss, trainAcc, testAcc }) => [loss, trainAcc, testAcc]) };
};
const there = await trained(place);
const here = await trained('cpu');
got.checksum = there.values.reduce((sum, value) => sum + value, 0);
got.apart = Math.max(...there.values.map((value, i) => Math.abs(value - here.values[i])));
got.epochs = [there.epochs, here.epochs];
await distributed.destroyProcessGroup();
console.log(JSON.stringify(got));
