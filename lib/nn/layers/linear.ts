import { atMost } from '../../argument/atMost.js';
import { integer } from '../../argument/kind.js';
import type { Tensor } from '../../tensor/index.js';
import { linear } from '../functional/functional.js';
import { resetWeightAndBias } from '../init.js';
import { type LayerOptions, layer } from '../layer.js';
import { type Arithmetic, weighted } from '../module/arithmetic.js';
import { biased } from '../module/parameter.js';
import type { Portrait } from '../module/portrait.js';

const declaration = {
  args: {
    /** Integer ≥ 0. */
    inFeatures: integer(0),
    /** Integer ≥ 0. */
    outFeatures: integer(0),
  },
  making: biased,
  repr: 'in_features={inFeatures}, out_features={outFeatures}, bias={bias}',
};

/** Options of {@link Linear}. */
export interface LinearOptions extends LayerOptions<typeof declaration> {}

/**
 * Multiplies by a learned matrix and adds a learned bias; mirrors `torch.nn.Linear`.
 *
 * Shape: `(…, inFeatures)` → `(…, outFeatures)`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` when a value is not an integer in range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.Linear.html
 * @example
 * new nn.Linear(20, 30).forward(torch.zeros(128, 20)).shape; // → [ 128, 30 ]
 */
export class Linear extends layer('Linear', declaration) {
  /** `(outFeatures, inFeatures)` */
  weight = this.learned(this.outFeatures, this.inFeatures);
  /** `(outFeatures)` */
  bias = this.making.bias ? this.learned(this.outFeatures) : null;

  constructor(inFeatures: number, outFeatures: number, options?: LinearOptions);
  constructor(...given: unknown[]) {
    super(...given);
    this.resetParameters();
    this.guardMembers();
  }

  /** Draws new parameters from the default generator: weight, then bias. */
  resetParameters(): void {
    atMost('resetParameters', 0, arguments.length);
    resetWeightAndBias(this.weight, this.bias);
  }

  override arithmetic(units: number): Arithmetic {
    atMost('arithmetic', 1, arguments.length);
    return weighted(units, this.inFeatures, this.bias);
  }

  override portrait(): Portrait {
    atMost('portrait', 0, arguments.length);
    return { kind: 'full', verb: 'full' };
  }

  forward(input: Tensor): Tensor {
    atMost('Linear.forward', 1, arguments.length);
    return linear(input, this.weight, this.bias);
  }
}
