import { Signature } from '../argument/arguments.js';
import { atMost } from '../argument/atMost.js';
import { anything, integer, number } from '../argument/kind.js';
import { noGrad } from '../context/autograd.js';
import type { Generator } from '../context/random.js';
import { invalidArgument } from '../error.js';
import { bind } from '../native/ops.js';
import { emptyLike, type RandomOptions, randperm, type Tensor, tensor } from '../tensor/index.js';
import { tensorKind } from '../tensor/kinds.js';
import { tidy } from '../tensor/scope.js';

const erf = bind<(input: Tensor) => Tensor>('special_erf');
const erfInvInPlace = bind<(input: Tensor) => Tensor>('erfinv_');
const qr = bind<(input: Tensor) => [Tensor, Tensor]>('linalg_qr');
const diagonal = bind<(input: Tensor) => Tensor>('diagonal');

const randomSpec = { generator: anything<Generator>('a Generator').optional() };

/** Arguments up to the last that was given: an object in the middle holds the rest by name. */
export function withoutRest(given: readonly unknown[]): readonly unknown[] {
  return given.slice(0, given.findLastIndex((each) => each !== undefined) + 1);
}

const truncNormal = new Signature(
  'truncNormal_',
  {
    tensor: tensorKind,
    mean: number().or(0),
    std: number().or(1),
    a: number().or(-2),
    b: number().or(2),
  },
  randomSpec,
);

/** What {@link truncNormal_} takes by name. */
export interface TruncNormalOptions extends RandomOptions {
  /** Default 0. */
  mean?: number;
  /** Default 1. */
  std?: number;
  /** The least number. Default −2. */
  a?: number;
  /** The greatest number. Default 2. */
  b?: number;
}

// The normal distribution's share below x, as Python's double has it.
function shareBelow(x: number): number {
  return tidy(() => (1 + Number(erf(tensor(x / Math.SQRT2, { dtype: 'float64' })).item())) / 2);
}

/**
 * Fills with numbers of the normal distribution between `a` and `b`; mirrors `torch.nn.init.trunc_normal_`. By name
 * too: `truncNormal_(weight, { std: 0.02 })`. Any shape.
 *
 * @param mean - Default 0.
 * @param std - Default 1.
 * @param a - The least number. Default −2.
 * @param b - The greatest number. Default 2.
 * @example
 * const weight = nn.init.truncNormal_(torch.empty(1000), { std: 10 });
 * weight.abs().amax().le(2); // → tensor(True)
 */
export function truncNormal_<T extends Tensor>(
  tensor: T,
  mean?: number | TruncNormalOptions,
  std?: number | TruncNormalOptions,
  a?: number | TruncNormalOptions,
  b?: number | TruncNormalOptions,
  options?: RandomOptions,
): T {
  atMost('truncNormal_', 6, arguments.length);
  const given = { mean: 0, std: 1, a: -2, b: 2 };
  const random = truncNormal.read(withoutRest([tensor, mean, std, a, b, options]), given);
  const { mean: centre, std: spread, a: least, b: greatest } = given;
  if (centre < least - 2 * spread || centre > greatest + 2 * spread) {
    process.emitWarning(
      'truncNormal_: the mean is more than 2 std from [a, b]; the distribution of values may be incorrect',
      'TorchWarning',
    );
  }
  const low = shareBelow((least - centre) / spread);
  const high = shareBelow((greatest - centre) / spread);
  noGrad(() => {
    tensor.uniform_(2 * low - 1, 2 * high - 1, random);
    erfInvInPlace(tensor);
    tensor
      .mul_(spread * Math.SQRT2)
      .add_(centre)
      .clamp_(least, greatest);
  });
  return tensor;
}

const dirac = new Signature('dirac_', { tensor: tensorKind, groups: integer(1).or(1) }, {});

/**
 * Has a convolution give as many of its inputs as it has outputs unchanged; mirrors `torch.nn.init.dirac_`.
 *
 * @param tensor - A weight of 3, 4 or 5 dimensions.
 * @param groups - Of the convolution; divides the outputs. Default 1.
 * @throws {TypeError} `ERR_INVALID_ARG` for anything but three to five dimensions, and for outputs that `groups` does not
 *   divide.
 * @example
 * const conv = new nn.Conv1d(1, 1, 3, { padding: 1, bias: false });
 * nn.init.dirac_(conv.weight).detach(); // → tensor([[[0., 1., 0.]]])
 * conv.forward(torch.tensor([[7, 8, 9]])).detach(); // → tensor([[7., 8., 9.]])
 */
