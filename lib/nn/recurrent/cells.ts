import { atMost } from '../../argument/atMost.js';
import { flag, integer, oneOf } from '../../argument/kind.js';
import { invalidArgument } from '../../error.js';
import { bind } from '../../native/ops.js';
import { type Tensor, zeros } from '../../tensor/index.js';
import { tensorKind } from '../../tensor/kinds.js';
import { type LayerOptions, layer } from '../layer.js';
import type { Module } from '../module/module.js';
import { type Parameter, placed } from '../module/parameter.js';
import { drawWeights, stateOf } from './recurrence.js';

type Bias = Tensor | null;
type Cell<State, Result> = (
  input: Tensor,
  hx: State,
  weightIh: Tensor,
  weightHh: Tensor,
  biasIh: Bias,
  biasHh: Bias,
) => Result;

const rnnTanhCell = bind<Cell<Tensor, Tensor>>('rnn_tanh_cell');
const rnnReluCell = bind<Cell<Tensor, Tensor>>('rnn_relu_cell');
const gruCell = bind<Cell<Tensor, Tensor>>('gru_cell');
const lstmCell = bind<Cell<readonly Tensor[], [Tensor, Tensor]>>('lstm_cell');

type States = readonly [h: Tensor, c: Tensor];

const cell = {
  args: {
    /** Features of a step, integer ≥ 0. */
    inputSize: integer(0),
    /** Features of the state, integer ≥ 1. */
    hiddenSize: integer(0),
  },
  options: {
    /** Whether learned numbers are added. Default true. */
    bias: flag.or(true),
  },
  making: placed,
  repr: '{inputSize}, {hiddenSize}[, bias={bias}]',
};

interface CellModule extends Module {
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly bias: boolean;
}

// The names are the keys of the state dict.
function makeWeights(
  module: CellModule,
  gates: number,
  learned: (...shape: number[]) => Parameter,
): void {
  const { inputSize, hiddenSize, bias } = module;
  const rows = gates * hiddenSize;
  module.registerParameter('weight_ih', learned(rows, inputSize));
  module.registerParameter('weight_hh', learned(rows, hiddenSize));
  module.registerParameter('bias_ih', bias ? learned(rows) : null);
  module.registerParameter('bias_hh', bias ? learned(rows) : null);
  drawWeights(module);
}

const weightsOf = (module: CellModule) =>
  ['weight_ih', 'weight_hh', 'bias_ih', 'bias_hh'].map((name) => Reflect.get(module, name)) as [
    Tensor,
    Tensor,
    Bias,
    Bias,
  ];

// One step has no dimension of the batch, or comes as a batch; so do its states.
function step<Result extends readonly Tensor[]>(
  module: CellModule,
  input: Tensor,
  states: readonly (Tensor | null)[],
  compute: (input: Tensor, states: Tensor[]) => Result,
): Result {
  const what = module.constructor.name;
  const { ndim, dtype, device } = tensorKind.read(`${what}: input`, input);
  if (ndim !== 1 && ndim !== 2) {
    throw invalidArgument(`${what}: input: expected 1 or 2 dimensions, got ${ndim}`);
  }
  const batched = (tensor: Tensor): Tensor => (ndim === 1 ? tensor.unsqueeze(0) : tensor);
  const whole = batched(input);
  const begun = states.map((state) => {
    if (state === null) return zeros([whole.shape[0]!, module.hiddenSize], { dtype, device });
    const { ndim: dimensions } = tensorKind.read(`${what}: hx`, state);
    if (dimensions === 1 || dimensions === 2) return batched(state);
    throw invalidArgument(`${what}: hx: expected 1 or 2 dimensions, got ${dimensions}`);
  });
  const results = compute(whole, begun);
  return (ndim === 1 ? results.map((each) => each.squeeze(0)) : results) as Result;
}

const rnn = {
  ...cell,
  options: {
    ...cell.options,
    /** What the sum goes through. Default `'tanh'`. */
    nonlinearity: oneOf('tanh', 'relu').or('tanh'),
  },
  repr: `${cell.repr}[, nonlinearity={nonlinearity}]`,
};

