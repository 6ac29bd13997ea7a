// Started by trial.ts as a process of its own, with a device's name: trains LeNet for a moment and
// prints one line of JSON, `{ ok: … }` or `{ failed: { code, message } }`.
import { answer } from './child.js';
import type { TrialResult } from './trial.js';

const device = process.argv[2] ?? 'cpu';
const images = 64;

async function step(): Promise<TrialResult> {
  const [torch, { whyNoCuda }] = await Promise.all([
    import('../index.js'),
    import('../native/load.js'),
  ]);
  const { DataLoader, TensorDataset } = torch.data;
  torch.manualSeed(0);
  const net = new torch.LeNet();
  const optimizer = new torch.optim.Adam(net.parameters(), { lr: 0.001 });
  const set = new TensorDataset(torch.rand(images, 1, 28, 28), torch.randint(0, 10, [images]));
  const loader = new DataLoader(set, { batchSize: 32 });
  const results = [];
  // Both ways to train: libtorch's operators, and on the CPU the fused engine's library.
  for (const engine of ['eager', 'auto'] as const) {
    const { epochs } = await torch.train(net, loader, loader, 32, optimizer, device, 1, {
      log: null,
      engine,
    });
    results.push(epochs[0]!);
  }
  const last = results.at(-1)!;
  if (!results.every(({ loss }) => Number.isFinite(loss))) {
    throw new Error(`the loss is not a number: ${results.map(({ loss }) => loss).join(', ')}`);
  }
  return {
    libtorch: torch.libtorchVersion,
    loss: last.loss,
    seconds: results.reduce((sum, { seconds }) => sum + seconds, 0),
    engine: last.engine,
    engineReason: last.engineReason,
    noCuda: whyNoCuda() ?? null,
  };
}

await answer(step);
