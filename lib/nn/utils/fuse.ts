import { atMost } from '../../argument/atMost.js';
import { instance, type Kind, orNull } from '../../argument/kind.js';
import { getRngState, setRngState } from '../../context/random.js';
import { invalidArgument } from '../../error.js';
import { onesLike, type Tensor, zerosLike } from '../../tensor/index.js';
import { tensorKind } from '../../tensor/kinds.js';
import { tidy } from '../../tensor/scope.js';
import { Module } from '../module/module.js';
import { Parameter } from '../module/parameter.js';

type Optional = Tensor | null;

/** A normalisation over batches, as its running statistics have it. */
export interface Normalization extends Module {
  readonly runningMean: Optional;
  readonly runningVar: Optional;
  readonly eps: number;
  readonly numFeatures: number;
  readonly weight: Optional;
  readonly bias: Optional;
}

/** A layer that such a normalisation follows. */
export interface Weighted extends Module {
  weight: Tensor;
  bias: Optional;
}

const optional = orNull(tensorKind);
const moduleKind: Kind<Module> = instance<Module>(
  Module as unknown as { [Symbol.hasInstance](value: unknown): boolean },
  'a Module',
);

function requireTensors(what: string, tensors: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(tensors)) {
    const kind = /bias|scale|offset/.test(name) ? optional : tensorKind;
    kind.read(`${what}: ${name}`, value);
  }
}

function fused(
  weight: Tensor,
  bias: Optional,
  mean: Tensor,
  variance: Tensor,
  eps: number,
  scale: Optional,
  offset: Optional,
  shape: readonly number[],
): [Parameter, Parameter] {
  return tidy(() => {
    const own = bias ?? zerosLike(mean);
    const factor = (scale ?? onesLike(mean)).mul(variance.add(eps).rsqrt());
    const newWeight = weight.mul(factor.reshape(...shape)).to(weight.dtype);
    const newBias = own
      .sub(mean)
      .mul(factor)
      .add(offset ?? zerosLike(mean))
      .to((bias ?? weight).dtype);
    return [
      new Parameter(newWeight, weight.requiresGrad),
      new Parameter(newBias, own.requiresGrad),
    ];
  });
}

/**
 * A convolution's weight and bias with a normalisation by running statistics drawn into them; mirrors
 * `torch.nn.utils.fuse_conv_bn_weights`.
 *
 * @param convW - `(out, in, …kernel)`, transposed `(in, out, …kernel)`; all others `(out)`.
 * @param options.transpose - Whether it is a transposed convolution. Default false.
 * @example
 * const [one, two] = [torch.ones(1), torch.tensor([2])]; // (w · x − 2) / √1 · 2 + 1
 * const [weight, bias] = nn.utils.fuseConvBnWeights(torch.ones(1, 1, 1), null, two, one, 0, two, one);
 * [weight.flatten(), bias]; // → [ tensor([2.]), Parameter containing: tensor([-3.]) ]
 */
export function fuseConvBnWeights(
  convW: Tensor,
  convB: Optional,
  bnRm: Tensor,
  bnRv: Tensor,
  bnEps: number,
  bnW: Optional,
  bnB: Optional,
  transpose = false,
): [Parameter, Parameter] {
  const what = 'fuseConvBnWeights';
  atMost(what, 8, arguments.length);
  requireTensors(what, {
    convW,
    'bias convB': convB,
    bnRm,
    bnRv,
    'scale bnW': bnW,
    'offset bnB': bnB,
  });
  const rest = Array(Math.max(0, convW.ndim - 2)).fill(1);
  const shape = transpose ? [1, -1, ...rest] : [-1, 1, ...rest];
  return fused(convW, convB, bnRm, bnRv, bnEps, bnW, bnB, shape);
}

/**
 * The same for a linear layer; mirrors `torch.nn.utils.fuse_linear_bn_weights`.
 *
 * @param linearW - `(out, in)`; all others `(out)`.
 * @example
 * const [one, two] = [torch.ones(1), torch.tensor([2])]; // (w · x − 2) / √1 · 2 + 1
 * const [weight, bias] = nn.utils.fuseLinearBnWeights(torch.ones(1, 1), null, two, one, 0, two, one);
 * [weight, bias]; // → [ Parameter containing: tensor([[2.]]), Parameter containing: tensor([-3.]) ]
 */
