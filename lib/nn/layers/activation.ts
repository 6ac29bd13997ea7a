import { atMost } from '../../argument/atMost.js';
import { flag, integer, number, orNull } from '../../argument/kind.js';
import { invalidArgument } from '../../error.js';
import { sigmoid, type Tensor, tanh } from '../../tensor/index.js';
import { tensorKind } from '../../tensor/kinds.js';
import { leakyRelu, logSoftmax, silu, softmax, softmin } from '../functional/activation.js';
import { type LayerOptions, layer } from '../layer.js';

/**
 * `1 / (1 + e^−x)`; mirrors `torch.nn.Sigmoid`. Any shape.
 *
 * @example
 * new nn.Sigmoid().forward(torch.tensor([0])); // → tensor([0.5000])
 */
export class Sigmoid extends layer('Sigmoid') {
  forward(input: Tensor): Tensor {
    atMost('Sigmoid.forward', 1, arguments.length);
    return sigmoid(input);
  }
}

/**
 * Hyperbolic tangent; mirrors `torch.nn.Tanh`. Any shape.
 *
 * @example
 * new nn.Tanh().forward(torch.tensor([0, 1])); // → tensor([0.0000, 0.7616])
 */
export class Tanh extends layer('Tanh') {
  forward(input: Tensor): Tensor {
    atMost('Tanh.forward', 1, arguments.length);
    return tanh(input);
  }
}

const inPlace = {
  options: {
    /** Whether the input itself is changed. Default false. */
    inplace: flag.or(false),
  },
  repr: '[inplace={inplace}]',
};

/**
 * `max(0, x)`; mirrors `torch.nn.ReLU`. Any shape.
 *
 * @example
 * new nn.ReLU().forward(torch.tensor([-1, 2])); // → tensor([0., 2.])
 */
export class ReLU extends layer('ReLU', inPlace) {
  forward(input: Tensor): Tensor {
    atMost('ReLU.forward', 1, arguments.length);
    tensorKind.read('ReLU: input', input);
    return this.inplace ? input.relu_() : input.relu();
  }
}

/**
 * `x / (1 + e^−x)`; mirrors `torch.nn.SiLU`. Any shape.
 *
 * @example
 * new nn.SiLU().forward(torch.tensor([0, 1])); // → tensor([0.0000, 0.7311])
 */
export class SiLU extends layer('SiLU', inPlace) {
  forward(input: Tensor): Tensor {
    atMost('SiLU.forward', 1, arguments.length);
    return silu(input, this.inplace);
  }
}

const leaky = {
  args: {
    /** What negative elements are multiplied by. Default 0.01. */
    negativeSlope: number().or(0.01),
  },
  options: inPlace.options,
  repr: 'negative_slope={negativeSlope:float}[, inplace={inplace}]',
};

/** Options of {@link LeakyReLU}. */
export interface LeakyReLUOptions extends LayerOptions<typeof leaky> {}

/**
 * `x` where it is positive, else `negativeSlope · x`; mirrors `torch.nn.LeakyReLU`. Any shape.
 *
 * @example
 * new nn.LeakyReLU(0.5).forward(torch.tensor([-2, 2])); // → tensor([-1., 2.])
 */
export class LeakyReLU extends layer('LeakyReLU', leaky) {
  constructor(
    negativeSlope?: number | (LeakyReLUOptions & { negativeSlope?: number }),
    options?: LeakyReLUOptions,
  );
  constructor(...given: unknown[]) {
    super(...given);
  }

  forward(input: Tensor): Tensor {
    atMost('LeakyReLU.forward', 1, arguments.length);
    return leakyRelu(input, this.negativeSlope, this.inplace);
  }
}

const alongDim = {
  args: {
    /** Negative counts from the end. Default `null`: 0 for 0, 1 or 3 dimensions, else 1. */
    dim: orNull(integer()).or(null),
  },
  repr: 'dim={dim}',
};

/**
 * Exponentials that sum to 1 along a dimension; mirrors `torch.nn.Softmax`. Any shape.
 *
 * @example
 * new nn.Softmax(0).forward(torch.tensor([0, 0])); // → tensor([0.5000, 0.5000])
 */
export class Softmax extends layer('Softmax', alongDim) {
  constructor(dim?: number | null | { dim?: number | null });
  constructor(...given: unknown[]) {
    super(...given);
  }

  forward(input: Tensor): Tensor {
    atMost('Softmax.forward', 1, arguments.length);
    return softmax(input, this.dim);
  }
}

/**
 * Logarithm of {@link Softmax}; mirrors `torch.nn.LogSoftmax`. Any shape.
 *
 * @example
 * new nn.LogSoftmax(0).forward(torch.tensor([0, 0])); // → tensor([-0.6931, -0.6931])
 */
export class LogSoftmax extends layer('LogSoftmax', alongDim) {
  constructor(dim?: number | null | { dim?: number | null });
  constructor(...given: unknown[]) {
    super(...given);
  }

  forward(input: Tensor): Tensor {
    atMost('LogSoftmax.forward', 1, arguments.length);
    return logSoftmax(input, this.dim);
  }
}

/**
 * {@link Softmax} of `−x`; mirrors `torch.nn.Softmin`. Any shape.
 *
 * @example
 * new nn.Softmin(0).forward(torch.tensor([0, 1])); // → tensor([0.7311, 0.2689])
 */
export class Softmin extends layer('Softmin', alongDim) {
  constructor(dim?: number | null | { dim?: number | null });
  constructor(...given: unknown[]) {
    super(...given);
  }

  forward(input: Tensor): Tensor {
    atMost('Softmin.forward', 1, arguments.length);
    return softmin(input, this.dim);
  }
}

/**
 * {@link Softmax} over the channels of images; mirrors `torch.nn.Softmax2d`. Shape: `(N, C, H, W)` or `(C, H, W)`.
 *
 * @example
 * const x = torch.tensor([0, 0, 0, 1]).reshape(1, 2, 1, 2);
 * new nn.Softmax2d().forward(x).squeeze(); // → tensor([[0.5000, 0.2689], [0.5000, 0.7311]])
 */
export class Softmax2d extends layer('Softmax2d') {
  forward(input: Tensor): Tensor {
    atMost('Softmax2d.forward', 1, arguments.length);
    const { ndim } = tensorKind.read('Softmax2d: input', input);
    if (ndim !== 3 && ndim !== 4) {
      throw invalidArgument(`Softmax2d: expected input to be 3D or 4D, got ${ndim}D instead`);
    }
    return softmax(input, -3);
  }
}
