import assert from 'node:assert/strict';
import { test } from 'node:test';

import { distance, loader, torch, values } from './package.mjs';

const { cuda } = torch;
torch.backends.cudnn.allowTf32 = false;

async function train(device, engine, options = {}) {
  const { epochs = 2, net, optimizer, count = 2000, onEpoch, transform } = options;
  torch.manualSeed(0);
  const model = net ?? new torch.LeNet();
  const own = optimizer?.(model) ?? new torch.optim.Adam(model.parameters(), { lr: 0.003 });
  const place = options.isThere ? device : 'cpu';
  const train = loader(count, { shuffle: true, transform }).to(place);
  const test = loader(500, { train: false, transform }).to(place);
  const told = { engine, log: null, ...(onEpoch && { onEpoch: () => onEpoch(own, model) }) };
  const history = await torch.train(model, train, test, 256, own, device, epochs, told);
  return { ...history, net: model, optimizer: own };
}

const close = (a, b, what) => {
  a.epochs.forEach((epoch, i) => {
    assert.ok(Math.abs(epoch.loss - b.epochs[i].loss) < 1e-3, `${what}: loss of epoch ${i + 1}`);
  });
  assert.ok(distance(values(a.net), values(b.net)) < 5e-3, `${what}: parameters`);
};

test('eager on the GPU gives the numbers of the CPU', async () => {
  const cpu = await train('cpu', 'eager');
  const gpu = await train('cuda', 'eager');
  assert.equal(gpu.epochs[0].engine, 'eager');
  close(gpu, cpu, 'eager');
});

test('the graph engine gives the numbers of the eager one, smaller last batch and StepLR too', async () => {
  const schedule = () => {
    let scheduler;
    return (optimizer) => {
      scheduler ??= new torch.optim.lrScheduler.StepLR(optimizer, 1, { gamma: 0.1 });
      scheduler.step();
    };
  };
  const eager = await train('cuda', 'eager', { epochs: 4, onEpoch: schedule() });
  const graph = await train('cuda', 'graph', { epochs: 4, onEpoch: schedule() });
  for (const { engine, engineReason } of graph.epochs) {
    assert.deepEqual([engine, engineReason], ['graph', 'the step is captured']);
  }
  close(graph, eager, 'graph');
  const auto = await train('cuda', 'auto', { epochs: 1 });
  assert.equal(auto.epochs[0].engine, 'graph', auto.epochs[0].engineReason);
});

test('batch normalisation and dropout are captured', async () => {
  // Without a bias: before a normalisation its gradient is rounding noise, of which Adam makes steps.
  const { BatchNorm2d, Conv2d, Dropout, Flatten, Linear, ReLU, Sequential } = torch.nn;
  const net = (...more) =>
    new Sequential(
      new Conv2d(1, 4, 5, { stride: 4, bias: false }),
      new BatchNorm2d(4),
      new ReLU(),
      ...more,
      new Flatten(),
      new Linear(144, 10),
    );
  torch.manualSeed(0);
  const eager = await train('cuda', 'eager', { net: net() });
  torch.manualSeed(0);
  const graph = await train('cuda', 'graph', { net: net() });
  assert.equal(graph.epochs[0].engine, 'graph', graph.epochs[0].engineReason);
  close(graph, eager, 'batch normalisation');
  const dropping = await train('cuda', 'graph', { net: net(new Dropout(0.5)) });
  assert.equal(dropping.epochs[0].engine, 'graph', dropping.epochs[0].engineReason);
});

test('what cannot be captured runs eager, with the reason', async () => {
  class Reading extends torch.LeNet {
    forward(images) {
      return images.sum().item() > 0 ? super.forward(images) : super.forward(images.neg());
    }
  }
  class Shaped extends torch.LeNet {
    forward(images) {
      torch.ops.aten.nonzero(images.view([-1]).narrow(0, 0, 8));
      return super.forward(images);
    }
  }
  for (const [Net, reason] of [
    [Reading, /reads a value on the host/],
    [Shaped, /captured/],
  ]) {
    const { epochs } = await train('cuda', 'graph', { net: new Net() });
    assert.equal(epochs[0].engine, 'eager');
    assert.match(epochs[0].engineReason, reason);
  }
});

