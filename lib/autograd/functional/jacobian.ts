import { atMost } from '../../argument/atMost.js';
import { callback, oneOf } from '../../argument/kind.js';
import { readOptions } from '../../argument/options.js';
import { enableGrad } from '../../context/autograd.js';
import type { Tensors } from '../../tensor/gradients.js';
import { stack, type Tensor } from '../../tensor/index.js';
import {
  asIn,
  call,
  type Differentiable,
  type FunctionalOptions,
  filled,
  finished,
  gradients,
  own,
  requireNumber,
  type Several,
  several,
  spec,
  type Task,
} from './task.js';

/** Options of {@link jacobian} and {@link hessian}. */
export interface JacobianOptions extends FunctionalOptions {
  /**
   * `'reverse-mode'`, the only one here: `'forward-mode'` needs derivatives that libtorch has for Python alone. Default
   * `'reverse-mode'`.
   */
  strategy?: 'reverse-mode';
}

const jacobianSpec = { ...spec, strategy: oneOf('reverse-mode').or('reverse-mode') };

function jacobianOf(
  task: Task,
  func: Differentiable,
  given: Several,
): Tensor | Tensor[] | Tensor[][] {
  const [outputs, rows] = enableGrad(() => {
    const into = own(task, given.tensors, true);
    const outputs = call(task, func, into);
    const rows = outputs.tensors.map((output, i) => {
      const columns: Tensor[][] = into.map(() => []);
      const elements = output.reshape(-1).unbind();
      for (const element of elements) {
        const pass = { createGraph: task.createGraph, retainGraph: true };
        const found = gradients([element], into, undefined, pass);
        for (const [k, each] of filled(task, found, into, `output ${i} of func`).entries()) {
          columns[k]!.push(each);
        }
      }
      return columns.map((column, k) => {
        const shape = [...output.shape, ...into[k]!.shape];
        return column.length === 0 ? into[k]!.newZeros(shape) : stack(column).view(shape);
      });
    });
    return [outputs, rows] as const;
  });
  return asIn(
    outputs,
    rows.map((row) => asIn(given, finished(task, row))),
  ) as Tensor | Tensor[] | Tensor[][];
}

/**
 * The Jacobian of a function; mirrors `torch.autograd.functional.jacobian`. It takes one backward pass for each element
 * of the outputs.
 *
 * @returns Of one output and one input a tensor of the output's shape and then the input's; of a list of either, a list;
 *   of lists of both, lists by output and then by input.
 * @throws {TypeError} `ERR_INVALID_ARG` for anything but tensors that the function takes and gives.
 * @throws {TorchError} `ERR_LIBTORCH` with `strict` for an output that does not depend on an input.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.autograd.functional.jacobian.html
 * @example
 * const x = torch.tensor([1, 2]);
 * torch.autograd.functional.jacobian((given) => given.square(), x); // → tensor([[2., 0.], [0., 4.]])
 */
export function jacobian(
  func: Differentiable,
  inputs: Tensors,
  options?: JacobianOptions,
): Tensor | Tensor[] | Tensor[][] {
  atMost('jacobian', 3, arguments.length);
  callback().read('jacobian: func', func);
  const task = { name: 'jacobian', ...readOptions('jacobian', jacobianSpec, options) };
  return jacobianOf(task, func, several('jacobian: inputs', inputs));
}

/** Options of {@link hessian}. */
export interface HessianOptions extends FunctionalOptions {
  /** As {@link JacobianOptions.strategy}. Default `'reverse-mode'`. */
  outerJacobianStrategy?: 'reverse-mode';
}

const hessianSpec = { ...spec, outerJacobianStrategy: oneOf('reverse-mode').or('reverse-mode') };

/**
 * The Hessian of a function of one number; mirrors `torch.autograd.functional.hessian`.
 *
 * @returns Of one input a tensor of its shape twice; of a list, lists by input and input.
 * @throws {TypeError} `ERR_INVALID_ARG` where the function gives anything but one element.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.autograd.functional.hessian.html
 * @example
 * const x = torch.tensor([1, 2]);
 * torch.autograd.functional.hessian((given) => given.pow(3).sum(), x); // → tensor([[6., 0.], [0., 12.]])
 */
export function hessian(
  func: Differentiable,
  inputs: Tensors,
  options?: HessianOptions,
): Tensor | Tensor[][] {
  atMost('hessian', 3, arguments.length);
  callback().read('hessian: func', func);
  const task = { name: 'hessian', ...readOptions('hessian', hessianSpec, options) };
  const given = several('hessian: inputs', inputs);
  const inner: Task = { ...task, createGraph: true };
  const number = (...given: Tensor[]): Tensor =>
    requireNumber(task, several('hessian: what func gives', func(...given))).squeeze();
  const gradient = (...own: Tensor[]): Tensors =>
    jacobianOf(inner, number, { tensors: own, isList: given.isList }) as Tensors;
  return jacobianOf(task, gradient, given) as Tensor | Tensor[][];
}
