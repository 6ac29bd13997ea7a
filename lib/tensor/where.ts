import { atMost } from '../argument/atMost.js';
import { bind } from '../native/ops.js';
import { type Operand, Tensor } from './tensor.js';

type Where<A, B> = (condition: Tensor, a: A, b: B) => Tensor;
type Scalar = Exclude<Operand, Tensor>;

const tensors = bind<Where<Tensor, Tensor>>('where.self');
const scalarFirst = bind<Where<Scalar, Tensor>>('where.ScalarSelf');
const scalarLast = bind<Where<Tensor, Scalar>>('where.ScalarOther');
const scalars = bind<Where<Scalar, Scalar>>('where.Scalar');

const byDimension = bind<(condition: Tensor) => Tensor[]>('where');

/**
 * Elements of `a` where `condition` is true, of `b` elsewhere. Shapes broadcast. Of a condition alone: where it is
 * true, a tensor of indices for each dimension.
 * @throws {TorchError} `ERR_LIBTORCH` for a number that the result's dtype cannot hold.
 * @example
 * const x = torch.tensor([-1, 2]);
 * torch.where(x.gt(0), x, 0); // → tensor([0., 2.])
 * torch.where(x.gt(0)); // → [ tensor([1]) ]
 */
export function where(condition: Tensor): Tensor[];
export function where(condition: Tensor, a: Operand, b: Operand): Tensor;
export function where(condition: Tensor, a?: Operand, b?: Operand): Tensor | Tensor[] {
  atMost('where', 3, arguments.length);
  if (a === undefined && b === undefined) return byDimension(condition);
  const [one, other] = [a as Operand, b as Operand];
  if (one instanceof Tensor) {
    return other instanceof Tensor
      ? tensors(condition, one, other)
      : scalarLast(condition, one, other);
  }
  return other instanceof Tensor
    ? scalarFirst(condition, one, other)
    : scalars(condition, one, other);
}
