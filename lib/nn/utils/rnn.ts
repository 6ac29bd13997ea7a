import type { OptionsOf } from '../../argument/arguments.js';
import { atMost } from '../../argument/atMost.js';
import { either, filler, flag, instance, integer, Kind, oneOf } from '../../argument/kind.js';
import { readOptions } from '../../argument/options.js';
import { invalidArgument } from '../../error.js';
import { bind } from '../../native/ops.js';
import { Tensor, tensor } from '../../tensor/index.js';
import { tensorKind } from '../../tensor/kinds.js';
import { PackedSequence } from './packed.js';

export { invertPermutation, PackedSequence } from './packed.js';

const padOp =
  bind<
    (
      sequences: readonly Tensor[],
      batchFirst: boolean,
      paddingValue: number,
      paddingSide: string,
    ) => Tensor
  >('pad_sequence');
const packOp =
  bind<(input: Tensor, lengths: Tensor, batchFirst: boolean) => [Tensor, Tensor]>(
    '_pack_padded_sequence',
  );
const unpackOp =
  bind<
    (
      data: Tensor,
      batchSizes: Tensor,
      batchFirst: boolean,
      paddingValue: number,
      totalLength: number,
    ) => [Tensor, Tensor]
  >('_pad_packed_sequence');

const layout = {
  /** Whether sequences are the first dimension, and steps the second. Default false: steps come first. */
  batchFirst: flag.or(false),
};

const sorting = {
  /** Whether sequences must come with the longest first; else they are sorted. Default true. */
  enforceSorted: flag.or(true),
};

const packSpec = { ...layout, ...sorting };

const tensorList = new Kind<readonly Tensor[]>('a list of tensors', (given) =>
  Array.isArray(given) && given.every((each) => each instanceof Tensor)
    ? (given as Tensor[])
    : undefined,
);

const lengthsKind = either(
  tensorKind,
  new Kind<readonly number[]>('integers ≥ 0', (given) =>
    Array.isArray(given) && given.every((each) => Number.isSafeInteger(each) && each >= 0)
      ? (given as number[])
      : undefined,
  ),
);

const packedKind = instance<PackedSequence>(PackedSequence, 'a PackedSequence');

const asTensor = (lengths: Tensor | readonly number[]): Tensor =>
  lengths instanceof Tensor ? lengths.to('int64') : tensor([...lengths], { dtype: 'int64' });

/**
 * Packs padded sequences, so that a recurrent layer does not see the padding; mirrors
 * `torch.nn.utils.rnn.pack_padded_sequence`.
 *
 * Shape: `(T, N, …)`, with `batchFirst` `(N, T, …)`, and lengths `(N)`.
 *
 * @param input - `(T, N, …)`, or `(N, T, …)` with `batchFirst`.
 * @param lengths - Of each sequence, ≥ 1.
 * @param options.batchFirst - Default false.
 * @param options.enforceSorted - Whether the longest must come first; else they are sorted. Default true.
 * @throws {TypeError} `ERR_INVALID_ARG` for a length above T.
 * @example
 * const padded = torch.tensor([[1, 2, 3], [4, 5, 0]]);
 * nn.utils.rnn.packPaddedSequence(padded, [3, 2], { batchFirst: true }).data; // → tensor([1., 4., 2., 5., 3.])
 */
export function packPaddedSequence(
  input: Tensor,
  lengths: Tensor | readonly number[],
  options?: OptionsOf<typeof packSpec>,
): PackedSequence {
  const what = 'packPaddedSequence';
  atMost(what, 3, arguments.length);
  const { batchFirst, enforceSorted } = readOptions(what, packSpec, options);
  const steps = tensorKind.read(`${what}: input`, input).shape[batchFirst ? 1 : 0] ?? 0;
  const counts = asTensor(lengthsKind.read(`${what}: lengths`, lengths));
  // libtorch would read beyond the sequences.
  const longest = counts.numel() > 0 ? Number(counts.max().item()) : 0;
  if (longest > steps) {
    throw invalidArgument(`${what}: lengths: expected at most ${steps}, got ${longest}`);
  }
  if (enforceSorted) return new PackedSequence(...packOp(input, counts, batchFirst));
  const [sorted, order] = counts.sort({ descending: true });
  const there = order.to(input.device);
  const inOrder = input.indexSelect(batchFirst ? 0 : 1, there);
  return new PackedSequence(...packOp(inOrder, sorted, batchFirst), there);
}

