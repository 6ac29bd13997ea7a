// What may happen between epochs, once with captured steps and once without: prints for each how far the
// parameters are apart in the end, and how many steps the optimizer counted.
import { images, torch } from './program.mjs';

const { LeNet, manualSeed, nn, optim, tidy } = torch;
// Learning rates that float32 holds exactly: then both do the same.
const lr = 2 ** -7;
const tests = images(100);

const between = {
  nothing: () => {},
  'a parameter frozen and let go': ({ epoch }, net) => {
    [...net.parameters()][2].requiresGrad = epoch !== 1;
  },
  'the data elsewhere': ({ epoch }, _, { batches }) => {
    if (epoch === 1) batches.to('cpu').to('cuda');
  },
  'parameters as they were': (_, net, { first }) => {
    net.loadStateDict(first);
  },
  'gradients of something else, and an evaluation': async (_, net) => {
    await torch.evaluate(tests, net);
    tidy(() =>
      net
        .forward(torch.ones([2, 1, 28, 28]).to('cuda'))
        .sum()
        .backward(),
    );
  },
  'a learning rate on schedule': (_, __, { scheduler }) => {
    scheduler.step();
  },
  'a stop, and another training': ({ epoch }, _, { stop }) => {
    if (epoch === 2) stop.abort(new Error('own'));
  },
};

async function run(engine, name) {
  manualSeed(7);
  const net = new LeNet();
  const first = Object.fromEntries(
    Object.entries(net.stateDict()).map(([key, tensor]) => [key, tensor.clone().keep()]),
  );
  const optimizer = new optim.Adam(net.parameters(), { lr });
  const batches = images(450).to('cuda');
  const stop = new AbortController();
  const given = { batches, first, stop };
  given.scheduler = new optim.lrScheduler.StepLR(optimizer, 1, { gamma: 0.5 });
  const train = (device, epochs, options = {}) =>
    torch.train(net, batches.to(device), tests, 100, optimizer, device, epochs, {
      engine: device === 'cpu' ? 'eager' : engine,
      log: null,
      ...options,
    });
  await train('cuda', 3, {
    signal: stop.signal,
    onEpoch: (epoch) => between[name](epoch, net, given),
  }).catch((error) => {
    if (error.message !== 'own') throw error;
  });
  // On the same GPU, on another one, and on the CPU; then as the chapter does it.
  for (const device of ['cuda', 'cuda:1', 'cpu', 'cuda']) await train(device, 1);
  const loss = new nn.CrossEntropyLoss();
  for (const [X, y] of batches) {
    tidy(() => {
      const l = loss.forward(net.forward(X), y);
      optimizer.zeroGrad();
      l.backward();
      optimizer.step();
    });
  }
  const parameters = [...net.parameters()];
  return {
    values: parameters.flatMap((parameter) => [...parameter.data()]),
    steps: optimizer.state.get(parameters[0]).step.item(),
  };
}

const apart = {};
for (const name of Object.keys(between)) {
  const captured = await run('graph', name);
  const eager = await run('eager', name);
  const far = captured.values.map((value, i) => Math.abs(value - eager.values[i]));
  apart[name] = [far.reduce((a, b) => Math.max(a, b)), captured.steps - eager.steps];
}
console.log(JSON.stringify(apart));
