import { flag, probability } from '../../argument/kind.js';
import { readOptions } from '../../argument/options.js';
import { bind } from '../../native/ops.js';
import type { Tensor } from '../../tensor/index.js';
import { dropout } from '../functional/functional.js';
import { Module } from '../module/module.js';
import { pythonText } from '../module/repr.js';

const dropoutInPlace = bind<(input: Tensor, p: number, train: boolean) => Tensor>('dropout_');

/**
 * In training, sets each element to zero with probability `p` and scales the others by `1 / (1 − p)`;
 * mirrors `torch.nn.Dropout`. Any shape.
 *
 * @param p - Between 0 and 1. Default 0.5.
 * @param options.inplace - Whether the input itself is changed. Default false.
 * @throws {TypeError} `ERR_INVALID_ARG` when `p` is no probability.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.Dropout.html
 */
export class Dropout extends Module {
  readonly p: number;
  readonly inplace: boolean;

  constructor(p = 0.5, options?: { inplace?: boolean }) {
    super();
    this.p = probability.read('Dropout: p', p);
    this.inplace = readOptions('Dropout', { inplace: flag.or(false) }, options).inplace;
  }

  forward(input: Tensor): Tensor {
    if (this.inplace) return dropoutInPlace(input, this.p, this.training);
    return dropout(input, this.p, this.training);
  }

  override extraRepr(): string {
    return `p=${pythonText(this.p)}, inplace=${pythonText(this.inplace)}`;
  }
}
