import { flag, probability } from '../../argument/kind.js';
import { ordered } from '../../argument/ordered.js';
import { invalidArgument } from '../../error.js';
import { bind } from '../../native/ops.js';
import type { Tensor } from '../../tensor/index.js';
import { tensorKind } from '../../tensor/kinds.js';

type Operator = (input: Tensor, p: number, train: boolean) => Tensor;
type Order = [p?: number, training?: boolean, inplace?: boolean];

interface Given {
  readonly input: Tensor;
  readonly p: number;
  readonly training: boolean;
  readonly inplace: boolean;
}

const args = {
  input: tensorKind,
  /** Of an element that becomes zero. Default 0.5. */
  p: probability.or(0.5),
  /** Whether anything is dropped. Default true. */
  training: flag.or(true),
  /** Whether the result is written over the input. Default false. */
  inplace: flag.or(false),
};
// As in Python, these have to be told that they train.
const asked = {
  ...args,
  /** Whether anything is dropped. Default false. */
  training: flag.or(false),
};

function twins(operator: string): (given: Given) => Tensor {
  const [pure, inPlace] = [bind<Operator>(operator), bind<Operator>(`${operator}_`)];
  return ({ input, p, training, inplace }) => (inplace ? inPlace : pure)(input, p, training);
}

const whole = twins('dropout');
const features = twins('feature_dropout');
const alpha = twins('alpha_dropout');
const alphaFeatures = twins('feature_alpha_dropout');

// Without a batch, the first dimension is the channels.
function withBatch(given: Given): Tensor {
  const result = features({ ...given, input: given.input.unsqueeze(0) });
  return given.inplace ? given.input : result.squeeze(0);
}

/**
 * Sets each element to zero with probability `p` and scales the others by `1 / (1 − p)`; mirrors
 * `torch.nn.functional.dropout`. `training`, default true, says whether it does so at all. Any shape → the same.
 *
 * @example
 * torch.manualSeed(0);
 * nn.functional.dropout(torch.ones(6)); // → tensor([0., 0., 2., 0., 0., 0.])
 * nn.functional.dropout(torch.ones(6), { training: false }); // → tensor([1., 1., 1., 1., 1., 1.])
 */
export const dropout = ordered<[input: Tensor], Order>()('dropout', { args }, whole);

/**
 * {@link dropout} of whole channels of `(N, C, L)` or `(C, L)`; mirrors `torch.nn.functional.dropout1d`.
 * @throws {TypeError} `ERR_INVALID_ARG` for other numbers of dimensions.
 * @example
 * torch.manualSeed(0);
 * nn.functional.dropout1d(torch.ones(4, 2)); // → tensor([[0., 0.], [0., 0.], [2., 2.], [0., 0.]])
 */
export const dropout1d = ordered<[input: Tensor], Order>()('dropout1d', { args }, (given) => {
  const { ndim } = given.input;
  if (ndim !== 2 && ndim !== 3) {
    throw invalidArgument(`dropout1d: expected 2D or 3D input, but received a ${ndim}D input`);
  }
  return ndim === 3 ? features(given) : withBatch(given);
});

/**
 * {@link dropout} of whole channels of `(N, C, H, W)`; mirrors `torch.nn.functional.dropout2d`. Three dimensions are
 * taken for `(N, C, L)`, as in Python.
 *
 * @example
 * torch.manualSeed(0);
 * nn.functional.dropout2d(torch.ones(1, 6, 3, 3)).amax([2, 3]); // → tensor([[0., 0., 2., 0., 0., 0.]])
 */
export const dropout2d = ordered<[input: Tensor], Order>()('dropout2d', { args }, features);

/**
 * {@link dropout} of whole channels of `(N, C, D, H, W)` or `(C, D, H, W)`; mirrors `torch.nn.functional.dropout3d`.
 *
 * @example
 * torch.manualSeed(0);
 * nn.functional.dropout3d(torch.ones(6, 2, 2, 2)).amax([1, 2, 3]); // → tensor([0., 0., 2., 0., 0., 0.])
 */
export const dropout3d = ordered<[input: Tensor], Order>()('dropout3d', { args }, (given) =>
  given.input.ndim === 5 ? features(given) : withBatch(given),
);

/**
 * Dropout that keeps mean and variance of what {@link selu} gives; mirrors `torch.nn.functional.alpha_dropout`.
 * `training` is false by default, as in Python. Any shape → the same.
 *
 * @example
 * torch.manualSeed(0);
 * nn.functional.alphaDropout(torch.zeros(4), 0.5, true); // → tensor([-0.7792, -0.7792, 0.7792, -0.7792])
 * nn.functional.alphaDropout(torch.zeros(4)); // → tensor([0., 0., 0., 0.])
 */
export const alphaDropout = ordered<[input: Tensor], Order>()(
  'alphaDropout',
  { args: asked },
  alpha,
);

/**
 * {@link alphaDropout} of whole channels; mirrors `torch.nn.functional.feature_alpha_dropout`.
 *
 * Shape: `(N, C, …)` → the same.
 *
 * @example
 * torch.manualSeed(0);
 * const dropped = nn.functional.featureAlphaDropout(torch.zeros(1, 3, 2), 0.5, true);
 * dropped.squeeze(); // → tensor([[-0.7792, -0.7792], [-0.7792, -0.7792], [ 0.7792, 0.7792]])
 */
export const featureAlphaDropout = ordered<[input: Tensor], Order>()(
  'featureAlphaDropout',
  { args: asked },
  alphaFeatures,
);
