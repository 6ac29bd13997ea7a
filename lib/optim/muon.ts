import { atMost } from '../argument/atMost.js';
import { flag, integer, Kind, number, oneOf, orNull } from '../argument/kind.js';
import { invalidArgument } from '../error.js';
import { bind } from '../native/ops.js';
import { type Tensor, zerosLike } from '../tensor/index.js';
import { DeclaredOptimizer, type Remembered, type StepSettings } from './declared.js';
import { each } from './each.js';
import type { ParamsOrGroups } from './optimizer.js';
import { type Given, rate, type Settings } from './settings.js';

type Coefficients = readonly [number, number, number];
const coefficients = new Kind<Coefficients, [number, number, number]>('three numbers', (given) => {
  const fits = (each: unknown) => number().convert(each) !== undefined;
  if (!Array.isArray(given) || given.length !== 3 || !given.every(fits)) return undefined;
  return [given[0], given[1], given[2]];
});
const fewSteps = new Kind<number>('an integer ≥ 0 and < 100', (given) => {
  const steps = integer(0).convert(given);
  return steps !== undefined && steps < 100 ? steps : undefined;
});

const spec = {
  /** Learning rate, ≥ 0. Default 1e-3. */
  lr: rate.or(1e-3),
  /** Taken off the weight, in proportion to it, ≥ 0. Default 0.1. */
  weightDecay: number(0).or(0.1),
  /** Share of the mean of gradients kept at each step, ≥ 0. Default 0.95. */
  momentum: number(0).or(0.95),
  /** Looks ahead along the momentum. Default true. */
  nesterov: flag.or(true),
  /** Of the polynomial that makes the step orthogonal. Default [3.4445, −4.775, 2.0315]. */
  nsCoefficients: coefficients.or([3.4445, -4.775, 2.0315]),
  /** The least norm that gradients are divided by. Default 1e-7. */
  eps: number().or(1e-7),
  /** How often the polynomial is applied, below 100. Default 5. */
  nsSteps: fewSteps.or(5),
  /** How the rate follows from a matrix's shape: null is 'original'. Default null. */
  adjustLrFn: orNull(oneOf('original', 'match_rms_adamw')).or(null),
};

/** Settings of a group of {@link Muon}. */
export type MuonOptions = Settings<typeof spec>;

type Product = (
  add: Tensor,
  a: Tensor,
  b: Tensor,
  scales: { beta: number; alpha?: number },
) => Tensor;
const addmm = bind<Product>('addmm');
const norm =
  bind<(a: Tensor, p: number, dim: number[], keepdim: boolean) => Tensor>('norm.ScalarOpt_dim');
const clampMin = bind<(a: Tensor, least: number) => Tensor>('clamp_min');
const lerp = bind<(a: Tensor, end: Tensor, weight: number) => Tensor>('lerp.Scalar');

/**
 * Orthogonal steps along the momentum, for the matrices of hidden layers; mirrors `torch.optim.Muon`. Other parameters
 * want another optimizer, such as AdamW.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for an option out of range, and for a parameter that is no real matrix.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.optim.Muon.html
 * @example
 * const w = torch.zeros(2, 2).requiresGrad_();
 * const muon = new optim.Muon([w], { lr: 0.1 });
 * w.mul(torch.tensor([[1, 0], [0, 100]])).sum().backward();
 * muon.step(); // both directions about as far
 * w.diagonal().abs().gt(0.05); // → tensor([True, True])
 */
export class Muon extends DeclaredOptimizer<typeof spec> {
  constructor(params: ParamsOrGroups<Given<typeof spec>>, options?: Given<typeof spec>) {
    atMost('Muon', 2, arguments.length);
    super(spec, params, options);
  }

  override addParamGroup(group: Given<typeof spec> & { params: Iterable<Tensor> | Tensor }): void {
    atMost('addParamGroup', 1, arguments.length);
    super.addParamGroup(group as never);
    for (const { shape, dtype } of this.paramGroups.at(-1)!.params) {
      if (shape.length === 2 && !dtype.startsWith('complex')) continue;
      this.paramGroups.pop();
      throw invalidArgument(
        `Muon: expected real parameters of two dimensions, got ${dtype} of shape [${shape}]`,
      );
    }
  }

  protected override remembers(): Remembered {
    return { momentumBuffer: zerosLike };
  }

  protected override update(params: Tensor[], settings: StepSettings<typeof spec>): void {
    const { weightDecay, momentum, nesterov, adjustLrFn } = settings;
    const lr = settings.lr as number;
    const { momentumBuffer } = this.recall(params, settings);
    const grads = params.map((param) => param.grad!);
    each.lerp_(momentumBuffer!, grads, 1 - momentum);
    each.mul_(params, 1 - lr * weightDecay);
    params.forEach((param, i) => {
      const buffer = momentumBuffer![i]!;
      const move = orthogonal(nesterov ? lerp(grads[i]!, buffer, momentum) : buffer, settings);
      const [rows, columns] = param.shape as [number, number];
      const ratio =
        adjustLrFn === 'match_rms_adamw'
          ? 0.2 * Math.sqrt(Math.max(rows, columns))
          : Math.sqrt(Math.max(1, rows / columns));
      param.add_(move, { alpha: -lr * ratio });
    });
  }
}

// The nearest orthogonal matrix, about: by a polynomial of odd powers that brings singular values close to one.
function orthogonal(
  matrix: Tensor,
  { nsCoefficients, nsSteps, eps }: { nsCoefficients: Coefficients; nsSteps: number; eps: number },
): Tensor {
  const [a, b, c] = nsCoefficients;
  const [rows, columns] = matrix.shape as [number, number];
  const turned = (each: Tensor) => (rows > columns ? each.transpose(0, 1) : each);
  let result = turned(matrix.to('bfloat16'));
  result.div_(clampMin(norm(result, 2, [], false), eps));
  for (let i = 0; i < nsSteps; i++) {
    const gram = result.matmul(result.transpose(0, 1));
    result = addmm(result, addmm(gram, gram, gram, { beta: b, alpha: c }), result, { beta: a });
  }
  return turned(result);
}