export function dirac_<T extends Tensor>(tensor: T, groups?: number | { groups?: number }): T {
  atMost('dirac_', 2, arguments.length);
  const given = { groups: 1 };
  dirac.read(withoutRest([tensor, groups]), given);
  const [outputs, inputs, ...kernel] = tensor.shape;
  if (kernel.length < 1 || kernel.length > 3) {
    throw invalidArgument(
      `dirac_: expected a tensor with 3, 4 or 5 dimensions, got ${tensor.ndim}`,
    );
  }
  if (outputs! % given.groups !== 0) {
    throw invalidArgument(`dirac_: expected outputs divisible by ${given.groups}, got ${outputs}`);
  }
  const each = outputs! / given.groups;
  const middle = kernel.map((size) => Math.floor(size / 2));
  noGrad(() =>
    tidy(() => {
      tensor.zero_();
      for (let group = 0; group < given.groups; group++) {
        for (let d = 0; d < Math.min(each, inputs!); d++) {
          tensor.set([group * each + d, d, ...middle], 1);
        }
      }
    }),
  );
  return tensor;
}

const orthogonal = new Signature(
  'orthogonal_',
  { tensor: tensorKind, gain: number().or(1) },
  randomSpec,
);

/**
 * Fills with an orthogonal matrix, all dimensions after the first taken as one (Saxe and others, 2013); mirrors
 * `torch.nn.init.orthogonal_`.
 *
 * @param gain - What it is multiplied by. Default 1.
 * @throws {TypeError} `ERR_INVALID_ARG` for fewer than two dimensions.
 * @example
 * const q = nn.init.orthogonal_(torch.empty(3, 3));
 * q.matmul(q.t()).allclose(torch.eye(3), { atol: 1e-6 }); // → true
 */
export function orthogonal_<T extends Tensor>(
  tensor: T,
  gain?: number | (RandomOptions & { gain?: number }),
  options?: RandomOptions,
): T {
  atMost('orthogonal_', 3, arguments.length);
  const given = { gain: 1 };
  const random = orthogonal.read(withoutRest([tensor, gain, options]), given);
  if (tensor.ndim < 2) {
    throw invalidArgument(`orthogonal_: expected at least 2 dimensions, got ${tensor.ndim}`);
  }
  if (tensor.numel() === 0) return tensor;
  const rows = tensor.shape[0]!;
  noGrad(() =>
    tidy(() => {
      const flat = emptyLike(tensor).reshape(rows, -1).normal_(0, 1, random);
      const isWide = rows < flat.shape[1]!;
      const [q, r] = qr(isWide ? flat.t() : flat);
      const signed = q.mul_(diagonal(r).sign());
      tensor.copy_((isWide ? signed.t() : signed).reshape(...tensor.shape)).mul_(given.gain);
    }),
  );
  return tensor;
}

const sparse = new Signature(
  'sparse_',
  { tensor: tensorKind, sparsity: number(), std: number().or(0.01) },
  randomSpec,
);

/**
 * Fills with numbers of the normal distribution, of which a share of each column is zero (Martens, 2010); mirrors
 * `torch.nn.init.sparse_`.
 *
 * Shape: `(rows, columns)`.
 *
 * @param tensor - A matrix.
 * @param sparsity - The share of zeros, 0 to 1.
 * @param std - Default 0.01.
 * @throws {TypeError} `ERR_INVALID_ARG` for anything but two dimensions.
 * @example
 * const weight = nn.init.sparse_(torch.empty(10, 4), 0.3);
 * weight.eq(0).sum(0); // → tensor([3, 3, 3, 3])
 */
export function sparse_<T extends Tensor>(
  tensor: T,
  sparsity: number,
  std?: number | (RandomOptions & { std?: number }),
  options?: RandomOptions,
): T {
  atMost('sparse_', 4, arguments.length);
  const given = { sparsity: 0, std: 0.01 };
  const random = sparse.read(withoutRest([tensor, sparsity, std, options]), given);
  const [rows, columns, ...rest] = tensor.shape;
  if (columns === undefined || rest.length > 0) {
    throw invalidArgument(`sparse_: expected a tensor with 2 dimensions, got ${tensor.ndim}`);
  }
  const zeros = Math.ceil(given.sparsity * rows!);
  noGrad(() => {
    tensor.normal_(0, given.std, random);
    for (let column = 0; column < columns; column++) {
      tidy(() => {
        const chosen = randperm(rows!).slice(0, 0, zeros);
        tensor.set([chosen, column], 0);
      });
    }
  });
  return tensor;
}
