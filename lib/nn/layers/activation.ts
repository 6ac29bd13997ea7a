import { flag, integer } from '../../argument/kind.js';
import { readOptions } from '../../argument/options.js';
import { logSoftmax, sigmoid, softmax, type Tensor, tanh } from '../../tensor/index.js';
import { tensorKind } from '../../tensor/kinds.js';
import { Module } from '../module/module.js';
import { pythonText } from '../module/repr.js';

/** `1 / (1 + e^−x)`; mirrors `torch.nn.Sigmoid`. Any shape. */
export class Sigmoid extends Module {
  forward(input: Tensor): Tensor {
    return sigmoid(input);
  }
}

/** Hyperbolic tangent; mirrors `torch.nn.Tanh`. Any shape. */
export class Tanh extends Module {
  forward(input: Tensor): Tensor {
    return tanh(input);
  }
}

/**
 * `max(0, x)`; mirrors `torch.nn.ReLU`. Any shape.
 *
 * @param options.inplace - Whether the input itself is changed. Default false.
 */
export class ReLU extends Module {
  readonly inplace: boolean;

  constructor(options?: { inplace?: boolean }) {
    super();
    this.inplace = readOptions('ReLU', { inplace: flag.or(false) }, options).inplace;
  }

  forward(input: Tensor): Tensor {
    tensorKind.read('ReLU: input', input);
    return this.inplace ? input.relu_() : input.relu();
  }

  override extraRepr(): string {
    return this.inplace ? 'inplace=True' : '';
  }
}

// Python's choice where no dimension is given, which it calls deprecated.
const implicitDim = (input: Tensor): number => ([0, 1, 3].includes(input?.ndim) ? 0 : 1);

const readDim = (name: string, dim: number | null): number | null =>
  dim === null ? null : integer().read(name, dim);

/**
 * Exponentials that sum to 1 along a dimension; mirrors `torch.nn.Softmax`. Any shape.
 *
 * @param dim - Negative counts from the end. Default `null`: 0 for 0, 1 or 3 dimensions, else 1.
 */
export class Softmax extends Module {
  readonly dim: number | null;

  constructor(dim: number | null = null) {
    super();
    this.dim = readDim('Softmax: dim', dim);
  }

  forward(input: Tensor): Tensor {
    return softmax(input, this.dim ?? implicitDim(input));
  }

  override extraRepr(): string {
    return `dim=${pythonText(this.dim)}`;
  }
}

/**
 * Logarithm of {@link Softmax}; mirrors `torch.nn.LogSoftmax`. Any shape.
 *
 * @param dim - Negative counts from the end. Default `null`: 0 for 0, 1 or 3 dimensions, else 1.
 */
export class LogSoftmax extends Module {
  readonly dim: number | null;

  constructor(dim: number | null = null) {
    super();
    this.dim = readDim('LogSoftmax: dim', dim);
  }

  forward(input: Tensor): Tensor {
    return logSoftmax(input, this.dim ?? implicitDim(input));
  }

  override extraRepr(): string {
    return `dim=${pythonText(this.dim)}`;
  }
}
