import { bind } from '../native/ops.js';
import type { Tensor } from '../tensor/index.js';

const unary = (name: string) => bind<(a: Tensor) => Tensor>(name);
const coalesce = unary('coalesce');
const indicesOf = unary('_indices');
const valuesOf = unary('_values');
const maskBy = bind<(a: Tensor, mask: Tensor) => Tensor>('sparse_mask');
const make = bind<(indices: Tensor, values: Tensor, size: readonly number[]) => Tensor>(
  'sparse_coo_tensor.indices_size',
);

/** The places of a sparse gradient, each once: steps are not linear in it. */
export interface Places {
  /** What the gradient has there. */
  readonly values: Tensor;
  /** Values at these places, nothing elsewhere. */
  at(values: Tensor): Tensor;
  /** What a dense tensor has there, as a copy. */
  of(dense: Tensor): Tensor;
}

/** Reads a gradient of COO layout. */
export function placesOf(gradient: Tensor): Places {
  const grad = coalesce(gradient);
  const indices = indicesOf(grad);
  return {
    values: valuesOf(grad),
    at: (values) => make(indices, values, grad.shape),
    of: (dense) => valuesOf(maskBy(dense, grad)),
  };
}

export const isSparse = ({ grad }: Tensor): boolean => grad!.layout === 'sparse_coo';
