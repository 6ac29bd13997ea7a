// A training of LeNet that takes as long as anybody lets it, for the tests of how a process ends.
import * as torch from '../../dist/index.js';

/**
 * @param engine - `'fused'` or `'eager'`.
 * @param options - Of `torch.train`.
 * @returns The promise of `epochs` epochs.
 */
export function train(engine, epochs, options = {}) {
  const images = torch.rand([2048, 1, 28, 28]).keep();
  const labels = torch.randint(0, 10, [2048]).keep();
  const data = new torch.data.TensorDataset(images, labels);
  const loader = new torch.data.DataLoader(data, { batchSize: 64, shuffle: true });
  const few = new torch.data.DataLoader(
    new torch.data.TensorDataset(images.narrow(0, 0, 64), labels.narrow(0, 0, 64)),
    { batchSize: 64 },
  );
  const net = new torch.LeNet();
  const optimizer = new torch.optim.Adam(net.parameters());
  return torch.train(net, loader, few, 64, optimizer, 'cpu', epochs, {
    engine,
    log: null,
    ...options,
  });
}
