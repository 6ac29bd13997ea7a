import type { Tensor } from '../../tensor/index.js';
import { bindFunction } from '../../tensor/method.js';

interface Sought {
  /** Whether positions are int32 instead of int64. Default false. */
  outInt32?: boolean;
  /** Whether the position after equal ones is meant, and not before them. Default false. */
  right?: boolean;
}

/**
 * Positions at which numbers would stand among `boundaries`, a vector that ascends; of the numbers' shape.
 *
 * @example
 * torch.bucketize(torch.tensor([0, 3, 9]), torch.tensor([1, 3, 5])); // → tensor([0, 1, 3])
 * torch.bucketize(3, torch.tensor([1, 3, 5]), { right: true }); // → tensor(2)
 */
export const bucketize = bindFunction<
  (input: Tensor | number, boundaries: Tensor, options?: Sought) => Tensor
>('bucketize.Tensor', 'bucketize.Scalar');

/**
 * Positions at which numbers would stand in the rows of a sorted tensor, of the numbers' shape.
 *
 * @param options.side - `'right'`: as `right`. Default `'left'`, or as `right` says.
 * @param options.sorter - Indices that sort the rows. Default null: they are sorted.
 *
 * @example
 * const sorted = torch.tensor([[1, 3, 5], [10, 30, 50]]);
 * torch.searchsorted(sorted, torch.tensor([[4], [4]])); // → tensor([[2], [0]])
 */
export const searchsorted = bindFunction<
  (
    sortedSequence: Tensor,
    input: Tensor | number,
    options?: Sought & { side?: 'left' | 'right' | null; sorter?: Tensor | null },
  ) => Tensor
>('searchsorted.Tensor', 'searchsorted.Scalar');

interface Membership {
  /** Whether both hold each number once, which is quicker. Default false. */
  assumeUnique?: boolean;
  /** Whether those are sought that are not there. Default false. */
  invert?: boolean;
}

/**
 * Whether each element is among others: a tensor of bools.
 *
 * @example
 * torch.isin(torch.tensor([1, 2, 3]), torch.tensor([2, 3])); // → tensor([False, True, True])
 * torch.isin(torch.tensor([1, 2, 3]), 2, { invert: true }); // → tensor([ True, False, True])
 */
export const isin = bindFunction<{
  (elements: Tensor, testElements: Tensor, options?: Membership): Tensor;
  (elements: Tensor, testElement: number, options?: Membership): Tensor;
  (element: number, testElements: Tensor, options?: Membership): Tensor;
}>('isin.Tensor_Tensor', 'isin.Tensor_Scalar', 'isin.Scalar_Tensor');