const filling = {
  /** What stands where a sequence has ended. Default 0. */
  paddingValue: filler.or(0),
};

const padSpec = {
  ...layout,
  ...filling,
  /** Steps of the result. Default: those of the longest sequence. */
  totalLength: integer(0).optional(),
};

/**
 * Pads packed sequences again; mirrors `torch.nn.utils.rnn.pad_packed_sequence`.
 *
 * Shape: → `(T, N, …)`, with `batchFirst` `(N, T, …)`, and lengths `(N)`, int64.
 *
 * @param options.batchFirst - Default false.
 * @param options.paddingValue - Default 0.
 * @param options.totalLength - Steps of the result. Default: of the longest sequence.
 * @returns `[sequences, lengths]`: `(T, N, …)` or `(N, T, …)`, and int64 `(N)`.
 * @throws {TypeError} `ERR_INVALID_ARG` for a `totalLength` below the longest sequence.
 * @example
 * const packed = nn.utils.rnn.packSequence([torch.tensor([1, 2, 3]), torch.tensor([4, 5])]);
 * const [padded, lengths] = nn.utils.rnn.padPackedSequence(packed, { batchFirst: true });
 * padded; // → tensor([[1., 2., 3.], [4., 5., 0.]])
 * lengths; // → tensor([3, 2])
 */
export function padPackedSequence(
  sequence: PackedSequence,
  options?: OptionsOf<typeof padSpec>,
): [Tensor, Tensor] {
  const what = 'padPackedSequence';
  atMost(what, 2, arguments.length);
  const { batchFirst, paddingValue, totalLength } = readOptions(what, padSpec, options);
  const { data, batchSizes, unsortedIndices } = packedKind.read(`${what}: sequence`, sequence);
  const longest = batchSizes.shape[0]!;
  if (totalLength !== undefined && totalLength < longest) {
    throw invalidArgument(
      `${what}: expected totalLength to be at least the length of the longest sequence, ${longest}, got ${totalLength}`,
    );
  }
  const [padded, lengths] = unpackOp(
    data,
    batchSizes,
    batchFirst,
    paddingValue,
    totalLength ?? longest,
  );
  if (unsortedIndices === null) return [padded, lengths];
  return [
    padded.indexSelect(batchFirst ? 0 : 1, unsortedIndices),
    lengths.indexSelect(0, unsortedIndices.cpu()),
  ];
}

const sideSpec = {
  ...layout,
  ...filling,
  /** `'left'` or `'right'`. Default `'right'`. */
  paddingSide: oneOf('left', 'right').or('right'),
};

/**
 * Stacks sequences of different lengths, padded to the longest; mirrors `torch.nn.utils.rnn.pad_sequence`.
 *
 * Shape: N of `(L, …)` → `(T, N, …)`, with `batchFirst` `(N, T, …)`; T is the longest L.
 *
 * @param sequences - Each `(T, …)`.
 * @param options.batchFirst - Default false: `(T, N, …)`.
 * @param options.paddingValue - Default 0.
 * @param options.paddingSide - Default `'right'`.
 * @example
 * const sequences = [torch.tensor([1, 2, 3]), torch.tensor([4, 5])];
 * nn.utils.rnn.padSequence(sequences); // → tensor([[1., 4.], [2., 5.], [3., 0.]])
 * nn.utils.rnn.padSequence(sequences, { batchFirst: true, paddingValue: 9 }); // → tensor([[1., 2., 3.], [4., 5., 9.]])
 */
