import { Signature } from '../../argument/arguments.js';
import { atMost } from '../../argument/atMost.js';
import { flag, instance, integer, number, oneOf, orNull, text } from '../../argument/kind.js';
import { invalidArgument, invalidRange } from '../../error.js';
import { bind } from '../../native/ops.js';
import type { Tensor } from '../../tensor/index.js';
import { withoutRest } from '../initStructures.js';
import { Module } from '../module/module.js';
import { Parameter } from '../module/parameter.js';
import type { FormerKeys } from '../module/stateDict.js';
import { Orthogonal, type OrthogonalMap } from './orthogonal.js';
import { registerParametrization } from './parametrize.js';
import { SpectralNorm } from './spectral.js';

const weightNormOp = bind<(v: Tensor, g: Tensor, dim: number) => Tensor>('_weight_norm');
const normExcept = bind<(v: Tensor, pow: number, dim: number) => Tensor>('norm_except_dim');

class WeightNorm extends Module {
  static {
    // Python's name, which is printed.
    Object.defineProperty(WeightNorm, 'name', { value: '_WeightNorm' });
  }

  readonly dim: number;

  constructor(dim: number) {
    super();
    this.dim = dim;
  }

  forward(g: Tensor, v: Tensor): Tensor {
    return weightNormOp(v, g, this.dim);
  }

  rightInverse(weight: Tensor): Tensor[] {
    return [normExcept(weight, 2, this.dim), weight];
  }

  /** `weight_g` and `weight_v`, as `torch.nn.utils.weight_norm` names them. */
  protected override formerKeys(path: string): FormerKeys {
    const [, owner, name] = /^((?:.*\.)?)parametrizations\.([^.]+)\.0$/.exec(path) ?? [];
    if (name === undefined) return {};
    const list = `${owner}parametrizations.${name}`;
    return {
      [`${owner}${name}_g`]: `${list}.original0`,
      [`${owner}${name}_v`]: `${list}.original1`,
    };
  }
}

const moduleKind = instance<Module>(
  Module as unknown as { [Symbol.hasInstance](value: unknown): boolean },
  'a Module',
);

const target = { module: moduleKind, name: text.or('weight') };

function weightOf(what: string, module: Module, name: string): Tensor {
  const weight: unknown = Reflect.get(module, name);
  if (weight instanceof Parameter) return weight;
  throw invalidArgument(`${what}: the module has no parameter '${name}'`);
}

const weightNormSignature = new Signature(
  'weightNorm',
  { ...target, dim: orNull(integer()).or(0) },
  {},
);

/**
 * Has a weight learned as its lengths and its directions (Salimans and Kingma, 2016); mirrors
 * `torch.nn.utils.parametrizations.weight_norm`: `parametrizations.weight.original0` and `original1`. State dicts of
 * `torch.nn.utils.weight_norm`, with `weight_g` and `weight_v`, can be loaded.
 *
 * @param name - Of the parameter. Default `'weight'`.
 * @param dim - Along which there is a length each; `null`: one for all. Default 0.
 * @returns The module.
 * @throws {TypeError} `ERR_INVALID_ARG` where the module has no such parameter.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.parametrizations.weight_norm.html
 * @example
 * const linear = nn.utils.parametrizations.weightNorm(new nn.Linear(20, 40));
 * linear.stateDict()['parametrizations.weight.original0']?.shape; // → [ 40, 1 ]
 * linear.weight.shape; // → [ 40, 20 ]
 */
export function weightNorm<M extends Module>(
  module: M,
  name?: string | { name?: string; dim?: number | null },
  dim?: number | null | { dim?: number | null },
): M {
  atMost('weightNorm', 3, arguments.length);
  const given = { module, name: 'weight', dim: 0 as number | null };
  weightNormSignature.read(withoutRest([module, name, dim]), given);
  weightOf('weightNorm', module, given.name);
  return registerParametrization(module, given.name, new WeightNorm(given.dim ?? -1), {
    unsafe: true,
  });
}

const spectralSignature = new Signature(
  'spectralNorm',
  { ...target, nPowerIterations: integer(1).or(1), eps: number().or(1e-12) },
  { dim: orNull(integer()).or(null) },
);

/** Options of {@link spectralNorm}. */
export interface SpectralNormOptions {
  /** Of the parameter. Default `'weight'`. */
  name?: string;
  /** Steps by which the largest singular value is followed at each use in training. Default 1. */
  nPowerIterations?: number;
  /** Below which a vector counts as none. Default 1e-12. */
  eps?: number;
  /** The dimension of the outputs. Default `null`: 1 of transposed convolutions, else 0. */
  dim?: number | null;
}

