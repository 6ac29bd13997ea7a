import { Signature } from '../argument/arguments.js';
import { atMost } from '../argument/atMost.js';
import { describe } from '../argument/describe.js';
import { anything, integer, number, oneOf } from '../argument/kind.js';
import { readOptions, type SpecOf } from '../argument/options.js';
import { noGrad } from '../context/autograd.js';
import type { Generator } from '../context/random.js';
import { invalidArgument } from '../error.js';
import { bind } from '../native/ops.js';
import { type RandomOptions, Tensor } from '../tensor/index.js';
import { tensorKind } from '../tensor/kinds.js';

import { withoutRest } from './initStructures.js';

export { dirac_, orthogonal_, sparse_, truncNormal_ } from './initStructures.js';

const eyeOut = bind<(n: number, m: number, keywords: { out: Tensor }) => Tensor>('eye.m_out');

/** Functions that {@link calculateGain} knows, by Python's names. */
export type Nonlinearity =
  | 'linear'
  | 'conv1d'
  | 'conv2d'
  | 'conv3d'
  | 'conv_transpose1d'
  | 'conv_transpose2d'
  | 'conv_transpose3d'
  | 'sigmoid'
  | 'tanh'
  | 'relu'
  | 'leaky_relu'
  | 'selu';

/**
 * The factor by which a nonlinearity asks for larger initial values; mirrors
 * `torch.nn.init.calculate_gain`.
 *
 * @param param - Negative slope of `'leaky_relu'`. Default 0.01.
 * @throws {TypeError} `ERR_INVALID_ARG` for an unknown name.
 * @example
 * nn.init.calculateGain('tanh'); // → 1.6666666666666667
 * nn.init.calculateGain('leaky_relu', 1); // → 1
 */
export function calculateGain(nonlinearity: Nonlinearity, param?: number | null): number {
  atMost('calculateGain', 2, arguments.length);
  const slope = number().read('calculateGain: param', param ?? 0.01);
  switch (nonlinearity) {
    case 'linear':
    case 'conv1d':
    case 'conv2d':
    case 'conv3d':
    case 'conv_transpose1d':
    case 'conv_transpose2d':
    case 'conv_transpose3d':
    case 'sigmoid':
      return 1;
    case 'tanh':
      return 5 / 3;
    case 'relu':
      return Math.sqrt(2);
    case 'leaky_relu':
      return Math.sqrt(2 / (1 + slope ** 2));
    case 'selu':
      return 3 / 4;
    default:
      throw invalidArgument(`calculateGain: unsupported nonlinearity ${describe(nonlinearity)}`);
  }
}

/**
 * Inputs and outputs of one unit of a weight `(out, in, …kernel)`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for fewer than two dimensions.
 * @example
 * nn.init.calculateFanInAndFanOut(torch.zeros(6, 1, 5, 5)); // → { fanIn: 25, fanOut: 150 }
 */
export function calculateFanInAndFanOut(tensor: Tensor): { fanIn: number; fanOut: number } {
  atMost('calculateFanInAndFanOut', 1, arguments.length);
  const [outputs, inputs, ...kernel] = tensorKind.read('fan in and fan out: tensor', tensor).shape;
  if (outputs === undefined || inputs === undefined) {
    throw invalidArgument(
      `fan in and fan out: expected a tensor with at least 2 dimensions, got ${tensor.ndim}`,
    );
  }
  const field = kernel.reduce((product, size) => product * size, 1);
  return { fanIn: inputs * field, fanOut: outputs * field };
}

// Where the numbers come from; the operator looks at it.
const randomSpec = { generator: anything<Generator>('a Generator').optional() };

const uniformSignature = new Signature(
  'uniform_',
  { tensor: tensorKind, a: number().or(0), b: number().or(1) },
  randomSpec,
);