export function padSequence(
  sequences: readonly Tensor[],
  options?: OptionsOf<typeof sideSpec>,
): Tensor {
  atMost('padSequence', 2, arguments.length);
  const { batchFirst, paddingValue, paddingSide } = readOptions('padSequence', sideSpec, options);
  tensorList.read('padSequence: sequences', sequences);
  return padOp(sequences, batchFirst, paddingValue, paddingSide);
}

/**
 * The sequences of a padded batch, without their padding; mirrors `torch.nn.utils.rnn.unpad_sequence`.
 *
 * Shape: `(T, N, …)`, with `batchFirst` `(N, T, …)` → N of `(L, …)`.
 *
 * @param lengths - Of each sequence, `(N)`.
 * @param options.batchFirst - Default false: steps are the first dimension.
 * @throws {TypeError} `ERR_INVALID_ARG` for another number of lengths than of sequences.
 * @example
 * const padded = torch.tensor([[1, 2, 3], [4, 5, 0]]);
 * nn.utils.rnn.unpadSequence(padded, [3, 2], { batchFirst: true }); // → [ tensor([1., 2., 3.]), tensor([4., 5.]) ]
 */
export function unpadSequence(
  paddedSequences: Tensor,
  lengths: Tensor | readonly number[],
  options?: OptionsOf<typeof layout>,
): Tensor[] {
  const what = 'unpadSequence';
  atMost(what, 3, arguments.length);
  const { batchFirst } = readOptions(what, layout, options);
  tensorKind.read(`${what}: paddedSequences`, paddedSequences);
  const counts = asTensor(lengthsKind.read(`${what}: lengths`, lengths)).tolist() as number[];
  const sequences = (batchFirst ? paddedSequences : paddedSequences.transpose(0, 1)).unbind(0);
  if (sequences.length !== counts.length) {
    throw invalidArgument(
      `${what}: expected ${sequences.length} lengths, one for each sequence, got ${counts.length}`,
    );
  }
  return sequences.map((each, i) =>
    each.narrow(0, 0, Math.min(Math.max(0, Number(counts[i])), each.shape[0]!)),
  );
}

/**
 * Packs sequences of different lengths; mirrors `torch.nn.utils.rnn.pack_sequence`.
 *
 * Shape: N of `(L, …)`.
 *
 * @param sequences - Each `(T, …)`.
 * @param options.enforceSorted - Whether the longest must come first; else they are sorted. Default true.
 * @throws {TypeError} `ERR_INVALID_ARG` for anything but a list of tensors that fit together.
 * @example
 * const sequences = [torch.tensor([4, 5]), torch.tensor([1, 2, 3])];
 * nn.utils.rnn.packSequence(sequences, { enforceSorted: false }).data; // → tensor([1., 4., 2., 5., 3.])
 */
export function packSequence(
  sequences: readonly Tensor[],
  options?: OptionsOf<typeof sorting>,
): PackedSequence {
  atMost('packSequence', 2, arguments.length);
  const { enforceSorted } = readOptions('packSequence', sorting, options);
  const padded = padSequence(sequences);
  const lengths = sequences.map(({ shape }) => shape[0]!);
  return packPaddedSequence(padded, lengths, { enforceSorted });
}

/**
 * The sequences that were packed; mirrors `torch.nn.utils.rnn.unpack_sequence`.
 *
 * Shape: N of `(L, …)`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for anything but packed sequences.
 * @example
 * const packed = nn.utils.rnn.packSequence([torch.tensor([1, 2, 3]), torch.tensor([4, 5])]);
 * nn.utils.rnn.unpackSequence(packed); // → [ tensor([1., 2., 3.]), tensor([4., 5.]) ]
 */
export function unpackSequence(packedSequences: PackedSequence): Tensor[] {
  atMost('unpackSequence', 1, arguments.length);
  const [padded, lengths] = padPackedSequence(packedSequences, { batchFirst: true });
  return unpadSequence(padded, lengths, { batchFirst: true });
}
