import { atMost } from '../../argument/atMost.js';
import { flag, integer } from '../../argument/kind.js';
import { invalidArgument } from '../../error.js';
import type { Tensor } from '../../tensor/index.js';
import { tensorKind } from '../../tensor/kinds.js';
import { randomSigns_ } from '../init.js';
import { type LayerOptions, layer } from '../layer.js';
import { type Arithmetic, weighted } from '../module/arithmetic.js';
import { type Parameter, type Placed, placed } from '../module/parameter.js';
import type { Portrait } from '../module/portrait.js';
import { pythonText } from '../module/repr.js';

const centered = {
  /** The centres `(outFeatures, inFeatures)`; copied. Default: random ±1. */
  centers: tensorKind.optional(),
  /** Whether the centres are learned. Default false: they are parameters that want no gradient. */
  trainable: flag.or(false),
};

const declaration = {
  args: {
    /** Integer ≥ 1. */
    inFeatures: integer(1),
    /** Integer ≥ 1. */
    outFeatures: integer(1),
  },
  making: { ...centered, ...placed } as typeof centered & Placed,
};

/** Options of {@link EuclideanRBF}. */
export interface EuclideanRBFOptions extends LayerOptions<typeof declaration> {}

/**
 * Euclidean radial basis units, as the output of the 1998 network: unit i tells how far the input is
 * from its centre, `y_i = Σ_j (x_j − w_ij)²`. The smallest output is that of the nearest centre.
 *
 * Shape: `(…, inFeatures)` → `(…, outFeatures)`, all ≥ 0.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` when a value is not an integer in range, or the centres have
 *   another shape.
 * @example
 * const centers = torch.tensor([[1, 1], [-1, 1]]);
 * new nn.EuclideanRBF(2, 2, { centers }).forward(torch.tensor([[1, 0]])); // → tensor([[1., 5.]])
 */
export class EuclideanRBF extends layer('EuclideanRBF', declaration) {
  /** The centres, `(outFeatures, inFeatures)` */
  weight: Parameter;

  constructor(inFeatures: number, outFeatures: number, options?: EuclideanRBFOptions);
  constructor(...given: unknown[]) {
    super(...given);
    const { centers, trainable } = this.making;
    if (centers !== undefined) requireCenters(centers, [this.outFeatures, this.inFeatures]);
    this.weight = this.learned(this.outFeatures, this.inFeatures);
    this.weight.requiresGrad = trainable;
    if (centers === undefined) this.resetParameters();
    else this.weight.detach().copy_(centers.detach());
    this.guardMembers();
  }

  /** Draws new centres of −1 and +1 from the default generator. */
  resetParameters(): void {
    atMost('resetParameters', 0, arguments.length);
    randomSigns_(this.weight);
  }

  override arithmetic(units: number): Arithmetic {
    atMost('arithmetic', 1, arguments.length);
    return weighted(units, this.inFeatures, null);
  }

  override portrait(): Portrait {
    atMost('portrait', 0, arguments.length);
    return { kind: 'rbf', verb: 'Gaussian', weight: this.weight };
  }

  forward(input: Tensor): Tensor {
    atMost('EuclideanRBF.forward', 1, arguments.length);
    tensorKind.read('EuclideanRBF: input', input);
    return input.unsqueeze(-2).sub(this.weight).square().sum(-1);
  }

  override extraRepr(): string {
    atMost('extraRepr', 0, arguments.length);
    const { inFeatures, outFeatures, weight } = this;
    return (
      `in_features=${inFeatures}, out_features=${outFeatures}, ` +
      `trainable=${pythonText(weight.requiresGrad)}`
    );
  }
}

function requireCenters(centers: Tensor, shape: readonly number[]): void {
  if (String(centers.shape) === String(shape)) return;
  throw invalidArgument(
    `EuclideanRBF: centers: expected a Tensor (${shape.join(', ')}), got (${centers.shape.join(', ')})`,
  );
}
