import { atMost } from '../../argument/atMost.js';
import { orNull } from '../../argument/kind.js';
import type { DeviceLike } from '../../context/device.js';
import { invalidArgument } from '../../error.js';
import type { DType } from '../../native/dtype.js';
import { bind } from '../../native/ops.js';
import { arange, type Tensor } from '../../tensor/index.js';
import { tensorKind } from '../../tensor/kinds.js';

const scatter =
  bind<(input: Tensor, dim: number, index: Tensor, source: Tensor) => Tensor>('scatter.src');

const orderKind = orNull(tensorKind);

/**
 * The permutation that undoes another; mirrors `torch.nn.utils.rnn.invert_permutation`. `null` stays `null`.
 *
 * Shape: `(N)`, int64 → the same.
 *
 * @example
 * nn.utils.rnn.invertPermutation(torch.tensor([2n, 0n, 1n])); // → tensor([1, 2, 0])
 */
export function invertPermutation(permutation: Tensor | null): Tensor | null {
  atMost('invertPermutation', 1, arguments.length);
  if (orderKind.read('invertPermutation: permutation', permutation) === null) return null;
  const order = permutation as Tensor;
  return scatter(order, 0, order, arange(order.numel(), { device: order.device }));
}

/**
 * Sequences of different lengths, one step of all after the other; mirrors `torch.nn.utils.rnn.PackedSequence`. As in
 * Python a list of four: `data` `(steps, …)`, `batchSizes` (how many sequences have each step, int64 on the CPU), and
 * the orders that sort the sequences by their length and back, or `null`. `packSequence` and its like make them.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for `batchSizes` that are not on the CPU.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.rnn.PackedSequence.html
 * @example
 * const packed = nn.utils.rnn.packSequence([torch.tensor([1, 2, 3]), torch.tensor([4, 5])]);
 * packed.data; // → tensor([1., 4., 2., 5., 3.])
 * packed.batchSizes; // → tensor([2, 2, 1])
 */
export class PackedSequence extends Array<Tensor | null> {
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  /** @throws {TypeError} `ERR_INVALID_ARG` for anything but tensors, and sizes that are not on the CPU. */
  constructor(
    data: Tensor,
    batchSizes: Tensor,
    sortedIndices: Tensor | null = null,
    unsortedIndices: Tensor | null = invertPermutation(sortedIndices),
  ) {
    atMost('PackedSequence', 4, arguments.length);
    super();
    const what = 'PackedSequence';
    this.push(
      tensorKind.read(`${what}: data`, data),
      tensorKind.read(`${what}: batchSizes`, batchSizes),
      orderKind.read(`${what}: sortedIndices`, sortedIndices),
      orderKind.read(`${what}: unsortedIndices`, unsortedIndices),
    );
    if (batchSizes.deviceName !== 'cpu') {
      throw invalidArgument(`${what}: batchSizes must be on the CPU, not ${batchSizes.deviceName}`);
    }
  }

  /** All steps, `(steps, …)`. */
  get data(): Tensor {
    return this[0] as Tensor;
  }

  /** How many sequences have each step, int64. */
  get batchSizes(): Tensor {
    return this[1] as Tensor;
  }

  /** Which sequence stands at each place; `null`: as they were given. */
  get sortedIndices(): Tensor | null {
    return this[2] as Tensor | null;
  }

  /** At which place each sequence stands. */
  get unsortedIndices(): Tensor | null {
    return this[3] as Tensor | null;
  }

  /** The same with its data of another dtype or on another device. */
  to(target: DType | DeviceLike, dtype?: DType): PackedSequence {
    atMost('to', 2, arguments.length);
    const data = this.data.to(target, dtype);
    const moved = (order: Tensor | null) => order?.to(data.device) ?? null;
    return new PackedSequence(
      data,
      this.batchSizes,
      moved(this.sortedIndices),
      moved(this.unsortedIndices),
    );
  }

  cpu(): PackedSequence {
    atMost('cpu', 0, arguments.length);
    return this.to('cpu');
  }

  cuda(): PackedSequence {
    atMost('cuda', 0, arguments.length);
    return this.to('cuda');
  }

  /** To float32. */
  float(): PackedSequence {
    atMost('float', 0, arguments.length);
    return this.to('float32');
  }

  /** To float64. */
  double(): PackedSequence {
    atMost('double', 0, arguments.length);
    return this.to('float64');
  }
}
