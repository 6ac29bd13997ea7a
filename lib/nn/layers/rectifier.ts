import { atMost } from '../../argument/atMost.js';
import { filler, flag, integer, number } from '../../argument/kind.js';
import { invalidArgument } from '../../error.js';
import type { Tensor } from '../../tensor/index.js';
import {
  celu,
  elu,
  hardtanh,
  prelu,
  relu6,
  rrelu,
  selu,
  threshold,
} from '../functional/activation.js';
import { constant_ } from '../init.js';
import { type LayerOptions, layer } from '../layer.js';
import { type Arithmetic, perUnit } from '../module/arithmetic.js';
import { placed } from '../module/parameter.js';

const options = {
  /** Whether the input itself is changed. Default false. */
  inplace: flag.or(false),
};
const simple = { options, repr: '[inplace={inplace}]' };

/** Options of layers that may write over their input. */
export interface InPlaceOptions extends LayerOptions<typeof simple> {}

const exponential = {
  args: {
    /** How far below 0 it goes. Default 1. */
    alpha: number().or(1),
  },
  options,
  repr: 'alpha={alpha:float}[, inplace={inplace}]',
};

/**
 * `min(max(0, x), 6)`; mirrors `torch.nn.ReLU6`. Any shape.
 *
 * @example
 * new nn.ReLU6().forward(torch.tensor([-1, 3, 9])); // → tensor([0., 3., 6.])
 */
export class ReLU6 extends layer('ReLU6', simple) {
  forward(input: Tensor): Tensor {
    atMost('ReLU6.forward', 1, arguments.length);
    return relu6(input, this.inplace);
  }
}

/**
 * {@link ELU} with the scale that keeps mean and variance; mirrors `torch.nn.SELU`. Any shape.
 *
 * @example
 * new nn.SELU().forward(torch.tensor([-1, 1])); // → tensor([-1.1113, 1.0507])
 */
export class SELU extends layer('SELU', simple) {
  forward(input: Tensor): Tensor {
    atMost('SELU.forward', 1, arguments.length);
    return selu(input, this.inplace);
  }
}

/**
 * `x` where it is positive, else `alpha · (eˣ − 1)`; mirrors `torch.nn.ELU`. Any shape.
 *
 * @example
 * new nn.ELU(2).forward(torch.tensor([-1, 1])); // → tensor([-1.2642, 1.0000])
 */
export class ELU extends layer('ELU', exponential) {
  constructor(alpha?: number | (InPlaceOptions & { alpha?: number }), options?: InPlaceOptions);
  constructor(...given: unknown[]) {
    super(...given);
  }

  forward(input: Tensor): Tensor {
    atMost('ELU.forward', 1, arguments.length);
    return elu(input, this.alpha, this.inplace);
  }
}

/**
 * `max(0, x) + min(0, alpha · (e^(x / alpha) − 1))`; mirrors `torch.nn.CELU`. Any shape.
 *
 * @example
 * new nn.CELU(2).forward(torch.tensor([-1, 1])); // → tensor([-0.7869, 1.0000])
 */
export class CELU extends layer('CELU', exponential) {
  constructor(alpha?: number | (InPlaceOptions & { alpha?: number }), options?: InPlaceOptions);
  constructor(...given: unknown[]) {
    super(...given);
  }

  forward(input: Tensor): Tensor {
    atMost('CELU.forward', 1, arguments.length);
    return celu(input, this.alpha, this.inplace);
  }
}

const limits = {
  args: {
    /** Default -1. */
    minVal: number().or(-1),
    /** Above `minVal`. Default 1. */
    maxVal: number().or(1),
  },
  options,
  repr: 'min_val={minVal:float}, max_val={maxVal:float}[, inplace={inplace}]',
};

/**
 * Limits elements to `[minVal, maxVal]`; mirrors `torch.nn.Hardtanh`. Any shape.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` where `maxVal` is not above `minVal`.
 * @example
 * new nn.Hardtanh(-2, 1).forward(torch.tensor([-3, 0, 3])); // → tensor([-2., 0., 1.])
 */
export class Hardtanh extends layer('Hardtanh', limits) {
  constructor(
    minVal?: number | (InPlaceOptions & { minVal?: number; maxVal?: number }),
    maxVal?: number | (InPlaceOptions & { maxVal?: number }),
    options?: InPlaceOptions,
  );
  constructor(...given: unknown[]) {
    super(...given);
    const { minVal, maxVal } = this;
    if (maxVal <= minVal) {
      throw invalidArgument(`Hardtanh: maxVal (${maxVal}) must be greater than minVal (${minVal})`);
    }
  }