/**
 * Fills with numbers drawn evenly from `[a, b)`; by name too: `uniform_(weight, { a: -1 })`. Mirrors
 * `torch.nn.init.uniform_`. Any shape.
 *
 * @example
 * const weight = nn.init.uniform_(torch.zeros(1000), -2, { b: 0 });
 * weight.ge(-2).logicalAnd(weight.lt(0)).all(); // → tensor(True)
 */
export function uniform_<T extends Tensor>(
  tensor: T,
  a?: number | (RandomOptions & { a?: number; b?: number }),
  b?: number | (RandomOptions & { b?: number }),
  options?: RandomOptions,
): T {
  atMost('uniform_', 4, arguments.length);
  const given = { a: 0, b: 1 };
  const random = uniformSignature.read(withoutRest([tensor, a, b, options]), given);
  noGrad(() => tensor.uniform_(given.a, given.b, random));
  return tensor;
}

const normalSignature = new Signature(
  'normal_',
  { tensor: tensorKind, mean: number().or(0), std: number().or(1) },
  randomSpec,
);

/**
 * Fills with numbers of the normal distribution; by name too: `normal_(weight, { std: 0.01 })`. Mirrors
 * `torch.nn.init.normal_`. Any shape.
 *
 * @example
 * torch.manualSeed(0);
 * nn.init.normal_(torch.zeros(3)); // → tensor([ 1.5410, -0.2934, -2.1788])
 * nn.init.normal_(torch.zeros(3), 5, { std: 0 }); // → tensor([5., 5., 5.])
 */
export function normal_<T extends Tensor>(
  tensor: T,
  mean?: number | (RandomOptions & { mean?: number; std?: number }),
  std?: number | (RandomOptions & { std?: number }),
  options?: RandomOptions,
): T {
  atMost('normal_', 4, arguments.length);
  const given = { mean: 0, std: 1 };
  const random = normalSignature.read(withoutRest([tensor, mean, std, options]), given);
  noGrad(() => tensor.normal_(given.mean, given.std, random));
  return tensor;
}

/**
 * Fills with one number. Mirrors `torch.nn.init.constant_`. Any shape.
 *
 * @example
 * nn.init.constant_(torch.zeros(2), 0.5); // → tensor([0.5000, 0.5000])
 */
export function constant_<T extends Tensor>(tensor: T, val: number): T {
  atMost('constant_', 2, arguments.length);
  tensorKind.read('constant_: tensor', tensor);
  noGrad(() => tensor.fill_(val));
  return tensor;
}

/**
 * Fills with ones. Mirrors `torch.nn.init.ones_`. Any shape.
 *
 * @example
 * const norm = new nn.LayerNorm(3);
 * nn.init.ones_(norm.bias!).detach(); // → tensor([1., 1., 1.])
 */
export function ones_<T extends Tensor>(tensor: T): T {
  atMost('ones_', 1, arguments.length);
  return constant_(tensor, 1);
}

/**
 * Fills with zeros. Mirrors `torch.nn.init.zeros_`. Any shape.
 *
 * @example
 * nn.init.zeros_(new nn.Linear(4, 3).bias!).detach(); // → tensor([0., 0., 0.])
 */
export function zeros_<T extends Tensor>(tensor: T): T {
  atMost('zeros_', 1, arguments.length);
  return constant_(tensor, 0);
}

/**
 * Ones on the diagonal of a matrix, zeros elsewhere. Mirrors `torch.nn.init.eye_`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for anything but two dimensions.
 * @example
 * nn.init.eye_(torch.empty(2, 3)); // → tensor([[1., 0., 0.], [0., 1., 0.]])
 */
export function eye_<T extends Tensor>(tensor: T): T {
  atMost('eye_', 1, arguments.length);
  const [n, m, ...rest] = tensorKind.read('eye_: tensor', tensor).shape;
  if (n === undefined || m === undefined || rest.length > 0) {
    throw invalidArgument(`eye_: expected a tensor with 2 dimensions, got ${tensor.ndim}`);
  }
  noGrad(() => eyeOut(n, m, { out: tensor }));
  return tensor;
}

