import { atMost } from '../../argument/atMost.js';
import { integer } from '../../argument/kind.js';
import type { Tensor } from '../../tensor/index.js';
import { bilinear } from '../functional/functional.js';
import { uniform_ } from '../init.js';
import { type LayerOptions, layer } from '../layer.js';
import { type Arithmetic, weighted } from '../module/arithmetic.js';
import { biased } from '../module/parameter.js';

const declaration = {
  args: {
    /** Of the first input, integer ≥ 1. */
    in1Features: integer(1),
    /** Of the second, integer ≥ 0. */
    in2Features: integer(0),
    /** Integer ≥ 0. */
    outFeatures: integer(0),
  },
  making: biased,
  repr:
    'in1_features={in1Features}, in2_features={in2Features}, ' +
    'out_features={outFeatures}, bias={bias}',
};

/** Options of {@link Bilinear}. */
export interface BilinearOptions extends LayerOptions<typeof declaration> {}

/**
 * `x1ᵀ · A · x2 + b` with a learned matrix for each output; mirrors `torch.nn.Bilinear`.
 *
 * Shape: `(…, in1Features)` and `(…, in2Features)` → `(…, outFeatures)`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` when a value is not an integer in range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.Bilinear.html
 * @example
 * new nn.Bilinear(4, 3, 2).forward(torch.zeros(5, 4), torch.zeros(5, 3)).shape; // → [ 5, 2 ]
 */
export class Bilinear extends layer('Bilinear', declaration) {
  /** `(outFeatures, in1Features, in2Features)` */
  weight = this.learned(this.outFeatures, this.in1Features, this.in2Features);
  /** `(outFeatures)` */
  bias = this.making.bias ? this.learned(this.outFeatures) : null;

  constructor(
    in1Features: number,
    in2Features: number,
    outFeatures: number,
    options?: BilinearOptions,
  );
  constructor(...given: unknown[]) {
    super(...given);
    this.resetParameters();
    this.guardMembers();
  }

  /** Draws new parameters from the default generator: weight, then bias. */
  resetParameters(): void {
    atMost('resetParameters', 0, arguments.length);
    const bound = 1 / Math.sqrt(this.in1Features);
    uniform_(this.weight, -bound, bound);
    if (this.bias !== null) uniform_(this.bias, -bound, bound);
  }

  override arithmetic(units: number): Arithmetic {
    atMost('arithmetic', 1, arguments.length);
    return weighted(units, this.in1Features * this.in2Features, this.bias);
  }

  forward(input1: Tensor, input2: Tensor): Tensor {
    atMost('Bilinear.forward', 2, arguments.length);
    return bilinear(input1, input2, this.weight, this.bias);
  }
}
