// This package's side of the calls in bench/eager.bench.js: CPU time per call, in µs.
// usage: calls.js COUNT
import * as torch from '../../dist/index.js';
import { rounds } from './rounds.js';

const count = Number(process.argv[2]);
torch.setNumThreads(1);

const a = torch.tensor([1, 2, 3]);
const b = torch.tensor([4, 5, 6]);
const m = torch.tensor([
  [1, 2],
  [3, 4],
]);
const image = torch.rand([1, 1, 5, 5]);
const filter = torch.rand([1, 1, 3, 3]);
const leaf = torch.rand([3], { requiresGrad: true });
const { conv2d } = torch.nn.functional;

// Each as a loop of its own, as a program has it: one loop for all would call through a variable.
const loops = {
  add: (n) => {
    for (let i = 0; i < n; i++) torch.add(a, b);
  },
  'mul with a number': (n) => {
    for (let i = 0; i < n; i++) a.mul(2);
  },
  'matmul 2×2': (n) => {
    for (let i = 0; i < n; i++) torch.matmul(m, m);
  },
  relu: (n) => {
    for (let i = 0; i < n; i++) a.relu();
  },
  sum: (n) => {
    for (let i = 0; i < n; i++) a.sum();
  },
  'sum, dim by name': (n) => {
    for (let i = 0; i < n; i++) a.sum({ dim: 0 });
  },
  view: (n) => {
    for (let i = 0; i < n; i++) m.view(4);
  },
  select: (n) => {
    for (let i = 0; i < n; i++) m.select(0, 1);
  },
  'cat of two': (n) => {
    for (let i = 0; i < n; i++) torch.cat([a, b]);
  },
  'conv2d 5×5 by 3×3': (n) => {
    for (let i = 0; i < n; i++) conv2d(image, filter);
  },
  'backward of (x·x).sum()': (n) => {
    for (let i = 0; i < n; i++) leaf.mul(leaf).sum().backward();
  },
};

// A scope per hundred calls: about what one batch of a training loop makes.
function measure(loop) {
  const before = process.cpuUsage();
  for (let i = 0; i < count; i += 100) torch.tidy(() => loop(100));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}

const round = () => ({
  calls: Object.fromEntries(Object.entries(loops).map(([what, loop]) => [what, measure(loop)])),
});
// Compiled by then.
round();
await rounds(round);