/** Options of the Xavier initialisations. */
export interface XavierOptions extends RandomOptions {
  /** Default 1. */
  gain?: number;
}

const xavierSpec = { ...randomSpec, gain: number().or(1) } satisfies SpecOf<XavierOptions>;

/**
 * Even numbers in `±gain·√(6 / (fanIn + fanOut))` (Glorot and Bengio, 2010). Mirrors `torch.nn.init.xavier_uniform_`.
 *
 * Shape: `(out, in, …kernel)`, at least two dimensions.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for fewer than two dimensions, and for units without inputs and outputs.
 * @example
 * const weight = nn.init.xavierUniform_(torch.empty(100, 50));
 * weight.abs().amax().le(Math.sqrt(6 / 150)); // → tensor(True)
 */
export function xavierUniform_<T extends Tensor>(tensor: T, options?: XavierOptions): T {
  atMost('xavierUniform_', 2, arguments.length);
  const { gain, ...random } = readOptions('xavierUniform_', xavierSpec, options);
  const bound = Math.sqrt(3) * xavierStd(tensor, gain);
  return uniform_(tensor, -bound, bound, random);
}

/**
 * Normal numbers with deviation `gain·√(2 / (fanIn + fanOut))`. Mirrors `torch.nn.init.xavier_normal_`.
 *
 * Shape: `(out, in, …kernel)`, at least two dimensions.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for fewer than two dimensions, and for units without inputs and outputs.
 * @example
 * torch.manualSeed(0);
 * nn.init.xavierNormal_(torch.empty(100, 100)).std(); // → tensor(0.1002)
 */
export function xavierNormal_<T extends Tensor>(tensor: T, options?: XavierOptions): T {
  atMost('xavierNormal_', 2, arguments.length);
  const { gain, ...random } = readOptions('xavierNormal_', xavierSpec, options);
  return normal_(tensor, 0, xavierStd(tensor, gain), random);
}

function xavierStd(tensor: Tensor, gain: number): number {
  const { fanIn, fanOut } = calculateFanInAndFanOut(tensor);
  if (fanIn + fanOut === 0) throw invalidArgument('xavier: fan in and fan out are both 0');
  return gain * Math.sqrt(2 / (fanIn + fanOut));
}

/** Options of the Kaiming initialisations. */
export interface KaimingOptions extends RandomOptions {
  /** Negative slope of the rectifier, for `'leaky_relu'`. Default 0. */
  a?: number;
  /** What keeps its variance: the forward pass or the backward pass. Default `'fan_in'`. */
  mode?: 'fan_in' | 'fan_out';
  /** Default `'leaky_relu'`. */
  nonlinearity?: Nonlinearity;
}

const kaimingSpec = {
  ...randomSpec,
  a: number().or(0),
  mode: oneOf('fan_in', 'fan_out').or('fan_in'),
  nonlinearity: anything<Nonlinearity>('a nonlinearity').or('leaky_relu'),
} satisfies SpecOf<KaimingOptions>;

/**
 * Even numbers in `±gain·√(3 / fan)` (He and others, 2015). Mirrors `torch.nn.init.kaiming_uniform_`.
 *
 * Shape: `(out, in, …kernel)`, at least two dimensions.
 *
 * @example
 * const weight = nn.init.kaimingUniform_(torch.empty(100, 50), { nonlinearity: 'relu' });
 * weight.abs().amax().le(Math.sqrt(6 / 50)); // → tensor(True)
 */
export function kaimingUniform_<T extends Tensor>(tensor: T, options?: KaimingOptions): T {
  atMost('kaimingUniform_', 2, arguments.length);
  const { generator, ...scale } = readOptions('kaimingUniform_', kaimingSpec, options);
  if (isEmpty(tensor)) return tensor;
  const bound = Math.sqrt(3) * kaimingStd(tensor, scale);
  return uniform_(tensor, -bound, bound, { generator });
}