/**
 * Has a weight divided by its largest singular value, which is followed by iteration (Miyato and others, 2018); mirrors
 * `torch.nn.utils.parametrizations.spectral_norm`.
 *
 * @param name - Of the parameter. Default `'weight'`.
 * @returns The module.
 * @throws {TypeError} `ERR_INVALID_ARG` where the module has no such parameter; a `RangeError` for a `dim` that it does not
 *   have.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.parametrizations.spectral_norm.html
 * @example
 * const { spectralNorm } = nn.utils.parametrizations;
 * const linear = spectralNorm(new nn.Linear(4, 3), { nPowerIterations: 50 });
 * torch.linalg.matrixNorm(linear.weight, 2).lt(1.01); // → tensor(True)
 */
export function spectralNorm<M extends Module>(
  module: M,
  name?: string | SpectralNormOptions,
  nPowerIterations?: number | Omit<SpectralNormOptions, 'name'>,
  eps?: number | Pick<SpectralNormOptions, 'eps' | 'dim'>,
  options?: Pick<SpectralNormOptions, 'dim'>,
): M {
  atMost('spectralNorm', 5, arguments.length);
  const given = { module, name: 'weight', nPowerIterations: 1, eps: 1e-12 };
  const list = withoutRest([module, name, nPowerIterations, eps, options]);
  const { dim } = spectralSignature.read(list, given);
  const weight = weightOf('spectralNorm', module, given.name);
  const isTransposed = module.constructor.name.startsWith('ConvTranspose');
  const along = dim ?? (isTransposed ? 1 : 0);
  if (along >= weight.ndim || along < -weight.ndim) {
    throw invalidRange(`spectralNorm: dim: ${along} is out of range for ${weight.ndim} dimensions`);
  }
  const norm = new SpectralNorm(weight, given.nPowerIterations, along, given.eps);
  return registerParametrization(module, given.name, norm);
}

const orthogonalSignature = new Signature(
  'orthogonal',
  {
    ...target,
    orthogonalMap: orNull(oneOf('matrix_exp', 'cayley', 'householder')).or(null),
  },
  { useTrivialization: flag.or(true) },
);

/** Options of {@link orthogonal}. */
export interface OrthogonalOptions {
  /** Of the parameter. Default `'weight'`. */
  name?: string;
  /** How a matrix becomes an orthogonal one. Default `null`: `'matrix_exp'` of square ones, else `'householder'`. */
  orthogonalMap?: OrthogonalMap | null;
  /** Whether the map is taken relative to the first value. Default true. */
  useTrivialization?: boolean;
}

/**
 * Keeps a matrix orthogonal; mirrors `torch.nn.utils.parametrizations.orthogonal`.
 *
 * @param name - Of the parameter, of at least 2 dimensions. Default `'weight'`.
 * @returns The module.
 * @throws {TypeError} `ERR_INVALID_ARG` where the module has no such parameter, for one of fewer than two dimensions, and
 *   for `'householder'` of complex numbers.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.parametrizations.orthogonal.html
 * @example
 * const { weight } = nn.utils.parametrizations.orthogonal(new nn.Linear(3, 3));
 * weight.matmul(weight.t()).allclose(torch.eye(3), { atol: 1e-5 }); // → true
 */
export function orthogonal<M extends Module>(
  module: M,
  name?: string | OrthogonalOptions,
  orthogonalMap?: OrthogonalMap | null | Omit<OrthogonalOptions, 'name'>,
  options?: Pick<OrthogonalOptions, 'useTrivialization'>,
): M {
  atMost('orthogonal', 4, arguments.length);
  const given = { module, name: 'weight', orthogonalMap: null as OrthogonalMap | null };
  const list = withoutRest([module, name, orthogonalMap, options]);
  const { useTrivialization } = orthogonalSignature.read(list, given);
  const weight = weightOf('orthogonal', module, given.name);
  if (weight.ndim < 2) {
    throw invalidArgument(`orthogonal: expected at least 2 dimensions, got ${weight.ndim}`);
  }
  const isComplex = weight.dtype.startsWith('complex');
  const isSquare = weight.shape.at(-1) === weight.shape.at(-2);
  const map = given.orthogonalMap ?? (isSquare || isComplex ? 'matrix_exp' : 'householder');
  if (isComplex && map === 'householder') {
    throw invalidArgument('orthogonal: householder takes no complex tensors');
  }
  const parametrization = new Orthogonal(weight.shape, map, useTrivialization);
  return registerParametrization(module, given.name, parametrization, { unsafe: true });
}
