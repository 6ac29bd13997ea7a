// Weights that Python opens, and Python's weights here. Run: npm run example -- interop [FOLDER]
// then: python examples/interop.py [FOLDER], and the first again.
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import * as torch from 'lenet-torch';

const { DataLoader, FashionMNIST, Subset, transforms } = torch.data;
const folder = process.argv[2] ?? 'interop';
mkdirSync(folder, { recursive: true });

torch.manualSeed(0);
const net = new torch.LeNet();
const images = (train: boolean, count: number) =>
  new Subset(new FashionMNIST({ train, transform: new transforms.ToTensor() }), count);
const trainIter = new DataLoader(images(true, 2048), { batchSize: 256, shuffle: true });
const testIter = new DataLoader(images(false, 256), { batchSize: 256 });
const optimizer = new torch.optim.Adam(net.parameters(), { lr: 0.001 });
await torch.train(net, trainIter, testIter, 256, optimizer, 'cpu', 1);

const x = torch.rand(16, 1, 28, 28);
const state = net.stateDict();
await torch.save(state, join(folder, 'lenet.safetensors'));
await torch.save({ state, x, logits: await torch.predict(net, x) }, join(folder, 'lenet.pt'));
console.log(`saved lenet.safetensors and lenet.pt in ${folder}`);

// What interop.py has saved: another network's weights, images, and its logits for them
const path = join(folder, 'python.pt');
if (existsSync(path)) {
  type Saved = { state: torch.nn.StateDict; x: torch.Tensor; logits: torch.Tensor };
  const saved = await torch.load<Saved>(path);
  net.loadStateDict(saved.state);
  const difference = (await torch.predict(net, saved.x)).sub(saved.logits).abs().max();
  console.log(`python.pt: logits differ by at most ${difference.item()}`);
}
