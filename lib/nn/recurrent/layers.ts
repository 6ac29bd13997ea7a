import { atMost } from '../../argument/atMost.js';
import { integer, oneOf, orNull } from '../../argument/kind.js';
import { invalidArgument } from '../../error.js';
import { bind } from '../../native/ops.js';
import type { Tensor } from '../../tensor/index.js';
import { tensorKind } from '../../tensor/kinds.js';
import { type LayerOptions, layer } from '../layer.js';
import type { PackedSequence } from '../utils/packed.js';
import {
  type Call,
  drawWeights,
  flattenParameters,
  makeWeights,
  type Recurrent,
  recur,
  recurrentArgs,
  recurrentMaking,
  recurrentOptions,
  recurrentRepr,
  stateOf,
} from './recurrence.js';

type States = readonly [h: Tensor, c: Tensor];

type Operator = (
  input: Tensor,
  hx: Tensor | readonly Tensor[],
  weights: readonly Tensor[],
  hasBiases: boolean,
  numLayers: number,
  dropout: number,
  train: boolean,
  bidirectional: boolean,
  batchFirst: boolean,
) => Tensor[];
type PackedOperator = (
  data: Tensor,
  batchSizes: Tensor,
  hx: Tensor | readonly Tensor[],
  weights: readonly Tensor[],
  hasBiases: boolean,
  numLayers: number,
  dropout: number,
  train: boolean,
  bidirectional: boolean,
) => Tensor[];

// By Python's names of the modes.
const operators = {
  RNN_TANH: [bind<Operator>('rnn_tanh.input'), bind<PackedOperator>('rnn_tanh.data')],
  RNN_RELU: [bind<Operator>('rnn_relu.input'), bind<PackedOperator>('rnn_relu.data')],
  GRU: [bind<Operator>('gru.input'), bind<PackedOperator>('gru.data')],
  LSTM: [bind<Operator>('lstm.input'), bind<PackedOperator>('lstm.data')],
} as const;

type Mode = keyof typeof operators;

// Where a layer's weights were last put into one piece: cuDNN wants them so.
const flattened = new WeakMap<Recurrent, string>();

function compute(module: Recurrent, mode: Mode, call: Call): Tensor[] {
  const { bias, numLayers, dropout, training, bidirectional, batchFirst } = module;
  const { input, batchSizes, states, weights } = call;
  const place = `${weights[0]!.deviceName} ${weights[0]!.dtype}`;
  if (place.startsWith('cuda') && flattened.get(module) !== place) {
    flattenParameters(module, mode);
    flattened.set(module, place);
  }
  const hx = mode === 'LSTM' ? states : states[0]!;
  const [operator, packed] = operators[mode];
  const settings = [bias, numLayers, dropout, training, bidirectional] as const;
  return batchSizes === null
    ? operator(input, hx, weights, ...settings, batchFirst)
    : packed(input, batchSizes, hx, weights, ...settings);
}

const stateKind = orNull(tensorKind);

function forwardOne<Input extends Tensor | PackedSequence>(
  module: Recurrent,
  mode: Mode,
  input: Input,
  hx: unknown,
): [Input, Tensor] {
  const { name } = module.constructor;
  const given = stateKind.read(`${name}: hx`, stateOf(name, input, hx));
  const [output, [hidden]] = recur(
    module,
    input,
    given === null ? undefined : [given],
    [module.hiddenSize],
    (call) => compute(module, mode, call),
  );
  return [output, hidden!];
}

const rnn = {
  args: recurrentArgs,
  options: {
    /** What sums go through. Default `'tanh'`. */
    nonlinearity: oneOf('tanh', 'relu').or('tanh'),
    ...recurrentOptions,
  },
  making: recurrentMaking,
  repr: recurrentRepr,
};

/** Options of {@link RNN}. */
export interface RNNOptions extends LayerOptions<typeof rnn> {}

/**
 * Elman's recurrent network, `h = tanh(W_ih·x + b_ih + W_hh·h + b_hh)`; mirrors `torch.nn.RNN`.
 *
 * Shape: `(T, N, inputSize)` (`(N, T, …)` with `batchFirst`, or one sequence without N, or a `PackedSequence`) and
 * states `(layers · directions, N, hiddenSize)` → `[output, states]` with `output` `(T, N, directions · hiddenSize)`. The
 * parameters have Python's names: `weight_ih_l0`, `weight_hh_l0`, `bias_ih_l0`, `bias_hh_l0`, `weight_ih_l0_reverse`, …
 *
 * @throws {TypeError} `ERR_INVALID_ARG` when a value is out of range, or sizes do not fit.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.RNN.html
 * @example
 * const rnn = new nn.RNN(4, 8, 3, { bidirectional: true });
 * const [output, states] = rnn.forward(torch.zeros(5, 2, 4));
 * [output.shape, states.shape]; // → [ [ 5, 2, 16 ], [ 6, 2, 8 ] ]
 */
