import { atMost } from '../../argument/atMost.js';
import { flag } from '../../argument/kind.js';
import { type Each, type Sizes, sizesAsGiven, sizesOrNull } from '../../argument/sizes.js';
import type { Tensor } from '../../tensor/index.js';
import { adaptiveAvgPool, adaptiveMaxPool } from '../functional/adaptivePooling.js';
import { type LayerOptions, layer } from '../layer.js';
import type { Portrait } from '../module/portrait.js';
import type { Pooled } from './maxPooling.js';

const repr = 'output_size={outputSize}';

const signals = {
  args: {
    /** How many, integer ≥ 0. */
    outputSize: sizesAsGiven(1, 0),
  },
  repr,
};

const images = {
  args: {
    /** Pixels, integer ≥ 0, or `[height, width]`, where `null` leaves one as it is. */
    outputSize: sizesOrNull(2),
  },
  repr,
};

const volumes = {
  args: {
    /** Pixels, integer ≥ 0, or `[depth, height, width]`, where `null` leaves one as it is. */
    outputSize: sizesOrNull(3),
  },
  repr,
};

const indexed = {
  options: {
    /** Whether each element's place in its plane is returned too. Default false. */
    returnIndices: flag.or(false),
  },
};

/** Options of the adaptive layers that keep the largest elements. */
export interface AdaptiveMaxPoolOptions extends LayerOptions<typeof indexed> {}

/**
 * Means of as many windows as asked for, whatever the input's size; mirrors `torch.nn.AdaptiveAvgPool1d`.
 *
 * Shape: `(N, C, L)` or `(C, L)` → `(N, C, outputSize)`.
 *
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.AdaptiveAvgPool1d.html
 * @example
 * new nn.AdaptiveAvgPool1d(2).forward(torch.tensor([[1, 2, 3, 4, 5]])); // → tensor([[2., 4.]])
 */
export class AdaptiveAvgPool1d extends layer('AdaptiveAvgPool1d', signals) {
  constructor(outputSize: Sizes<1>);
  constructor(...given: unknown[]) {
    super(...given);
  }

  override portrait(): Portrait {
    atMost('portrait', 0, arguments.length);
    return { kind: 'subsampling', verb: 'mean pooling' };
  }

  forward(input: Tensor): Tensor {
    atMost('AdaptiveAvgPool1d.forward', 1, arguments.length);
    return adaptiveAvgPool(1, input, this.outputSize);
  }
}

/**
 * Means of as many windows as asked for, whatever the input's size; mirrors `torch.nn.AdaptiveAvgPool2d`.
 *
 * Shape: `(N, C, H, W)` or `(C, H, W)` → `(N, C, ...outputSize)`.
 *
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.AdaptiveAvgPool2d.html
 * @example
 * const pool = new nn.AdaptiveAvgPool2d([null, 1]);
 * pool.forward(torch.tensor([[[1, 2, 3], [4, 5, 6]]])); // → tensor([[[2.], [5.]]])
 * pool.forward(torch.zeros(1, 6, 9, 7)).shape; // → [ 1, 6, 9, 1 ]
 */
export class AdaptiveAvgPool2d extends layer('AdaptiveAvgPool2d', images) {
  constructor(outputSize: number | Each<2, number | null>);
  constructor(...given: unknown[]) {
    super(...given);
  }

  override portrait(): Portrait {
    atMost('portrait', 0, arguments.length);
    return { kind: 'subsampling', verb: 'mean pooling' };
  }

  forward(input: Tensor): Tensor {
    atMost('AdaptiveAvgPool2d.forward', 1, arguments.length);
    return adaptiveAvgPool(2, input, this.outputSize);
  }
}

/**
 * Means of as many windows as asked for, whatever the input's size; mirrors `torch.nn.AdaptiveAvgPool3d`.
 *
 * Shape: `(N, C, D, H, W)` or `(C, D, H, W)` → `(N, C, ...outputSize)`.
 *
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.AdaptiveAvgPool3d.html
 * @example
 * new nn.AdaptiveAvgPool3d([1, 2, 2]).forward(torch.zeros(1, 6, 5, 9, 7)).shape; // → [ 1, 6, 1, 2, 2 ]
 */
export class AdaptiveAvgPool3d extends layer('AdaptiveAvgPool3d', volumes) {
  constructor(outputSize: number | Each<3, number | null>);
  constructor(...given: unknown[]) {
    super(...given);
  }

  override portrait(): Portrait {
    atMost('portrait', 0, arguments.length);
    return { kind: 'subsampling', verb: 'mean pooling' };
  }

