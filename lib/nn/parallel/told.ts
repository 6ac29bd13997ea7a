import { invalidArgument, TorchError } from '../../error.js';

const where = 'DistributedDataParallel.forward';

/**
 * What an error of the reducer's becomes, which knows no names of ours, and whose advice is Python's.
 * @param names - Of the parameters that are learned.
 */
export function told(error: unknown, rank: number, names: readonly string[]): unknown {
  const { code, message = '' } = error as { code?: unknown; message?: string };
  if (code !== 'ERR_LIBTORCH') return error;
  const converted = /^parameter (\d+) has been converted/.exec(message)?.[1];
  if (converted !== undefined) {
    return invalidArgument(
      `${where}: ${names[Number(converted)]} has been converted, or trained alone by captured steps, and would not be averaged any more: do that before the module is given to DistributedDataParallel`,
    );
  }
  // Of the backward pass before; noticed only now.
  if (!message.includes('Expected to have finished reduction')) return error;
  const indices = /did not receive grad for rank \d+: ([\d ]+)/.exec(message)?.[1];
  const left = indices?.trim().split(' ');
  return new TorchError(
    'ERR_DISTRIBUTED_MISMATCH',
    `rank ${rank}, ${where}: the backward pass before has left out ${left?.map((index) => names[Number(index)]).join(', ') ?? 'parameters'}, so that gradients are not averaged. findUnusedParameters: true allows it; what forward returns has to be used by the loss`,
    { cause: error },
  );
}
