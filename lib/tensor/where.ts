import { atMost } from '../argument/atMost.js';
import { bind } from '../native/ops.js';
import { type Operand, Tensor } from './tensor.js';

type Where<A, B> = (condition: Tensor, a: A, b: B) => Tensor;
type Scalar = Exclude<Operand, Tensor>;

const tensors = bind<Where<Tensor, Tensor>>('where.self');
const scalarFirst = bind<Where<Scalar, Tensor>>('where.ScalarSelf');
const scalarLast = bind<Where<Tensor, Scalar>>('where.ScalarOther');
const scalars = bind<Where<Scalar, Scalar>>('where.Scalar');

/**
 * Elements of `a` where `condition` is true, of `b` elsewhere. Shapes broadcast.
 * @throws {TorchError} `ERR_LIBTORCH` for a number that the result's dtype cannot hold.
 */
export function where(condition: Tensor, a: Operand, b: Operand): Tensor {
  atMost('where', 3, arguments.length);
  if (a instanceof Tensor) {
    return b instanceof Tensor ? tensors(condition, a, b) : scalarLast(condition, a, b);
  }
  return b instanceof Tensor ? scalarFirst(condition, a, b) : scalars(condition, a, b);
}