  forward(input: Tensor): Tensor {
    atMost('AdaptiveAvgPool3d.forward', 1, arguments.length);
    return adaptiveAvgPool(3, input, this.outputSize);
  }
}

/**
 * Largest elements of as many windows as asked for, whatever the input's size; mirrors `torch.nn.AdaptiveMaxPool1d`.
 *
 * Shape: `(N, C, L)` or `(C, L)` → `(N, C, outputSize)`; with `returnIndices` two of it: the elements and their places.
 *
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.AdaptiveMaxPool1d.html
 * @example
 * const pool = new nn.AdaptiveMaxPool1d(2, { returnIndices: true });
 * pool.forward(torch.tensor([[1, 5, 3, 2, 4]])); // → [ tensor([[5., 4.]]), tensor([[1, 4]]) ]
 */
export class AdaptiveMaxPool1d<Indexed extends boolean = false> extends layer('AdaptiveMaxPool1d', {
  ...signals,
  ...indexed,
}) {
  constructor(outputSize: Sizes<1>, options?: AdaptiveMaxPoolOptions & { returnIndices?: Indexed });
  constructor(...given: unknown[]) {
    super(...given);
  }

  override portrait(): Portrait {
    atMost('portrait', 0, arguments.length);
    return { kind: 'subsampling', verb: 'max pooling' };
  }

  forward(input: Tensor): Pooled<Indexed> {
    atMost('AdaptiveMaxPool1d.forward', 1, arguments.length);
    const results = adaptiveMaxPool(1, input, this.outputSize);
    return (this.returnIndices ? results : results[0]) as Pooled<Indexed>;
  }
}

/**
 * Largest elements of as many windows as asked for, whatever the input's size; mirrors `torch.nn.AdaptiveMaxPool2d`.
 *
 * Shape: `(N, C, H, W)` or `(C, H, W)` → `(N, C, ...outputSize)`; with `returnIndices` two of it: the elements and their places.
 *
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.AdaptiveMaxPool2d.html
 * @example
 * new nn.AdaptiveMaxPool2d(1).forward(torch.tensor([[[1, 9, 3], [4, 5, 6]]])); // → tensor([[[9.]]])
 * new nn.AdaptiveMaxPool2d([null, 2]).forward(torch.zeros(1, 6, 9, 7)).shape; // → [ 1, 6, 9, 2 ]
 */
export class AdaptiveMaxPool2d<Indexed extends boolean = false> extends layer('AdaptiveMaxPool2d', {
  ...images,
  ...indexed,
}) {
  constructor(
    outputSize: number | Each<2, number | null>,
    options?: AdaptiveMaxPoolOptions & { returnIndices?: Indexed },
  );
  constructor(...given: unknown[]) {
    super(...given);
  }

  override portrait(): Portrait {
    atMost('portrait', 0, arguments.length);
    return { kind: 'subsampling', verb: 'max pooling' };
  }

  forward(input: Tensor): Pooled<Indexed> {
    atMost('AdaptiveMaxPool2d.forward', 1, arguments.length);
    const results = adaptiveMaxPool(2, input, this.outputSize);
    return (this.returnIndices ? results : results[0]) as Pooled<Indexed>;
  }
}

/**
 * Largest elements of as many windows as asked for, whatever the input's size; mirrors `torch.nn.AdaptiveMaxPool3d`.
 *
 * Shape: `(N, C, D, H, W)` or `(C, D, H, W)` → `(N, C, ...outputSize)`; with `returnIndices` two of it: the elements and their places.
 *
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.AdaptiveMaxPool3d.html
 * @example
 * new nn.AdaptiveMaxPool3d(2).forward(torch.zeros(1, 6, 5, 9, 7)).shape; // → [ 1, 6, 2, 2, 2 ]
 */
export class AdaptiveMaxPool3d<Indexed extends boolean = false> extends layer('AdaptiveMaxPool3d', {
  ...volumes,
  ...indexed,
}) {
  constructor(
    outputSize: number | Each<3, number | null>,
    options?: AdaptiveMaxPoolOptions & { returnIndices?: Indexed },
  );
  constructor(...given: unknown[]) {
    super(...given);
  }

  override portrait(): Portrait {
    atMost('portrait', 0, arguments.length);
    return { kind: 'subsampling', verb: 'max pooling' };
  }

  forward(input: Tensor): Pooled<Indexed> {
    atMost('AdaptiveMaxPool3d.forward', 1, arguments.length);
    const results = adaptiveMaxPool(3, input, this.outputSize);
    return (this.returnIndices ? results : results[0]) as Pooled<Indexed>;
  }
}
