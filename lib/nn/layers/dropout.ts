import { atMost } from '../../argument/atMost.js';
import { flag, probability } from '../../argument/kind.js';
import type { Tensor } from '../../tensor/index.js';
import {
  alphaDropout,
  dropout,
  dropout1d,
  dropout2d,
  dropout3d,
  featureAlphaDropout,
} from '../functional/dropout.js';
import { type LayerOptions, layer } from '../layer.js';

const declaration = {
  args: {
    /** Between 0 and 1. Default 0.5. */
    p: probability.or(0.5),
  },
  options: {
    /** Whether the input itself is changed. Default false. */
    inplace: flag.or(false),
  },
  repr: 'p={p}, inplace={inplace}',
};

/** Options of {@link Dropout}. */
export interface DropoutOptions extends LayerOptions<typeof declaration> {}

/**
 * In training, sets each element to zero with probability `p` and scales the others by `1 / (1 − p)`;
 * mirrors `torch.nn.Dropout`. Any shape.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` when `p` is no probability.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.Dropout.html
 * @example
 * const dropout = new nn.Dropout();
 * dropout.eval();
 * dropout.forward(torch.ones(3)); // → tensor([1., 1., 1.])
 */
export class Dropout extends layer('Dropout', declaration) {
  constructor(p?: number | (DropoutOptions & { p?: number }), options?: DropoutOptions);
  constructor(...given: unknown[]) {
    super(...given);
  }

  forward(input: Tensor): Tensor {
    atMost('Dropout.forward', 1, arguments.length);
    return dropout(input, this.p, this.training, this.inplace);
  }
}

/**
 * {@link Dropout} of whole channels; mirrors `torch.nn.Dropout1d`. Shape: `(N, C, L)` or `(C, L)`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` when `p` is no probability.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.Dropout1d.html
 * @example
 * torch.manualSeed(0);
 * new nn.Dropout1d(0.5).forward(torch.ones(1, 4, 2)).squeeze(); // → tensor([[0., 0.], [0., 0.], [2., 2.], [0., 0.]])
 */
export class Dropout1d extends layer('Dropout1d', declaration) {
  constructor(p?: number | (DropoutOptions & { p?: number }), options?: DropoutOptions);
  constructor(...given: unknown[]) {
    super(...given);
  }

  forward(input: Tensor): Tensor {
    atMost('Dropout1d.forward', 1, arguments.length);
    return dropout1d(input, this.p, this.training, this.inplace);
  }
}

/**
 * {@link Dropout} of whole channels; mirrors `torch.nn.Dropout2d`. Shape: `(N, C, H, W)`, or `(N, C, L)` as in Python.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` when `p` is no probability.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.Dropout2d.html
 * @example
 * torch.manualSeed(0);
 * const dropped = new nn.Dropout2d(0.75).forward(torch.ones(1, 8, 3, 3));
 * dropped.amax([2, 3]); // → tensor([[0., 0., 0., 0., 0., 0., 4., 0.]])
 */
export class Dropout2d extends layer('Dropout2d', declaration) {
  constructor(p?: number | (DropoutOptions & { p?: number }), options?: DropoutOptions);
  constructor(...given: unknown[]) {
    super(...given);
  }

  forward(input: Tensor): Tensor {
    atMost('Dropout2d.forward', 1, arguments.length);
    return dropout2d(input, this.p, this.training, this.inplace);
  }
}

/**
 * {@link Dropout} of whole channels; mirrors `torch.nn.Dropout3d`. Shape: `(N, C, D, H, W)` or `(C, D, H, W)`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` when `p` is no probability.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.Dropout3d.html
 * @example
 * torch.manualSeed(0);
 * new nn.Dropout3d().forward(torch.ones(1, 6, 2, 2, 2)).mean([2, 3, 4]); // → tensor([[0., 0., 2., 0., 0., 0.]])
 */
export class Dropout3d extends layer('Dropout3d', declaration) {
  constructor(p?: number | (DropoutOptions & { p?: number }), options?: DropoutOptions);
  constructor(...given: unknown[]) {
    super(...given);
  }

  forward(input: Tensor): Tensor {
    atMost('Dropout3d.forward', 1, arguments.length);
    return dropout3d(input, this.p, this.training, this.inplace);
  }
}

/**
 * {@link Dropout} that keeps mean and variance of what {@link SELU} gives; mirrors `torch.nn.AlphaDropout`. Any shape;
 * `inplace` has no effect, as in Python.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` when `p` is no probability.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.AlphaDropout.html
 * @example
 * torch.manualSeed(0);
 * new nn.AlphaDropout(0.5).forward(torch.zeros(5)); // → tensor([-0.7792, -0.7792, 0.7792, -0.7792, -0.7792])
 */
export class AlphaDropout extends layer('AlphaDropout', declaration) {
  constructor(p?: number | (DropoutOptions & { p?: number }), options?: DropoutOptions);
  constructor(...given: unknown[]) {
    super(...given);
  }

  forward(input: Tensor): Tensor {
    atMost('AlphaDropout.forward', 1, arguments.length);
    return alphaDropout(input, this.p, this.training);
  }
}

/**
 * {@link AlphaDropout} of whole channels; mirrors `torch.nn.FeatureAlphaDropout`. Shape: `(N, C, …)`; `inplace` has no
 * effect, as in Python.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` when `p` is no probability.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.FeatureAlphaDropout.html
 * @example
 * torch.manualSeed(0);
 * const channels = new nn.FeatureAlphaDropout(0.5).forward(torch.zeros(1, 3, 2));
 * channels.squeeze(); // → tensor([[-0.7792, -0.7792], [-0.7792, -0.7792], [ 0.7792, 0.7792]])
 */
export class FeatureAlphaDropout extends layer('FeatureAlphaDropout', declaration) {
  constructor(p?: number | (DropoutOptions & { p?: number }), options?: DropoutOptions);
  constructor(...given: unknown[]) {
    super(...given);
  }

  forward(input: Tensor): Tensor {
    atMost('FeatureAlphaDropout.forward', 1, arguments.length);
    return featureAlphaDropout(input, this.p, this.training);
  }
}
