// Loops that leave their tensors to the garbage collector. Prints, in megabytes, how far resident
// memory grew, and how many tensors were alive beside what the program holds.
// Usage: node collector.child.mjs WORK ROUNDS
import * as torch from '../../dist/index.js';

const { nn, optim } = torch;
const [what, rounds] = process.argv.slice(2);
torch.setNumThreads(1);

let peak = 0;
let most = 0;
function look(held = 0) {
  peak = Math.max(peak, process.memoryUsage.rss());
  most = Math.max(most, torch.memory().tensors - held);
}

const work = {
  // 4 MB each.
  chain() {
    let x = torch.ones(1_000_000);
    return () => {
      x = x.mul(1.0001);
    };
  },
  // What a graph holds is no JavaScript object's: 4 MB behind a number.
  graphs() {
    const w = torch.ones(1000, { requiresGrad: true });
    let last;
    return () => {
      last = torch.tidy(() =>
        w
          .mul(torch.ones([1000, 1000]))
          .sigmoid()
          .sum(),
      );
      if (!last.requiresGrad) throw new Error('no graph');
    };
  },
  // Every tensor outlives several of its successors.
  ring() {
    const ring = [];
    let i = 0;
    return () => {
      ring[i++ % 8] = torch.ones(250_000);
    };
  },
  training() {
    const net = new nn.Sequential(new nn.Linear(100, 100), new nn.ReLU(), new nn.Linear(100, 10));
    const loss = new nn.CrossEntropyLoss();
    const optimizer = new optim.Adam(net.parameters());
    const batches = Array.from({ length: 4 }, () => [
      torch.randn(100, 100),
      torch.randint(0, 10, [100]),
    ]);
    let i = 0;
    return () => {
      const [X, y] = batches[i++ % 4];
      const l = loss.forward(net.forward(X), y);
      optimizer.zeroGrad();
      l.backward();
      optimizer.step();
    };
  },
  // Numbers: nothing but the count of them says that there are many.
  numbers() {
    const a = torch.ones(2);
    return () => {
      a.add(a);
    };
  },
};

const round = work[what]();
for (let i = 0; i < 20; i++) round();
const resident = process.memoryUsage.rss();
const held = torch.memory().tensors;
for (let i = 0; i < rounds; i++) {
  round();
  if (i % 10 === 0) look(held);
}
console.log(JSON.stringify({ tensors: most, megabytes: Math.round((peak - resident) / 1e6) }));
