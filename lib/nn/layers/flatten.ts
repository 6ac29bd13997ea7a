import { integer } from '../../argument/kind.js';
import { flatten, type Tensor } from '../../tensor/index.js';
import { Module } from '../module/module.js';

/**
 * Makes several dimensions one; mirrors `torch.nn.Flatten`.
 *
 * Shape: `(N, C, H, W)` → `(N, C·H·W)` by default.
 *
 * @param startDim - First dimension of those. Default 1.
 * @param endDim - Last of them; negative counts from the end. Default −1.
 */
export class Flatten extends Module {
  readonly startDim: number;
  readonly endDim: number;

  constructor(startDim = 1, endDim = -1) {
    super();
    this.startDim = integer().read('Flatten: startDim', startDim);
    this.endDim = integer().read('Flatten: endDim', endDim);
  }

  forward(input: Tensor): Tensor {
    return flatten(input, this.startDim, this.endDim);
  }

  override extraRepr(): string {
    return `start_dim=${this.startDim}, end_dim=${this.endDim}`;
  }
}
