import { atMost } from '../../argument/atMost.js';
import { integer, Kind } from '../../argument/kind.js';
import { flatten, type Tensor } from '../../tensor/index.js';
import { bindFunction } from '../../tensor/method.js';
import { layer } from '../layer.js';

const unflatten =
  bindFunction<(input: Tensor, dim: number, sizes: readonly number[]) => Tensor>('unflatten.int');

/**
 * Makes several dimensions one; mirrors `torch.nn.Flatten`.
 *
 * Shape: `(N, C, H, W)` → `(N, C·H·W)` by default.
 *
 * @example
 * new nn.Flatten().forward(torch.zeros(2, 3, 4)).shape; // → [ 2, 12 ]
 */
export class Flatten extends layer('Flatten', {
  args: {
    /** First dimension of those. Default 1. */
    startDim: integer().or(1),
    /** Last of them; negative counts from the end. Default −1. */
    endDim: integer().or(-1),
  },
  repr: 'start_dim={startDim}, end_dim={endDim}',
}) {
  constructor(
    startDim?: number | { startDim?: number; endDim?: number },
    endDim?: number | { endDim?: number },
  );
  constructor(...given: unknown[]) {
    super(...given);
  }

  forward(input: Tensor): Tensor {
    atMost('Flatten.forward', 1, arguments.length);
    return flatten(input, this.startDim, this.endDim);
  }
}

const shape: Kind<readonly number[]> = new Kind('a list of sizes', (given) =>
  Array.isArray(given) && given.length > 0 && given.every(Number.isSafeInteger)
    ? [...given]
    : undefined,
);

/**
 * Makes one dimension several; mirrors `torch.nn.Unflatten`, without names of dimensions.
 *
 * Shape: `(N, C·H·W)` → `(N, C, H, W)` with `dim` 1 and `unflattenedSize` `[C, H, W]`.
 *
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.Unflatten.html
 * @example
 * new nn.Unflatten(1, [3, 4]).forward(torch.zeros(2, 12)).shape; // → [ 2, 3, 4 ]
 */
export class Unflatten extends layer('Unflatten', {
  args: {
    /** The dimension; negative counts from the end. */
    dim: integer(),
    /** What it becomes; one of the sizes may be −1. */
    unflattenedSize: shape,
  },
  repr: 'dim={dim}, unflattened_size={unflattenedSize}',
}) {
  constructor(dim: number, unflattenedSize: readonly number[]);
  constructor(...given: unknown[]) {
    super(...given);
  }

  forward(input: Tensor): Tensor {
    atMost('Unflatten.forward', 1, arguments.length);
    return unflatten(input, this.dim, this.unflattenedSize);
  }
}
