import type { Tensor } from '../../tensor/index.js';
import type { FunctionContext } from '../context.js';
import { Function } from '../function.js';

/** The same tensor, from which no gradient comes: what a node is given for an output that nothing came of. */
export class UndefinedGrad extends Function {
  static forward(_context: FunctionContext, x: Tensor): Tensor {
    return x.detach();
  }

  static backward(_context: FunctionContext, _gradient: Tensor): null {
    return null;
  }
}
