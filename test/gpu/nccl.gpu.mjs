// One rank over NCCL: that it works, and what it does to the numbers, which is nothing.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { loader, torch, values } from './package.mjs';

const { distributed, nn, optim } = torch;
const alone = () => ({ store: new distributed.HashStore(), rank: 0, worldSize: 1 });

before(() => distributed.initProcessGroup('nccl', alone()));
after(() => distributed.destroyProcessGroup());

const row = (...numbers) => torch.tensor(numbers).to('cuda').keep();
const read = (tensor) => tensor.cpu().tolist();

test('is there', () => {
  assert.equal(distributed.isNcclAvailable(), true);
  assert.equal(distributed.getBackend(), 'nccl');
});

for (const op of ['sum', 'avg', 'product', 'min', 'max']) {
  test(`allReduce, ${op}`, async () => {
    const tensor = row(1, 2, 3);
    await distributed.allReduce(tensor, { op });
    assert.deepEqual(read(tensor), [1, 2, 3]);
  });
}

test('all other operations', async () => {
  const [tensor, output, flat] = [row(1, 2), row(0, 0), row(0, 0)];
  await distributed.broadcast(tensor, 0);
  await distributed.reduce(tensor, 0);
  await distributed.allGather([output], tensor);
  assert.deepEqual(read(output), [1, 2]);
  await distributed.allGatherIntoTensor(flat, tensor);
  assert.deepEqual(read(flat), [1, 2]);
  for (const op of ['sum', 'avg']) {
    const part = row(0, 0);
    await distributed.reduceScatter(part, [tensor], { op });
    assert.deepEqual(read(part), [1, 2]);
    await distributed.reduceScatterTensor(part, row(3, 4), { op });
    assert.deepEqual(read(part), [3, 4]);
  }
  const gathered = row(0, 0);
  await distributed.gather(tensor, [gathered]);
  assert.deepEqual(read(gathered), [1, 2]);
  await distributed.scatter(gathered, [row(5, 6)]);
  assert.deepEqual(read(gathered), [5, 6]);
  await distributed.barrier();
  await distributed.monitoredBarrier();
  assert.deepEqual(await distributed.allGatherObject({ a: 1 }), [{ a: 1 }]);
  const list = [{ b: 2 }];
  await distributed.broadcastObjectList(list);
  assert.deepEqual(list, [{ b: 2 }]);
});

test('work on the GPU goes on before and after without being waited for', async () => {
  const tensor = torch.ones([1 << 20], { device: 'cuda' }).keep();
  for (let i = 0; i < 20; i++) {
    torch.noGrad(() => tensor.add_(1));
    await distributed.allReduce(tensor);
  }
  assert.equal(tensor.sum().item(), 21 * (1 << 20));
});

test('what is elsewhere is refused', async () => {
  await assert.rejects(
    distributed.allReduce(torch.ones([1])),
    /expected a tensor on cuda:0 for NCCL, got one on cpu/,
  );
  await assert.rejects(distributed.allReduce(row(1), { op: 'bxor' }), /NCCL has no 'bxor'/);
  assert.throws(
    () => new nn.parallel.DistributedDataParallel(new torch.LeNet()),
    /on cuda:0 for NCCL/,
  );
});

const made = (isShared) => {
  torch.manualSeed(0);
  const net = new torch.LeNet();
  net.to('cuda');
  return isShared ? new nn.parallel.DistributedDataParallel(net) : net;
};

test('DistributedDataParallel: the steps of the model alone, bit for bit', async () => {
  const steps = async (net) => {
    const optimizer = new optim.Adam(net.parameters(), { lr: 0.01 });
    const loss = new nn.CrossEntropyLoss();
    // What is captured for it must leave alone what averages.
    await torch.evaluate(loader(512), net, 'cuda', { engine: 'graph' });
    for (const [images, labels] of loader(2048)) {
      optimizer.zeroGrad();
      loss.forward(net.forward(images.to('cuda')), labels.to('cuda')).backward();
      optimizer.step();
    }
    return values(net);
  };
  assert.deepEqual(await steps(made(true)), await steps(made(false)));
});

test('train: the same, and so is what it says', async () => {
  const trained = async (net) => {
    const optimizer = new optim.Adam(net.parameters(), { lr: 0.01 });
    const told = { engine: 'eager', log: null };
    const { epochs } = await torch.train(
      net,
      loader(2000),
      loader(500, { train: false }),
      256,
      optimizer,
      'cuda',
      2,
      told,
    );
    return [epochs.map(({ seconds, ...rest }) => rest), values(net)];
  };
  const [[epochs, weights], [others, alone]] = [
    await trained(made(true)),
    await trained(made(false)),
  ];
  assert.deepEqual(weights, alone);
  assert.deepEqual(epochs, others);
  assert.equal((await torch.evaluate(loader(500, { train: false }), made(true))) >= 0, true);
});

test('a model that captured steps have trained alone has to be shared anew', async () => {
  const net = made(true);
  const optimizer = new optim.Adam(net.parameters());
  await torch.train(net.module, loader(512), loader(512), 256, optimizer, 'cuda', 1, {
    engine: 'graph',
    log: null,
  });
  assert.throws(
    () => net.forward(torch.zeros([1, 1, 28, 28]).to('cuda')),
    /trained alone by captured steps/,
  );
});

test('both backends: a model on the CPU and one on the GPU', async () => {
  await distributed.destroyProcessGroup();
  await distributed.initProcessGroup('cpu:gloo,cuda:nccl', { ...alone(), deviceId: 'cuda:0' });
  for (const tensor of [row(1, 2), torch.tensor([1, 2]).keep()]) {
    await distributed.allReduce(tensor);
    assert.deepEqual(read(tensor), [1, 2]);
  }
  new nn.parallel.DistributedDataParallel(new torch.LeNet());
  const net = made(true);
  const optimizer = new optim.Adam(net.parameters());
  await assert.rejects(
    torch.train(net, loader(500), loader(500), 256, optimizer, 'cpu', 1, { log: null }),
    /on cuda:0, got 'cpu'/,
  );
});