export function fuseLinearBnWeights(
  linearW: Tensor,
  linearB: Optional,
  bnRm: Tensor,
  bnRv: Tensor,
  bnEps: number,
  bnW: Optional,
  bnB: Optional,
): [Parameter, Parameter] {
  const what = 'fuseLinearBnWeights';
  atMost(what, 7, arguments.length);
  requireTensors(what, {
    linearW,
    'bias linearB': linearB,
    bnRm,
    bnRv,
    'scale bnW': bnW,
    'offset bnB': bnB,
  });
  return fused(linearW, linearB, bnRm, bnRv, bnEps, bnW, bnB, [-1, 1]);
}

function requireEval(what: string, layer: Weighted, bn: Normalization): [Tensor, Tensor] {
  moduleKind.read(`${what}: layer`, layer);
  moduleKind.read(`${what}: bn`, bn);
  if (layer.training || bn.training) throw invalidArgument(`${what}: only in evaluation mode`);
  const { runningMean, runningVar } = bn;
  if (!runningMean || !runningVar) {
    throw invalidArgument(`${what}: expected a normalisation with running statistics`);
  }
  return [runningMean, runningVar];
}

// A copy with fields of its own: all of a layer is in them.
function copyOf<M extends Weighted>(layer: M, [weight, bias]: [Parameter, Parameter]): M {
  const Class = layer.constructor as new (settings: object) => M;
  const declared = Reflect.get(Class, 'declaration') as Readonly<
    Record<'args' | 'options', object | undefined>
  >;
  const names = Object.keys({ ...declared?.args, ...declared?.options });
  const settings = Object.fromEntries(names.map((name) => [name, Reflect.get(layer, name)]));
  // A copy draws no numbers in Python.
  const state = getRngState();
  const copy = new Class(settings);
  setRngState(state);
  state.dispose();
  copy.weight = weight;
  copy.bias = bias;
  return copy.eval();
}

/**
 * A convolution that does what one and a normalisation after it do, both in evaluation mode; mirrors
 * `torch.nn.utils.fuse_conv_bn_eval`.
 *
 * @param transpose - Whether it is a transposed convolution. Default false.
 * @throws {TypeError} `ERR_INVALID_ARG` in training mode, and without running statistics.
 * @example
 * const [conv, norm] = [new nn.Conv2d(3, 6, 5).eval(), new nn.BatchNorm2d(6).eval()];
 * const [fused, x] = [nn.utils.fuseConvBnEval(conv, norm), torch.rand(1, 3, 8, 8)];
 * fused.forward(x).allclose(norm.forward(conv.forward(x)), { atol: 1e-5 }); // → true
 */
export function fuseConvBnEval<M extends Weighted>(
  conv: M,
  bn: Normalization,
  transpose = false,
): M {
  atMost('fuseConvBnEval', 3, arguments.length);
  const [mean, variance] = requireEval('fuseConvBnEval', conv, bn);
  const { weight, bias } = conv;
  return copyOf(
    conv,
    fuseConvBnWeights(weight, bias, mean, variance, bn.eps, bn.weight, bn.bias, transpose),
  );
}

/**
 * A linear layer that does what one and a normalisation after it do, both in evaluation mode; mirrors
 * `torch.nn.utils.fuse_linear_bn_eval`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` in training mode, without running statistics, for other sizes.
 * @example
 * const [linear, norm] = [new nn.Linear(4, 3).eval(), new nn.BatchNorm1d(3).eval()];
 * const [fused, x] = [nn.utils.fuseLinearBnEval(linear, norm), torch.rand(5, 4)];
 * fused.forward(x).allclose(norm.forward(linear.forward(x)), { atol: 1e-5 }); // → true
 */
export function fuseLinearBnEval<M extends Weighted>(linear: M, bn: Normalization): M {
  atMost('fuseLinearBnEval', 2, arguments.length);
  const [mean, variance] = requireEval('fuseLinearBnEval', linear, bn);
  const outputs = linear.weight.shape[0];
  if (outputs !== bn.numFeatures && bn.numFeatures !== 1) {
    throw invalidArgument(
      `fuseLinearBnEval: expected a normalisation of ${outputs} features, got one of ${bn.numFeatures}`,
    );
  }
  const { weight, bias } = linear;
  return copyOf(
    linear,
    fuseLinearBnWeights(weight, bias, mean, variance, bn.eps, bn.weight, bn.bias),
  );
}
