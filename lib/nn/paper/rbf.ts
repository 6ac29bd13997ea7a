import { describe } from '../../argument/describe.js';
import { flag, integer } from '../../argument/kind.js';
import { readOptions, type SpecOf } from '../../argument/options.js';
import { invalidArgument } from '../../error.js';
import { Tensor } from '../../tensor/index.js';
import { tensorKind } from '../../tensor/kinds.js';
import { randomSigns_ } from '../init.js';
import { Module } from '../module/module.js';
import {
  emptyParameter,
  type Parameter,
  type ParameterOptions,
  placed,
} from '../module/parameter.js';
import { pythonText } from '../module/repr.js';

/** Options of {@link EuclideanRBF}. */
export interface EuclideanRBFOptions extends ParameterOptions {
  /** The centres `(outFeatures, inFeatures)`; copied. Default: random ±1. */
  centers?: Tensor;
  /** Whether the centres are learned. Default false: they are parameters that want no gradient. */
  trainable?: boolean;
}

const spec = {
  centers: tensorKind.optional(),
  trainable: flag.or(false),
  ...placed,
} satisfies SpecOf<EuclideanRBFOptions>;

/**
 * Euclidean radial basis units, as the output of the 1998 network: unit i tells how far the input is
 * from its centre, `y_i = Σ_j (x_j − w_ij)²`. The smallest output is that of the nearest centre.
 *
 * Shape: `(…, inFeatures)` → `(…, outFeatures)`, all ≥ 0.
 *
 * @param inFeatures - Integer ≥ 1.
 * @param outFeatures - Integer ≥ 1.
 * @param options.centers - `(outFeatures, inFeatures)`. Default: random ±1.
 * @param options.trainable - Default false.
 * @throws {TypeError} `ERR_INVALID_ARG` when a value is not an integer in range, or the centres have
 *   another shape.
 */
export class EuclideanRBF extends Module {
  readonly inFeatures: number;
  readonly outFeatures: number;
  /** The centres, `(outFeatures, inFeatures)` */
  weight: Parameter;

  constructor(inFeatures: number, outFeatures: number, options?: EuclideanRBFOptions) {
    super();
    this.inFeatures = integer(1).read('EuclideanRBF: inFeatures', inFeatures);
    this.outFeatures = integer(1).read('EuclideanRBF: outFeatures', outFeatures);
    const { centers, trainable, ...place } = readOptions('EuclideanRBF', spec, options);
    if (centers !== undefined) requireCenters(centers, [outFeatures, inFeatures]);
    this.weight = emptyParameter([outFeatures, inFeatures], place);
    this.weight.requiresGrad = trainable;
    if (centers === undefined) this.resetParameters();
    else this.weight.detach().copy_(centers.detach());
    this.guardMembers();
  }

  /** Draws new centres of −1 and +1 from the default generator. */
  resetParameters(): void {
    randomSigns_(this.weight);
  }

  forward(input: Tensor): Tensor {
    tensorKind.read('EuclideanRBF: input', input);
    return input.unsqueeze(-2).sub(this.weight).square().sum(-1);
  }

  override extraRepr(): string {
    const { inFeatures, outFeatures, weight } = this;
    return (
      `in_features=${inFeatures}, out_features=${outFeatures}, ` +
      `trainable=${pythonText(weight.requiresGrad)}`
    );
  }
}

function requireCenters(centers: unknown, shape: readonly number[]): void {
  const given = centers instanceof Tensor ? `(${centers.shape.join(', ')})` : describe(centers);
  if (!(centers instanceof Tensor) || String(centers.shape) !== String(shape)) {
    throw invalidArgument(
      `EuclideanRBF: centers: expected a Tensor (${shape.join(', ')}), got ${given}`,
    );
  }
}
