// What the programs share that run with libtorch for CUDA where there is no GPU.
import fs from 'node:fs';

const built = (name) => import(new URL(`../../../dist/${name}.js`, import.meta.url).href);
export const torch = await built('index');
export const { native } = await built('native/load');
export const { cuda } = torch;
const { DataLoader, FashionMNIST, Subset, transforms } = torch.data;

/** What a call returns, or how it fails. */
export const said = (call) => {
  try {
    return call();
  } catch (error) {
    return `${error.code}: ${error.message}`;
  }
};

// In the order of `Counts` in imitation.h.
const names = ['launches', 'captures', 'captured', 'graphLaunches', 'waits', 'toDevice', 'toHost'];

/** What the imitation has counted. */
export function counts() {
  const bytes = fs.readFileSync(process.env.IMITATION_COUNTS);
  return Object.fromEntries(names.map((name, i) => [name, Number(bytes.readBigInt64LE(8 * i))]));
}

/** What it has counted since. */
function since(before) {
  const now = counts();
  return Object.fromEntries(names.map((name) => [name, now[name] - before[name]]));
}

/** What it counts while something runs. */
export async function counted(run) {
  const before = counts();
  await run();
  return since(before);
}

/** A loader of the first `count` images of Fashion-MNIST. */
export function images(count, { train = true, ...options } = {}) {
  const all = new FashionMNIST({ train, transform: new transforms.ToTensor() });
  return new DataLoader(new Subset(all, count), { batchSize: 100, shuffle: true, ...options });
}

/** Trains LeNet, or another net; returns for each epoch its engine, the reason and what was counted. */
export async function train({ engine = 'auto', epochs = 2, net, device = 'cuda', ...options }) {
  const model = net ?? new torch.LeNet();
  const optimizer = options.optimizer?.(model) ?? new torch.optim.Adam(model.parameters());
  const batches = options.batches ?? images(options.count ?? 400);
  const told = [];
  let before = counts();
  await torch.train(model, batches, images(200, { train: false }), 100, optimizer, device, epochs, {
    engine,
    log: null,
    signal: options.signal,
    onProgress: options.onProgress,
    onEpoch: async (epoch) => {
      await options.onEpoch?.(epoch, { net: model, optimizer });
      told.push({ engine: epoch.engine, reason: epoch.engineReason, ...since(before) });
      before = counts();
    },
  });
  return told;
}
