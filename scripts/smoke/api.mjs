// An ECMAScript module of a user: one epoch through the package's API.
import * as torch from 'lenet-torch';
import { data, LeNet, optim } from 'lenet-torch';

torch.manualSeed(0);
const loader = (train, count) => {
  const dataset = new data.FashionMNIST({ train, transform: new data.transforms.ToTensor() });
  return new data.DataLoader(new data.Subset(dataset, count), { batchSize: 64, shuffle: train });
};
const net = new LeNet();
const optimizer = new optim.Adam(net.parameters(), { lr: 0.003 });
const { epochs } = await torch.train(
  net,
  loader(true, 6000),
  loader(false, 1000),
  64,
  optimizer,
  'cpu',
  1,
);
const [{ loss, engine }] = epochs;
if (engine !== 'fused') throw new Error(`the engine is ${engine}`);
// ln 10 = 2.303 is what guessing costs.
if (!(loss > 0.5 && loss < 2.4)) throw new Error(`the loss is ${loss}`);
const product = torch.tensor([1, 2, 3]).mul(2).sum().item();
if (product !== 12) throw new Error(`2 · (1 + 2 + 3) is ${product}`);
console.log(`libtorch ${torch.libtorchVersion}`);
