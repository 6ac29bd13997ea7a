import { atMost } from '../../argument/atMost.js';
import { flag, integer, number } from '../../argument/kind.js';
import type { Tensor } from '../../tensor/index.js';
import {
  gelu,
  geluKinds,
  glu,
  hardshrink,
  hardsigmoid,
  hardswish,
  logsigmoid,
  mish,
  softplus,
  softshrink,
  softsign,
  tanhshrink,
} from '../functional/activation.js';
import { layer } from '../layer.js';

const options = {
  /** Whether the input itself is changed. Default false. */
  inplace: flag.or(false),
};

/**
 * `min(max(0, x / 6 + 1/2), 1)`; mirrors `torch.nn.Hardsigmoid`. Any shape.
 *
 * @example
 * new nn.Hardsigmoid().forward(torch.tensor([-4, 0, 1.5, 4])); // → tensor([0.0000, 0.5000, 0.7500, 1.0000])
 */
export class Hardsigmoid extends layer('Hardsigmoid', { options }) {
  forward(input: Tensor): Tensor {
    atMost('Hardsigmoid.forward', 1, arguments.length);
    return hardsigmoid(input, this.inplace);
  }
}

/**
 * `x` times {@link Hardsigmoid} of it; mirrors `torch.nn.Hardswish`. Any shape.
 *
 * @example
 * new nn.Hardswish().forward(torch.tensor([-4, -1, 4])); // → tensor([-0.0000, -0.3333, 4.0000])
 */
export class Hardswish extends layer('Hardswish', { options }) {
  forward(input: Tensor): Tensor {
    atMost('Hardswish.forward', 1, arguments.length);
    return hardswish(input, this.inplace);
  }
}

/**
 * `x · tanh(log(1 + eˣ))`; mirrors `torch.nn.Mish`. Any shape.
 *
 * @example
 * new nn.Mish().forward(torch.tensor([-1, 0, 1])); // → tensor([-0.3034, 0.0000, 0.8651])
 */
export class Mish extends layer('Mish', { options, repr: '[inplace={inplace}]' }) {
  forward(input: Tensor): Tensor {
    atMost('Mish.forward', 1, arguments.length);
    return mish(input, this.inplace);
  }
}

const approximation = {
  options: {
    /** `'none'`, or `'tanh'` for the formula with a hyperbolic tangent. Default `'none'`. */
    approximate: geluKinds.or('none'),
  },
  repr: "approximate='{approximate}'",
};

/**
 * `x · Φ(x)`, Φ the normal distribution's; mirrors `torch.nn.GELU`. Any shape.
 *
 * @example
 * new nn.GELU().forward(torch.tensor([-1, 0, 1])); // → tensor([-0.1587, 0.0000, 0.8413])
 * new nn.GELU({ approximate: 'tanh' }).forward(torch.tensor([-1, 0, 1])); // → tensor([-0.1588, 0.0000, 0.8412])
 */
export class GELU extends layer('GELU', approximation) {
  forward(input: Tensor): Tensor {
    atMost('GELU.forward', 1, arguments.length);
    return gelu(input, { approximate: this.approximate });
  }
}

const halves = {
  args: {
    /** What is halved; negative counts from the end. Default -1. */
    dim: integer().or(-1),
  },
  repr: 'dim={dim}',
};

/**
 * One half times the sigmoid of the other; mirrors `torch.nn.GLU`. Shape: half as large along `dim`.
 *
 * @example
 * new nn.GLU().forward(torch.tensor([[1, 2, 0, 0]])); // → tensor([[0.5000, 1.0000]])
 */
export class GLU extends layer('GLU', halves) {
  constructor(dim?: number | { dim?: number });
  constructor(...given: unknown[]) {
    super(...given);
  }

  forward(input: Tensor): Tensor {
    atMost('GLU.forward', 1, arguments.length);
    return glu(input, this.dim);
  }
}

