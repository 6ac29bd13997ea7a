import { atMost } from '../../argument/atMost.js';
import { enableGrad } from '../../context/autograd.js';
import type { Tensors } from '../../tensor/gradients.js';
import { type Tensor, zerosLike } from '../../tensor/index.js';
import {
  asIn,
  begin,
  call,
  type Differentiable,
  dependent,
  type FunctionalOptions,
  filled,
  finished,
  gradients,
  own,
  recorded,
  requireNumber,
  type Several,
  several,
  type Task,
  vector,
} from './task.js';

/**
 * What a function gives, and a vector times its Jacobian; mirrors `torch.autograd.functional.vjp`.
 *
 * @param v - Of the outputs' shapes; may be left out for a single element: 1.
 * @returns `[outputs, vjp]`: these as the function gives its outputs, and of the inputs' shapes.
 * @throws {TypeError} `ERR_INVALID_ARG` for a vector of another shape.
 * @throws {TorchError} `ERR_LIBTORCH` with `strict` for an output that does not depend on an input.
 * @example
 * const x = torch.tensor([1, 2]);
 * const [y, gradient] = torch.autograd.functional.vjp((given) => given.square(), x, torch.tensor([1, 10]));
 * [y, gradient]; // → [ tensor([1., 4.]), tensor([2., 40.]) ]
 */
export function vjp(
  func: Differentiable,
  inputs: Tensors,
  v?: Tensors | null,
  options?: FunctionalOptions,
): [outputs: Tensor | Tensor[], vjp: Tensor | Tensor[]] {
  atMost('vjp', 4, arguments.length);
  const task = begin('vjp', func, options);
  const given = several('vjp: inputs', inputs);
  const [outputs, into, by] = enableGrad(() => {
    const into = own(task, given.tensors, true);
    const outputs = call(task, func, into);
    return [outputs, into, vector(task, v, outputs, 'the outputs')] as const;
  });
  const found = recorded(task, () =>
    filled(task, gradients(outputs.tensors, into, by, task), into, 'the output of func'),
  );
  return [asIn(outputs, finished(task, outputs.tensors)), asIn(given, finished(task, found))];
}

/**
 * What a function gives, and its Jacobian times a vector; mirrors `torch.autograd.functional.jvp`: by differentiating
 * twice backward.
 *
 * @param v - Of the inputs' shapes; may be left out for a single element: 1.
 * @returns `[outputs, jvp]`, both as the function gives its outputs.
 * @throws {TypeError} `ERR_INVALID_ARG` for a vector of another shape.
 * @throws {TorchError} `ERR_LIBTORCH` with `strict` for an output that does not depend on an input.
 * @example
 * const x = torch.tensor([1, 2]);
 * const [y, change] = torch.autograd.functional.jvp((given) => given.prod(), x, torch.tensor([1, 0]));
 * [y, change]; // → [ tensor(2.), tensor(2.) ]
 */
export function jvp(
  func: Differentiable,
  inputs: Tensors,
  v?: Tensors | null,
  options?: FunctionalOptions,
): [outputs: Tensor | Tensor[], jvp: Tensor | Tensor[]] {
  atMost('jvp', 4, arguments.length);
  const task = begin('jvp', func, options);
  const given = several('jvp: inputs', inputs);
  const [outputs, first, dual, by] = enableGrad(() => {
    const into = own(task, given.tensors, true);
    const by = vector(task, v, given, 'the inputs');
    const outputs = call(task, func, into);
    const dual = outputs.tensors.map((output) => zerosLike(output, { requiresGrad: true }));
    const first = gradients(outputs.tensors, into, dual, { createGraph: true });
    requireUsed(task, first);
    return [outputs, first, dual, by] as const;
  });
  const work = (): Tensor[] =>
    filled(task, gradients(first, dual, by, task), outputs.tensors, 'the gradient');
  const found = task.createGraph ? enableGrad(work) : work();
  return [asIn(outputs, finished(task, outputs.tensors)), asIn(outputs, finished(task, found))];
}

function requireUsed(task: Task, found: readonly (Tensor | null)[]): void {
  if (!task.strict) return;
  for (const [i, gradient] of found.entries()) {
    if (gradient === null) throw dependent(task, `the output of func is independent of input ${i}`);
    if (!gradient.requiresGrad) {
      throw dependent(task, `the gradient of func is independent of input ${i}`);
    }
  }
}

// A number's gradients that can be differentiated again.
function gradientOfNumber(task: Task, func: Differentiable, inputs: Several, v: unknown) {
  return enableGrad(() => {
    const into = own(task, inputs.tensors, true);
    const by = vector(task, v, inputs, 'the inputs');
    const output = requireNumber(task, call(task, func, into));
    const first = gradients([output], into, undefined, { createGraph: true });
    requireUsed(task, first);
    return { into, by, output, first };
  });
}

/**
 * What a function of one number gives, and a vector times its Hessian; mirrors `torch.autograd.functional.vhp`.
 *
 * @param v - Of the inputs' shapes; may be left out for a single element: 1.
 * @returns `[output, vhp]`, the second of the inputs' shapes.
 * @throws {TypeError} `ERR_INVALID_ARG` where the function gives anything but one element.
 * @throws {TorchError} `ERR_LIBTORCH` with `strict` for an output that does not depend on an input.
 * @example
 * const x = torch.tensor([1, 2]);
 * const [y, product] = torch.autograd.functional.vhp((given) => given.pow(3).sum(), x, torch.tensor([1, 1]));
 * [y, product]; // → [ tensor(9.), tensor([6., 12.]) ]
 */
export function vhp(
  func: Differentiable,
  inputs: Tensors,
  v?: Tensors | null,
  options?: FunctionalOptions,
): [output: Tensor, vhp: Tensor | Tensor[]] {
  atMost('vhp', 4, arguments.length);
  const task = begin('vhp', func, options);
  const given = several('vhp: inputs', inputs);
  const { into, by, output, first } = gradientOfNumber(task, func, given, v);
  const found = recorded(task, () =>
    filled(task, gradients(first, into, by, task), into, 'the Jacobian of func'),
  );
  return [finished(task, [output])[0]!, asIn(given, finished(task, found))];
}

/**
 * What a function of one number gives, and its Hessian times a vector; mirrors `torch.autograd.functional.hvp`. By
 * symmetry it is {@link vhp}'s, which costs less.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` where the function gives anything but one element, and for a vector of another shape.
 * @throws {TorchError} `ERR_LIBTORCH` with `strict` for an output that does not depend on an input.
 * @example
 * const x = torch.tensor([1, 2]);
 * const [y, product] = torch.autograd.functional.hvp((given) => given.prod(), x, torch.tensor([1, 0]));
 * [y, product]; // → [ tensor(2.), tensor([0., 1.]) ]
 */
export function hvp(
  func: Differentiable,
  inputs: Tensors,
  v?: Tensors | null,
  options?: FunctionalOptions,
): [output: Tensor, hvp: Tensor | Tensor[]] {
  atMost('hvp', 4, arguments.length);
  const task = begin('hvp', func, options);
  const given = several('hvp: inputs', inputs);
  const { into, by, output, first } = gradientOfNumber(task, func, given, v);
  const [dual, second] = enableGrad(() => {
    const dual = into.map((input) => zerosLike(input, { requiresGrad: true }));
    return [dual, gradients(first, into, dual, { createGraph: true })] as const;
  });
  const found = recorded(task, () =>
    filled(task, gradients(second, dual, by, task), into, 'the Hessian of func'),
  );
  return [finished(task, [output])[0]!, asIn(given, finished(task, found))];
}