  forward(input: Tensor): Tensor {
    atMost('Hardtanh.forward', 1, arguments.length);
    return hardtanh(input, this.minVal, this.maxVal, this.inplace);
  }
}

const above = {
  args: {
    /** What elements have to be above to stay. */
    threshold: number(),
    /** What stands in the place of the others. */
    value: filler,
  },
  options,
  repr: 'threshold={threshold:float}, value={value:float}[, inplace={inplace}]',
};

/**
 * `x` where it is above `threshold`, else `value`; mirrors `torch.nn.Threshold`. Any shape.
 *
 * @example
 * new nn.Threshold(1, 20).forward(torch.tensor([0, 1, 2])); // → tensor([20., 20., 2.])
 */
export class Threshold extends layer('Threshold', above) {
  constructor(threshold: number, value: number, options?: InPlaceOptions);
  constructor(...given: unknown[]) {
    super(...given);
  }

  forward(input: Tensor): Tensor {
    atMost('Threshold.forward', 1, arguments.length);
    return threshold(input, this.threshold, this.value, this.inplace);
  }
}

const drawn = {
  args: {
    /** The least slope. Default 0.125. */
    lower: number().or(1 / 8),
    /** The largest. Default 0.3333333333333333. */
    upper: number().or(1 / 3),
  },
  options,
  repr: 'lower={lower:float}, upper={upper:float}[, inplace={inplace}]',
};

/**
 * `x` where it is positive, else `x` times a slope that is drawn for each element from `[lower, upper)`, in evaluation
 * the mean of both; mirrors `torch.nn.RReLU`. Any shape.
 *
 * @example
 * new nn.RReLU(0.1, 0.3).eval().forward(torch.tensor([-1, 1])); // → tensor([-0.2000, 1.0000])
 */
export class RReLU extends layer('RReLU', drawn) {
  constructor(
    lower?: number | (InPlaceOptions & { lower?: number; upper?: number }),
    upper?: number | (InPlaceOptions & { upper?: number }),
    options?: InPlaceOptions,
  );
  constructor(...given: unknown[]) {
    super(...given);
  }

  forward(input: Tensor): Tensor {
    atMost('RReLU.forward', 1, arguments.length);
    return rrelu(input, this.lower, this.upper, this.training, this.inplace);
  }
}

const learned = {
  args: {
    /** 1, or as many as there are channels. Default 1. */
    numParameters: integer(1).or(1),
    /** What the slopes begin with. Default 0.25. */
    init: number().or(0.25),
  },
  making: placed,
  repr: 'num_parameters={numParameters}',
};

/** Options of {@link PReLU}. */
export interface PReLUOptions extends LayerOptions<typeof learned> {}

/**
 * `x` where it is positive, else `weight · x` with a learned weight, for all or for each channel; mirrors
 * `torch.nn.PReLU`. Any shape; channels are the second dimension.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` when a value is not of its kind.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.PReLU.html
 * @example
 * const prelu = new nn.PReLU(2, 0.5);
 * prelu.forward(torch.tensor([[-1, 2]])).detach(); // → tensor([[-0.5000, 2.0000]])
 * prelu.weight; // → Parameter containing: tensor([0.5000, 0.5000], requires_grad=True)
 */
export class PReLU extends layer('PReLU', learned) {
  /** `(numParameters)` */
  weight = this.learned(this.numParameters);

  constructor(
    numParameters?: number | (PReLUOptions & { numParameters?: number; init?: number }),
    init?: number | (PReLUOptions & { init?: number }),
    options?: PReLUOptions,
  );
  constructor(...given: unknown[]) {
    super(...given);
    this.resetParameters();
    this.guardMembers();
  }

  /** Begins anew: each slope is `init`. */
  resetParameters(): void {
    atMost('resetParameters', 0, arguments.length);
    constant_(this.weight, this.init);
  }

  override arithmetic(units: number): Arithmetic {
    atMost('arithmetic', 1, arguments.length);
    return perUnit(units, 1, 0);
  }

  forward(input: Tensor): Tensor {
    atMost('PReLU.forward', 1, arguments.length);
    return prelu(input, this.weight);
  }
}