const shrink = {
  args: {
    /** Where it ends to be 0, on both sides. Default 0.5. */
    lambd: number().or(0.5),
  },
  repr: '{lambd:float}',
};

/**
 * `x` where it is beyond `±lambd`, else 0; mirrors `torch.nn.Hardshrink`. Any shape.
 *
 * @example
 * new nn.Hardshrink().forward(torch.tensor([-2, 0.5, 1])); // → tensor([-2., 0., 1.])
 */
export class Hardshrink extends layer('Hardshrink', shrink) {
  constructor(lambd?: number | { lambd?: number });
  constructor(...given: unknown[]) {
    super(...given);
  }

  forward(input: Tensor): Tensor {
    atMost('Hardshrink.forward', 1, arguments.length);
    return hardshrink(input, this.lambd);
  }
}

/**
 * {@link Hardshrink} whose values come nearer to 0 by `lambd`; mirrors `torch.nn.Softshrink`. Any shape.
 *
 * @example
 * new nn.Softshrink().forward(torch.tensor([-2, 0.5, 1])); // → tensor([-1.5000, 0.0000, 0.5000])
 */
export class Softshrink extends layer('Softshrink', shrink) {
  constructor(lambd?: number | { lambd?: number });
  constructor(...given: unknown[]) {
    super(...given);
  }

  forward(input: Tensor): Tensor {
    atMost('Softshrink.forward', 1, arguments.length);
    return softshrink(input, this.lambd);
  }
}

/**
 * `x − tanh(x)`; mirrors `torch.nn.Tanhshrink`. Any shape.
 *
 * @example
 * new nn.Tanhshrink().forward(torch.tensor([0, 1])); // → tensor([0.0000, 0.2384])
 */
export class Tanhshrink extends layer('Tanhshrink') {
  forward(input: Tensor): Tensor {
    atMost('Tanhshrink.forward', 1, arguments.length);
    return tanhshrink(input);
  }
}

/**
 * `x / (1 + |x|)`; mirrors `torch.nn.Softsign`. Any shape.
 *
 * @example
 * new nn.Softsign().forward(torch.tensor([-1, 0, 3])); // → tensor([-0.5000, 0.0000, 0.7500])
 */
export class Softsign extends layer('Softsign') {
  forward(input: Tensor): Tensor {
    atMost('Softsign.forward', 1, arguments.length);
    return softsign(input);
  }
}

/**
 * Logarithm of the sigmoid; mirrors `torch.nn.LogSigmoid`. Any shape.
 *
 * @example
 * new nn.LogSigmoid().forward(torch.tensor([0, -100])); // → tensor([ -0.6931, -100.0000])
 */
export class LogSigmoid extends layer('LogSigmoid') {
  forward(input: Tensor): Tensor {
    atMost('LogSigmoid.forward', 1, arguments.length);
    return logsigmoid(input);
  }
}

const softened = {
  args: {
    /** Larger is nearer to `max(0, x)`. Default 1. */
    beta: number().or(1),
    /** From `beta · x` above it on, `x` itself. Default 20. */
    threshold: number().or(20),
  },
  repr: 'beta={beta:float}, threshold={threshold:float}',
};

/**
 * `log(1 + e^(beta·x)) / beta`; mirrors `torch.nn.Softplus`. Any shape.
 *
 * @example
 * new nn.Softplus().forward(torch.tensor([-1, 0, 30])); // → tensor([ 0.3133, 0.6931, 30.0000])
 */
export class Softplus extends layer('Softplus', softened) {
  constructor(
    beta?: number | { beta?: number; threshold?: number },
    threshold?: number | { threshold?: number },
  );
  constructor(...given: unknown[]) {
    super(...given);
  }

  forward(input: Tensor): Tensor {
    atMost('Softplus.forward', 1, arguments.length);
    return softplus(input, this.beta, this.threshold);
  }
}
