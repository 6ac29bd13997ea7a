import type { Args } from '../../argument/arguments.js';
import { byName } from '../../argument/byName.js';
import { flag, integer, probability } from '../../argument/kind.js';
import { noGrad } from '../../context/autograd.js';
import { invalidArgument } from '../../error.js';
import { bind } from '../../native/ops.js';
import { type Tensor, zeros } from '../../tensor/index.js';
import { tensorKind } from '../../tensor/kinds.js';
import { uniform_ } from '../init.js';
import type { Module } from '../module/module.js';
import { type Parameter, type Placed, placed } from '../module/parameter.js';
import { PackedSequence } from '../utils/packed.js';

/** What the recurrent layers take by position. */
export const recurrentArgs = {
  /** Features of each step, integer ≥ 1. */
  inputSize: integer(1),
  /** Features of the state, integer ≥ 1. */
  hiddenSize: integer(1),
  /** Layers, each with the outputs of the one before as inputs. Default 1. */
  numLayers: integer(1).or(1),
} satisfies Args;

/** What they take by name. */
export const recurrentOptions = {
  /** Whether learned numbers are added. Default true. */
  bias: flag.or(true),
  /** Whether inputs are `(N, T, features)`. Default false: `(T, N, features)`. */
  batchFirst: flag.or(false),
  /** Probability of a zero in the outputs of all layers but the last, in training. Default 0. */
  dropout: probability.or(0),
  /** Whether a second layer each reads the sequence backwards. Default false. */
  bidirectional: flag.or(false),
};

export const recurrentMaking: Placed = placed;

export const recurrentRepr =
  '{inputSize}, {hiddenSize}[, num_layers={numLayers}][, bias={bias}][, batch_first={batchFirst}]' +
  '[, dropout={dropout}][, bidirectional={bidirectional}]';

/** A recurrent layer's settings. */
export interface Recurrent extends Module {
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly numLayers: number;
  readonly bias: boolean;
  readonly batchFirst: boolean;
  readonly dropout: number;
  readonly bidirectional: boolean;
  readonly projSize?: number;
}

/** The state that a call was given, by position or by name; `null` for none. */
export function stateOf<State>(name: string, input: unknown, hx: unknown): State | null {
  return (byName(`${name}.forward`, [input, hx], 1, ['hx'])[1] ?? null) as State | null;
}

/** Names of its parameters, by layer and direction; these are the keys of the state dict too. */
function weightNames({ numLayers, bidirectional, bias, projSize }: Recurrent): string[][] {
  const kinds = ['weight_ih', 'weight_hh'];
  if (bias) kinds.push('bias_ih', 'bias_hh');
  if (projSize) kinds.push('weight_hr');
  const suffixes = bidirectional ? ['', '_reverse'] : [''];
  return Array.from({ length: numLayers }, (_, layer) =>
    suffixes.map((suffix) => kinds.map((kind) => `${kind}_l${layer}${suffix}`)),
  ).flat();
}

const outputSize = ({ projSize, hiddenSize }: Recurrent): number => projSize || hiddenSize;

/** Makes the parameters, and draws their values. @param gates - Rows for each feature of the state. */
export function makeWeights(
  layer: Recurrent,
  gates: number,
  learned: (...shape: number[]) => Parameter,
): void {
  const { inputSize, hiddenSize, bidirectional, dropout, numLayers } = layer;
  const rows = gates * hiddenSize;
  const out = outputSize(layer);
  for (const name of weightNames(layer).flat()) {
    const isFirst = name.includes('_l0');
    const columns = isFirst ? inputSize : out * (bidirectional ? 2 : 1);
    const shapes: Record<string, number[]> = {
      weight_ih: [rows, columns],
      weight_hh: [rows, out],
      weight_hr: [out, hiddenSize],
    };
    layer.registerParameter(name, learned(...(shapes[name.slice(0, 9)] ?? [rows])));
  }
  if (dropout > 0 && numLayers === 1) {
    process.emitWarning(
      `dropout=${dropout} does nothing in a single recurrent layer: it works on all outputs but the last layer's`,
      'TorchWarning',
    );
  }
  drawWeights(layer);
}

/** Evenly from `±1 / √hiddenSize`. */
export function drawWeights(layer: Module & { readonly hiddenSize: number }): void {
  const bound = 1 / Math.sqrt(layer.hiddenSize);
  for (const parameter of layer.parameters()) uniform_(parameter, -bound, bound);
}

type Flatten = (
  weights: readonly Tensor[],
  perLayer: number,
  inputSize: number,
  mode: number,
  hiddenSize: number,
  projSize: number,
  numLayers: number,
  batchFirst: boolean,
  bidirectional: boolean,
) => Tensor;

const flattenWeights = bind<Flatten>('_cudnn_rnn_flatten_weight');
const modes = ['RNN_RELU', 'RNN_TANH', 'LSTM', 'GRU'];

