import { atMost } from '../argument/atMost.js';
import { flag } from '../argument/kind.js';
import { readOptions } from '../argument/options.js';
import { bind } from '../native/ops.js';
import { method } from './method.js';
import { extendTensor, type Tensor } from './tensor.js';

const nonzero = bind('nonzero');
const byDimension = bind<(a: Tensor) => Tensor[]>('nonzero_numpy');
const nonzeroSpec = { asTuple: flag.or(false) };

/** Some of the elements, chosen by an index. */
export const selection = {
  /**
   * `out[i][j] = this[index[i][j]][j]` for `dim` 0, and so on.
   * @param options.sparseGrad - The gradient as a sparse tensor. Default false.
   *
   * @example
   * const x = torch.tensor([[1, 2], [3, 4]]);
   * x.gather(1, torch.tensor([[0n], [1n]])); // → tensor([[1.], [4.]])
   */
  gather:
    method<
      (this: Tensor, dim: number, index: Tensor, options?: { sparseGrad?: boolean }) => Tensor
    >('gather'),
  /**
   * The elements at `index`, counted as if all stood in one row.
   *
   * @example
   * const x = torch.tensor([[1, 2, 3], [4, 5, 6]]);
   * x.take(torch.tensor([0n, 5n])); // → tensor([1., 6.])
   */
  take: method<(this: Tensor, index: Tensor) => Tensor>('take'),
  /**
   * As {@link gather}, indices broadcast; without `dim` as if all elements stood in one row.
   *
   * @example
   * const x = torch.tensor([[30, 10, 20]]);
   * x.takeAlongDim(x.argsort(), 1); // → tensor([[10., 20., 30.]])
   */
  takeAlongDim:
    method<(this: Tensor, indices: Tensor, dim?: number | null) => Tensor>('take_along_dim'),
  /**
   * `length` elements along `dim` from `start`; a view.
   *
   * @example
   * const x = torch.tensor([[1, 2, 3], [4, 5, 6]]);
   * x.narrow(1, 1, 2); // → tensor([[2., 3.], [5., 6.]])
   */
  narrow: method<(this: Tensor, dim: number, start: number | Tensor, length: number) => Tensor>(
    'narrow',
    'narrow.Tensor',
  ),
  /**
   * As {@link narrow}; a copy.
   *
   * @example
   * torch.tensor([1, 2, 3, 4]).narrowCopy(0, 1, 2); // → tensor([2., 3.])
   */
  narrowCopy:
    method<(this: Tensor, dim: number, start: number, length: number) => Tensor>('narrow_copy'),
  /**
   * Indices (int64, one row each) of the elements that are not 0.
   *
   * @example
   * torch.tensor([0, 1, 1]).argwhere(); // → tensor([[1], [2]])
   */
  argwhere: method('argwhere'),
  /**
   * The first `size` rows of {@link nonzero}, filled up.
   * @param options.size - Rows of the result.
   * @param options.fillValue - Default −1.
   *
   * @example
   * torch.tensor([0, 1, 1]).nonzeroStatic({ size: 3 }); // → tensor([[ 1], [ 2], [-1]])
   */
  nonzeroStatic:
    method<(this: Tensor, options: { size: number; fillValue?: number }) => Tensor>(
      'nonzero_static',
    ),
  /**
   * Indices (int64, one row each) of the elements that are not 0.
   * @param options.asTuple - A tensor for each dimension. Default false.
   *
   * @example
   * const x = torch.tensor([[0, 1], [2, 0]]);
   * x.nonzero(); // → tensor([[0, 1], [1, 0]])
   * x.nonzero({ asTuple: true }); // → [ tensor([0, 1]), tensor([1, 0]) ]
   */
  nonzero: function (this: Tensor, options?: { asTuple?: boolean }): Tensor | Tensor[] {
    atMost('nonzero', 1, arguments.length);
    const { asTuple } = readOptions('nonzero', nonzeroSpec, options);
    return asTuple ? byDimension(this) : nonzero(this);
  } as {
    (this: Tensor, options?: { asTuple?: false }): Tensor;
    (this: Tensor, options: { asTuple: true }): Tensor[];
  },
};

export type Selection = typeof selection;
declare module '../native/tensor.js' {
  interface Tensor extends Selection {}
}
extendTensor(selection);
