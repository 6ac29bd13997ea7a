import type { Tensor } from '../tensor/index.js';
import { requireInteger } from './argument.js';
import { Module } from './module.js';

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
    this.startDim = requireInteger('Flatten: startDim', startDim, Number.MIN_SAFE_INTEGER);
    this.endDim = requireInteger('Flatten: endDim', endDim, Number.MIN_SAFE_INTEGER);
  }

  forward(input: Tensor): Tensor {
    return input.flatten(this.startDim, this.endDim);
  }

  override extraRepr(): string {
    return `start_dim=${this.startDim}, end_dim=${this.endDim}`;
  }
}