/** Puts weights on a GPU into one piece of memory, as cuDNN has them; else nothing is to be done. */
export function flattenParameters(layer: Recurrent, mode: string): void {
  const weights = weightsOf(layer);
  const own = new Set(weights);
  const fits = weights.every(
    (each) => each.deviceName.startsWith('cuda') && each.dtype !== 'bfloat16',
  );
  if (!fits || own.size < weights.length) return;
  const { inputSize, hiddenSize, projSize = 0, numLayers, batchFirst, bidirectional } = layer;
  const perLayer = weightNames(layer)[0]!.length;
  noGrad(() =>
    flattenWeights(
      weights,
      perLayer,
      inputSize,
      modes.indexOf(mode),
      hiddenSize,
      projSize,
      numLayers,
      batchFirst,
      bidirectional,
    ).dispose(),
  );
}

/** The parameters in the order that libtorch wants. */
export const weightsOf = (layer: Recurrent): Tensor[] =>
  weightNames(layer)
    .flat()
    .map((name) => Reflect.get(layer, name) as Tensor);

/** What a recurrent layer is called with. */
export interface Call {
  readonly input: Tensor;
  /** `null` where the sequences are not packed. */
  readonly batchSizes: Tensor | null;
  readonly states: readonly Tensor[];
  readonly weights: readonly Tensor[];
}

/**
 * Looks at what a recurrent layer was given, has it computed, and gives it back as it came: packed, or without a
 * dimension of the batch.
 *
 * @param given - States to begin with; `undefined`: zeros.
 * @param sizes - Features of each state.
 * @throws {TypeError} `ERR_INVALID_ARG` for sizes that do not fit.
 */
export function recur<Input extends Tensor | PackedSequence>(
  layer: Recurrent,
  input: Input,
  given: readonly Tensor[] | undefined,
  sizes: readonly number[],
  compute: (call: Call) => Tensor[],
): [Input, Tensor[]] {
  const weights = weightsOf(layer);
  const packed = input instanceof PackedSequence ? input : undefined;
  const tensor = packed?.data ?? tensorKind.read(`${layer.constructor.name}: input`, input);
  const batchDim = layer.batchFirst ? 0 : 1;
  const isAlone = packed === undefined && tensor.ndim === 2;
  const sequence = isAlone ? tensor.unsqueeze(batchDim) : tensor;
  requireInput(layer, sequence, packed === undefined ? 3 : 2, weights[0]!);
  const batch =
    packed === undefined
      ? sequence.shape[batchDim]!
      : Number(packed.batchSizes.select(0, 0).item());
  const deep = layer.numLayers * (layer.bidirectional ? 2 : 1);
  const states = sizes.map((size, i) => {
    if (given === undefined) {
      return zeros([deep, batch, size], { dtype: tensor.dtype, device: tensor.device });
    }
    const what = `${layer.constructor.name}: ${sizes.length > 1 ? `hx[${i}]` : 'hx'}`;
    const state = tensorKind.read(what, given[i]);
    const whole = isAlone && state.ndim === 2 ? state.unsqueeze(1) : state;
    const fits =
      state.ndim === (isAlone ? 2 : 3) && String(whole.shape) === `${[deep, batch, size]}`;
    if (!fits) {
      const wanted = isAlone ? [deep, size] : [deep, batch, size];
      throw invalidArgument(`${what}: expected the shape [${wanted}], got [${state.shape}]`);
    }
    return permuted(whole, packed?.sortedIndices);
  });
  const [output, ...hidden] = compute({
    input: sequence,
    batchSizes: packed?.batchSizes ?? null,
    states,
    weights,
  });
  if (packed !== undefined) {
    const { batchSizes, sortedIndices, unsortedIndices } = packed;
    const back = new PackedSequence(output!, batchSizes, sortedIndices, unsortedIndices);
    return [back as Input, hidden.map((each) => permuted(each, unsortedIndices))];
  }
  if (!isAlone) return [output as Input, hidden];
  return [output!.squeeze(batchDim) as Input, hidden.map((each) => each.squeeze(1))];
}

const permuted = (state: Tensor, order: Tensor | null | undefined): Tensor =>
  order ? state.indexSelect(1, order) : state;

function requireInput(
  { inputSize, constructor: { name } }: Recurrent,
  input: Tensor,
  ndim: number,
  { dtype }: Tensor,
): void {
  if (input.ndim !== ndim) {
    const wanted = ndim === 2 ? 'packed steps of 2 dimensions' : '2 or 3 dimensions';
    throw invalidArgument(`${name}: input: expected ${wanted}, got ${input.ndim}`);
  }
  if (input.shape.at(-1) !== inputSize) {
    throw invalidArgument(
      `${name}: input: expected ${inputSize} features, got ${input.shape.at(-1)}`,
    );
  }
  if (input.dtype !== dtype) {
    throw invalidArgument(
      `${name}: input: is ${input.dtype}, the weights are ${dtype}; input.to('${dtype}') makes it fit`,
    );
  }
}
