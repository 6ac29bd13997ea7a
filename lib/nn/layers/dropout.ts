import { atMost } from '../../argument/atMost.js';
import { flag, probability } from '../../argument/kind.js';
import { bind } from '../../native/ops.js';
import type { Tensor } from '../../tensor/index.js';
import { dropout } from '../functional/functional.js';
import { type LayerOptions, layer } from '../layer.js';

const dropoutInPlace = bind<(input: Tensor, p: number, train: boolean) => Tensor>('dropout_');

const declaration = {
  args: {
    /** Between 0 and 1. Default 0.5. */
    p: probability.or(0.5),
  },
  options: {
    /** Whether the input itself is changed. Default false. */
    inplace: flag.or(false),
  },
  repr: 'p={p}, inplace={inplace}',
};

/** Options of {@link Dropout}. */
export interface DropoutOptions extends LayerOptions<typeof declaration> {}

/**
 * In training, sets each element to zero with probability `p` and scales the others by `1 / (1 − p)`;
 * mirrors `torch.nn.Dropout`. Any shape.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` when `p` is no probability.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.Dropout.html
 */
export class Dropout extends layer('Dropout', declaration) {
  constructor(p?: number, options?: DropoutOptions);
  constructor(...given: unknown[]) {
    super(...given);
  }

  forward(input: Tensor): Tensor {
    atMost('Dropout.forward', 1, arguments.length);
    if (this.inplace) return dropoutInPlace(input, this.p, this.training);
    return dropout(input, this.p, this.training);
  }
}
