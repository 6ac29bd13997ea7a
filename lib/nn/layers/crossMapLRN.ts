import { atMost } from '../../argument/atMost.js';
import { integer, number } from '../../argument/kind.js';
import { invalidArgument } from '../../error.js';
import { type Tensor, tensor } from '../../tensor/index.js';
import { tensorKind } from '../../tensor/kinds.js';
import { type LayerOptions, layer } from '../layer.js';

const neighbours = {
  args: {
    /** Channels that are looked at together, integer ≥ 1. */
    size: integer(1),
  },
  options: {
    /** Factor of their mean square. Default 0.0001. */
    alpha: number().or(1e-4),
    /** The power. Default 0.75. */
    beta: number().or(0.75),
    /** What is added before. Default 1. */
    k: number().or(1),
  },
  repr: '{size}, alpha={alpha:float}, beta={beta:float}, k={k}',
};

/** Options of {@link CrossMapLRN2d}. */
export interface CrossMapLRN2dOptions extends LayerOptions<typeof neighbours> {}

/**
 * {@link LocalResponseNorm} of images as Lua Torch had it; mirrors `torch.nn.CrossMapLRN2d`, whose windows are its own:
 * the first channel stays in those of all channels after it, and the gradient's windows begin one channel before.
 *
 * Shape: `(N, C, H, W)` → the same.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` when a value is not of its kind, or an input without 4 dimensions.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.CrossMapLRN2d.html
 * @example
 * const x = torch.tensor([1, 1, 2]).reshape(1, 3, 1, 1);
 * new nn.CrossMapLRN2d(3, { alpha: 3, beta: 1 }).forward(x).flatten(); // → tensor([0.3333, 0.1429, 0.2857])
 */
export class CrossMapLRN2d extends layer('CrossMapLRN2d', neighbours) {
  constructor(size: number, options?: CrossMapLRN2dOptions);
  constructor(...given: unknown[]) {
    super(...given);
  }

  forward(input: Tensor): Tensor {
    atMost('CrossMapLRN2d.forward', 1, arguments.length);
    const { ndim, shape } = tensorKind.read('CrossMapLRN2d: input', input);
    if (ndim !== 4) {
      throw invalidArgument(`CrossMapLRN2d: expected input to be 4D, got ${ndim}D instead`);
    }
    const { size, alpha, beta, k } = this;
    const channels = shape[1]!;
    // Sums of squares over each channel's window: a matrix of ones and zeros, times the squares.
    const sums = (x: Tensor, isIn: (channel: number, other: number) => boolean): Tensor => {
      const ones = Array.from({ length: channels }, (_, c) =>
        Array.from({ length: channels }, (_, other) => Number(isIn(c, other))),
      );
      const flat = x.reshape(shape[0]!, channels, -1);
      return tensor(ones, { dtype: x.dtype, device: x.device })
        .matmul(flat)
        .reshape(...shape);
    };
    const ahead = Math.floor((size - 1) / 2 + 1);
    const fixed = input.detach();
    const squares = sums(fixed.mul(fixed), (c, other) => {
      const first = c > ahead ? c - ahead + 1 : 0;
      return other < c + ahead && (other >= first || other === 0);
    });
    const scale = squares.mul(alpha / size).add(k);
    const power = scale.pow(-beta);
    const output = power.mul(fixed);
    if (!input.requiresGrad) return output;
    // Its gradient is not that of these values: what has Python's is added, less its own value.
    const before = Math.trunc(size - (size - 1) / 2);
    const others = sums(input.mul(input), (other, c) => {
      const place = other - c + before;
      return place >= 0 && place < size;
    });
    const slope = others.mul(output.div(scale)).mul((-alpha * beta) / size);
    const learned = input.mul(power).add(slope);
    return output.add(learned.sub(learned.detach()));
  }
}
