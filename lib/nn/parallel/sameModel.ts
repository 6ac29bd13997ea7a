import type { ProcessGroup } from '../../distributed/group.js';
import { TorchError } from '../../error.js';
import { native } from '../../native/load.js';
import type { Tensor } from '../../tensor/index.js';
import type { Module } from '../module/module.js';

const where = 'DistributedDataParallel';

// A line for each tensor that ranks exchange.
function linesOf(module: Module): string[] {
  const line = (kind: string, [name, tensor]: [string, Tensor]): string =>
    `${kind} ${name} ${tensor.dtype} [${tensor.shape}]${tensor.requiresGrad || kind === 'buffer' ? '' : ' (not learned)'}`;
  return [
    ...[...module.namedParameters()].map((each) => line('parameter', each)),
    ...[...module.namedBuffers()].map((each) => line('buffer', each)),
  ];
}

/**
 * Compares a model with the other ranks': by names, dtypes and shapes where they are Node's, and as Python does it.
 * @param named - The parameters that are learned.
 * @throws {TorchError} `ERR_DISTRIBUTED_MISMATCH`
 */
export function requireSameModel(
  group: ProcessGroup,
  module: Module,
  named: readonly [string, Tensor][],
): void {
  const lines = linesOf(module);
  group.meet(where, lines.join('\n'), (rank, text) => {
    const others = text.split('\n');
    const i = lines.findIndex((line, at) => line !== others[at]);
    const own = i < 0 ? 'nothing more' : lines[i];
    const other = (i < 0 ? others[lines.length] : others[i]) ?? 'nothing more';
    return new TorchError(
      'ERR_DISTRIBUTED_MISMATCH',
      `rank ${group.rank} of ${group.size}, ${where}: the ranks have different models: here is ${own}, where rank ${rank} has ${other}`,
    );
  });
  group.runNow(where, (opened) =>
    native.groupVerifyParameters(
      opened,
      named.map(([, parameter]) => parameter),
    ),
  );
}
