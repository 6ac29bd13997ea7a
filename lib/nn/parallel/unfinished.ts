import { TorchError } from '../../error.js';

/**
 * What c10d's error becomes when a backward pass has not given every parameter a gradient: it is met in the forward pass
 * after it, and its advice is Python's.
 * @param names - Of the parameters that are learned.
 */
export function unfinished(error: unknown, rank: number, names: readonly string[]): unknown {
  const { code, message } = error as { code?: unknown; message?: string };
  if (code !== 'ERR_LIBTORCH' || !message?.includes('Expected to have finished reduction')) {
    return error;
  }
  const indices = /did not receive grad for rank \d+: ([\d ]+)/.exec(message)?.[1];
  const left = indices
    ?.trim()
    .split(/\s+/)
    .map((index) => names[Number(index)]);
  return new TorchError(
    'ERR_DISTRIBUTED_MISMATCH',
    `rank ${rank}, DistributedDataParallel.forward: the backward pass before has left out ${left?.join(', ') ?? 'parameters'}, so that gradients are not averaged. findUnusedParameters: true allows it; what forward returns has to be used by the loss`,
    { cause: error },
  );
}
