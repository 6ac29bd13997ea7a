// One epoch of LeNet at batch 256 on the GPU with this package: `node bench/gpu/ours.mjs ENGINE EPOCHS`.
// Prints one JSON line: milliseconds per epoch of training alone, and what the last epoch came to.
const torch = await import('../../dist/index.js');

const [engine = 'graph', epochs = '20'] = process.argv.slice(2);
const root = process.env.LENET_TORCH_GPU_DATA;
const { DataLoader, FashionMNIST, TensorDataset, transforms } = torch.data;
const dataset = new FashionMNIST({ transform: new transforms.ToTensor(), ...(root && { root }) });
const images = new DataLoader(dataset, { batchSize: 256, shuffle: true }).to('cuda');
// The test pass is not what is measured: one image.
const one = new TensorDataset(torch.zeros([1, 1, 28, 28]), torch.zeros([1], { dtype: 'int64' }));
const test = new DataLoader(one).to('cuda');

torch.manualSeed(0);
const net = new torch.LeNet();
const optimizer = new torch.optim.Adam(net.parameters(), { lr: 0.001 });
const { epochs: results } = await torch.train(
  ...[net, images, test, 256, optimizer, 'cuda', Number(epochs)],
  { engine, log: null },
);
// The first epochs set up libraries and capture.
const times = results.slice(3).map(({ seconds }) => seconds * 1000);
times.sort((a, b) => a - b);
const last = results.at(-1);
console.log(
  JSON.stringify({
    name: `lenet-torch, ${last.engine}`,
    msPerEpoch: times[Math.floor(times.length / 2)],
    loss: last.loss,
    trainAcc: last.trainAcc,
    ...(last.engine !== engine && { reason: last.engineReason }),
  }),
);
