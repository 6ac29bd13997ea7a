import { inspect } from 'node:util';

import { atMost } from '../../argument/atMost.js';
import { describe } from '../../argument/describe.js';
import { anything, flag, type Setting } from '../../argument/kind.js';
import { noGrad } from '../../context/autograd.js';
import type { DeviceLike } from '../../context/device.js';
import { invalidArgument } from '../../error.js';
import type { DType } from '../../native/dtype.js';
import { empty, Tensor, type TensorOptions } from '../../tensor/index.js';
import { dtypeKind } from '../../tensor/kinds.js';

/** Where a layer's parameters are made, and of what. */
export type ParameterOptions = Pick<TensorOptions, 'dtype' | 'device'>;

/** The spec of {@link ParameterOptions}. A type with a name keeps what is said of its parts in declarations. */
export type Placed = {
  /** Of the parameters. Default: `getDefaultDtype()`. */
  readonly dtype: Setting<DType, DType | undefined>;
  /** Where the parameters are made. Default: the CPU. */
  readonly device: Setting<DeviceLike>;
};

/** The spec of layers whose bias can be left out. */
export type Biased = {
  /** Whether a learned number is added to each output. Default true. */
  readonly bias: Setting<boolean>;
} & Placed;

export const placed: Placed = {
  dtype: dtypeKind.optional(),
  device: anything<DeviceLike>('a device').or('cpu'),
};

export const biased: Biased = { bias: flag.or(true), ...placed };

const parameters = new WeakSet<Tensor>();

interface ParameterConstructor {
  new (data: Tensor, requiresGrad?: boolean): Parameter;
  [Symbol.hasInstance](value: unknown): value is Parameter;
}

/** A tensor that a module learns. */
export type Parameter = Tensor;

/**
 * Makes a tensor a parameter: `new nn.Parameter(tensor)`; mirrors `torch.nn.Parameter`. The parameter
 * shares the tensor's memory, is a leaf, wants gradients and belongs to no scope.
 *
 * @param data - The first values.
 * @param requiresGrad - Default true.
 * @throws {TypeError} `ERR_INVALID_ARG` when `data` is no tensor.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.parameter.Parameter.html
 */
export const Parameter = class {
  constructor(data: Tensor, requiresGrad = true) {
    atMost('Parameter', 2, arguments.length);
    if (!(data instanceof Tensor)) {
      throw invalidArgument(`Parameter: expected a Tensor, got ${describe(data)}`);
    }
    flag.read('Parameter: requiresGrad', requiresGrad);
    const parameter = noGrad(() => data.detach()).keep();
    parameter.requiresGrad = requiresGrad;
    parameters.add(parameter);
    const toString = (): string =>
      `Parameter containing:\n${Tensor.prototype.toString.call(parameter)}`;
    Object.defineProperties(parameter, {
      toString: { value: toString },
      [inspect.custom]: { value: toString },
    });
    // biome-ignore lint/correctness/noConstructorReturn: a parameter is a tensor, not a wrapper of one
    return parameter;
  }

  static [Symbol.hasInstance](value: unknown): value is Parameter {
    return parameters.has(value as Tensor);
  }
} as unknown as ParameterConstructor;

/** A parameter without values yet. */
export function emptyParameter(shape: readonly number[], options: ParameterOptions): Parameter {
  const { dtype, device = 'cpu' } = options;
  const data = empty(shape, { ...(dtype && { dtype }), device });
  const parameter = new Parameter(data);
  data.dispose();
  return parameter;
}