/**
 * Normal numbers with deviation `gain / √fan`. Mirrors `torch.nn.init.kaiming_normal_`.
 *
 * Shape: `(out, in, …kernel)`, at least two dimensions.
 *
 * @example
 * torch.manualSeed(0);
 * nn.init.kaimingNormal_(torch.empty(100, 200), { mode: 'fan_out' }).std(); // → tensor(0.1421)
 */
export function kaimingNormal_<T extends Tensor>(tensor: T, options?: KaimingOptions): T {
  atMost('kaimingNormal_', 2, arguments.length);
  const { generator, ...scale } = readOptions('kaimingNormal_', kaimingSpec, options);
  if (isEmpty(tensor)) return tensor;
  return normal_(tensor, 0, kaimingStd(tensor, scale), { generator });
}

// Nothing to fill, and no fan to divide by.
function isEmpty(tensor: Tensor): boolean {
  if (!(tensor instanceof Tensor) || tensor.numel() > 0) return false;
  process.emitWarning('Initializing zero-element tensors is a no-op', 'TorchWarning');
  return true;
}

function kaimingStd(
  tensor: Tensor,
  { a, mode, nonlinearity }: Required<Omit<KaimingOptions, 'generator'>>,
): number {
  const { fanIn, fanOut } = calculateFanInAndFanOut(tensor);
  return calculateGain(nonlinearity, a) / Math.sqrt(mode === 'fan_in' ? fanIn : fanOut);
}

/**
 * Even numbers in `±2.4 / fanIn` (LeCun and others, 1998), which keeps a unit's sum within the range
 * where a squashing function still has a slope.
 *
 * @param fanIn - Inputs of one unit; 0 gives zeros.
 * @example
 * const weight = nn.init.fanInUniform_(torch.empty(10, 24), 24);
 * weight.abs().amax().le(0.1); // → tensor(True)
 */
export function fanInUniform_<T extends Tensor>(
  tensor: T,
  fanIn: number,
  options?: RandomOptions,
): T {
  atMost('fanInUniform_', 3, arguments.length);
  const bound = integer(0).read('fanInUniform_: fanIn', fanIn) > 0 ? 2.4 / fanIn : 0;
  return uniform_(tensor, -bound, bound, options);
}

/**
 * −1 or +1, each with probability ½. Any shape.
 *
 * @example
 * torch.manualSeed(0);
 * nn.init.randomSigns_(torch.empty(4)); // → tensor([-1., -1., 1., -1.])
 */
export function randomSigns_<T extends Tensor>(tensor: T, options?: RandomOptions): T {
  atMost('randomSigns_', 2, arguments.length);
  tensorKind.read('randomSigns_: tensor', tensor);
  noGrad(() => tensor.bernoulli_(0.5, options).mul_(2).sub_(1));
  return tensor;
}

/**
 * How `Conv2d` and `Linear` begin: Kaiming's weight with a = √5, then bias within `±1 / √fanIn`.
 *
 * Shape: `(out, in, …kernel)` and `(out)`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for a weight of fewer than two dimensions.
 * @example
 * const { weight, bias } = new nn.Linear(100, 5);
 * nn.init.resetWeightAndBias(weight, bias);
 * weight.abs().amax().le(0.1); // → tensor(True)
 */
export function resetWeightAndBias(weight: Tensor, bias: Tensor | null): void {
  atMost('resetWeightAndBias', 2, arguments.length);
  const { fanIn } = calculateFanInAndFanOut(weight);
  if (weight.numel() > 0) kaimingUniform_(weight, { a: Math.sqrt(5) });
  if (bias === null) return;
  const bound = fanIn > 0 ? 1 / Math.sqrt(fanIn) : 0;
  uniform_(bias, -bound, bound);
}
