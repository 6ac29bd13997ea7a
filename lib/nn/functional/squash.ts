import { atMost } from '../../argument/atMost.js';
import { oneOf } from '../../argument/kind.js';
import type { Tensor } from '../../tensor/index.js';

/** Squashing functions of the 1998 network; `'none'` leaves sums as they are. */
export type Squash = 'sigmoid' | 'tanh' | 'none';

export const squashKind = oneOf('sigmoid', 'tanh', 'none');

/**
 * Squashes sums into a bounded range. Any shape.
 *
 * @param kind - `'sigmoid'`: `1 / (1 + e^−x)`. `'tanh'`: `1.7159 · tanh(2x / 3)`, LeCun's choice of
 *   1998, which maps ±1 to ±1 with its greatest curvature there. `'none'`: `x` itself.
 * @throws {TypeError} `ERR_INVALID_ARG` for another kind.
 * @example
 * nn.functional.squash(torch.tensor([-1, 0, 1]), 'tanh'); // → tensor([-1.0000, 0.0000, 1.0000])
 * nn.functional.squash(torch.tensor([0]), 'sigmoid'); // → tensor([0.5000])
 */
export function squash(input: Tensor, kind: Squash): Tensor {
  atMost('squash', 2, arguments.length);
  switch (squashKind.read('squash: kind', kind)) {
    case 'sigmoid':
      return input.sigmoid();
    case 'tanh':
      return input
        .mul(2 / 3)
        .tanh()
        .mul(1.7159);
    case 'none':
      return input;
  }
}
