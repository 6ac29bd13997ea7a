import { atMost } from '../../argument/atMost.js';
import { integer } from '../../argument/kind.js';
import { flatten, type Tensor } from '../../tensor/index.js';
import { layer } from '../layer.js';

/**
 * Makes several dimensions one; mirrors `torch.nn.Flatten`.
 *
 * Shape: `(N, C, H, W)` → `(N, C·H·W)` by default.
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
  constructor(startDim?: number, endDim?: number);
  constructor(...given: unknown[]) {
    super(...given);
  }

  forward(input: Tensor): Tensor {
    atMost('Flatten.forward', 1, arguments.length);
    return flatten(input, this.startDim, this.endDim);
  }
}
