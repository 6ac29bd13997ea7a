import { atMost } from '../../argument/atMost.js';
import { noGrad } from '../../context/autograd.js';
import { invalidArgument } from '../../error.js';
import { bind } from '../../native/ops.js';
import { cat, type Tensor } from '../../tensor/index.js';
import { tensorKind } from '../../tensor/kinds.js';
import { tidy } from '../../tensor/scope.js';
import { requireOneDevice, tensorsKind } from './clip.js';

const setData = bind<(tensor: Tensor, data: Tensor) => void>('set_data');

/**
 * All elements of parameters in one vector, which gradients pass; mirrors `torch.nn.utils.parameters_to_vector`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for no parameters, and for some on another device.
 * @example
 * nn.utils.parametersToVector([torch.tensor([[1, 2]]), torch.tensor([3])]); // → tensor([1., 2., 3.])
 * nn.utils.parametersToVector(new nn.Linear(4, 3).parameters()).shape; // → [ 15 ]
 */
export function parametersToVector(parameters: Iterable<Tensor>): Tensor {
  atMost('parametersToVector', 1, arguments.length);
  const list = tensorsKind.read('parametersToVector: parameters', parameters);
  if (list.length === 0)
    throw invalidArgument('parametersToVector: expected at least one parameter');
  requireOneDevice('parametersToVector', list);
  return cat(list.map((each) => each.view(-1)));
}

/**
 * Copies a vector's elements into parameters, in their order; mirrors `torch.nn.utils.vector_to_parameters`, which has
 * them share its memory. As there, parameters take the vector's dtype.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for anything but a vector of as many elements, and for parameters on several devices.
 * @example
 * const [weight, bias] = [torch.zeros(1, 2), torch.zeros(1)];
 * nn.utils.vectorToParameters(torch.tensor([1, 2, 3]), [weight, bias]);
 * [weight, bias]; // → [ tensor([[1., 2.]]), tensor([3.]) ]
 */
export function vectorToParameters(vec: Tensor, parameters: Iterable<Tensor>): void {
  atMost('vectorToParameters', 2, arguments.length);
  tensorKind.read('vectorToParameters: vec', vec);
  const list = tensorsKind.read('vectorToParameters: parameters', parameters);
  requireOneDevice('vectorToParameters', list);
  const count = list.reduce((sum, each) => sum + each.numel(), 0);
  if (vec.ndim !== 1 || vec.numel() < count) {
    throw invalidArgument(
      `vectorToParameters: expected a vector of at least ${count} elements, got [${vec.shape}]`,
    );
  }
  noGrad(() =>
    tidy(() => {
      let at = 0;
      for (const each of list) {
        const part = vec.narrow(0, at, each.numel()).reshape(...each.shape);
        if (each.dtype === vec.dtype) each.copy_(part);
        else setData(each, part.detach().to(each.device).clone());
        at += each.numel();
      }
    }),
  );
}