export class RNN extends layer('RNN', rnn) {
  constructor(
    inputSize: number,
    hiddenSize: number,
    numLayers?: number | (RNNOptions & { numLayers?: number }),
    options?: RNNOptions,
  );
  constructor(...given: unknown[]) {
    super(...given);
    makeWeights(this, 1, (...shape) => this.learned(...shape));
    this.guardMembers();
  }

  /** Draws new parameters from the default generator, in their order. */
  resetParameters(): void {
    atMost('resetParameters', 0, arguments.length);
    drawWeights(this);
  }

  /** @param hx - The states to begin with. Default: zeros. */
  forward<Input extends Tensor | PackedSequence>(
    input: Input,
    hx?: Tensor | null | { hx?: Tensor | null },
  ): [Input, Tensor] {
    atMost('RNN.forward', 2, arguments.length);
    const mode = this.nonlinearity === 'tanh' ? 'RNN_TANH' : 'RNN_RELU';
    return forwardOne(this, mode, input, hx);
  }
}

const gru = {
  args: recurrentArgs,
  options: recurrentOptions,
  making: recurrentMaking,
  repr: recurrentRepr,
};

/** Options of {@link GRU}. */
export interface GRUOptions extends LayerOptions<typeof gru> {}

/**
 * Gated recurrent units (Cho and others, 2014); mirrors `torch.nn.GRU`. Shapes and names are those of {@link RNN}; rows of
 * the weights are the reset, update and new gates.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` when a value is out of range, or sizes do not fit.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.GRU.html
 * @example
 * const [outputs] = new nn.GRU(4, 8).forward(torch.zeros(5, 2, 4));
 * outputs.shape; // → [ 5, 2, 8 ]
 */
export class GRU extends layer('GRU', gru) {
  constructor(
    inputSize: number,
    hiddenSize: number,
    numLayers?: number | (GRUOptions & { numLayers?: number }),
    options?: GRUOptions,
  );
  constructor(...given: unknown[]) {
    super(...given);
    makeWeights(this, 3, (...shape) => this.learned(...shape));
    this.guardMembers();
  }

  /** Draws new parameters from the default generator, in their order. */
  resetParameters(): void {
    atMost('resetParameters', 0, arguments.length);
    drawWeights(this);
  }

  /** @param hx - The states to begin with. Default: zeros. */
  forward<Input extends Tensor | PackedSequence>(
    input: Input,
    hx?: Tensor | null | { hx?: Tensor | null },
  ): [Input, Tensor] {
    atMost('GRU.forward', 2, arguments.length);
    return forwardOne(this, 'GRU', input, hx);
  }
}

const lstm = {
  args: recurrentArgs,
  options: {
    ...recurrentOptions,
    /** Features that the states are projected to, smaller than `hiddenSize`; 0: none. Default 0. */
    projSize: integer(0).or(0),
  },
  making: recurrentMaking,
  repr: recurrentRepr.replace('{hiddenSize}', '{hiddenSize}[, proj_size={projSize}]'),
};

/** Options of {@link LSTM}. */
export interface LSTMOptions extends LayerOptions<typeof lstm> {}

/**
 * Long short-term memory (Hochreiter and Schmidhuber, 1997); mirrors `torch.nn.LSTM`. As {@link RNN}, with two states,
 * `[h, c]`; rows of the weights are the input, forget, cell and output gates.
 *
 * Shape: as {@link RNN}, but states are two, `[h, c]`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` when a value is out of range, or sizes do not fit.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html
 * @example
 * const [outputs] = new nn.LSTM(4, 8).forward(torch.zeros(5, 2, 4));
 * outputs.shape; // → [ 5, 2, 8 ]
 */
export class LSTM extends layer('LSTM', lstm) {
  constructor(
    inputSize: number,
    hiddenSize: number,
    numLayers?: number | (LSTMOptions & { numLayers?: number }),
    options?: LSTMOptions,
  );
  constructor(...given: unknown[]) {
    super(...given);
    const { projSize, hiddenSize } = this;
    if (projSize >= hiddenSize) {
      throw invalidArgument(
        `LSTM: projSize has to be smaller than hiddenSize, got ${projSize} for ${hiddenSize}`,
      );
    }
    makeWeights(this, 4, (...shape) => this.learned(...shape));
    this.guardMembers();
  }

  /** Draws new parameters from the default generator, in their order. */
  resetParameters(): void {
    atMost('resetParameters', 0, arguments.length);
    drawWeights(this);
  }

  /** @param hx - The states `[h, c]` to begin with. Default: zeros. */
  forward<Input extends Tensor | PackedSequence>(
    input: Input,
    hx?: States | null | { hx?: States | null },
  ): [Input, [h: Tensor, c: Tensor]] {
    atMost('LSTM.forward', 2, arguments.length);
    const given = stateOf<States>('LSTM', input, hx);
    if (given !== null && !(Array.isArray(given) && given.length === 2)) {
      throw invalidArgument('LSTM: hx: expected two states, [h, c]');
    }
    const sizes = [this.projSize || this.hiddenSize, this.hiddenSize];
    const [output, states] = recur(this, input, given ?? undefined, sizes, (call) =>
      compute(this, 'LSTM', call),
    );
    return [output, states as [Tensor, Tensor]];
  }
}