/** Options of {@link RNNCell}. */
export interface RNNCellOptions extends LayerOptions<typeof rnn> {}

/**
 * One step of an `RNN`; mirrors `torch.nn.RNNCell`.
 *
 * Shape: `(N, inputSize)` and `(N, hiddenSize)` → `(N, hiddenSize)`, or all without N.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` when a value is out of range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.RNNCell.html
 * @example
 * const cell = new nn.RNNCell(4, 8);
 * const h = cell.forward(torch.zeros(2, 4)); // the state begins with zeros
 * cell.forward(torch.zeros(2, 4), h).shape; // → [ 2, 8 ]
 */
export class RNNCell extends layer('RNNCell', rnn) {
  constructor(inputSize: number, hiddenSize: number, options?: RNNCellOptions);
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

  /** @param hx - The state before. Default: zeros. */
  forward(input: Tensor, hx?: Tensor | null | { hx?: Tensor | null }): Tensor {
    atMost('RNNCell.forward', 2, arguments.length);
    const state = stateOf<Tensor>('RNNCell', input, hx);
    const compute = this.nonlinearity === 'tanh' ? rnnTanhCell : rnnReluCell;
    return step(this, input, [state], (x, [h]) => [compute(x, h!, ...weightsOf(this))])[0]!;
  }
}

/** Options of {@link GRUCell}. */
export interface GRUCellOptions extends LayerOptions<typeof cell> {}

/**
 * One step of a `GRU`; mirrors `torch.nn.GRUCell`. Shapes are those of {@link RNNCell}.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` when a value is out of range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.GRUCell.html
 * @example
 * new nn.GRUCell(4, 8).forward(torch.zeros(2, 4), torch.zeros(2, 8)).shape; // → [ 2, 8 ]
 */
export class GRUCell extends layer('GRUCell', cell) {
  constructor(inputSize: number, hiddenSize: number, options?: GRUCellOptions);
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

  /** @param hx - The state before. Default: zeros. */
  forward(input: Tensor, hx?: Tensor | null | { hx?: Tensor | null }): Tensor {
    atMost('GRUCell.forward', 2, arguments.length);
    const state = stateOf<Tensor>('GRUCell', input, hx);
    return step(this, input, [state], (x, [h]) => [gruCell(x, h!, ...weightsOf(this))])[0]!;
  }
}

/** Options of {@link LSTMCell}. */
export interface LSTMCellOptions extends LayerOptions<typeof cell> {}

/**
 * One step of an `LSTM`; mirrors `torch.nn.LSTMCell`.
 *
 * Shape: `(N, inputSize)` and `[h, c]`, each `(N, hiddenSize)` → `[h, c]`, or all without N.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` when a value is out of range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTMCell.html
 * @example
 * const [h, c] = new nn.LSTMCell(4, 8).forward(torch.zeros(2, 4));
 * [h.shape, c.shape]; // → [ [ 2, 8 ], [ 2, 8 ] ]
 */
export class LSTMCell extends layer('LSTMCell', cell) {
  constructor(inputSize: number, hiddenSize: number, options?: LSTMCellOptions);
  constructor(...given: unknown[]) {
    super(...given);
    makeWeights(this, 4, (...shape) => this.learned(...shape));
    this.guardMembers();
  }

  /** Draws new parameters from the default generator, in their order. */
  resetParameters(): void {
    atMost('resetParameters', 0, arguments.length);
    drawWeights(this);
  }

  /** @param hx - The states before, `[h, c]`. Default: zeros. */
  forward(input: Tensor, hx?: States | null | { hx?: States | null }): [h: Tensor, c: Tensor] {
    atMost('LSTMCell.forward', 2, arguments.length);
    const states = stateOf<States>('LSTMCell', input, hx);
    if (states !== null && !(Array.isArray(states) && states.length === 2)) {
      throw invalidArgument('LSTMCell: hx: expected two states, [h, c]');
    }
    return step(this, input, states ?? [null, null], (x, states) =>
      lstmCell(x, states, ...weightsOf(this)),
    );
  }
}
