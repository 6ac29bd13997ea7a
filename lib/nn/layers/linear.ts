import { integer } from '../../argument/kind.js';
import { readOptions, type SpecOf } from '../../argument/options.js';
import type { Tensor } from '../../tensor/index.js';
import { linear } from '../functional/functional.js';
import { resetWeightAndBias } from '../init.js';
import { Module } from '../module/module.js';
import {
  biased,
  emptyParameter,
  type Parameter,
  type ParameterOptions,
  placed,
} from '../module/parameter.js';
import { pythonText } from '../module/repr.js';

/** Options of {@link Linear}. */
export interface LinearOptions extends ParameterOptions {
  /** Whether a learned number is added to each output. Default true. */
  bias?: boolean;
}

const spec = { ...biased, ...placed } satisfies SpecOf<LinearOptions>;

/**
 * Multiplies by a learned matrix and adds a learned bias; mirrors `torch.nn.Linear`.
 *
 * Shape: `(…, inFeatures)` → `(…, outFeatures)`.
 *
 * @param inFeatures - Integer ≥ 0.
 * @param outFeatures - Integer ≥ 0.
 * @param options.bias - Default true.
 * @throws {TypeError} `ERR_INVALID_ARG` when a value is not an integer in range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.Linear.html
 */
export class Linear extends Module {
  readonly inFeatures: number;
  readonly outFeatures: number;
  /** `(outFeatures, inFeatures)` */
  weight: Parameter;
  /** `(outFeatures)` */
  bias: Parameter | null;

  constructor(inFeatures: number, outFeatures: number, options?: LinearOptions) {
    super();
    this.inFeatures = integer(0).read('Linear: inFeatures', inFeatures);
    this.outFeatures = integer(0).read('Linear: outFeatures', outFeatures);
    const { bias, ...place } = readOptions('Linear', spec, options);
    this.weight = emptyParameter([outFeatures, inFeatures], place);
    this.bias = bias ? emptyParameter([outFeatures], place) : null;
    this.resetParameters();
    this.guardMembers();
  }

  /** Draws new parameters from the default generator: weight, then bias. */
  resetParameters(): void {
    resetWeightAndBias(this.weight, this.bias);
  }

  forward(input: Tensor): Tensor {
    return linear(input, this.weight, this.bias);
  }

  override extraRepr(): string {
    const { inFeatures, outFeatures, bias } = this;
    return `in_features=${inFeatures}, out_features=${outFeatures}, bias=${pythonText(bias !== null)}`;
  }
}
