import { launchedBy } from '../../distributed/environment/index.js';
import { TorchError } from '../../error.js';

/**
 * As one of several processes each would train by itself, and all write the same files.
 * @throws {TorchError} `ERR_DISTRIBUTED_UNAVAILABLE`
 */
export function requireAlone(): void {
  const launched = launchedBy();
  if (launched === undefined || launched.worldSize === 1) return;
  const { rank, worldSize, launcher } = launched;
  throw new TorchError(
    'ERR_DISTRIBUTED_UNAVAILABLE',
    `train: this is process ${rank} of ${worldSize} (${launcher}), and lenet-torch train does not share a training among ` +
      'processes yet. Start it as one; a script of your own can use torch.distributed (docs/distributed.md)',
  );
}