test('the optimizer is made first and the net moved afterwards, forth and back', async () => {
  const net = new torch.LeNet();
  const parameters = [...net.parameters()];
  const optimizer = new torch.optim.Adam(net.parameters());
  const loss = new torch.nn.CrossEntropyLoss();
  const step = (device) => {
    net.to(device);
    for (const [X, y] of loader(256)) {
      const l = loss.forward(net.forward(X.to(device)), y.to(device));
      optimizer.zeroGrad();
      l.backward();
      optimizer.step();
    }
    for (const parameter of parameters) {
      const { step: steps, ...moments } = optimizer.state.get(parameter);
      for (const tensor of [steps, ...Object.values(moments)]) {
        assert.equal(String(tensor.device), String(parameter.device));
      }
    }
  };
  for (const device of ['cuda', 'cpu', 'cuda:0']) step(device);
  assert.deepEqual([...net.parameters()], parameters);
  assert.equal(optimizer.state.get(parameters[0]).step.item(), 3);
  const other = new torch.optim.Adam(net.parameters());
  other.loadStateDict(optimizer.stateDict());
  assert.equal(String(other.state.get(parameters[0]).expAvg.device), 'cuda:0');
});

test('loader.to: the same batches, made on the GPU', () => {
  const cpu = loader(1000, { batchSize: 300 });
  const gpu = loader(1000, { batchSize: 300 }).to('cuda');
  const list = (batches) => {
    const seen = [];
    for (const [X, y] of batches) seen.push([[...X.data()], [...y.data()], String(X.device)]);
    return seen;
  };
  const there = list(gpu);
  assert.equal(there[0][2], 'cuda:0');
  const here = list(cpu).map(([X, y]) => [X, y, 'cuda:0']);
  assert.deepEqual(there, here);
});

test('transforms of whole images are done there, and their batches captured', async () => {
  const { Compose, Normalize, Pad, Resize, ToTensor } = torch.data.transforms;
  const transform = new Compose([
    new Resize(20),
    new Pad(4, { fill: 7 }),
    new ToTensor(),
    new Normalize(0.5, 0.25),
  ]);
  const first = (device) => {
    for (const [X] of loader(100, { transform }).to(device)) return X.keep();
  };
  const there = first('cuda');
  assert.equal(String(there.device), 'cuda:0');
  // The same bytes; a GPU divides by multiplying.
  assert.ok(distance([...there.data()], [...first('cpu').data()]) <= 1e-5);

  const eager = await train('cuda', 'eager', { transform, isThere: true });
  const graph = await train('cuda', 'graph', { transform, isThere: true });
  assert.equal(graph.epochs[0].engine, 'graph', graph.epochs[0].engineReason);
  close(graph, eager, 'transforms');
});

// Fewer where there is only an imitation of a GPU.
const steps = Number(process.env.LENET_TORCH_GPU_STEPS ?? 10_000);

test(`${steps} steps leave the memory of the GPU flat`, { timeout: 240_000 }, async () => {
  for (const [engine, share] of [
    ['graph', 1],
    ['eager', 0.1],
  ]) {
    const marks = [];
    await train('cuda', engine, {
      count: 51_200,
      epochs: Math.max(2, (steps * share) / 200),
      onEpoch: () => marks.push(cuda.memoryAllocated()),
    });
    assert.ok(Math.max(...marks) - marks[0] < 1 << 20, `${engine}: ${marks}`);
  }
  cuda.emptyCache();
});

test('a checkpoint in the middle, and evaluation and prediction on the GPU', async () => {
  const { net } = await train('cuda', 'graph', { epochs: 1 });
  const accuracy = await torch.evaluate(loader(500, { train: false }).to('cuda'), net);
  assert.ok(accuracy >= 0 && accuracy <= 1);
  let images;
  for (const [X] of loader(10)) images = X.to('cuda').keep();
  const logits = await torch.predict(net, images);
  assert.deepEqual(logits.shape, [10, 10]);
  const state = net.stateDict();
  const back = new torch.LeNet();
  back.loadStateDict(state);
  assert.equal(distance(values(back), values(net)), 0);
});
